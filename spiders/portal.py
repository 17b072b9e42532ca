"""The spider. One spider crawls all sources of a run, whatever their platform."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, StopDownload
from scrapy.http import Response
from scrapy.utils.log import failure_to_exc_info
from twisted.python.failure import Failure

from pipelines.items import Outcome, Page
from pipelines.page_item import PageItem
from pipelines.workers import WorkersStoppedError, reason_of
from scraper.base.urls import urljoin_safely
from scraper.store.articles import mark_gone
from scraper.store.database import write_transaction
from scraper.store.frontier import count_retry, note_reason
from scraper.store.pages import page_record
from scraper.store.runs import set_source_error
from scraper.store.source_life import note_move
from spiders.findings import note_findings, note_silences
from spiders.http.headers import page_of
from spiders.http.resolver import allowed_endpoints, installed_guard, was_refused
from spiders.outcomes import OutcomeRecorder
from spiders.private_names import close_crawl, is_closing
from spiders.reading import PageReader
from spiders.requests import Fetch, FileFetch
from spiders.responses import (
    PRIVATE_ADDRESS,
    REDIRECTS,
    Backoff,
    Decision,
    Done,
    RedirectChain,
    Retry,
    decide_answer,
    decide_failure,
    decide_redirect,
    meta_refresh_target,
)
from spiders.run import CrawlRun, ending_the_crawl, is_about_storage

logger = logging.getLogger(__name__)


class PortalSpider(Spider):
    """Crawls the sources of a run, and records the outcome of each URL.

    Pages that may hold an article are returned as items, and the pipelines record their outcomes.
    The spider records all other outcomes.
    """

    name = "portal"

    def __init__(self, run: CrawlRun) -> None:
        super().__init__()
        self.run = run
        self.db = run.db
        self.recorder = OutcomeRecorder(run)
        self.reader = PageReader(run, self.recorder)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        """Build the spider for the run of the crawler, and connect its signals."""
        run = CrawlRun.of(crawler)
        installed_guard().allowed = allowed_endpoints(run.sources)
        spider = super().from_crawler(crawler, run, *args, **kwargs)
        crawler.signals.connect(spider.item_scraped, signals.item_scraped)
        crawler.signals.connect(spider.item_error, signals.item_error)
        crawler.signals.connect(spider.bytes_received, signals.bytes_received)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Yield nothing. All requests come from the scheduler."""
        return
        yield

    def closed(self, reason: str) -> None:
        """Store what the run found out about each source. Scrapy calls it at the end.

        A crawl that was ended early stores only which hosts did not answer: it has not read all
        lists.
        """
        if reason == "finished":
            note_findings(self.run)
        if not reason.startswith("storage"):
            note_silences(self.run, is_cut=reason != "finished")

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Count received bytes, and stop the download beyond ``stop_after`` of the request's meta.

        Raises StopDownload. Scrapy then calls the callback with the bytes received so far. The
        download of a photo or an attachment is also stopped, as a failure, if the crawl is ending.
        """
        request.meta["received"] = request.meta.get("received", 0) + len(data)
        enough = request.meta.get("stop_after")
        if enough is not None and request.meta["received"] > enough:
            raise StopDownload(fail=False)
        if isinstance(request.cb_kwargs.get("fetch"), FileFetch) and is_closing(self.crawler):
            raise StopDownload(fail=True)

    async def parse(self, response: Response, fetch: Fetch) -> list[PageItem]:
        """Read a response or record its outcome. Returns an item if it may be an article.

        Until then, the source sends no other request. A program error on one page makes that page
        `broken` and affects no other page. Pages that are unread when the crawl ends stay pending.
        Raises CloseSpider if the database cannot be written.
        """
        fetch.size = len(response.body)
        fetch.host.answer()
        fetch.host.end(self.run.clock())
        try:
            return await self._take(response, fetch)
        finally:
            self.run.free_source(fetch, fetch.size)

    async def _take(self, response: Response, fetch: Fetch) -> list[PageItem]:
        """Read a page. An error in our own code makes it `broken`."""
        page = page_of(response, fetch.asked[0], fetch.source.slug)
        with ending_the_crawl():
            try:
                item = await self._read(page, response, fetch)
            except sqlite3.Error:
                raise
            except WorkersStoppedError:
                return []
            except Exception as error:
                logger.exception("page unreadable url=%s source=%s", fetch.url, fetch.source.slug)
                self.recorder.end(fetch, Done(Outcome.BROKEN, reason_of(error, "reading")), page)
                return []
        return [] if item is None else [item]

    def errback(self, failure: Failure) -> None:
        """Record or retry a request that failed.

        Raises CloseSpider if the database or the archive cannot be written.
        """
        fetch: Fetch = failure.request.cb_kwargs["fetch"]  # type: ignore[attr-defined]
        self.run.end_request(fetch)
        if is_about_storage(failure.value):
            raise CloseSpider(f"storage: {failure.value}") from failure.value
        is_private = was_refused(fetch.url)
        decision = Done(Outcome.REFUSED, PRIVATE_ADDRESS) if is_private else decide_failure(failure)
        fetch.host.stay_silent(decision.reason)
        with ending_the_crawl():
            self._act(fetch, decision)

    async def item_scraped(self, item: PageItem) -> None:
        """Learn from the verdict on an item that passed the pipelines, and follow its links."""
        source_crawl, reading = self.run.source_crawls[item.source], item.extraction
        self.run.finish(source_crawl, item.url_key)
        if reading is None:
            return
        verdict = reading.article.verdict
        if verdict.is_article or verdict.outcome is Outcome.LISTING:
            source_crawl.learn_kind(item.page.url or "", verdict.is_article)
        await self._follow(item)
        if verdict.outcome is Outcome.SOFT_404 and item.known and item.known.missing:
            self._mark_gone(item)

    async def _follow(self, item: PageItem) -> None:
        """Follow the links of an extracted page. If that fails, the page's reason says so."""
        try:
            await self.reader.follow_later(item)
        except sqlite3.Error:
            raise
        except Exception as error:
            is_stopped = isinstance(error, WorkersStoppedError)
            reason = "interrupted" if is_stopped else reason_of(error, "links")
            logger.error("links unread url=%s reason=%s", item.url_key, reason)
            with write_transaction(self.db):
                note_reason(self.db, item.url_key, reason, self.run.now())

    async def item_error(self, item: PageItem, failure: Failure) -> None:
        """Record the page of a failed pipeline as `broken`, or end the crawl.

        The crawl ends if nothing can be stored. Pages without an outcome stay pending.
        """
        if is_about_storage(failure.value) and self.crawler.engine is not None:
            close_crawl(self.crawler, f"storage: {failure.value}")
            return
        trace = failure_to_exc_info(failure)
        logger.error("pipeline failed url=%s source=%s", item.url_key, item.source, exc_info=trace)
        fetch = self.run.source_crawls[item.source].taken.get(item.url_key)
        if fetch is not None:
            self.recorder.end(fetch, Done(Outcome.BROKEN, "pipeline_error"), item.page)

    def _mark_gone(self, item: PageItem) -> None:
        if item.known is not None and item.known.article is not None:
            with write_transaction(self.db):
                mark_gone(self.db, item.known.article, self.run.now())

    async def _read(self, page: Page, response: Response, fetch: Fetch) -> PageItem | None:
        """Record, redirect or read a response. Returns an item if it may be an article."""
        if page.status == 304 and fetch.is_conditional:
            fetch.host.succeed()
            self.recorder.unchanged(fetch, page, "not_modified")
            return None
        if page.status in REDIRECTS:
            self._redirect(page, page.headers.get("location"), fetch)
            return None
        decision = decide_answer(
            page, self.run.now(), self.run.plan.limits, "partial" in response.flags
        )
        if decision is not None:
            self._act(fetch, decision, page)
            return None
        fetch.host.succeed()
        is_page = fetch.known.kind in ("listing", "unknown", "article")
        if is_page and (place := meta_refresh_target(page)):
            self._redirect(page, place, fetch)
            return None
        return await self.reader.read(fetch, page, response)

    def _redirect(self, page: Page, location: str | None, fetch: Fetch) -> None:
        """Follow a redirect, or record the outcome of the page."""
        source_crawl, limit = self.run.of_source(fetch.source), self.run.plan.limits.redirects
        way = RedirectChain(fetch.asked[0], fetch.url, fetch.asked, limit)
        step = decide_redirect(location, way, fetch.source)
        if isinstance(step, Done):
            self._note_move(fetch, step, page.status, location)
            self._act(fetch, step, page)
            return
        end = self._end_of_redirect(fetch, step.url)
        if end is not None:
            self._act(fetch, end, page)
        else:
            fetch.host.succeed()
            source_crawl.note_origin(fetch.known, step.url)
            host = self.run.hosts.of(step.url, fetch.source)
            source_crawl.follow_redirect(fetch, step.url, host, page.status, self.run.clock())

    def _end_of_redirect(self, fetch: Fetch, target: str) -> Done | None:
        """Return the outcome of a page that redirects within its site, or None to follow it.

        A further page of a list that redirects to the first page is past the end of the list. A
        page that redirects to a page that has its own record is a duplicate of it.
        """
        source_crawl, known = self.run.of_source(fetch.source), fetch.known
        is_list = known.kind == "listing"
        key = source_crawl.urls.key(target, "listing" if is_list else "article")
        if known.url_key in (key, source_crawl.home_key):
            return None
        if is_list and key == known.list:
            return Done(Outcome.SOFT_404, "first_page")
        page = page_record(self.db, key)
        if page is not None and page.outcome is not Outcome.DEFERRED:
            return Done(Outcome.DUPLICATE, "redirect")
        return None

    def _note_move(self, fetch: Fetch, end: Done, status: int, location: str | None) -> None:
        """Store where the home page of a source leads if it redirects to another site."""
        slug = fetch.source.slug
        is_home = fetch.known.url_key == self.run.of_source(fetch.source).home_key
        if end.reason == "offsite" and is_home:
            note_move(self.db, self.run.id, slug, urljoin_safely(fetch.url, location or ""), status)
            set_source_error(self.db, self.run.id, slug, f"the home page moved to {location}")

    def _act(self, fetch: Fetch, decision: Decision, page: Page | None = None) -> None:
        """Carry out a decision: record the page or retry it, and skip the host if it fails."""
        host = fetch.host
        if isinstance(decision, Done):
            self._note_health(fetch, decision, page)
            self.recorder.end(fetch, decision, page)
        else:
            self._try_again(fetch, decision, page)
        if host.given_up:
            self.run.abandon_host(host, decision)

    def _try_again(self, fetch: Fetch, decision: Retry | Backoff, page: Page | None) -> None:
        """Retry a page, or record it as failed if it has had all its tries."""
        fetch.tries += 1
        if isinstance(decision, Backoff):
            fetch.host.pause(decision.seconds, self.run.clock())
        elif not fetch.is_guess:
            fetch.host.fail()
        if fetch.tries >= self.run.plan.limits.tries or fetch.is_guess:
            self.recorder.end(fetch, Done(Outcome.FAILED, decision.reason), page)
            return
        seconds = 0 if isinstance(decision, Backoff) else self.run.plan.backoff(fetch.tries)
        with write_transaction(self.db):
            count_retry(self.db, self.run.id, fetch.source.slug)
        self.run.of_source(fetch.source).retry(fetch, self.run.clock() + seconds)

    def _note_health(self, fetch: Fetch, end: Done, page: Page | None) -> None:
        """Count for its host whether a page was answered or blocked."""
        if end.outcome is not Outcome.BLOCKED:
            if page is not None:
                fetch.host.succeed()
        elif not fetch.is_guess:
            fetch.host.fail()
