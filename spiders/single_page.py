"""The spider of `tinhuyen extract URL`, which fetches one page as politely as a crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.items import Page
from scraper.base.urls import scheme_of, urljoin_safely
from scraper.config.program_settings import settings
from spiders.http.headers import header, page_of
from spiders.http.resolver import Endpoint, endpoint_of, installed_guard
from spiders.http.robots import ALL_ALLOWED, Rules, rules_of
from spiders.limits import Limits
from spiders.responses import REDIRECTS, decide_failure

ROBOTS, ROBOTS_UNREACHABLE, NO_CONTACT = "robots", "robots_unreachable", "no_contact"


class SinglePageSpider(Spider):
    """Fetches ``url``, follows redirects, and sets ``page``, or ``reason`` if there is no page.

    ``present`` is the URL requested last. The robots.txt of each host is requested before its
    pages. A private address is requested only if ``is_own`` is set and ``url`` names it. A public
    address is requested only if ``has_contact`` is set, because the user agent names the contact.
    """

    name = "lone-page"
    custom_settings = {  # noqa: RUF012 (the base class declares it so)
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {},
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "RANDOMIZE_DOWNLOAD_DELAY": False,
        "DOWNLOADER_MIDDLEWARES": {
            **settings.DOWNLOADER_MIDDLEWARES,
            "pipelines.archive_middleware.ArchiveMiddleware": None,
        },
    }

    def __init__(self, url: str, is_own: bool, has_contact: bool) -> None:
        super().__init__()
        self.url = self.present = url
        self.is_own, self.has_contact = is_own, has_contact
        self.limits = Limits()
        self.page: Page | None = None
        self.reason = "failed"
        self.redirects = 0
        self.rules: dict[tuple[str, Endpoint], Rules] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first request."""
        installed_guard().allowed = frozenset({endpoint_of(self.url)} if self.is_own else ())
        for request in self._ask(self.url):
            yield request

    def robots_answered(self, response: Response, redirects: int) -> Iterator[Request]:
        """Set the rules of a host, and yield the request for the page if they allow it."""
        if response.status in REDIRECTS and redirects < self.limits.redirects:
            target = urljoin_safely(response.url, header(response, "Location") or "")
            if scheme_of(target) in ("http", "https"):
                yield self._request_robots(target, redirects + 1)
                return
        rules = rules_of(response.status, response.body)
        if rules is None:
            self.reason = ROBOTS_UNREACHABLE
            return
        self._keep_pace(rules)
        self.rules[_host(self.present)] = rules
        yield from self._ask(self.present)

    def robots_failed(self, failure: Failure) -> Iterator[Request]:
        """Set the reason of a failure.

        If robots.txt redirects to a private address, the host allows everything.
        """
        guard = installed_guard()
        redirects = failure.request.cb_kwargs["redirects"]  # type: ignore[attr-defined]
        reason = "private_address" if guard.refused else decide_failure(failure).reason
        if redirects and reason == "private_address":
            guard.refused.clear()
            self.rules[_host(self.present)] = ALL_ALLOWED
            yield from self._ask(self.present)
            return
        self.reason = reason if reason == "private_address" else ROBOTS_UNREACHABLE

    def parse(self, response: Response) -> Iterator[Request]:
        """Set the page, or yield the request that a redirect leads to."""
        location = header(response, "Location")
        if response.status not in REDIRECTS or not location:
            self.page = page_of(response, self.url, "")
            return
        self.redirects += 1
        target = urljoin_safely(response.url, location).partition("#")[0]
        if self.redirects > self.limits.redirects:
            self.reason = "redirect_loop"
        elif scheme_of(target) not in ("http", "https"):
            self.reason = "scheme"
        else:
            yield from self._ask(target)

    def errback(self, failure: Failure) -> None:
        """Set the reason of a failure."""
        refused = installed_guard().refused
        self.reason = "private_address" if refused else decide_failure(failure).reason or "failed"

    def _ask(self, url: str) -> Iterator[Request]:
        """Yield the request for a page, or for the robots.txt of its host if it is unknown.

        If the page may not be requested, the reason is set and nothing is yielded.
        """
        self.present = url
        if not self.has_contact and endpoint_of(url) not in installed_guard().allowed:
            self.reason = NO_CONTACT
            return
        rules = self.rules.get(_host(url))
        if rules is None:
            parts = urlsplit(url)
            yield self._request_robots(f"{parts.scheme}://{parts.netloc}/robots.txt", 0)
        elif not rules.allows(url):
            self.reason = ROBOTS
        else:
            yield Request(url, self.parse, errback=self.errback, dont_filter=True)

    def _request_robots(self, url: str, redirects: int) -> Request:
        return Request(
            url,
            self.robots_answered,
            errback=self.robots_failed,
            dont_filter=True,
            cb_kwargs={"redirects": redirects},
        )

    def _keep_pace(self, rules: Rules) -> None:
        """Lengthen the pause of the current host to the ``Crawl-delay`` of its robots.txt."""
        engine = self.crawler.engine
        slot = engine and engine.downloader.slots.get(urlsplit(self.present).hostname or "")
        if slot:
            asked = min(rules.crawl_delay or 0.0, self.limits.crawl_delay)
            slot.delay = max(slot.delay, asked)


def _host(url: str) -> tuple[str, Endpoint]:
    """Return the scheme, name and port for which one robots.txt is valid (RFC 9309, 2.3)."""
    return scheme_of(url), endpoint_of(url)
