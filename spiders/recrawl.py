"""What is worth a request: decisions on what is known, pure and without any input of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipelines.items import Outcome
from scraper.base.clock import VIETNAM, to_utc_iso
from scraper.store.pages import BEFORE_SINCE, PageRecord
from scraper.store.turns import Turn
from spiders.discovery.sitemaps import SitemapEntry

MIN_SITEMAP_ENTRIES = 10
"""Entries below which one shared time of change proves nothing about a sitemap."""

LOST = frozenset({Outcome.GONE, Outcome.SOFT_404, Outcome.REFUSED, Outcome.NOT_ARTICLE})
"""How a page may end that was an article or a list before: absent, leading away, something else."""

VALIDATOR_MAX_AGE = timedelta(days=7)
"""How long a validator is believed: then the page is asked for in full again."""

RECHECK_VALIDATOR_MAX_AGE = timedelta(days=400)
"""The same for old articles: at every second yearly look at least the page comes in full."""


@dataclass(frozen=True, slots=True)
class CrawlScope:
    """What one run asks of one source: the run began at ``moment``.

    ``full``: everything that is known is fetched again; ``since``: nothing that is known to be
    older is fetched.
    """

    source: str
    run: int
    moment: datetime
    full: bool = False
    since: date | None = None

    def is_before_since(self, day: str | None) -> bool:
        """Whether a day, or a time, is before the first one that the run asks for."""
        return self.since is not None and day is not None and day[:10] < self.since.isoformat()

    def is_put_off(self, known: PageRecord | None) -> bool:
        """Whether an earlier run deferred a page for an age that is too great for this one, too."""
        if known is None or known.reason != BEFORE_SINCE or known.outcome is not Outcome.DEFERRED:
            return False
        return self.is_before_since(known.published_at or known.announced_at)


def should_fetch(
    known: PageRecord | None, scope: CrawlScope, changed_at: str | None = None
) -> bool:
    """Whether an address that a page names is taken up.

    It is when it is new, when it is due, when a change of it is announced, and when it was there
    once and gone since: a site that names it again may be back. Never twice in one run, and
    never on behalf of another source than its own.
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
    """Whether a feed or sitemap says that a page has changed since it was announced before.

    Both say times or bare days. What was announced first is the measure, since a site's clock and
    ours are two; only where nothing was, the time of our own visit is.
    """
    if changed_at is None:
        return False
    before = known.announced_at or known.fetched_at
    return before is not None and _earliest(changed_at) > _latest(before)


def is_better_announcement(changed_at: str | None, known: PageRecord) -> bool:
    """Whether an announcement is to be remembered in place of the one before."""
    if changed_at is None or changed_at == known.announced_at:
        return False
    return known.announced_at is None or _latest(changed_at) >= _earliest(known.announced_at)


def credible(pages: Sequence[SitemapEntry]) -> Sequence[SitemapEntry]:
    """The entries of a sitemap without times of change that tell nothing.

    Where more than half share one time, it is when the file was made, not when pages changed.
    """
    times = Counter(page.changed_at for page in pages if page.changed_at)
    if len(pages) < MIN_SITEMAP_ENTRIES or not times:
        return pages
    shared, count = times.most_common(1)[0]
    if count * 2 <= len(pages) or len(shared) <= len("2023-11-21"):
        return pages
    return [SitemapEntry(page.url) if page.changed_at == shared else page for page in pages]


def dropped_from_sitemap(
    named: Mapping[str, str | None], present: Mapping[str, str | None], most: int
) -> list[str]:
    """The keys that a sitemap named before, does not name now, and did not just push out.

    Takes keys with the times of change, before and now. Sitemaps that hold only the latest pages
    drop the oldest: what is older than all that is left was pushed out. Without times, only a
    request can tell. A sitemap that has lost half of what it named is not believed.
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
    """The headers of a conditional request, none where the page is to be asked for in full.

    Lists never are: a list that lies about itself would hide every new article. Nor is a page
    whose body was not seen for a week, since validators lie (VIETNAM.md 3).
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
    """The first moment that a time or a bare day can mean."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _latest(text: str) -> datetime:
    """The last moment that a time or a bare day can mean."""
    if len(text) > len("2023-11-21"):
        return _earliest(text)
    return datetime.combine(date.fromisoformat(text), time.max, VIETNAM)
