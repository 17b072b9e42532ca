"""Whether a source is well: verdicts by pure functions over what its runs recorded.

The thresholds are stated here and nowhere else. A verdict compares a source with its own past,
never with other sources: a commune that publishes once a week is as well as a daily paper.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from pipelines.vietnamese.text import fold

QUIET_SHARE = 0.25
"""A fortnight with less than this share of the usual yield is quiet …"""

QUIET_EXPECTED = 4
"""… where at least this many articles were to be expected: fewer may be missing by chance
(of a Poisson variable with mean 4, at most one comes in 9 of 100 fortnights)."""

USUAL_SHARE = 0.8
"""A field stands usually where at least this share of the articles has it …"""

EMPTIED_SHARE = 0.5
"""… and is lost where its share of the newest articles fell below half of that; so are bodies
whose median length did."""

EMPTIED_ARTICLES = 5
"""New articles that a judgement about fields, body lengths or language needs, and pages in a week
that were named as articles and could not be read as such."""

LANGUAGE_SHARE = 0.5
"""A site speaks another language where fewer than half of its newest articles are in its own, and
more than that share of the earlier ones were."""

SURE_RUNS = 2
"""Runs in a row without an answer before a source counts as unreachable, and with another name
before it counts as hijacked: one night is chance."""

KEPT_WORDS = 1 / 3
"""A site is no more itself where its name shares less than this of the shorter one's words with
every name that it had. A reform renames (huyện to xã) and keeps more: its form, or its place."""

EMPTY_WORDS = frozenset(
    ("trang", "chu", "website", "home", "page", "index", "welcome", "www", "com", "net", "vn")
)
"""Words of a name, folded, that tell nothing of whose site it is."""

ZERO_ITEMS = "zero_items"
"""The error of a run in which lists were read and named no article, on a source that has some."""


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
    blocked: int
    failed: int
    error: str | None = None
    site_name: str | None = None

    @property
    def is_dark(self) -> bool:
        """Whether the site gave no answer that could be read; a run cut short shows nothing."""
        return not self.read and not self.blocked and bool(self.failed or self.error)


@dataclass(frozen=True, slots=True)
class Fill:
    """What articles with text (kind article) hold: shares (0 to 1) with each field, median body.

    ``median_body`` is in characters; notices, which have no body, are not among the articles.

    ``vietnamese`` is the share of those in Vietnamese, None where no language is known.
    """

    articles: int
    shares: dict[str, float]
    median_body: float
    vietnamese: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """All that a verdict is made from.

    ``nights`` are the latest runs, newest first; ``recent`` the articles of all kinds in the past
    fortnight, ``weekly`` the usual number a week over the half year before it; ``state`` what runs
    noted of the site; ``fill_now`` and ``fill_before`` describe the newest and the earlier
    articles with text;
    ``names`` is what the site called itself, the latest first, ``registered`` its name with us;
    ``found`` are the articles of the past week, ``unread`` the pages of that week that were named
    as articles and could not be read as such.
    """

    state: str
    nights: Sequence[Night]
    recent: int
    weekly: float
    fill_now: Fill | None = None
    fill_before: Fill | None = None
    names: Sequence[str] = ()
    registered: str = ""
    found: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """A verdict, why, and since when (None: not known)."""

    verdict: Verdict
    reason: str
    since: datetime | None = None


def judge(record: Record) -> Health:
    """How a source is, the gravest finding first."""
    if not record.nights:
        return Health(Verdict.NEW, "no run yet")
    return (
        _noted(record)
        or _renamed(record)
        or _foreign(record)
        or _unreachable(record.nights)
        or _blocked(record.nights)
        or _no_articles(record.nights)
        or _unread(record)
        or _emptied(record)
        or _quiet(record)
        or Health(Verdict.FINE, f"{record.recent} articles and notices in the past fortnight")
    )


def _noted(record: Record) -> Health | None:
    """What a run has seen for certain (the home page leads elsewhere), or the registry says."""
    if record.state not in ("hijacked", "moved"):
        return None
    reason = record.nights[0].error
    if reason is None:
        return Health(Verdict(record.state), "so it is registered")
    same = list(takewhile(lambda night: night.error == reason, record.nights))
    return Health(Verdict(record.state), reason, same[-1].started_at)


def _renamed(record: Record) -> Health | None:
    """Another name than all that the site had, the registry's included."""
    if len(record.names) < 2:
        return None
    name, *earlier = record.names
    streak = list(takewhile(lambda night: night.site_name in (None, name), record.nights))
    if len(streak) < SURE_RUNS or any(
        _is_alike(name, other) for other in [*earlier, record.registered]
    ):
        return None
    first = [night for night in streak if night.site_name] or streak
    reason = f"it calls itself “{name}”: if that is right, change its `name` in sources.toml"
    return Health(Verdict.HIJACKED, reason, first[-1].started_at)


def _is_alike(name: str, other: str) -> bool:
    """Whether two names may be the same site's: so they may where one of them tells nothing."""
    words, others = _words(name), _words(other)
    return len(words & others) >= KEPT_WORDS * min(len(words), len(others))


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w{2,}", fold(name))) - EMPTY_WORDS


def _foreign(record: Record) -> Health | None:
    """Articles in another language than the site's own."""
    pair = _comparable(record)
    if pair is None or pair[0].vietnamese is None or pair[1].vietnamese is None:
        return None
    if not pair[0].vietnamese < LANGUAGE_SHARE < pair[1].vietnamese:
        return None
    return Health(Verdict.HIJACKED, "its articles are not in Vietnamese any more")


def _unreachable(nights: Sequence[Night]) -> Health | None:
    dark = list(takewhile(lambda night: night.is_dark, nights))
    if len(dark) < SURE_RUNS:
        return None
    reason = dark[0].error or "no page could be read"
    return Health(Verdict.UNREACHABLE, reason, dark[-1].started_at)


def _blocked(nights: Sequence[Night]) -> Health | None:
    shut = list(takewhile(lambda night: 0 < night.blocked >= night.read, nights))
    if not shut:
        return None
    reason = f"{shut[0].blocked} pages were refused to us"
    return Health(Verdict.BLOCKED, reason, shut[-1].started_at)


def _no_articles(nights: Sequence[Night]) -> Health | None:
    empty = list(takewhile(lambda night: night.error == ZERO_ITEMS, nights))
    if not empty:
        return None
    return Health(Verdict.BROKEN, "its lists lead to no article any more", empty[-1].started_at)


def _unread(record: Record) -> Health | None:
    if record.unread < EMPTIED_ARTICLES or record.unread <= record.found:
        return None
    reason = f"{record.unread} pages of a week should be articles and are not"
    return Health(Verdict.BROKEN, reason)


def _emptied(record: Record) -> Health | None:
    pair = _comparable(record)
    if pair is None:
        return None
    now, before = pair
    if now.median_body < EMPTIED_SHARE * before.median_body:
        return Health(Verdict.BROKEN, "bodies are less than half as long as they were")
    for field, share in before.shares.items():
        if share >= USUAL_SHARE and now.shares.get(field, 0) < EMPTIED_SHARE * share:
            return Health(Verdict.BROKEN, f"`{field}` is missing where it used to stand")
    return None


def _comparable(record: Record) -> tuple[Fill, Fill] | None:
    """The newest and the earlier articles, where there are enough of both."""
    now, before = record.fill_now, record.fill_before
    if now is None or before is None or min(now.articles, before.articles) < EMPTIED_ARTICLES:
        return None
    return now, before


def _quiet(record: Record) -> Health | None:
    expected = 2 * record.weekly
    if expected < QUIET_EXPECTED or record.recent >= QUIET_SHARE * expected:
        return None
    return Health(
        Verdict.QUIET,
        f"{record.recent} articles and notices in a fortnight, {expected:.0f} would be usual",
    )
