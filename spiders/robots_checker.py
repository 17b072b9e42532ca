"""The requests for robots.txt. The robots.txt of a host is requested before any of its pages."""

from __future__ import annotations

import logging
import sqlite3

from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.items import Outcome
from scraper.base.urls import belongs, scheme_of, urljoin_safely
from scraper.store.database import write_transaction
from scraper.store.pages import Discovery, discover, page_record
from spiders.http.headers import header
from spiders.http.resolver import was_refused
from spiders.http.robots import ALL_ALLOWED, rules_of
from spiders.outcomes import OutcomeRecorder
from spiders.requests import Fetch, RobotsFetch
from spiders.responses import (
    PRIVATE_ADDRESS,
    REDIRECTS,
    Backoff,
    Decision,
    Done,
    Retry,
    decide_failure,
    decide_status,
)
from spiders.run import CrawlRun, ending_the_crawl
from spiders.source_crawl import SourceCrawl

logger = logging.getLogger(__name__)


class RobotsChecker:
    """Reads the robots.txt of each host of a run. If it cannot be read, the host is skipped."""

    def __init__(self, run: CrawlRun, recorder: OutcomeRecorder) -> None:
        self.run = run
        self.recorder = recorder
        self.limits = run.plan.limits

    def parse(self, response: Response, fetch: RobotsFetch) -> None:
        """Set the rules of a host, follow a redirect to them, or retry later.

        Raises CloseSpider if the database cannot be written.
        """
        fetch.host.answer()
        self.run.end_request(fetch, len(response.body))
        with ending_the_crawl():
            try:
                self._take(response, fetch)
            except sqlite3.Error:
                raise
            except Exception:
                logger.exception("rules unreadable url=%s", fetch.url)
                self._retry_or_abandon(fetch, Retry("reading_error"))

    def errback(self, failure: Failure) -> None:
        """Retry a failed request later.

        If a redirect leads to a URL that may not be requested, the host allows everything. Raises
        CloseSpider if the database cannot be written.
        """
        fetch: RobotsFetch = failure.request.cb_kwargs["fetch"]  # type: ignore[attr-defined]
        self.run.end_request(fetch)
        decision = decide_failure(failure)
        if was_refused(fetch.url):
            decision = Done(Outcome.REFUSED, PRIVATE_ADDRESS)
        fetch.host.stay_silent(decision.reason)
        if isinstance(decision, Done) and fetch.redirects:
            fetch.host.obey(ALL_ALLOWED, self.run.clock())
            return
        with ending_the_crawl():
            self._retry_or_abandon(fetch, decision)

    def _take(self, response: Response, fetch: RobotsFetch) -> None:
        if response.status in REDIRECTS and self._follow(response, fetch):
            return
        rules = rules_of(response.status, response.body)
        if rules is None:
            wait = header(response, "Retry-After")
            decision = decide_status(response.status, wait, self.run.now(), self.limits)
            self._retry_or_abandon(fetch, decision or Retry(f"http_{response.status}"))
            return
        fetch.host.obey(rules, self.run.clock())
        fetch.host.succeed()
        for source_crawl in self.run.sources_of(fetch.host):
            named = sitemaps_of(source_crawl, rules.sitemaps)
            source_crawl.note_sitemaps(named)
            with write_transaction(self.run.db):
                discover(self.run.db, self.run.id, named, self.run.now())

    def _follow(self, response: Response, fetch: RobotsFetch) -> bool:
        """Follow a redirect of robots.txt to any host, five hops at least (RFC 9309, 2.3.1.2).

        Returns False if the redirect has no valid target or is one too many.
        """
        target = urljoin_safely(response.url, header(response, "Location") or "")
        fetch.redirects += 1
        if scheme_of(target) not in ("http", "https") or fetch.redirects > self.limits.redirects:
            return False
        fetch.url = target
        return True

    def _retry_or_abandon(self, fetch: RobotsFetch, decision: Decision) -> None:
        """Request the rules of a host again later, or skip the host after too many tries."""
        fetch.tries += 1
        host = fetch.host
        if isinstance(decision, Backoff):
            host.pause(decision.seconds, self.run.clock())
        else:
            host.delay_next(self.run.plan.backoff(fetch.tries))
        if isinstance(decision, Done) or fetch.tries >= self.limits.tries:
            is_private = decision.reason == PRIVATE_ADDRESS
            host.abandon(PRIVATE_ADDRESS if is_private else "robots_unreachable")
        if not host.given_up:
            return
        reason = str(decision.reason)
        if reason == PRIVATE_ADDRESS or (
            isinstance(decision, Retry) and not reason.startswith("http_")
        ):
            self._fail_home(fetch, reason)
        self.run.abandon_host(host, decision)

    def _fail_home(self, fetch: RobotsFetch, reason: str) -> None:
        """Record the outcome of the home page of a host that cannot be connected to."""
        source_crawl = self.run.of_source(fetch.source)
        home = page_record(self.run.db, source_crawl.home_key)
        if home is not None and home.outcome is None:
            end = Done(Outcome.REFUSED if reason == PRIVATE_ADDRESS else Outcome.FAILED, reason)
            self.recorder.end(Fetch(home, fetch.source, home.url, fetch.host), end)


def sitemaps_of(source_crawl: SourceCrawl, urls: list[str]) -> list[Discovery]:
    """Return the sitemaps among the URLs of a robots.txt that belong to the source."""
    source = source_crawl.source
    places = [urljoin_safely(source.home_url, url) for url in urls]
    own = [place for place in places if belongs(place, source)]
    return [source_crawl.urls.discovery(url, "sitemap", place=n) for n, url in enumerate(own)]
