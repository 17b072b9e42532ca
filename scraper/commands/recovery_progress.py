"""How far recoveries from web archives are, for `tinhuyen status` and `tinhuyen sources show`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from scraper.base.messages import say, say_count
from scraper.commands.session import Session

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scraper.store.recovery_progress import RecoveryProgress

SHOWN = 10
"""Recoveries that are named; the others are counted."""

OPEN = (
    "{source}: {settled} of {captures} of web archives settled;"
    " `tinhuyen archive recover {source}` goes on"
)
MORE_OPEN = "and {recoveries} more: `tinhuyen status --json` has them"
RECOVERED = "{settled} of {captures} of web archives settled"


def open_recoveries(db: Database) -> dict[str, dict[str, int]]:
    """Return how far each recovery is that is not at its end, by the slug of its source."""
    from scraper.store import recovery_progress

    return {slug: _value(one) for slug, one in recovery_progress.open_recoveries(db).items()}


def open_recovery_lines(recoveries: Mapping[str, Mapping[str, int]]) -> list[str]:
    """A line for each of the first recoveries that are not at their end."""
    lines = [
        say(OPEN, source=slug, settled=one["settled"], captures=_captures(one["captures"]))
        for slug, one in [*recoveries.items()][:SHOWN]
    ]
    if left := len(recoveries) - len(lines):
        lines.append(say(MORE_OPEN, recoveries=say_count(left, "recovery", "recoveries")))
    return lines


def recovery_of(session: Session, slug: str) -> dict[str, int] | None:
    """Return how far the recovery of a source is, None if there was none."""
    from scraper.store.recovery_progress import read_recovery

    if not session.configuration().database.exists():
        return None
    found = read_recovery(session.read_database(), slug)
    return _value(found) if found else None


def recovery_lines(recovery: Mapping[str, int] | None) -> list[str]:
    """The line about the recovery of a source, if there was one."""
    if recovery is None:
        return []
    captures = _captures(recovery["captures"])
    return [say(RECOVERED, settled=recovery["settled"], captures=captures)]


def _value(progress: RecoveryProgress) -> dict[str, int]:
    return {**asdict(progress), "settled": progress.settled}


def _captures(count: int) -> str:
    return say_count(count, "capture")
