"""The spider: one for all sources of a run, and for every site that lists its news."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, StopDownload
from scrapy.http import Response
from scrapy.utils.defer import _schedule_coro
from scrapy.utils.log import failure_to_exc_info
from twisted.python.failure import Failure

from pipelines.items import Outcome, Page
from pipelines.page_item import PageItem
from pipelines.workers import WorkersStoppedError, reason_of
from scraper.base.clock import now
from scraper.base.errors import TinhuyenError
from scraper.base.source import Source, State
from scraper.store.articles import mark_gone
from scraper.store.database import write_transaction
from scraper.store.frontier import count_retry, note_reason, retry_after_until
from scraper.store.pages import discover
from scraper.store.registry import note_state
from scraper.store.runs import note_yield, note_zero_items, set_source_error
from scraper.store.turns import Turn
from spiders.http.headers import header_text
from spiders.http.resolver import allowed_places, installed_guard, place_of
from spiders.outcomes import OutcomeRecorder
from spiders.reading import Reader
from spiders.recrawl import validators
from spiders.redirects import REDIRECTS, RedirectChain, decide_redirect, meta_refresh_target
from spiders.requests import Fetch
from spiders.responses import (
    PRIVATE_ADDRESS,
    Backoff,
    Decision,
    Done,
    Retry,
    decide_answer,
    decide_failure,
)
from spiders.robots_checker import RobotsChecker
from spiders.run import CrawlRun
from spiders.scheduler import Scheduler
from spiders.source_crawl import SourceCrawl
from spiders.storage import ending_the_crawl, is_about_storage

logger = logging.getLogger(__name__)


class PortalSpider(Spider):
    """Finds and fetches what the sources of a run have, and settles how each address ended.

    Pages that may hold an article are yielded as items, whose pipelines settle them; every other
    end is settled here.
    """

    name = "portal"

    def __init__(self, run: CrawlRun) -> None:
        super().__init__()
        self.run = run
        self.sources, self.db, self.plan = run.sources, run.db, run.plan
        self.source_crawls: dict[str, SourceCrawl] = {}
        self.readers: dict[str, Reader] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        """Build the spider on the run of the crawler, and have it told how its items ended."""
        spider = super().from_crawler(crawler, CrawlRun.of(crawler), *args, **kwargs)
        crawler.signals.connect(spider.item_scraped, signals.item_scraped)
        crawler.signals.connect(spider.item_error, signals.item_error)
        crawler.signals.connect(spider.bytes_received, signals.bytes_received)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Yield nothing: all requests come from the frontier."""
        return
        yield

    def begin(self, scheduler: Scheduler) -> None:
        """Take up what each source begins with; called when the frontier opens."""
        self.scheduler = scheduler
        self.recorder = OutcomeRecorder(self.db, self.run.archive, self.run.id, scheduler)
        self.robots_checker = RobotsChecker(scheduler, self)
        self.guard = installed_guard()
        self.guard.allowed = allowed_places(self.sources)
        for source in self.sources:
            try:
                self._begin(source)
            except TinhuyenError as error:
                scheduler.close_source(source.slug, "unusable")
                set_source_error(self.db, self.run.id, source.slug, str(error))

    def _begin(self, source: Source) -> None:
        moment = now()
        source_crawl = SourceCrawl(source, self.db, self.run.id, self.plan, moment)
        self.source_crawls[source.slug] = source_crawl
        self.readers[source.slug] = Reader(source_crawl, self.recorder, self.run.workers)
        until = retry_after_until(self.db, source.slug, moment)
        with write_transaction(self.db):
            discover(self.db, self.run.id, source_crawl.beginning(), moment)
        if not source.verify_tls:
            logger.warning("tls unverified source=%s", source.slug)
        if until is not None:
            self.scheduler.close_source(source.slug, "retry_after", until)
            set_source_error(self.db, self.run.id, source.slug, f"asked for patience until {until}")

    def closed(self, reason: str) -> None:
        """Note which sources' lists, all asked, named no article; called when the crawl ends."""
        for slug, source_crawl in self.source_crawls.items():
            if reason == "finished" and source_crawl.lists_read and not source_crawl.names_articles:
                note_zero_items(self.db, self.run.id, slug)
            if reason == "finished":
                named, missing = source_crawl.names_articles, source_crawl.missing()
                note_yield(self.db, self.run.id, slug, named, missing)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Take no more of an answer than its request wants.

        Raises StopDownload, upon which Scrapy passes on what has come.
        """
        enough = request.meta.get("stop_after")
        if enough is not None:
            request.meta["received"] = request.meta.get("received", 0) + len(data)
            if request.meta["received"] > enough:
                raise StopDownload(fail=False)

    def conditions(self, fetch: Fetch) -> dict[str, str]:
        """The headers that make a request conditional, none where it must not be."""
        is_suspected = (
            fetch.known.url_key in self.source_crawls[fetch.source.slug].dropped_from_sitemap
        )
        if fetch.asked or fetch.tries or is_suspected:
            return {}
        return validators(fetch.known, now(), self.plan.full)

    async def parse(self, response: Response, fetch: Fetch) -> list[PageItem]:
        """Judge an answer, settle it or read it; gives the item of a page that may be an article.

        The source asks for nothing more until that is done. An error of ours on one page is that
        page's outcome and nobody else's; what the end of the crawl leaves unread stays pending.
        Raises CloseSpider where the database takes nothing more.
        """
        fetch.size = len(response.body)
        fetch.host.end(monotonic())
        try:
            return await self._take(response, fetch)
        finally:
            self.scheduler.arrive(fetch.source.slug, fetch.size, monotonic())

    async def _take(self, response: Response, fetch: Fetch) -> list[PageItem]:
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
                self.record_outcome(fetch, Done(Outcome.BROKEN, reason_of(error, "reading")), page)
                return []
        return [] if item is None else [item]

    def errback(self, failure: Failure) -> None:
        """Judge a request that brought no answer.

        Raises CloseSpider where database or archive take nothing more.
        """
        fetch: Fetch = failure.request.cb_kwargs["fetch"]  # type: ignore[attr-defined]
        self.scheduler.finished(fetch)
        if is_about_storage(failure.value):
            raise CloseSpider(f"storage: {failure.value}") from failure.value
        is_private = self.is_private(fetch.url)
        decision = Done(Outcome.REFUSED, PRIVATE_ADDRESS) if is_private else decide_failure(failure)
        with ending_the_crawl():
            self._act(fetch, decision)

    def is_private(self, url: str) -> bool:
        """Whether a connection for an address was refused, since it led to a private one."""
        return place_of(url) in self.guard.refused

    def record_outcome(self, fetch: Fetch, end: Done, page: Page | None = None) -> None:
        """Settle a page that brought nothing to read."""
        self.recorder.end(self.source_crawls[fetch.source.slug], fetch, end, page)
        if fetch.known.kind in ("feed", "sitemap") and end.outcome is not Outcome.DEFERRED:
            self.readers[fetch.source.slug].guess(fetch.known.kind)

    async def item_scraped(self, item: PageItem) -> None:
        """A page has gone through the pipelines: learn from what it turned out to be."""
        self.scheduler.recorded(item.source, item.url_key)
        source_crawl, reading = self.source_crawls[item.source], item.reading
        if reading is None:
            return
        verdict = reading.article.verdict
        if verdict.is_article or verdict.outcome is Outcome.LISTING:
            source_crawl.url_classifier.observe(item.page.url or "", verdict.is_article)
        await self._follow(item)
        if verdict.outcome is Outcome.SOFT_404 and item.known and item.known.missing:
            self._mark_gone(item)

    async def _follow(self, item: PageItem) -> None:
        """Follow the links of an extracted page; one on which that fails says so in its reason."""
        try:
            await self.readers[item.source].follow_later(item)
        except sqlite3.Error:
            raise
        except Exception as error:
            is_stopped = isinstance(error, WorkersStoppedError)
            reason = "interrupted" if is_stopped else reason_of(error, "links")
            logger.error("links unread url=%s reason=%s", item.url_key, reason)
            with write_transaction(self.db):
                note_reason(self.db, item.url_key, reason, now())

    async def item_error(self, item: PageItem, failure: Failure) -> None:
        """A pipeline failed: its page stays on record as broken, or the crawl ends.

        What cannot be stored stays pending, and would be fetched in vain.
        """
        engine = self.crawler.engine
        if is_about_storage(failure.value) and engine is not None:
            _schedule_coro(engine.close_spider_async(reason=f"storage: {failure.value}"))
            return
        trace = failure_to_exc_info(failure)
        logger.error("pipeline failed url=%s source=%s", item.url_key, item.source, exc_info=trace)
        fetch = self.scheduler.out(item.source, item.url_key)
        if fetch is not None:
            self.record_outcome(fetch, Done(Outcome.BROKEN, "pipeline_error"), item.page)

    def _mark_gone(self, item: PageItem) -> None:
        if item.known is not None and item.known.article is not None:
            with write_transaction(self.db):
                mark_gone(self.db, item.known.article, now())

    async def _read(self, page: Page, response: Response, fetch: Fetch) -> PageItem | None:
        source_crawl, reader = (
            self.source_crawls[fetch.source.slug],
            self.readers[fetch.source.slug],
        )
        if page.status == 304 and fetch.is_conditional:
            fetch.host.succeed()
            self.recorder.unchanged(source_crawl, fetch, page, "not_modified")
            return None
        if page.status in REDIRECTS:
            self._redirect(page, page.headers.get("location"), fetch)
            return None
        decision = decide_answer(page, now(), self.plan.limits, "partial" in response.flags)
        if decision is not None:
            self._act(fetch, decision, page)
            return None
        fetch.host.succeed()
        is_page = fetch.known.kind in ("listing", "unknown", "article")
        if is_page and (place := meta_refresh_target(page)):
            self._redirect(page, place, fetch)
            return None
        return await reader.read(fetch, page, response.meta.get("capture"))

    def _redirect(self, page: Page, location: str | None, fetch: Fetch) -> None:
        source_crawl = self.source_crawls[fetch.source.slug]
        way = RedirectChain(fetch.asked[0], fetch.url, fetch.asked, self.plan.limits.redirects)
        step = decide_redirect(location, way, fetch.source)
        if isinstance(step, Done):
            self._note_move(fetch, step, location)
            self._act(fetch, step, page)
            return
        end = source_crawl.end_of_redirect(fetch.known, step.url)
        if end is not None:
            self._act(fetch, end, page)
        else:
            fetch.host.succeed()
            source_crawl.note_origin(fetch.known, step.url)
            self.scheduler.follow_redirect(fetch, step.url, page.status)

    def _note_move(self, fetch: Fetch, end: Done, location: str | None) -> None:
        """Note that a whole site has moved away, where its home page says so."""
        if (
            end.reason != "offsite"
            or fetch.known.url_key != self.source_crawls[fetch.source.slug].home_key
        ):
            return
        slug = fetch.source.slug
        with write_transaction(self.db):
            note_state(self.db, slug, State.MOVED)
        set_source_error(self.db, self.run.id, slug, f"the home page moved to {location}")

    def _act(self, fetch: Fetch, decision: Decision, page: Page | None = None) -> None:
        """Do what an answer means: settle the page, ask again later, or leave the host alone."""
        host = fetch.host
        if isinstance(decision, Done):
            self._note_health(fetch, decision, page)
            self.record_outcome(fetch, decision, page)
        else:
            self._try_again(fetch, decision, page)
        if host.given_up:
            self.scheduler.abandon_host(host, decision)

    def _try_again(self, fetch: Fetch, decision: Retry | Backoff, page: Page | None) -> None:
        """Ask for a page again, unless it had its tries: then the others have their turn."""
        fetch.tries += 1
        if isinstance(decision, Backoff):
            fetch.host.pause(decision.seconds, monotonic())
        elif not self._is_guess(fetch):
            fetch.host.fail()
        if fetch.tries >= self.plan.limits.tries or self._is_guess(fetch):
            self.record_outcome(fetch, Done(Outcome.FAILED, decision.reason), page)
        else:
            is_paused = isinstance(decision, Backoff)
            self._retry(fetch, 0 if is_paused else self.plan.backoff(fetch.tries))

    def _retry(self, fetch: Fetch, seconds: float) -> None:
        with write_transaction(self.db):
            count_retry(self.db, self.run.id, fetch.source.slug)
        self.scheduler.retry(fetch, seconds)

    def _note_health(self, fetch: Fetch, end: Done, page: Page | None) -> None:
        if end.outcome is not Outcome.BLOCKED:
            if page is not None:
                fetch.host.succeed()
        elif not self._is_guess(fetch):
            fetch.host.fail()

    def _is_guess(self, fetch: Fetch) -> bool:
        """Whether nobody named an address: what a firewall says to our guesses tells nothing."""
        return fetch.known.turn is Turn.GUESS


def page_of(response: Response, url: str, source: str) -> Page:
    """A response as the rest of the program takes it."""
    headers = {
        header_text(name).lower(): header_text(b", ".join(values))
        for name, values in response.headers.items()
    }
    return Page(url, response.body, response.url, response.status, headers, now(), source)
