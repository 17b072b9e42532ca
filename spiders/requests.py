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
from scraper.store.pages import PageRecord
from spiders.http.hosts import Host
from spiders.http.robots import MAX_ROBOTS_BYTES

SCRIPTED = {"X-Requested-With": "XMLHttpRequest"}
"""What script says of itself: some servers give the piece of a list to nobody else."""


@dataclass(slots=True)
class Fetch:
    """A page that is being fetched: where it is asked for now, and how it came there.

    ``asked`` are the URLs asked so far, one for each request; ``ready_at`` (of the monotonic
    clock) is when a next try may leave; ``is_conditional`` tells that a 304 answer was invited,
    ``is_posted`` that the form of a page that has one is sent; ``is_scripted`` that in a browser
    script would ask for it; ``size`` is what the last answer brought.
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


@dataclass(slots=True)
class RobotsFetch:
    """A robots.txt that is being fetched for a host."""

    host: Host
    url: str
    source: Source
    redirects: int = 0
    tries: int = 0


@runtime_checkable
class ResponseHandler(Protocol):
    """What Scrapy calls with the answer to a request, or with what went wrong."""

    def parse(self, response: Response, fetch: Any) -> Any:
        """Take the answer to a fetch."""

    def errback(self, failure: Failure) -> Any:
        """Take the failure of a fetch."""


def page_request(fetch: Fetch, conditions: dict[str, str], handler: ResponseHandler) -> Request:
    """The request for a page: a GET, or the POST of the form that alone gives it.

    The callback is the spider's ``parse``, Scrapy's default.
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
    """The request for a robots.txt, of which the first part is enough, however long it is."""
    return Request(
        fetch.url,
        callback=handler.parse,
        errback=handler.errback,
        cb_kwargs={"fetch": fetch},
        meta=_meta(fetch) | {"stop_after": MAX_ROBOTS_BYTES, "download_maxsize": 0},
    )


def _meta(fetch: Fetch | RobotsFetch) -> dict[str, Any]:
    """What the downloader has to know: our host is its slot, which else is a name without port."""
    return {"verify_tls": fetch.source.verify_tls, "download_slot": fetch.host.name}
