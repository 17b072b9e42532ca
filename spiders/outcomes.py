"""Record the outcomes of fetched pages, except those of pages that may be articles."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

from pipelines.items import Outcome, Page
from scraper.config.recrawl_policy import age_from, next_fetch_at
from scraper.store.articles import mark_gone, published_at, touch_article
from scraper.store.captures import Capture
from scraper.store.database import write_transaction
from scraper.store.frontier import (
    advance,
    close_list_if_read,
    forget_sitemap,
    known_places,
    note_announcement,
)
from scraper.store.outcomes import GUESSED, FetchResult, record_outcome
from scraper.store.pages import BEFORE_SINCE, Discovery, discover
from spiders.discovery.site_files import default_paths
from spiders.link_selection import SelectedLinks
from spiders.recrawl import was_list
from spiders.requests import Fetch
from spiders.responses import Done
from spiders.run import CrawlRun
from spiders.source_crawl import SourceCrawl
from spiders.turns import in_turns, portions

logger = logging.getLogger(__name__)

MISSES = 2
"""Runs that must find an article absent before it counts as gone. A 410, or a 404 on a URL that its
sitemap dropped, counts at once."""

WRONG_GUESS = (Outcome.GONE, Outcome.SOFT_404, Outcome.NOT_ARTICLE)
"""How a default URL ends if the site has no feed or sitemap there. It is not counted, because the
site never named it."""


class OutcomeRecorder:
    """Records the outcomes of one run, and removes the pages from those in flight."""

    def __init__(self, run: CrawlRun) -> None:
        self.run = run
        self.db = run.db

    def end(self, fetch: Fetch, end: Done, page: Page | None = None) -> None:
        """Record the outcome of a page of which nothing is read.

        If a default URL of feeds or sitemaps was tried, the next one is queued.
        """
        moment, source_crawl = self.run.now(), self.run.of_source(fetch.source)
        missing = self._missing(source_crawl, fetch, end)
        with write_transaction(self.db):
            result = self._result(fetch, end, page, missing, moment)
            record_outcome(self.db, uncounted_if_wrong_guess(fetch, result), moment)
            if missing >= MISSES and fetch.known.article is not None:
                mark_gone(self.db, fetch.known.article, moment)
            self._close_list(source_crawl, fetch, moment)
        self._done(fetch, end)
        self._guess_after(source_crawl, fetch, end)

    def unchanged(
        self, fetch: Fetch, page: Page, reason: str | None, capture: Capture | None = None
    ) -> None:
        """Record a page that has not changed since it was last read.

        ``capture`` is its place in the archive if the body was written there now.
        """
        moment = self.run.now()
        is_article = fetch.known.article is not None
        if not is_article:
            self.run.of_source(fetch.source).note_names_articles()
        end = Done(Outcome.UNCHANGED if is_article else Outcome.LISTING, reason)
        result = replace(self._result(fetch, end, page, 0, moment), capture=capture)
        self.run.archive.sync()
        with write_transaction(self.db):
            record_outcome(self.db, result, moment)
            if fetch.known.article is not None:
                touch_article(self.db, fetch.known.article, moment)
        self._done(fetch, end)

    async def listed(
        self,
        fetch: Fetch,
        page: Page,
        selected: SelectedLinks,
        end: Done,
        due_at: datetime | None,
        capture: Capture | None,
        body_hash: str,
    ) -> None:
        """Queue the links of a list, feed or sitemap, then record its outcome.

        The links are queued in several transactions. If the crawl is killed between them, the page
        has no outcome yet and is read again.
        """
        moment, known = self.run.now(), fetch.known
        source_crawl = self.run.of_source(fetch.source)
        source_crawl.note_list(known, selected, end.outcome is Outcome.LISTING)
        result = FetchResult.of_page(
            page,
            self.run.id,
            known.source,
            known.url_key,
            end.outcome,
            end.reason,
            kind="listing" if known.kind in ("unknown", "article") else known.kind,
            body_hash=body_hash,
            due_at=due_at,
            capture=capture,
        )
        self.run.archive.sync()
        await self.queue(selected, moment)
        with write_transaction(self.db):
            record_outcome(self.db, uncounted_if_wrong_guess(fetch, result), moment)
            self._close_list(source_crawl, fetch, moment)
        self._done(fetch, end)
        self._guess_after(source_crawl, fetch, end)

    async def queue(self, selected: SelectedLinks, moment: datetime) -> None:
        """Queue the selected links of a page, with one transaction for each portion."""
        async for portion in in_turns(portions(selected.found)):
            with write_transaction(self.db):
                discover(self.db, self.run.id, portion, moment)
        async for portion in in_turns(portions(selected.older)):
            with write_transaction(self.db):
                self._put_off(portion, moment)
        with write_transaction(self.db):
            advance(self.db, self.run.id, selected.advanced)
            forget_sitemap(self.db, [one.url_key for one in selected.missed])
        async for portion in in_turns(portions(selected.noted)):
            with write_transaction(self.db):
                for one in portion:
                    note_announcement(self.db, one.url_key, one.announced_at, one.named_by)

    def guess(self, source_crawl: SourceCrawl, kind: str) -> None:
        """Queue the next default URL of feeds or sitemaps, unless one of them is known."""
        if kind not in source_crawl.guesses:
            source_crawl.set_guesses(kind, self._paths_to_guess(source_crawl, kind))
        with write_transaction(self.db):
            discover(self.db, self.run.id, source_crawl.take_guess(kind), self.run.now())

    def has_sitemap(self, source_crawl: SourceCrawl) -> bool:
        """Whether the source has a sitemap: one that was named, or one that was found."""
        return source_crawl.names_sitemap or any(
            is_one for _, is_one in known_places(self.db, source_crawl.slug, "sitemap")
        )

    def _guess_after(self, source_crawl: SourceCrawl, fetch: Fetch, end: Done) -> None:
        """Queue the next default URL if a page is not the feed or sitemap it was taken for."""
        is_settled = end.outcome not in (Outcome.DEFERRED, Outcome.LISTING)
        if fetch.known.kind in ("feed", "sitemap") and is_settled:
            self.guess(source_crawl, fetch.known.kind)

    def _paths_to_guess(self, source_crawl: SourceCrawl, kind: str) -> list[str]:
        known = known_places(self.db, source_crawl.slug, kind)
        if any(is_one for _, is_one in known):
            return []
        home_url, urls = source_crawl.source.home_url, source_crawl.urls
        feeds, sitemaps = default_paths(home_url)
        own, usual = {
            "feed": (source_crawl.platform.feeds, feeds),
            "sitemap": (source_crawl.platform.sitemaps, sitemaps),
        }[kind]
        places = [*(urljoin(home_url, place) for place in own), *usual]
        tried = {urls.key(url, kind) for url, _ in known}
        untried = {urls.key(url, kind): url for url in places}
        left = [url for key, url in untried.items() if key not in tried]
        return left[: self.run.plan.limits.guesses]

    def _put_off(self, older: Sequence[Discovery], moment: datetime) -> None:
        """Queue pages that are older than ``since`` of the run, and defer them."""
        discover(self.db, self.run.id, older, moment)
        for one in older:
            end = FetchResult.deferred(self.run.id, one.source, one.url_key, BEFORE_SINCE, moment)
            record_outcome(self.db, end, moment)

    def _missing(self, source_crawl: SourceCrawl, fetch: Fetch, end: Done) -> int:
        """Return how often in a row an article was absent, including this time; 0 if it is not."""
        if not end.outcome.is_absent or fetch.known.kind not in ("article", "unknown"):
            return 0
        was_dropped = fetch.known.url_key in source_crawl.dropped_from_sitemap
        is_sure = end.reason == "http_410" or was_dropped
        return max(fetch.known.missing + 1, MISSES if is_sure else 1)

    def _result(
        self, fetch: Fetch, end: Done, page: Page | None, missing: int, moment: datetime
    ) -> FetchResult:
        """Return the result of a page of which nothing was read.

        It keeps the stored validators if the answer has none.
        """
        known, run = fetch.known, self.run.id
        due = self._due_at(fetch, end, missing, moment)
        if page is None:
            result = FetchResult(run, known.source, known.url_key, end.outcome, end.reason)
        else:
            result = FetchResult.of_page(
                page, run, known.source, known.url_key, end.outcome, end.reason
            )
        return replace(
            result,
            etag=result.etag if result.etag is not None else known.etag,
            last_modified=result.last_modified
            if result.last_modified is not None
            else known.last_modified,
            fetched_at=page.fetched_at if page and 200 <= page.status < 300 else None,
            due_at=due,
            missing=missing,
        )

    def _due_at(self, fetch: Fetch, end: Done, missing: int, moment: datetime) -> datetime | None:
        """Return when a page of which nothing was read is fetched again, or None for never."""
        known, policy = fetch.known, self.run.policy
        if known.kind in ("feed", "sitemap") and end.outcome is Outcome.LISTING:
            return moment
        due = next_fetch_at(
            end.outcome,
            age_from(published_at(self.db, known.article), known.first_seen_at),
            moment,
            known.attempts,
            policy,
            missing=missing,
            is_stored=known.article is not None,
        )
        if due is None and was_list(known) and end.outcome is not Outcome.LISTING:
            return moment + policy.empty
        return due

    def _done(self, fetch: Fetch, end: Done) -> None:
        slug, key = fetch.source.slug, fetch.known.url_key
        self.run.finish(self.run.of_source(fetch.source), key)
        logger.debug(
            "page settled url=%s source=%s outcome=%s reason=%s", key, slug, end.outcome, end.reason
        )

    def _close_list(self, source_crawl: SourceCrawl, fetch: Fetch, moment: datetime) -> None:
        if fetch.known.list is not None and fetch.known.kind != "article":
            close_list_if_read(self.db, fetch.known.list, moment, source_crawl.stale)


def uncounted_if_wrong_guess(fetch: Fetch, result: FetchResult) -> FetchResult:
    """Return the result; that of a default URL without a feed or sitemap is not counted."""
    if not fetch.is_guess or result.outcome not in WRONG_GUESS:
        return result
    return replace(result, outcome=Outcome.NOT_ARTICLE, reason=GUESSED, is_counted=False)
