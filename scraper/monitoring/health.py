"""Whether a source and the nightly run are well: verdicts on what the runs recorded.

The thresholds stand here and in `content` only. A verdict compares a source with its own past,
never with other sources: a commune that publishes once a week is as well as a daily paper.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from statistics import median_low
from typing import Any

from sqlite_utils import Database

from pipelines.text import fold
from scraper.base.messages import counted
from scraper.base.source import State
from scraper.config.registry import Catalogue
from scraper.monitoring.content import assess_content, assess_owner
from scraper.store.runs import ZERO_ITEMS
from scraper.store.source_history import read_record
from scraper.store.source_record import Health, Record, SourceRun, Verdict
from scraper.store.sources import enabled_slugs, names_with_pages

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

NIGHTLY_RUN = "*"
"""What stands for the nightly run itself among the sources."""

NO_RUN = Health(Verdict.NEW, "no run yet")

DAY = timedelta(days=1)
MAX_DELAY = timedelta(hours=12)
"""A run is missing if the time since the last one exceeds the usual time between runs, or a day,
by more than this."""


def assess(record: Record) -> Health:
    """How a source is, the gravest finding first."""
    if not record.nights:
        return NO_RUN
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
        or Health(Verdict.FINE, f"{_arrived(record.recent)} in the past fortnight")
    )


def _noted(record: Record) -> Health | None:
    """What a run has recorded (the home page redirects elsewhere), or the registry says.

    A source that runs found to be hijacked is judged again by what it shows now.
    """
    is_registered = record.state == State.HIJACKED and record.state_since is None
    has_moved = record.state == State.MOVED or record.nights[0].moved_to is not None
    if not (is_registered or has_moved):
        return None
    verdict = Verdict.HIJACKED if is_registered else Verdict.MOVED
    reason = record.nights[0].error
    if reason is None:
        return Health(verdict, "so it is registered", record.state_since)
    same = list(takewhile(lambda night: night.error == reason, record.nights))
    return Health(verdict, reason, same[-1].started_at)


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
    """No answer in several runs in a row."""
    dark = list(takewhile(lambda night: night.is_dark, nights))
    if len(dark) < SURE_RUNS:
        return None
    reason = dark[0].error or "no page could be read"
    return Health(Verdict.UNREACHABLE, reason, dark[-1].started_at)


def _blocked(nights: Sequence[SourceRun]) -> Health | None:
    """The site refused more pages than it served."""
    shut = list(takewhile(lambda night: 0 < night.blocked >= night.read, nights))
    if not shut:
        return None
    reason = counted(shut[0].blocked, "page was refused to us", "pages were refused to us")
    return Health(Verdict.BLOCKED, reason, shut[-1].started_at)


def _no_articles(nights: Sequence[SourceRun]) -> Health | None:
    """The lists of the site lead to no article any more."""
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
        f"it has never given an article: {counted(lists, 'list was', 'lists were')} read, "
        f"and {counted(refused, 'page that is no article', 'pages that are no articles')}"
    )
    return Health(Verdict.BROKEN, reason, read[-1].started_at)


def _why_none_yet(night: SourceRun) -> str:
    """Say why a new source has no article yet."""
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
    """Far fewer articles than is usual for the source."""
    expected = 2 * record.weekly
    if expected < QUIET_EXPECTED or record.recent >= QUIET_SHARE * expected:
        return None
    return Health(
        Verdict.QUIET,
        f"{_arrived(record.recent)} in a fortnight, {expected:.0f} would be usual",
    )


def _arrived(count: int) -> str:
    return counted(count, "article or notice", "articles and notices")


def _silent(record: Record) -> Health | None:
    """A silence so long that the past half year is no measure any more."""
    expected = record.silent_weeks * record.spoken_weekly
    if record.silent_weeks < SILENT_WEEKS or expected < SILENT_EXPECTED:
        return None
    reason = f"nothing for {record.silent_weeks:.0f} weeks, {expected:.0f} articles would be usual"
    return Health(Verdict.QUIET, reason)


def check_sources(
    db: Database, moment: datetime, catalogue: Catalogue, only: Collection[str] | None = None
) -> dict[str, tuple[Record, Health]]:
    """The record of each watched source up to a moment, and how it is, by slug.

    ``only`` are the slugs that are asked for, None for all.

    Watched are the enabled ones of the registry, those whose entry cannot be used, and those that
    only the database knows, such as the demo's. Of the sources of other shards, those are added
    that this one has crawled.
    """
    watched = {slug for slug in enabled_slugs(db) if slug not in catalogue.sources}
    watched |= {source.slug for source in catalogue.enabled} | set(catalogue.problems)
    watched |= {slug for slug in names_with_pages(db) if _is_crawled_elsewhere(slug, catalogue)}
    asked = watched if only is None else watched.intersection(only)
    records = {slug: read_record(db, slug, moment) for slug in sorted(asked)}
    return {
        slug: (record, _registered(slug, catalogue) or assess(record))
        for slug, record in records.items()
    }


def _is_crawled_elsewhere(slug: str, catalogue: Catalogue) -> bool:
    return slug in catalogue.elsewhere and catalogue.sources[slug].enabled


def _registered(slug: str, catalogue: Catalogue) -> Health | None:
    """What the registry alone says of a source: that it is unusable, or another shard's."""
    if slug in catalogue.problems:
        return Health(Verdict.BROKEN, catalogue.problems[slug])
    if slug in catalogue.elsewhere:
        return Health(Verdict.ELSEWHERE, f"shard {catalogue.elsewhere[slug]} crawls it")
    return None


def check_runs(runs: Sequence[Mapping[str, Any]], moment: datetime) -> Health:
    """How the nightly run is up to a moment, from runs that ended, the latest first.

    Whether it came, whether it ended, and whether it could read anything.
    """
    if not runs:
        return NO_RUN
    bad = list(takewhile(lambda run: run["state"] == "failed" or run["error"], runs))
    if bad:
        since = datetime.fromisoformat(bad[-1]["started_at"])
        return Health(Verdict.BROKEN, bad[0]["error"] or "no source could be read", since)
    if runs[0]["trigger"] != "manual" and (missing := _missing_since(runs, moment)):
        return Health(Verdict.BROKEN, "no run since then: is the daemon or timer on?", missing)
    return Health(Verdict.FINE, f"run {runs[0]['id']} ended {runs[0]['state']}")


def _missing_since(runs: Sequence[Mapping[str, Any]], moment: datetime) -> datetime | None:
    """When the last run began, if that is longer ago than runs usually are apart.

    Usually is the median: by the mean or the maximum, one outage would excuse the next one.
    """
    starts = sorted(datetime.fromisoformat(run["started_at"]) for run in runs)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    usual = median_low(gaps) if gaps else DAY
    return starts[-1] if moment - starts[-1] > max(usual, DAY) + MAX_DELAY else None
