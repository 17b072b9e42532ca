"""Polite requests to one host: robots.txt first, one at a time, with pauses, and not many."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.items import Outcome, Page
from scraper.base.clock import now
from scraper.base.hosts import host_name
from scraper.base.source import Source
from scraper.base.urls import scheme_of, urljoin_safely
from spiders.discovery.portal_verdicts import PortalVerdict
from spiders.http.headers import header, page_of
from spiders.http.hosts import Hosts
from spiders.http.lookups import Lookup, look_up
from spiders.http.resolver import was_refused
from spiders.http.robots import ALL_ALLOWED, MAX_ROBOTS_BYTES, rules_of
from spiders.limits import CrawlPlan
from spiders.portal_search.limits import MAX_REQUESTS_PER_ADDRESS, MAX_REQUESTS_PER_HOST, TRIES
from spiders.responses import (
    PRIVATE_ADDRESS,
    REDIRECTS,
    Backoff,
    Decision,
    Done,
    RedirectChain,
    decide_answer,
    decide_failure,
    decide_status,
    meta_refresh_target,
    redirect_target,
)

NO_CONNECTION = ("connect", "tls", "timeout")
"""Reasons for which a site is asked over http, if it cannot be asked over https."""

TOO_MANY_REQUESTS = "too_many_requests"


class NotReadError(Exception):
    """A page could not be read. ``wait`` are the seconds that the host asked for."""

    def __init__(self, verdict: PortalVerdict, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.verdict, self.reason, self.wait = verdict, reason, wait


class ElsewhereError(Exception):
    """A page redirects to another host, at ``url``."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


@dataclass(kw_only=True)
class Network:
    """What the clients of one search share, and what it has cost so far.

    ``download`` sends a request through the downloader of the engine; the spider sets it.
    """

    plan: CrawlPlan
    lookups: int = 0
    requests: int = 0
    size: int = 0
    download: Callable[[Request], Awaitable[Response]] = field(init=False)
    hosts: Hosts = field(init=False)
    clients: dict[str, HostClient] = field(init=False, default_factory=dict)
    gates: defaultdict[str, asyncio.Semaphore] = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = Hosts(self.plan)
        self.gates = defaultdict(lambda: asyncio.Semaphore(MAX_REQUESTS_PER_ADDRESS))

    async def look_up(self, url: str) -> Lookup:
        """Look up the host of a URL, and count it."""
        self.lookups += 1
        return await look_up(url)

    def client_of(self, url: str, found: Lookup) -> HostClient:
        """Return the client of this search for the host of a URL."""
        name = host_name(url)
        if name not in self.clients:
            self.clients[name] = HostClient(self, url, min(found.addresses, default=name))
        return self.clients[name]


class HostClient:
    """The requests of one search to one host.

    ``has_answered`` is True as soon as the host has sent any answer. ``pages`` are the home pages
    that were read; they are not requested again.
    """

    def __init__(self, network: Network, url: str, address: str) -> None:
        self.network = network
        self.host = network.hosts.of(url, Source(slug="candidate", name="candidate", home_url=url))
        self.gate = network.gates[address]
        self.limits = network.plan.limits
        self.requests = 0
        self.has_answered = False
        self.pages: dict[str, Page] = {}

    async def open(self, url: str) -> Page:
        """Return the page at a URL: over https first, over http if there is no connection.

        A URL with a port is asked for as it is. Raises NotReadError and ElsewhereError.
        """
        if url not in self.pages:
            self.pages[url] = await self._open(url)
        return self.pages[url]

    async def _open(self, url: str) -> Page:
        if urlsplit(url).port is not None:
            return await self._follow(url, TRIES)
        try:
            return await self._follow(urlsplit(url)._replace(scheme="https").geturl(), 1)
        except NotReadError as error:
            if self.has_answered or error.reason not in NO_CONNECTION:
                raise
        return await self._follow(urlsplit(url)._replace(scheme="http").geturl(), TRIES)

    async def read(self, url: str) -> Page:
        """Return the page at a URL. Raises NotReadError and ElsewhereError."""
        return await self._follow(url, TRIES)

    async def _follow(self, url: str, tries: int) -> Page:
        """Return the page at a URL after redirects within its host."""
        way = RedirectChain(url, url, (), self.limits.redirects)
        while True:
            await self._check_rules(way.present, tries)
            response = await self._ask(Request(way.present), self._decide_page, tries)
            page = page_of(response, url, "")
            location = header(response, "Location")
            if page.status not in REDIRECTS and not (location := meta_refresh_target(page)):
                return page
            way = RedirectChain(url, way.present, (*way.asked, way.present), way.limit)
            target = redirect_target(location, way)
            if isinstance(target, Done):
                raise _not_read(target)
            if not self._is_here(target):
                raise ElsewhereError(target)
            way = RedirectChain(url, target, way.asked, way.limit)

    async def _check_rules(self, url: str, tries: int) -> None:
        """Read robots.txt if that was not done. Raises NotReadError if it forbids the URL."""
        place, hops = urljoin(url, "/robots.txt"), 0
        while self.host.rules is None:
            meta = {"stop_after": MAX_ROBOTS_BYTES, "download_maxsize": 0}
            response = await self._ask(Request(place, meta=meta), self._decide_robots, tries)
            target = urljoin_safely(response.url, header(response, "Location") or "")
            hops += 1
            if response.status in REDIRECTS and hops <= self.limits.redirects:
                if self._is_here(target):
                    place = target
                    continue
                self.host.obey(ALL_ALLOWED, monotonic())  # the rules of another host are not ours
                break
            self.host.obey(rules_of(response.status, response.body) or ALL_ALLOWED, monotonic())
        if self.host.rules is not None and (reason := self.host.rules.refusal(url)):
            raise NotReadError(PortalVerdict.REFUSED, reason)

    def _decide_robots(self, response: Response) -> Decision | None:
        if rules_of(response.status, b"") is not None:
            return None
        wait = header(response, "Retry-After")
        return decide_status(response.status, wait, now(), self.limits)

    def _decide_page(self, response: Response) -> Decision | None:
        if response.status in REDIRECTS:
            return None
        page = page_of(response, response.url, "")
        return decide_answer(page, now(), self.limits, "partial" in response.flags)

    async def _ask(
        self, request: Request, decide: Callable[[Response], Decision | None], tries: int
    ) -> Response:
        """Return the response to a request. Raises NotReadError after so many tries."""
        tried = 0
        while True:
            answer = await self._send(request)
            if isinstance(answer, Response):
                decision = decide(answer)
                if decision is None:
                    self.host.succeed()
                    return answer
            else:
                decision = answer
            tried += 1
            if isinstance(decision, Done) or tried >= tries:
                raise _not_read(decision)
            if isinstance(decision, Backoff):
                self.host.pause(decision.seconds, monotonic())
            else:
                self.host.delay_next(self.network.plan.backoff(tried))
            if self.host.given_up:
                raise _not_read(decision)

    async def _send(self, request: Request) -> Response | Decision:
        """Send a request when the host may be asked. Returns what came, or what its failure means.

        Raises NotReadError if the host has had all its requests.
        """
        if self.requests >= MAX_REQUESTS_PER_HOST:
            raise NotReadError(PortalVerdict.DOWN, TOO_MANY_REQUESTS)
        while not self.host.is_ready(monotonic()):
            await asyncio.sleep(max(0.05, self.host.ready_at - monotonic()))
        self.requests += 1
        self.host.begin()
        sent = request.replace(dont_filter=True)
        sent.meta["download_slot"] = self.host.name
        try:
            async with self.gate:
                self.network.requests += 1
                response = await self.network.download(sent)
        except Exception as error:
            return _decide_error(error, request.url)
        finally:
            self.host.end(monotonic())
        self.has_answered = True
        self.network.size += len(response.body)
        return response

    def _is_here(self, url: str) -> bool:
        """Whether a URL is on this host."""
        try:
            return scheme_of(url) in ("http", "https") and host_name(url) == self.host.name
        except ValueError:
            return False


def _decide_error(error: Exception, url: str) -> Decision:
    """Decide on a request that failed without a response."""
    if was_refused(url):
        return Done(Outcome.REFUSED, PRIVATE_ADDRESS)
    return decide_failure(Failure(error))  # type: ignore[no-untyped-call]


def _not_read(decision: Decision) -> NotReadError:
    """Return the error for a page that was decided to be unreadable."""
    reason = str(decision.reason)
    if isinstance(decision, Backoff):
        return NotReadError(PortalVerdict.DOWN, reason, decision.seconds)
    outcome = decision.outcome if isinstance(decision, Done) else Outcome.FAILED
    if outcome is Outcome.NOT_ARTICLE:
        return NotReadError(PortalVerdict.EMPTY, reason)
    is_refused = outcome in (Outcome.REFUSED, Outcome.BLOCKED)
    return NotReadError(PortalVerdict.REFUSED if is_refused else PortalVerdict.DOWN, reason)
