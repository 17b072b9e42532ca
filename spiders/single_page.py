"""One page for `tinhuyen extract URL`: fetched with the crawl's manners, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.items import Page
from scraper.base.urls import urljoin_safely
from scraper.config.program_settings import settings
from spiders.http.headers import header, page_of
from spiders.http.resolver import Endpoint, endpoint_of, installed_guard
from spiders.http.robots import ALL_ALLOWED, Rules, rules_of
from spiders.limits import Limits
from spiders.responses import REDIRECTS, decide_failure, scheme_of

ROBOTS, ROBOTS_UNREACHABLE, NO_CONTACT = "robots", "robots_unreachable", "no_contact"


class SinglePageSpider(Spider):
    """Fetches ``url`` over redirects and leaves the answer in ``page``, or why not in ``reason``.

    ``present`` is the address that was to be asked last. The robots.txt of each host on the way is
    asked first. A private address is connected to only where the user named exactly that one, and
    a public one only by an agent with a contact.
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
        """Ask for the page."""
        installed_guard().allowed = frozenset({endpoint_of(self.url)} if self.is_own else ())
        for request in self._ask(self.url):
            yield request

    def robots_answered(self, response: Response, redirects: int) -> Iterator[Request]:
        """Take the rules of a host, and ask it for the page if they allow that."""
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
        """Keep the reason; a robots.txt elsewhere that cannot be asked for forbids nothing."""
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
        """Keep the page, or follow a redirect."""
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
        """Keep the reason."""
        refused = installed_guard().refused
        self.reason = "private_address" if refused else decide_failure(failure).reason or "failed"

    def _ask(self, url: str) -> Iterator[Request]:
        """The request for a page, or first that for its host's robots.txt; none if forbidden."""
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
        """Lengthen the pause of the present host to what its robots.txt asks for."""
        engine = self.crawler.engine
        slot = engine and engine.downloader.slots.get(urlsplit(self.present).hostname or "")
        if slot:
            asked = min(rules.crawl_delay or 0.0, self.limits.crawl_delay)
            slot.delay = max(slot.delay, asked)


def _host(url: str) -> tuple[str, Endpoint]:
    """What one robots.txt holds for (RFC 9309, 2.3): a scheme, a name and a port."""
    return scheme_of(url), endpoint_of(url)
