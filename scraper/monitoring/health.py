"""Whether a source is well: verdicts by pure functions of what its runs recorded.

The thresholds stand here and in `content` only. A verdict compares a source with its own past,
never with other sources: a commune that publishes once a week is as well as a daily paper.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from pipelines.text import fold
from scraper.monitoring.content import assess_content, assess_owner
from scraper.store.runs import ZERO_ITEMS
from scraper.store.source_record import Health, Record, SourceRun, Verdict

QUIET_SHARE = 0.25
"""A fortnight with less than this share of the usual yield is quiet …"""

QUIET_EXPECTED = 4
"""… if at least this many articles were to be expected: fewer may be missing by chance
(of a Poisson variable with mean 4, at most one comes in 9 of 100 fortnights)."""

SURE_RUNS = 2
"""Runs in a row without an answer before a source counts as unreachable, and with another name
before it counts as hijacked: a single run may be chance."""

CUT_RUNS = 3
"""Incomplete runs after which a source without any article counts as broken."""

SILENT_WEEKS = 8
SILENT_EXPECTED = 12
"""A longer silence is compared with the year before it, since the half year may be silent itself. A
commune with a few articles a year is not expected to publish twelve."""

KEPT_WORDS = 1 / 3
"""A site is hijacked if its name shares less than this part of the shorter name's words with every
name that it had. A reform that renames a unit (huyện to xã) leaves more: its form, or its place."""

EMPTY_WORDS = frozenset(
    ("trang", "chu", "website", "home", "page", "index", "welcome", "www", "com", "net", "vn")
)
"""Words of a name, folded, that do not say whose site it is."""


def assess(record: Record) -> Health:
    """How a source is, the gravest finding first."""
    if not record.nights:
        return Health(Verdict.NEW, "no run yet")
    return (
        _noted(record)
        or _renamed(record)
        or assess_owner(record)
        or _unreachable(record.nights)
        or _blocked(record.nights)
        or _no_articles(record.nights)
        or _never(record)
        or _unlisted(record.nights)
        or assess_content(record)
        or _missing(record.nights)
        or _quiet(record)
        or _silent(record)
        or Health(Verdict.FINE, f"{record.recent} articles and notices in the past fortnight")
    )


def _noted(record: Record) -> Health | None:
    """What a run has recorded (the home page redirects elsewhere), or the registry says."""
    if record.state not in ("hijacked", "moved"):
        return None
    reason = record.nights[0].error
    if reason is None:
        return Health(Verdict(record.state), "so it is registered")
    same = list(takewhile(lambda night: night.error == reason, record.nights))
    return Health(Verdict(record.state), reason, same[-1].started_at)


def _renamed(record: Record) -> Health | None:
    """A name unlike all that the site had, including the registry's."""
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
    """Whether two names may be the same site's: they may if one of them has no telling words."""
    words, others = _words(name), _words(other)
    return len(words & others) >= KEPT_WORDS * min(len(words), len(others))


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w{2,}", fold(name))) - EMPTY_WORDS


def _unreachable(nights: Sequence[SourceRun]) -> Health | None:
    dark = list(takewhile(lambda night: night.is_dark, nights))
    if len(dark) < SURE_RUNS:
        return None
    reason = dark[0].error or "no page could be read"
    return Health(Verdict.UNREACHABLE, reason, dark[-1].started_at)


def _blocked(nights: Sequence[SourceRun]) -> Health | None:
    shut = list(takewhile(lambda night: 0 < night.blocked >= night.read, nights))
    if not shut:
        return None
    reason = f"{shut[0].blocked} pages were refused to us"
    return Health(Verdict.BLOCKED, reason, shut[-1].started_at)


def _no_articles(nights: Sequence[SourceRun]) -> Health | None:
    empty = list(takewhile(lambda night: night.error == ZERO_ITEMS, nights))
    if not empty:
        return None
    return Health(Verdict.BROKEN, "its lists lead to no article any more", empty[-1].started_at)


def _never(record: Record) -> Health | None:
    """A source without any article yet: new until complete runs have found none."""
    if record.has_articles:
        return None
    read = [night for night in record.nights if night.read or night.refused]
    whole = [night for night in read if night.is_complete]
    if not whole and len(read) < CUT_RUNS:
        return Health(Verdict.NEW, _why_none_yet(record.nights[0]))
    if whole and whole[0].names_articles and not any(night.refused for night in whole):
        return Health(Verdict.NEW, "its lists name articles, and none was asked for (--since)")
    lists = max(night.lists for night in read)
    refused = sum(night.refused for night in read)
    reason = (
        f"it has never given an article: {lists} lists were read, "
        f"and {refused} pages that are no articles"
    )
    return Health(Verdict.BROKEN, reason, read[-1].started_at)


def _why_none_yet(night: SourceRun) -> str:
    if night.error:
        return f"no article yet: {night.error}"
    if night.deferred or night.was_cut:
        return "no article yet: its run ended before everything was read"
    return "no article yet: no page could be read"


def _unlisted(nights: Sequence[SourceRun]) -> Health | None:
    """Known articles are still there, but there is no list that could name new ones."""
    bare = list(takewhile(lambda night: night.read and not night.lists, nights))
    if len(bare) < SURE_RUNS:
        return None
    reason = "none of its lists, feeds and sitemaps could be read"
    return Health(Verdict.BROKEN, reason, bare[-1].started_at)


def _missing(nights: Sequence[SourceRun]) -> Health | None:
    """Keys of the registry match nothing: in several runs in a row, or in all that there were."""
    looked = [night for night in nights if night.missing is not None]
    lacking = list(takewhile(lambda night: night.missing, looked))
    if not lacking or len(lacking) < min(SURE_RUNS, len(looked)):
        return None
    reason = f"{lacking[0].missing}: correct or remove it in sources.toml"
    return Health(Verdict.BROKEN, reason, lacking[-1].started_at)


def _quiet(record: Record) -> Health | None:
    expected = 2 * record.weekly
    if expected < QUIET_EXPECTED or record.recent >= QUIET_SHARE * expected:
        return None
    return Health(
        Verdict.QUIET,
        f"{record.recent} articles and notices in a fortnight, {expected:.0f} would be usual",
    )


def _silent(record: Record) -> Health | None:
    """A silence so long that the past half year is no measure any more."""
    expected = record.silent_weeks * record.spoken_weekly
    if record.silent_weeks < SILENT_WEEKS or expected < SILENT_EXPECTED:
        return None
    reason = f"nothing for {record.silent_weeks:.0f} weeks, {expected:.0f} articles would be usual"
    return Health(Verdict.QUIET, reason)
