"""How a fetched page ends, but for those that may be articles: one transaction each."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from pipelines.items import Outcome, Page
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.config.recrawl_policy import age_from, next_fetch_at
from scraper.store.articles import mark_gone, published_at, touch_article
from scraper.store.database import write_transaction
from scraper.store.frontier import (
    advance,
    close_list_if_read,
    forget_sitemap,
    note_announcement,
)
from scraper.store.pages import (
    BEFORE_SINCE,
    Capture,
    Discovery,
    FetchResult,
    discover,
    record_outcome,
)
from spiders.link_selection import SelectedLinks
from spiders.recrawl import was_list
from spiders.requests import Fetch
from spiders.responses import Done
from spiders.scheduler import Scheduler
from spiders.slices import in_turns, portions
from spiders.source_crawl import SourceCrawl

logger = logging.getLogger(__name__)

MISSES = 2
"""Runs that must find an article absent before it counts as gone. A 410, and a 404 of what a
sitemap named and names no more, are sure at once: two witnesses, or one who knows."""


class OutcomeRecorder:
    """Writes outcomes of one run, and takes what is settled out of the frontier."""

    def __init__(
        self, db: Database, archive: ArchiveWriter, run: int, scheduler: Scheduler
    ) -> None:
        self.db = db
        self.archive = archive
        self.run = run
        self.scheduler = scheduler

    def end(
        self, source_crawl: SourceCrawl, fetch: Fetch, end: Done, page: Page | None = None
    ) -> None:
        """Settle a page that brought nothing to read."""
        moment = now()
        missing = self._missing(source_crawl, fetch, end)
        with write_transaction(self.db):
            record_outcome(
                self.db, self._fetch_result(source_crawl, fetch, end, page, missing, moment), moment
            )
            if missing >= MISSES and fetch.known.article is not None:
                mark_gone(self.db, fetch.known.article, moment)
            self._close_list(source_crawl, fetch, moment)
        self._done(fetch, end)

    def unchanged(
        self,
        source_crawl: SourceCrawl,
        fetch: Fetch,
        page: Page,
        reason: str | None,
        capture: Capture | None = None,
    ) -> None:
        """Settle a page that is as it was when it was last read.

        ``capture`` is a new one, if the archive held none of its body.
        """
        moment = now()
        is_article = fetch.known.article is not None
        source_crawl.names_articles |= not is_article
        end = Done(Outcome.UNCHANGED if is_article else Outcome.LISTING, reason)
        fetch_result = replace(
            self._fetch_result(source_crawl, fetch, end, page, 0, moment), capture=capture
        )
        self.archive.sync()
        with write_transaction(self.db):
            record_outcome(self.db, fetch_result, moment)
            if fetch.known.article is not None:
                touch_article(self.db, fetch.known.article, moment)
        self._done(fetch, end)

    async def listed(
        self,
        source_crawl: SourceCrawl,
        fetch: Fetch,
        page: Page,
        selected: SelectedLinks,
        end: Done,
        due_at: datetime | None,
        capture: Capture | None,
    ) -> None:
        """Settle a list, feed or sitemap once all that it led to is taken up.

        Where that is much, it is taken up by and by: one that is not settled is read again.
        """
        moment, known = now(), fetch.known
        source_crawl.lists_read += end.outcome is Outcome.LISTING
        source_crawl.names_articles |= selected.names_articles
        if not selected.names_articles:
            source_crawl.empty.add(known.url_key)
        fetch_result = FetchResult(
            run=self.run,
            source=known.source,
            url_key=known.url_key,
            outcome=end.outcome,
            reason=end.reason,
            kind="listing" if known.kind in ("unknown", "article") else known.kind,
            http_status=page.status,
            etag=page.headers.get("etag"),
            last_modified=page.headers.get("last-modified"),
            body_hash=capture.body_hash if capture else hashlib.sha256(page.body).hexdigest(),
            fetched_at=page.fetched_at,
            due_at=due_at,
            capture=capture,
        )
        self.archive.sync()
        await self.take_up(selected, moment)
        with write_transaction(self.db):
            record_outcome(self.db, fetch_result, moment)
            self._close_list(source_crawl, fetch, moment)
        self._done(fetch, end)

    async def take_up(self, selected: SelectedLinks, moment: datetime) -> None:
        """Take up what a page led to, a portion in each transaction."""
        async for portion in in_turns(portions(selected.found)):
            with write_transaction(self.db):
                discover(self.db, self.run, portion, moment)
        async for portion in in_turns(portions(selected.older)):
            with write_transaction(self.db):
                self._put_off(portion, moment)
        with write_transaction(self.db):
            advance(self.db, self.run, selected.advanced)
            forget_sitemap(self.db, [one.url_key for one in selected.missed])
        async for portion in in_turns(portions(selected.noted)):
            with write_transaction(self.db):
                for one in portion:
                    note_announcement(self.db, one.url_key, one.announced_at, one.named_by)

    def _put_off(self, older: Sequence[Discovery], moment: datetime) -> None:
        """Take up pages that are older than the run asks for, and leave them for another run."""
        discover(self.db, self.run, older, moment)
        for one in older:
            end = FetchResult(
                self.run, one.source, one.url_key, Outcome.DEFERRED, BEFORE_SINCE, due_at=moment
            )
            record_outcome(self.db, end, moment)

    def _missing(self, source_crawl: SourceCrawl, fetch: Fetch, end: Done) -> int:
        """The sights of an article's absence, this one included; 0 where it is none."""
        if not end.outcome.is_absent or fetch.known.kind not in ("article", "unknown"):
            return 0
        is_sure = (
            end.reason == "http_410" or fetch.known.url_key in source_crawl.dropped_from_sitemap
        )
        return max(fetch.known.missing + 1, MISSES if is_sure else 1)

    def _fetch_result(
        self,
        source_crawl: SourceCrawl,
        fetch: Fetch,
        end: Done,
        page: Page | None,
        missing: int,
        moment: datetime,
    ) -> FetchResult:
        known = fetch.known
        born = age_from(published_at(self.db, known.article), known.first_seen_at)
        due = next_fetch_at(
            end.outcome,
            born,
            moment,
            known.attempts,
            source_crawl.plan.revisit,
            missing=missing,
            is_stored=known.article is not None,
        )
        if due is None and was_list(known) and end.outcome is not Outcome.LISTING:
            due = moment + source_crawl.plan.revisit.empty
        is_announcing = known.kind in ("feed", "sitemap") and end.outcome is Outcome.LISTING
        has_body = page is not None and 200 <= page.status < 300
        return FetchResult(
            run=self.run,
            source=known.source,
            url_key=known.url_key,
            outcome=end.outcome,
            reason=end.reason,
            http_status=page.status if page else None,
            etag=known.etag if page is None else page.headers.get("etag", known.etag),
            last_modified=known.last_modified
            if page is None
            else page.headers.get("last-modified", known.last_modified),
            fetched_at=page.fetched_at if page and has_body else None,
            due_at=moment if is_announcing else due,
            missing=missing,
        )

    def _done(self, fetch: Fetch, end: Done) -> None:
        """The page is out no more."""
        slug, key = fetch.source.slug, fetch.known.url_key
        self.scheduler.recorded(slug, key)
        logger.debug(
            "page settled url=%s source=%s outcome=%s reason=%s", key, slug, end.outcome, end.reason
        )

    def _close_list(self, source_crawl: SourceCrawl, fetch: Fetch, moment: datetime) -> None:
        if fetch.known.list is not None and fetch.known.kind != "article":
            close_list_if_read(self.db, fetch.known.list, moment, source_crawl.stale)
