"""Response headers: decoded as browsers do, and limited in size.

Twisted keeps headers of any size in memory (measured on Twisted 26 over loopback: 100 MB a second,
until the request times out), and reuses connections that HTTP/1.0 servers close.
"""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.http import Response
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import BODY

from pipelines.items import Page
from scraper.base.clock import now

MAX_HEADER_BYTES = 256 * 1024
"""Bytes of status line and headers, interim responses (1xx) included, as in browsers."""

HTTP_1_0 = (b"HTTP", 1, 0)


class HeadersTooLargeError(Exception):
    """The headers of a response are larger than ``MAX_HEADER_BYTES``."""


def header_text(value: bytes) -> str:
    """Decode a header value as browsers do: UTF-8, else Latin-1 (RFC 9110, 5.5)."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def header(response: Response, name: str) -> str | None:
    """A header of a response as text, None if it has none."""
    value = response.headers.get(name)
    return None if value is None else header_text(value)


def page_of(response: Response, url: str, source: str) -> Page:
    """A response as the rest of the program takes it; ``url`` was asked for first."""
    headers = {
        header_text(name).lower(): header_text(b", ".join(values))
        for name, values in response.headers.items()
    }
    return Page(url, response.body, response.url, response.status, headers, now(), source)


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Closes a connection whose response headers are too large.

    A connection with an HTTP/1.0 response is not reused (RFC 9112, 9.3): the server closes it,
    often while the next request is being sent.
    """

    header_bytes = 0

    def request(self, request: Any) -> Any:
        self.header_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (the name is Twisted's)
        if self._parser is not None and self._parser.state != BODY:
            self.header_bytes += len(data)
        if self.header_bytes > MAX_HEADER_BYTES:
            self._giveUp(Failure(HeadersTooLargeError()))  # type: ignore[no-untyped-call]
        else:
            super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse_WAITING(self, rest: bytes) -> None:  # noqa: N802
        request, parser = self._currentRequest, self._parser
        if request is not None and parser is not None and parser.response.version == HTTP_1_0:
            request.persistent = False
        super()._finishResponse_WAITING(rest)


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Creates the protocols of a connection pool, each with the header limit."""

    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:  # noqa: N802
        """Return the protocol for a new connection."""
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
