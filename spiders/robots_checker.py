"""Asking a host's robots.txt before anything else is asked of it."""

from __future__ import annotations

import logging
import sqlite3
from time import monotonic
from typing import TYPE_CHECKING

from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.items import Outcome
from scraper.base.clock import now
from scraper.base.urls import urljoin_safely
from scraper.store.database import write_transaction
from scraper.store.pages import discover, page_record
from spiders.http.headers import header_text
from spiders.http.robots import ALL_ALLOWED, rules_of
from spiders.redirects import REDIRECTS, scheme_of
from spiders.requests import Fetch, RobotsFetch
from spiders.responses import (
    PRIVATE_ADDRESS,
    Backoff,
    Decision,
    Done,
    Retry,
    decide_failure,
    decide_status,
)
from spiders.scheduler import Scheduler
from spiders.storage import ending_the_crawl

if TYPE_CHECKING:
    from spiders.portal import PortalSpider

logger = logging.getLogger(__name__)


class RobotsChecker:
    """Reads the robots.txt of each host of a run, and leaves alone who cannot tell its rules."""

    def __init__(self, scheduler: Scheduler, spider: PortalSpider) -> None:
        self.scheduler = scheduler
        self.spider = spider
        self.limits = spider.plan.limits

    def parse(self, response: Response, fetch: RobotsFetch) -> None:
        """Take a host's rules, follow a redirect to them, or try again later.

        Raises CloseSpider where the database takes nothing more.
        """
        self.scheduler.finished(fetch, len(response.body))
        with ending_the_crawl():
            try:
                self._take(response, fetch)
            except sqlite3.Error:
                raise
            except Exception:
                logger.exception("rules unreadable url=%s", fetch.url)
                self._unreachable(fetch, Retry("reading_error"))

    def _take(self, response: Response, fetch: RobotsFetch) -> None:
        if response.status in REDIRECTS and self._follows(response, fetch):
            return
        rules = rules_of(response.status, response.body)
        if rules is None:
            wait = header(response, "Retry-After")
            decision = decide_status(response.status, wait, now(), self.limits)
            self._unreachable(fetch, decision or Retry(f"http_{response.status}"))
            return
        fetch.host.obey(rules, monotonic())
        fetch.host.succeed()
        for source in self.scheduler.sources_of(fetch.host):
            if reader := self.spider.readers.get(source.slug):
                with write_transaction(self.spider.db):
                    named = reader.of_robots(rules.sitemaps)
                    discover(self.spider.db, self.spider.run.id, named, now())

    def errback(self, failure: Failure) -> None:
        """Try again later; a robots.txt that is too large or elsewhere forbids nothing.

        Raises CloseSpider where the database takes nothing more.
        """
        fetch: RobotsFetch = failure.request.cb_kwargs["fetch"]  # type: ignore[attr-defined]
        self.scheduler.finished(fetch)
        decision = decide_failure(failure)
        if self.spider.is_private(fetch.url):
            decision = Done(Outcome.REFUSED, PRIVATE_ADDRESS)
        if isinstance(decision, Done) and fetch.redirects:
            fetch.host.obey(ALL_ALLOWED, monotonic())
            return
        with ending_the_crawl():
            self._unreachable(fetch, decision)

    def _follows(self, response: Response, fetch: RobotsFetch) -> bool:
        """Go where robots.txt is, on any host, for at least five hops (RFC 9309, 2.3.1.2)."""
        target = urljoin_safely(response.url, header(response, "Location") or "")
        fetch.redirects += 1
        if scheme_of(target) not in ("http", "https") or fetch.redirects > self.limits.redirects:
            return False
        fetch.url = target
        return True

    def _unreachable(self, fetch: RobotsFetch, decision: Decision) -> None:
        fetch.tries += 1
        host = fetch.host
        if isinstance(decision, Backoff):
            host.pause(decision.seconds, monotonic())
        else:
            host.ready_at += self.spider.plan.backoff(fetch.tries)
        if isinstance(decision, Done) or fetch.tries >= self.limits.tries:
            is_private = decision.reason == PRIVATE_ADDRESS
            host.given_up = host.given_up or (
                PRIVATE_ADDRESS if is_private else "robots_unreachable"
            )
        if not host.given_up:
            return
        reason = str(decision.reason)
        if reason == PRIVATE_ADDRESS or (
            isinstance(decision, Retry) and not reason.startswith("http_")
        ):
            self._fail_home(fetch, reason)
        self.scheduler.abandon_host(host, decision)

    def _fail_home(self, fetch: RobotsFetch, reason: str) -> None:
        """Settle the home page of a host to which no connection can be made at all."""
        source = fetch.source
        home = page_record(self.spider.db, self.spider.source_crawls[source.slug].home_key)
        if home is not None and home.outcome is None:
            end = Done(Outcome.REFUSED if reason == PRIVATE_ADDRESS else Outcome.FAILED, reason)
            self.spider.record_outcome(Fetch(home, source, home.url, fetch.host), end)


def header(response: Response, name: str) -> str | None:
    """A header of a response as text, None where it has none."""
    value = response.headers.get(name)
    return None if value is None else header_text(value)
