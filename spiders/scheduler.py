"""The frontier: which page is asked for next, and when.

What is to be fetched lies in the database, so that a kill loses nothing; here are only the
requests that are out. One source has one request out at a time, one host too, and hosts that
several sources share have one pause.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from pipelines.items import Outcome
from scraper.base.clock import now
from scraper.base.source import Source
from scraper.store.database import write_transaction
from scraper.store.frontier import defer_source, first_of_turns, has_pending
from scraper.store.pages import PageRecord
from scraper.store.runs import count_traffic, set_source_error
from scraper.store.turns import Turn
from spiders.http.hosts import Host
from spiders.origin import to_fetch_url
from spiders.requests import Fetch, Lane, RobotsFetch, page_request, robots_request
from spiders.responses import PRIVATE_ADDRESS, Backoff, Decision, Done
from spiders.run import CrawlRun
from spiders.slices import SLICE_SECONDS
from spiders.turns import Turns

if TYPE_CHECKING:
    from spiders.portal import PortalSpider

LONGEST_PAUSE = 30 * 86_400.0
"""Seconds for which a host's wish to be left alone is remembered at most."""

MAX_IN_HAND = 4
"""Pages of a source that are fetched and not stored yet: what a kill costs at most."""

logger = logging.getLogger(__name__)


class Scheduler(BaseScheduler):
    """The scheduler of Scrapy's engine, over the table ``pages``."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.crawl_run = run = CrawlRun.of(crawler)
        self.db, self.run, self.plan = run.db, run.id, run.plan
        self.robots: dict[str, RobotsFetch] = {}
        self.lanes: dict[str, Lane] = {}
        self.turns: deque[Lane] = deque()
        self.alarm: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the frontier; it opens with the spider."""
        return cls(crawler)

    # What the engine calls.

    def open(self, spider: Spider) -> None:
        """Take up what is to be fetched of every source."""
        self.spider = cast("PortalSpider", spider)
        for source in self.crawl_run.sources:
            home = self.crawl_run.hosts.add_home(source)
            self.lanes[source.slug] = Lane(source, home, Turns(self.plan.max_pages))
        self.turns.extend(self.lanes.values())
        self.spider.begin(self)

    def close(self, reason: str) -> None:
        """Settle what is left of the sources that were closed early, and count the costs."""
        self._stop_alarm()
        try:
            for lane in self.lanes.values():
                self._close(lane, now())
        except sqlite3.Error as error:
            logger.error("costs lost reason=%r", str(error))

    def enqueue_request(self, request: Request) -> bool:
        """Refuse: what is to be fetched is discovered in the database."""
        logger.error("unplanned request url=%s", request.url)
        return False

    def has_pending_requests(self) -> bool:
        """Whether any source has a page that is neither out nor settled."""
        return any(
            lane.waiting or has_pending(self.db, self.run, lane.source.slug, lane.taken)
            for lane in self.lanes.values()
            if not lane.closed
        )

    def next_request(self) -> Request | None:
        """The next request that may leave now, sources in turn; None where none may."""
        deadline = monotonic() + SLICE_SECONDS
        for _ in range(len(self.turns)):
            lane = self.turns[0]
            self.turns.rotate(-1)
            if request := self._of_lane(lane, deadline):
                return request
        self._set_alarm()
        return None

    # What the spider calls.

    def finished(self, fetch: Fetch | RobotsFetch, size: int = 0) -> None:
        """A request has ended: the pause of its host begins, and after it another may leave.

        The engine itself asks for one only when what the answer brought has been stored.
        """
        moment = monotonic()
        fetch.host.end(moment)
        self.arrive(fetch.source.slug, size, moment)

    def arrive(self, slug: str, size: int, moment: float) -> None:
        """What an answer brought has been read: the next request of its source may leave."""
        self.lanes[slug].arrive(size, moment)
        self._wake()

    def out(self, slug: str, url_key: str) -> Fetch | None:
        """What is out under a key, None where nothing is."""
        return self.lanes[slug].taken.get(url_key)

    def recorded(self, slug: str, url_key: str) -> None:
        """A page has its outcome: it is out no more."""
        self.lanes[slug].taken.pop(url_key, None)
        self._wake()

    def retry(self, fetch: Fetch, seconds: float = 0.0) -> None:
        """Ask for a page once more, after so many seconds at the earliest."""
        fetch.ready_at = monotonic() + seconds
        self.lanes[fetch.source.slug].waiting.append(fetch)

    def follow_redirect(self, fetch: Fetch, url: str, status: int) -> None:
        """Ask for a page at the address to which an answer of this status has sent us.

        Only 307 and 308 have a form sent there again (RFC 9110, 15.4).
        """
        fetch.url, fetch.is_conditional = url, False
        fetch.is_posted = status in (307, 308)
        fetch.host = self.crawl_run.hosts.of(url, fetch.source)
        self.retry(fetch)

    def sources_of(self, host: Host) -> list[Source]:
        """The sources whose home page is on a host."""
        return [lane.source for lane in self.lanes.values() if lane.home is host]

    def abandon_host(self, host: Host, decision: Decision) -> None:
        """Leave a host alone for this run, with all sources whose home it is."""
        reason = host.given_up or "host_failing"
        wait = decision.seconds if isinstance(decision, Backoff) else 0.0
        due_at = now() + timedelta(seconds=min(wait, LONGEST_PAUSE))
        for source in self.sources_of(host):
            if self.lanes[source.slug].closed is None:
                self.close_source(source.slug, reason, due_at)
                told = f"{host.name}: {reason} ({decision.reason})"
                set_source_error(self.db, self.run, source.slug, told)

    def close_source(self, slug: str, reason: str, due_at: datetime | None = None) -> None:
        """Take nothing more of a source in this run; what is left is deferred when it ends."""
        lane = self.lanes[slug]
        if lane.closed is None:
            lane.closed, lane.due_at = reason, due_at
            lane.waiting.clear()
            logger.info("source closed source=%s reason=%s", slug, reason)

    def _close(self, lane: Lane, moment: datetime) -> None:
        slug = lane.source.slug
        if lane.closed:
            with write_transaction(self.db):
                defer_source(self.db, self.run, slug, lane.closed, lane.due_at or moment, moment)
        count_traffic(self.db, self.run, slug, lane.requests, lane.size, lane.seconds)

    # How the next request is found.

    def _of_lane(self, lane: Lane, deadline: float) -> Request | None:
        in_hand = len(lane.taken) - len(lane.waiting)
        if lane.closed or lane.is_busy or lane.has_much_unread or in_hand >= MAX_IN_HAND:
            return None
        if lane.has_spent(self.plan.max_pages, self.plan.max_minutes):
            self.close_source(lane.source.slug, "budget")
            return None
        for fetch in self._candidates(lane, deadline):
            is_ready = self._is_ready(fetch.host) and not self._is_early(lane, fetch.known)
            return self._depart(lane, fetch) if is_ready else None
        return None

    def _is_early(self, lane: Lane, known: PageRecord) -> bool:
        """Whether a further page of a list is to wait for articles that are being read.

        How old they are tells whether it is asked for at all.
        """
        is_in_question = self.plan.since is not None and known.is_further
        out = (fetch.known.kind for fetch in lane.taken.values())
        return is_in_question and any(kind in ("article", "unknown") for kind in out)

    def _next_pending(self, lane: Lane) -> PageRecord | None:
        """The pending page whose turn it is; a class that had its share is put off."""
        first = first_of_turns(self.db, self.run, lane.source.slug, lane.taken)
        for spent in filter(lane.turns.has_spent, list(first)):
            del first[spent]
            self._put_off(lane, spent)
        listing, article = first.get(Turn.LISTING), first.get(Turn.ARTICLE)
        is_in_question = self.plan.since is not None and listing and listing.is_further
        if listing and is_in_question and article and article.rank < listing.rank:
            del first[Turn.LISTING]
        turn = lane.turns.choose(first)
        return None if turn is None else first[turn]

    def _put_off(self, lane: Lane, turn: Turn) -> None:
        """Leave the rest of a class of pages to the next run; what is out of it stays out."""
        if any(fetch.known.turn is turn for fetch in lane.taken.values()):
            return
        moment = now()
        with write_transaction(self.db):
            slug = lane.source.slug
            defer_source(self.db, self.run, slug, f"{turn}_share", moment, moment, turn)

    def _candidates(self, lane: Lane, deadline: float) -> Iterator[Fetch]:
        """What the source would ask for next; what may not be asked for is settled on the way.

        That goes on later where the deadline has passed: the others have their turn.
        """
        for fetch in sorted(lane.waiting, key=lambda fetch: fetch.ready_at):
            if fetch.ready_at <= monotonic() and not self._is_refused(fetch):
                yield fetch
        while known := self._next_pending(lane):
            source_crawl = self.spider.source_crawls[lane.source.slug]
            url = to_fetch_url(known.url, lane.source, source_crawl.origin)
            host = self.crawl_run.hosts.of(url, lane.source)
            fetch = Fetch(known, lane.source, url, host, source_crawl.more.names(known))
            if not self._is_refused(fetch):
                yield fetch
            elif monotonic() > deadline:
                self._wake()
                return

    def _is_refused(self, fetch: Fetch) -> bool:
        """Settle a page that may not be asked for; whether it was one."""
        end = self._refusal(fetch)
        if end is None:
            return False
        lane = self.lanes[fetch.source.slug]
        if fetch in lane.waiting:
            lane.waiting.remove(fetch)
        self.spider.record_outcome(fetch, end)
        return True

    def _refusal(self, fetch: Fetch) -> Done | None:
        host = fetch.host
        if host.given_up:
            is_private = host.given_up == PRIVATE_ADDRESS
            return Done(Outcome.REFUSED if is_private else Outcome.DEFERRED, host.given_up)
        if host.rules is not None and (reason := host.rules.refusal(fetch.url)):
            return Done(Outcome.REFUSED, reason)
        if self.spider.source_crawls[fetch.source.slug].is_too_old(fetch.known):
            return Done(Outcome.DEFERRED, "older")
        return None

    def _is_ready(self, host: Host) -> bool:
        return not host.is_busy and host.ready_at <= monotonic()

    def _depart(self, lane: Lane, fetch: Fetch) -> Request:
        """Send a page's request, or first the one for the robots.txt of its host."""
        fetch.host.begin()
        lane.depart()
        if fetch.host.rules is None:
            robots_checker = self.spider.robots_checker
            return robots_request(
                self._robots_of(fetch), robots_checker.parse, robots_checker.errback
            )
        conditions = self.spider.conditions(fetch)
        lane.take(fetch)
        return page_request(fetch, conditions, self.spider.parse, self.spider.errback)

    def _robots_of(self, fetch: Fetch) -> RobotsFetch:
        place = urljoin(fetch.url, "/robots.txt")
        robots = self.robots.setdefault(
            fetch.host.name, RobotsFetch(fetch.host, place, fetch.source)
        )
        robots.source = fetch.source
        return robots

    def _set_alarm(self) -> None:
        """Wake the engine when the first pause ends; its own heartbeat comes every 5 s only."""
        from twisted.internet import reactor as installed

        reactor = cast(Any, installed)
        moment = monotonic()
        moments = self.crawl_run.hosts.ready_times()
        moments += [fetch.ready_at for lane in self.lanes.values() for fetch in lane.waiting]
        later = [one for one in moments if one > moment]
        self._stop_alarm()
        if later:
            self.alarm = reactor.callLater(min(later) - moment + 0.001, self._wake)

    def _stop_alarm(self) -> None:
        if self.alarm is not None and self.alarm.active():
            self.alarm.cancel()

    def _wake(self) -> None:
        """Have the engine ask for requests again; it has no public call for that."""
        engine = self.crawler.engine
        if engine is not None and engine._slot is not None:
            engine._slot.nextcall.schedule()
