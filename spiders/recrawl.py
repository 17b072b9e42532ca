"""Which known pages are fetched again, and which are requested conditionally.

The functions have no side effects and read nothing but their arguments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipelines.items import Outcome
from scraper.base.clock import VIETNAM, is_day, to_utc_iso
from scraper.store.pages import BEFORE_SINCE, Discovery, PageRecord, Turn
from spiders.discovery.sitemaps import SitemapEntry

MIN_SITEMAP_ENTRIES = 10
"""The fewest entries of a sitemap for which a shared time of change is taken as its build time."""

LOST = frozenset({Outcome.GONE, Outcome.SOFT_404, Outcome.REFUSED, Outcome.NOT_ARTICLE})
"""Outcomes of a page that was an article or a list before and may become one again."""

VALIDATOR_MAX_AGE = timedelta(days=7)
"""How long validators are used. Afterwards, the page is requested in full again."""

RECHECK_VALIDATOR_MAX_AGE = timedelta(days=400)
"""The same for old articles, which are fetched once a year: every second time in full at least."""


@dataclass(frozen=True, slots=True)
class CrawlScope:
    """Which pages of one source one run fetches. ``moment`` is the time at which the run began.

    If ``full`` is set, all known pages are fetched again. Pages that are known to be older than
    ``since`` are not fetched.
    """

    source: str
    run: int
    moment: datetime
    full: bool = False
    since: date | None = None

    def is_before_since(self, day: str | None) -> bool:
        """Whether a day or a time is before ``since``."""
        return self.since is not None and day is not None and day[:10] < self.since.isoformat()

    def is_put_off(self, known: PageRecord | None) -> bool:
        """Whether an earlier run deferred a page for its age, and this run would do so, too."""
        if known is None or known.reason != BEFORE_SINCE or known.outcome is not Outcome.DEFERRED:
            return False
        return self.is_before_since(known.published_at or known.announced_at)


def should_fetch(
    known: PageRecord | None, scope: CrawlScope, changed_at: str | None = None
) -> bool:
    """Whether a page that another page names is queued.

    A page is queued if it is new, if it is due, if a change is announced at ``changed_at``, or if
    an article or list was lost there and the site names it again. It is not queued if this run has
    queued it already, or if it belongs to another source.
    """
    if known is None:
        return True
    if known.source != scope.source or known.run == scope.run:
        return False
    if scope.full or (known.due_at is not None and known.due_at <= to_utc_iso(scope.moment)):
        return True
    is_back = known.outcome in LOST and (known.article is not None or was_list(known))
    return is_back or announces_change(changed_at, known)


def was_list(known: PageRecord) -> bool:
    """Whether a page was read as a list, feed or sitemap before."""
    return known.kind in ("listing", "feed", "sitemap") and known.body_hash is not None


def announces_change(changed_at: str | None, known: PageRecord) -> bool:
    """Whether a feed or sitemap announces a later change of a page than the one on record.

    Changes are announced as times or as bare days. The new one is compared with the one announced
    before, because the clock of the site may differ from ours. If there is no earlier one, it is
    compared with the time of the last fetch.
    """
    if changed_at is None:
        return False
    before = known.announced_at or known.fetched_at
    return before is not None and _earliest(changed_at) > _latest(before)


def is_fresh(scope: CrawlScope, earlier: PageRecord | None) -> bool:
    """Whether no earlier run saw a page."""
    if earlier is None:
        return True
    return earlier.run == scope.run and earlier.first_seen_at >= to_utc_iso(scope.moment)


def is_queued(scope: CrawlScope, earlier: PageRecord | None, changed_at: str | None = None) -> bool:
    """Whether a page is queued, given its record from earlier runs."""
    return should_fetch(earlier, scope, changed_at) and not scope.is_put_off(earlier)


def is_in_backlog(scope: CrawlScope, earlier: PageRecord | None) -> bool:
    """Whether a page is queued in the backlog, because only a sitemap has named it so far."""
    return (
        earlier is not None
        and earlier.run == scope.run
        and earlier.outcome is None
        and earlier.turn is Turn.BACKLOG
    )


def is_better_announcement(changed_at: str | None, known: PageRecord) -> bool:
    """Whether an announced change replaces the one on record."""
    if changed_at is None or changed_at == known.announced_at:
        return False
    return known.announced_at is None or _latest(changed_at) >= _earliest(known.announced_at)


def adds_to_record(one: Discovery, earlier: PageRecord) -> bool:
    """Whether the announcement of a page that is not queued has to be stored."""
    if earlier.source != one.source:
        return False
    is_named = one.named_by is not None and one.named_by != earlier.named_by
    return is_named or is_better_announcement(one.announced_at, earlier)


def credible(pages: Sequence[SitemapEntry]) -> Sequence[SitemapEntry]:
    """Return the entries of a sitemap, without times of change that are meaningless.

    If more than half of the entries share one time, it is the time at which the file was built.
    """
    times = Counter(page.changed_at for page in pages if page.changed_at)
    if len(pages) < MIN_SITEMAP_ENTRIES or not times:
        return pages
    shared, count = times.most_common(1)[0]
    if count * 2 <= len(pages) or is_day(shared):
        return pages
    return [SitemapEntry(page.url) if page.changed_at == shared else page for page in pages]


def dropped_from_sitemap(
    named: Mapping[str, str | None], present: Mapping[str, str | None], most: int
) -> list[str]:
    """Return the keys that a sitemap named before and no longer names, ``most`` at most.

    ``named`` and ``present`` map the earlier and the current keys to times of change. A sitemap of
    the latest pages drops the oldest ones, so a page that is older than all current ones is left
    out. A page without a time is returned. If a sitemap drops more than half of its pages, it is
    taken for faulty, and the result is empty.
    """
    gone = [key for key in named if key not in present]
    if len(gone) * 2 > len(named):
        return []
    times = [_latest(changed_at) for changed_at in present.values() if changed_at]
    oldest = min(times, default=None)
    suspect = [
        key
        for key in gone
        if oldest is None or (told := named[key]) is None or _earliest(told) > oldest
    ]
    return sorted(suspect)[:most]


def validators(known: PageRecord, now: datetime, full: bool) -> dict[str, str]:
    """Return the headers of a conditional request, or no headers to request the page in full.

    Lists are always requested in full: a wrong 304 would hide every new article. So is a page whose
    body was not received for a week, because some servers keep the validators of a page that has
    changed.
    """
    is_asked = known.article is not None or known.kind in ("feed", "sitemap")
    if full or not is_asked or known.body_hash is None or known.fetched_at is None:
        return {}
    believed = RECHECK_VALIDATOR_MAX_AGE if known.turn is Turn.RECHECK else VALIDATOR_MAX_AGE
    if now - datetime.fromisoformat(known.fetched_at) > believed:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def _earliest(text: str) -> datetime:
    """Return the first moment that a time or a bare day can mean."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _latest(text: str) -> datetime:
    """Return the last moment that a time or a bare day can mean."""
    if not is_day(text):
        return _earliest(text)
    return datetime.combine(date.fromisoformat(text), time.max, VIETNAM)
