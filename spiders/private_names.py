"""All private names of Scrapy and Twisted that this program uses, each behind a function or class.

There is no public API for these purposes. A private name may change with any release: a test fails
if the installed releases differ from those in ``CHECKED_WITH``.
"""

from __future__ import annotations

from typing import Any, cast

from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.utils.defer import _schedule_coro
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import BODY
from twisted.web.iweb import IPolicyForHTTPS

from spiders.http.headers import MAX_HEADER_BYTES, HeadersTooLargeError

CHECKED_WITH = {"scrapy": "2.19", "twisted": "26.10"}
"""The releases with which all names of this module were last checked."""

HTTP_1_0 = (b"HTTP", 1, 0)


def close_crawl(crawler: Crawler, reason: str) -> None:
    """End a crawl for a reason, from code that cannot await the engine."""
    assert crawler.engine is not None
    _schedule_coro(crawler.engine.close_spider_async(reason=reason))


def is_closing(crawler: Crawler) -> bool:
    """Whether the engine is closing and only waits for requests and items in flight."""
    slot = None if crawler.engine is None else crawler.engine._slot
    return slot is not None and slot.closing is not None


def ask_scheduler_again(crawler: Crawler) -> None:
    """Make the engine call the scheduler for requests before its next heartbeat."""
    if crawler.engine is not None and crawler.engine._slot is not None:
        crawler.engine._slot.nextcall.schedule()


def bound_connections(handler: HTTP11DownloadHandler) -> None:
    """Limit the size of response headers, and disable the retries of Twisted's connection pool.

    Twisted retries a request at once if a persistent connection breaks, without the pause of its
    host. The scheduler retries it after the pause.
    """
    handler._pool.retryAutomatically = False
    handler._pool._factory = _BoundedFactory


def trust_any_certificate(handler: HTTP11DownloadHandler) -> None:
    """Make a handler accept certificates that cannot be verified, whatever the settings say."""
    trusting = _ScrapyClientContextFactory(verify_certificates=False)
    handler._contextFactory = cast(IPolicyForHTTPS, trusting)


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Aborts a response as soon as its headers are too large.

    Twisted reads headers of any size into memory: 100 MB a second over loopback, measured with
    Twisted 26, until the timeout of the request.

    The connection of an HTTP/1.0 response is not used again (RFC 9112, 9.3): the server closes it,
    often after Twisted has sent the next request.
    """

    before_body = 0

    def request(self, request: Any) -> Any:
        self.before_body = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (the name is Twisted's)
        if self._parser is not None and self._parser.state != BODY:
            self.before_body += len(data)
        if self.before_body > MAX_HEADER_BYTES:
            self._giveUp(Failure(HeadersTooLargeError()))  # type: ignore[no-untyped-call]
        else:
            super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse_WAITING(self, rest: bytes) -> None:  # noqa: N802
        request, parser = self._currentRequest, self._parser
        if request is not None and parser is not None and parser.response.version == HTTP_1_0:
            request.persistent = False
        super()._finishResponse_WAITING(rest)


class _BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds the protocols of a connection pool, each with the limit on headers."""

    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:  # noqa: N802
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
