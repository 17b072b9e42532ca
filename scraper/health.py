"""Whether a source is well: verdicts by pure functions over what its runs recorded.

The thresholds are stated here and nowhere else. A verdict compares a source with its own past,
never with other sources: a commune that publishes once a week is as well as a daily paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from typing import Any

QUIET_SHARE = 0.25
"""A fortnight with less than this share of the usual yield is quiet …"""

QUIET_EXPECTED = 4
"""… where at least this many articles were to be expected: fewer may be missing by chance
(of a Poisson variable with mean 4, at most one comes in 9 of 100 fortnights)."""

EMPTIED_SHARE = 0.5
"""A field is lost where its share of filled articles fell below half of its own past."""

EMPTIED_ARTICLES = 5
"""New articles that a judgement about fields or body lengths needs."""

LANGUAGE_SHARE = 0.5
"""A site speaks another language where fewer than half of its newest articles are in its own, and
more than that share of the earlier ones were."""

UNREACHABLE_RUNS = 2
"""Runs in a row without an answer before a source counts as unreachable: one night is chance."""


class Verdict(StrEnum):
    """How a source is."""

    FINE = "fine"
    NEW = "new"
    QUIET = "quiet"
    BROKEN = "broken"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    HIJACKED = "hijacked"

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look."""
        return self in (Verdict.FINE, Verdict.NEW, Verdict.QUIET)


@dataclass(frozen=True, slots=True)
class Night:
    """What one run recorded of the source; counts are of URLs."""

    started_at: datetime
    read: int
    listings: int
    articles: int
    blocked: int
    failed: int
    error: str | None = None
    site_name: str | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """What articles hold: shares (0 to 1) with each field, and the median body in characters.

    ``vietnamese`` is the share of those in Vietnamese, None where no language is known.
    """

    articles: int
    shares: dict[str, float]
    median_body: float
    vietnamese: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """All that a verdict is made from.

    ``nights`` are the latest runs, newest first; ``recent`` the articles of the past fortnight,
    ``weekly`` the usual number a week over the half year before it; ``state`` what runs noted of
    the site; ``fill_now`` and ``fill_before`` describe the newest and the earlier articles.
    """

    state: str
    nights: Sequence[Night]
    recent: int
    weekly: float
    fill_now: Fill | None = None
    fill_before: Fill | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """A verdict, why, and since when (None: not known)."""

    verdict: Verdict
    reason: str
    since: datetime | None = None


def judge(record: Record) -> Health:
    """How a source is, the gravest finding first."""
    if record.state in ("hijacked", "moved"):
        return Health(Verdict(record.state), f"the site was found {record.state}")
    if not record.nights:
        return Health(Verdict.NEW, "no run yet")
    return (
        _hijacked(record)
        or _unreachable(record.nights)
        or _blocked(record.nights)
        or _no_articles(record)
        or _emptied(record)
        or _quiet(record)
        or Health(Verdict.FINE, f"{record.recent} articles in the past fortnight")
    )


def judge_runs(runs: Sequence[Mapping[str, Any]]) -> Health:
    """How the nightly run itself is, from rows of ``runs``, newest first."""
    ended = [run for run in runs if run["state"] != "running"]
    if not ended:
        return Health(Verdict.NEW, "no run yet")
    bad = list(takewhile(lambda run: run["state"] == "failed" or run["error"], ended))
    if not bad:
        return Health(Verdict.FINE, f"run {ended[0]['id']} ended {ended[0]['state']}")
    since = datetime.fromisoformat(bad[-1]["started_at"])
    return Health(Verdict.BROKEN, bad[0]["error"] or "no source could be read", since)


def _hijacked(record: Record) -> Health | None:
    """Another language, or another name that shares no word with any that the site had."""
    now, before = record.fill_now, record.fill_before
    if now and before and now.vietnamese is not None and before.vietnamese is not None:
        is_enough = min(now.articles, before.articles) >= EMPTIED_ARTICLES
        if is_enough and now.vietnamese < LANGUAGE_SHARE < before.vietnamese:
            return Health(Verdict.HIJACKED, "its articles are not in Vietnamese any more")
    names = [night.site_name for night in record.nights if night.site_name]
    renamed = list(takewhile(lambda name: name == names[0], names))
    earlier = names[len(renamed) :]
    if earlier and not any(_words(names[0]) & _words(name) for name in earlier):
        return Health(Verdict.HIJACKED, f"it calls itself “{names[0]}”, no more “{earlier[0]}”")
    return None


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w{2,}", name.casefold()))


def _unreachable(nights: Sequence[Night]) -> Health | None:
    dark = _streak(nights, lambda night: night.read == 0 and night.blocked == 0)
    if len(dark) < UNREACHABLE_RUNS:
        return None
    reason = dark[0].error or "no page could be read"
    return Health(Verdict.UNREACHABLE, reason, dark[-1].started_at)


def _blocked(nights: Sequence[Night]) -> Health | None:
    shut = _streak(nights, lambda night: night.blocked > 0 and night.blocked >= night.read)
    if not shut:
        return None
    reason = f"{shut[0].blocked} pages were refused to us"
    return Health(Verdict.BLOCKED, reason, shut[-1].started_at)


def _no_articles(record: Record) -> Health | None:
    """Lists that answer and lead to no article, on a site that had some: a redesign."""
    empty = _streak(record.nights, lambda night: night.error == "zero_items")
    if not empty:
        return None
    return Health(Verdict.BROKEN, "its lists lead to no article any more", empty[-1].started_at)


def _emptied(record: Record) -> Health | None:
    now, before = record.fill_now, record.fill_before
    if now is None or before is None:
        return None
    if min(now.articles, before.articles) < EMPTIED_ARTICLES:
        return None
    if now.median_body < EMPTIED_SHARE * before.median_body:
        return Health(Verdict.BROKEN, "bodies are less than half as long as they were")
    for field, share in before.shares.items():
        if now.shares.get(field, 0) < EMPTIED_SHARE * share and share >= EMPTIED_SHARE:
            return Health(Verdict.BROKEN, f"`{field}` is missing where it used to stand")
    return None


def _quiet(record: Record) -> Health | None:
    expected = 2 * record.weekly
    if expected < QUIET_EXPECTED or record.recent >= QUIET_SHARE * expected:
        return None
    return Health(
        Verdict.QUIET, f"{record.recent} articles in a fortnight, {expected:.0f} would be usual"
    )


def _streak(nights: Sequence[Night], holds: Callable[[Night], bool]) -> list[Night]:
    """The latest nights in a row for which a condition holds."""
    return list(takewhile(holds, nights))
