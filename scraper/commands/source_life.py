"""The life of sources on the command line: states as runs found them, and dark sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scraper.base.clock import VIETNAM, vietnam_time
from scraper.base.errors import StoreError
from scraper.base.messages import say, say_count
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.config.registry import Catalogue

SHOWN = 10
"""Dark sources, and unconfirmed ones, that are named; the others are counted."""

LEFT_OUT = "not asked in this run, since they have not answered for long: {sources}"
DARK = "{source}: dark since {since}, next asked {next}"
MORE_DARK = "and {sources} more: `tinhuyen sources list --json` has them"
UNCONFIRMED = "no run has found articles yet that only they have: {count} ({sources})"
UNSEEN = {
    "state": "unknown",
    "state_since": None,
    "confirmed_at": None,
    "dark_since": None,
    "ask_at": None,
}
"""What is known of a source that no run has asked."""

TIMES = ("state_since", "confirmed_at", "dark_since", "ask_at")


def stored_findings(session: Session) -> dict[str, dict[str, Any]]:
    """Return what runs have found out about the life of each source, by slug.

    Sources can be listed without a database, and with one that cannot be read, which is said.
    """
    from scraper.store.source_life import read_findings

    if session.config and not session.config.is_file():
        return {}
    if not session.configuration().database.exists():
        return {}
    try:
        return read_findings(session.read_database())
    except StoreError as error:
        session.warn(str(error))
        return {}


def findings_of(
    slug: str, registered: str, found: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the state of a source, as runs found it, else as registered, and what else they found.

    A state of the registry is taken over by the next run of the source.
    """
    own = {**UNSEEN, **found.get(slug, {})}
    return own if own["state"] != UNSEEN["state"] else own | {"state": str(registered)}


def registered_state(slug: str, catalogue: Catalogue) -> str:
    """Return the state of a source in the registry, unknown if it is not there."""
    return catalogue.sources[slug].state if slug in catalogue.sources else str(UNSEEN["state"])


def skipped_lines(skipped: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many dark sources a run left out, and the first of them: rows of `skipped_in`."""
    if not skipped:
        return []
    lines = dark_lines((row["source"], row["since"], row["ask_at"]) for row in skipped)
    return [say(LEFT_OUT, sources=say_count(len(skipped), "source")), *lines]


def dark_lines(dark: Iterable[tuple[str, str, str]]) -> list[str]:
    """A line for each of the first dark sources: its slug, since when, and when it is asked."""
    rows = list(dark)
    lines = [
        say(DARK, source=slug, since=vietnam_time(since), next=_day(ask_at))
        for slug, since, ask_at in rows[:SHOWN]
    ]
    left = len(rows) - len(lines)
    return [*lines, *([say(MORE_DARK, sources=say_count(left, "source"))] if left else [])]


def unconfirmed_lines(sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line on sources of which no run has read an article of their own: rows of `status`."""
    slugs = [
        row["source"]
        for row in sources
        if not row["confirmed_at"] and row["verdict"] != "elsewhere"
    ]
    if not slugs:
        return []
    names = ", ".join([*slugs[:SHOWN], *(["…"] if len(slugs) > SHOWN else [])])
    return [say(UNCONFIRMED, count=say_count(len(slugs), "source"), sources=names)]


def _day(moment: str) -> str:
    """Return the day in Vietnam of a recorded time: a run asks on that day, at its usual time."""
    from datetime import datetime

    return f"{datetime.fromisoformat(moment).astimezone(VIETNAM):%Y-%m-%d}"
