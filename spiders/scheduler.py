"""The scheduler: which page is requested next, and when. After all pages, files are requested.

The queue is the table ``pages``, so that no page is lost if the crawl is killed. Only the requests
in flight are held in memory. There is one request in flight per source and per host. Sources on the
same host share its pause.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Self, cast
from urllib.parse import urljoin

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider

from pipelines.items import Outcome
from scraper.store.database import write_transaction
from scraper.store.frontier import defer_source, first_of_turns, has_pending, named_days
from scraper.store.pages import PageRecord, Turn
from scraper.store.runs import count_traffic
from spiders.files import FileCrawl
from spiders.outcomes import OutcomeRecorder
from spiders.private_names import ask_scheduler_again
from spiders.requests import (
    Fetch,
    FileFetch,
    ResponseHandler,
    RobotsFetch,
    page_request,
    robots_request,
)
from spiders.responses import PRIVATE_ADDRESS, Done
from spiders.robots_checker import RobotsChecker
from spiders.run import CrawlRun
from spiders.source_crawl import SourceCrawl
from spiders.source_urls import to_fetch_url
from spiders.start_pages import open_sources
from spiders.turns import SLICE_SECONDS

logger = logging.getLogger(__name__)


class Scheduler(BaseScheduler):
    """A Scrapy scheduler whose queue is the table ``pages``.

    ``robots`` handles the responses to requests for robots.txt, the spider those for pages.
    """

    pages: ResponseHandler

    def __init__(
        self,
        crawler: Crawler,
        run: CrawlRun,
        recorder: OutcomeRecorder,
        robots: ResponseHandler,
    ) -> None:
        self.crawler = crawler
        self.run = run
        self.db = run.db
        self.recorder = recorder
        self.robots = robots
        self.robots_fetches: dict[str, RobotsFetch] = {}
        self.queue: deque[SourceCrawl] = deque()
        self.files = FileCrawl(run, self._request_robots)
        self.alarm: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the scheduler for the run of the crawler."""
        run = CrawlRun.of(crawler)
        recorder = OutcomeRecorder(run)
        scheduler = cls(crawler, run, recorder, RobotsChecker(run, recorder))
        crawler.signals.connect(scheduler.begin_files, signals.spider_idle)
        return scheduler

    # Methods that the engine calls.

    def open(self, spider: Spider) -> None:
        """Open the sources of the run and queue their start pages."""
        assert isinstance(spider, ResponseHandler)
        self.pages = spider
        self.run.wake = self._wake
        open_sources(self.run, self.run.now())
        self.queue.extend(self.run.source_crawls.values())

    def close(self, reason: str) -> None:
        """Defer the pending pages of sources that were closed early, and store the traffic.

        If the database fails, the error is logged.
        """
        self._stop_alarm()
        try:
            for source_crawl in self.run.source_crawls.values():
                self._close(source_crawl, self.run.now())
            self.files.close()
        except sqlite3.Error as error:
            logger.error("costs lost reason=%r", str(error))

    def enqueue_request(self, request: Request) -> bool:
        """Log the request and return False. Pages are queued in the database only."""
        logger.error("unplanned request url=%s", request.url)
        return False

    def has_pending_requests(self) -> bool:
        """Whether any open source has a page, or a file, that waits to be requested."""
        if self.files.is_begun:
            return self.files.has_waiting
        return any(
            one.waiting or has_pending(self.db, self.run.id, one.slug, one.taken)
            for one in self.run.source_crawls.values()
            if not one.closed
        )

    def next_request(self) -> Request | None:
        """Return the next request that may be sent now, or None. The sources take turns."""
        if self.files.is_begun:
            request = self.files.next_request()
            if request is None:
                self._set_alarm()
            return request
        deadline = self.run.clock() + SLICE_SECONDS
        for _ in range(len(self.queue)):
            source_crawl = self.queue[0]
            self.queue.rotate(-1)
            if request := self._next_of(source_crawl, deadline):
                return request
        self._set_alarm()
        return None

    def begin_files(self) -> None:
        """Begin to fetch files. Scrapy calls it when no page is pending or in flight.

        Raises DontCloseSpider if there are files to fetch, so that the crawl goes on.
        """
        if self.files.begin():
            self._wake()
            raise DontCloseSpider

    def _close(self, source_crawl: SourceCrawl, moment: datetime) -> None:
        """Defer the pending pages of a source and store what it cost."""
        slug, run = source_crawl.slug, self.run.id
        if reason := source_crawl.closed:
            with write_transaction(self.db):
                defer_source(self.db, run, slug, reason, source_crawl.due_at or moment, moment)
        costs = source_crawl.requests, source_crawl.size, source_crawl.seconds
        count_traffic(self.db, run, slug, *costs)

    # Finding the next request.

    def _next_of(self, source_crawl: SourceCrawl, deadline: float) -> Request | None:
        """Return the next request of a source, or None if it has to wait."""
        if not source_crawl.can_ask:
            return None
        if source_crawl.has_spent_budget(self.run.clock()):
            source_crawl.close("budget")
            return None
        for fetch in self._candidates(source_crawl, deadline):
            is_early = source_crawl.is_early(fetch.known)
            is_ready = fetch.host.is_ready(self.run.clock()) and not is_early
            return self._depart(source_crawl, fetch) if is_ready else None
        return None

    def _candidates(self, source_crawl: SourceCrawl, deadline: float) -> Iterator[Fetch]:
        """Yield the pages of a source that may be requested, in order.

        The outcomes of pages that may not be requested are recorded. After the deadline, this
        stops and continues when the engine calls again, so that other sources have their turn.
        """
        for fetch in sorted(source_crawl.waiting, key=lambda fetch: fetch.ready_at):
            if fetch.ready_at <= self.run.clock() and not self._record_refusal(source_crawl, fetch):
                yield fetch
        while known := self._next_pending(source_crawl):
            url = to_fetch_url(known.url, source_crawl.source, source_crawl.origin)
            host = self.run.hosts.of(url, source_crawl.source)
            is_scripted = source_crawl.more.names(known)
            fetch = Fetch(known, source_crawl.source, url, host, is_scripted)
            if not self._record_refusal(source_crawl, fetch):
                yield fetch
            elif self.run.clock() > deadline:
                self._wake()
                return

    def _next_pending(self, source_crawl: SourceCrawl) -> PageRecord | None:
        """Return the pending page whose turn it is, or None.

        Classes of pages that have had their share of the run are deferred.
        """
        first = first_of_turns(self.db, self.run.id, source_crawl.slug, source_crawl.taken)
        for spent in filter(source_crawl.turns.has_spent, list(first)):
            del first[spent]
            self._defer_turn(source_crawl, spent)
        listing, article = first.get(Turn.LISTING), first.get(Turn.ARTICLE)
        is_in_question = self.run.plan.since is not None and listing and listing.is_further
        if listing and is_in_question and article and article.rank < listing.rank:
            del first[Turn.LISTING]
        turn = source_crawl.turns.choose(first)
        return None if turn is None else first[turn]

    def _defer_turn(self, source_crawl: SourceCrawl, turn: Turn) -> None:
        """Defer the pending pages of a class to the next run, unless one of them is in flight."""
        if any(fetch.known.turn is turn for fetch in source_crawl.taken.values()):
            return
        moment, slug = self.run.now(), source_crawl.slug
        with write_transaction(self.db):
            defer_source(self.db, self.run.id, slug, f"{turn}_share", moment, moment, turn)

    def _record_refusal(self, source_crawl: SourceCrawl, fetch: Fetch) -> bool:
        """Record the outcome of a page that may not be requested. Returns whether it was one."""
        end = self._refusal(source_crawl, fetch)
        if end is None:
            return False
        source_crawl.withdraw(fetch)
        self.recorder.end(fetch, end)
        return True

    def _refusal(self, source_crawl: SourceCrawl, fetch: Fetch) -> Done | None:
        """Return the outcome of a page that may not be requested, or None."""
        host = fetch.host
        if host.given_up:
            is_private = host.given_up == PRIVATE_ADDRESS
            return Done(Outcome.REFUSED if is_private else Outcome.DEFERRED, host.given_up)
        if host.rules is not None and (reason := host.rules.refusal(fetch.url)):
            return Done(Outcome.REFUSED, reason)
        if self._is_too_old(source_crawl, fetch.known):
            return Done(Outcome.DEFERRED, "older")
        return None

    def _is_too_old(self, source_crawl: SourceCrawl, known: PageRecord) -> bool:
        """Whether a further page of a list is skipped because the previous page is too old.

        All articles that the previous page named have to be older than ``since``. If one has no
        date, the page is not skipped.
        """
        if self.run.plan.since is None or not known.is_further:
            return False
        days = named_days(self.db, source_crawl.progress_of(known).last)
        return bool(days) and all(map(source_crawl.scope.is_before_since, days))

    def _depart(self, source_crawl: SourceCrawl, fetch: Fetch) -> Request:
        """Return the request for a page, or for the robots.txt of its host if it is unknown."""
        fetch.host.begin()
        source_crawl.depart(self.run.clock())
        if fetch.host.rules is None:
            return self._request_robots(fetch)
        conditions = source_crawl.conditions(fetch, self.run.now())
        source_crawl.take(fetch, is_conditional=bool(conditions))
        return page_request(fetch, conditions, self.pages)

    def _request_robots(self, fetch: Fetch | FileFetch) -> Request:
        """Return the request for the robots.txt of the host of a page or a file."""
        url = urljoin(fetch.url, "/robots.txt")
        robots = self.robots_fetches.setdefault(
            fetch.host.name, RobotsFetch(fetch.host, url, fetch.source)
        )
        robots.source = fetch.source
        return robots_request(robots, self.robots)

    def _set_alarm(self) -> None:
        """Wake the engine when the first pause ends. Its own heartbeat comes every 5 s only."""
        from twisted.internet import reactor as installed

        reactor = cast(Any, installed)
        moment = self.run.clock()
        moments = self.run.hosts.ready_times()
        moments += self.files.ready_times()
        for source_crawl in self.run.source_crawls.values():
            moments += [fetch.ready_at for fetch in source_crawl.waiting]
        later = [one for one in moments if one > moment]
        self._stop_alarm()
        if later:
            self.alarm = reactor.callLater(min(later) - moment + 0.001, self._wake)

    def _stop_alarm(self) -> None:
        if self.alarm is not None and self.alarm.active():
            self.alarm.cancel()

    def _wake(self) -> None:
        """Make the engine call the scheduler for requests."""
        ask_scheduler_again(self.crawler)
