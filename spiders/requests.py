"""Requests in flight, and how they are built."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from scraper.base.source import Source
from scraper.base.urls import belongs
from scraper.store.files import FileKind, FileRecord
from scraper.store.pages import PageRecord, Turn
from spiders.http.hosts import Host
from spiders.http.robots import MAX_ROBOTS_BYTES

SCRIPTED = {"X-Requested-With": "XMLHttpRequest"}
"""The header that scripts send. Some servers return a part of a list only to a request with it."""

ACCEPTED = {FileKind.PHOTO: "image/*,*/*;q=0.5", FileKind.ATTACHMENT: "*/*"}
"""The Accept header of files. It names no type of photos, because some servers convert photos into
the types that it names."""


@dataclass(slots=True)
class Fetch:
    """A page that is being fetched.

    ``url`` is the URL that is requested now, ``asked`` holds the URLs requested so far, one for
    each request. ``ready_at`` is the time on the monotonic clock from which the next try may be
    sent. ``is_conditional`` is true if a 304 is an expected answer, ``is_posted`` if the form of
    the page is sent, if it has one, and ``is_scripted`` if a browser would request the page by
    script. ``size`` is the number of bytes of the last answer.
    """

    known: PageRecord
    source: Source
    url: str
    host: Host
    is_scripted: bool = False
    asked: tuple[str, ...] = ()
    tries: int = 0
    ready_at: float = 0.0
    is_conditional: bool = False
    is_posted: bool = True
    size: int = 0

    @property
    def is_guess(self) -> bool:
        """Whether the URL is a default one that nothing names.

        A firewall that blocks such a URL may still allow the pages of the site.
        """
        return self.known.turn is Turn.GUESS


@dataclass(slots=True)
class RobotsFetch:
    """A robots.txt that is being fetched for a host."""

    host: Host
    url: str
    source: Source
    redirects: int = 0
    tries: int = 0


@dataclass(slots=True, eq=False)
class FileFetch:
    """A photo or an attachment that is to be fetched, or is being fetched.

    ``max_bytes`` is the limit of this request, ``limit`` that of its kind, whatever is left of the
    run's budget. ``received`` counts the bytes of all tries. The other attributes are those of
    ``Fetch``.
    """

    known: FileRecord
    source: Source
    url: str
    host: Host
    asked: tuple[str, ...] = ()
    tries: int = 0
    ready_at: float = 0.0
    is_conditional: bool = False
    max_bytes: int = 0
    limit: int = 0
    received: int = 0


@runtime_checkable
class ResponseHandler(Protocol):
    """The callback and the errback of a request."""

    def parse(self, response: Response, fetch: Any) -> Any:
        """Process the response to a fetch."""

    def errback(self, failure: Failure) -> Any:
        """Process the failure of a fetch."""


def page_request(fetch: Fetch, conditions: dict[str, str], handler: ResponseHandler) -> Request:
    """Return the request for a page: a GET, or a POST if the page has a form.

    ``conditions`` are the headers of a conditional request. The callback is the spider's ``parse``,
    Scrapy's default.
    """
    known = fetch.known
    form = urlencode(json.loads(known.form)) if known.form and fetch.is_posted else None
    posted = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    scripted = SCRIPTED if fetch.is_scripted else {}
    return Request(
        fetch.url,
        method="POST" if form else "GET",
        body=form,
        headers=conditions | posted | scripted,
        errback=handler.errback,
        cb_kwargs={"fetch": fetch},
        meta=_meta(fetch)
        | {
            "url_key": known.url_key,
            "kind": known.kind,
            "was_read": known.body_hash is not None,
        },
    )


def robots_request(fetch: RobotsFetch, handler: ResponseHandler) -> Request:
    """Return the request for a robots.txt. Only its first ``MAX_ROBOTS_BYTES`` are downloaded."""
    return Request(
        fetch.url,
        callback=handler.parse,
        errback=handler.errback,
        cb_kwargs={"fetch": fetch},
        meta=_meta(fetch) | {"stop_after": MAX_ROBOTS_BYTES, "download_maxsize": 0},
    )


def file_request(
    fetch: FileFetch, conditions: dict[str, str], seconds: float, handler: ResponseHandler
) -> Request:
    """Return the request for a photo or an attachment.

    ``conditions`` are the headers of a conditional request. The response may take ``seconds``.
    """
    return Request(
        fetch.url,
        callback=handler.parse,
        errback=handler.errback,
        headers={"Accept": ACCEPTED[fetch.known.kind]} | conditions,
        cb_kwargs={"fetch": fetch},
        meta=_meta(fetch) | {"download_maxsize": fetch.max_bytes, "download_timeout": seconds},
    )


def _meta(fetch: Fetch | RobotsFetch | FileFetch) -> dict[str, Any]:
    """Return the meta for the downloader.

    The slot is set, because Scrapy's default is the host name without the port. A source that
    excepts its site from the check of certificates excepts no other site.
    """
    is_verified = fetch.source.verify_tls or not belongs(fetch.url, fetch.source)
    return {"verify_tls": is_verified, "download_slot": fetch.host.name}
