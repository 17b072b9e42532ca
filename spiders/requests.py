"""What is out: a page or a robots.txt on its way, and the requests that are sent for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from scrapy import Request

from scraper.base.source import Source
from scraper.store.pages import PageRecord
from spiders.http.hosts import Host
from spiders.http.robots import MAX_ROBOTS_BYTES
from spiders.turns import Turns

Callback = Callable[..., Any]

SCRIPTED = {"X-Requested-With": "XMLHttpRequest"}
"""What script says of itself: some servers give the piece of a list to nobody else."""

MOST_UNREAD = 100
MOST_UNREAD_BYTES = 40_000_000
"""Pages of one source, and their bytes, that may wait to be read before more are asked for."""


@dataclass(slots=True)
class Fetch:
    """A page that is being fetched: where it is asked for now, and how it came there.

    ``asked`` are the addresses asked so far, one for each request; ``ready_at`` (of the monotonic
    clock) is when a next try may leave; ``is_conditional`` tells that an answer 304 was invited,
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


@dataclass(slots=True)
class Lane:
    """What is out of one source, what waits for another try, and what it has cost so far.

    ``closed`` tells why nothing more is taken of it in this run, and ``due_at`` when what is left
    is to be asked for again.
    """

    source: Source
    home: Host
    turns: Turns
    taken: dict[str, Fetch] = field(default_factory=dict)
    waiting: list[Fetch] = field(default_factory=list)
    is_busy: bool = False
    pages: int = 0
    requests: int = 0
    size: int = 0
    began: float | None = None
    ended: float = 0.0
    closed: str | None = None
    due_at: datetime | None = None

    @property
    def seconds(self) -> float:
        """How long the source was at work, from its first request to the end of its last."""
        return 0.0 if self.began is None else self.ended - self.began

    def has_spent(self, pages: int, minutes: float) -> bool:
        """Whether the source has used up the pages or the time that it may cost."""
        is_late = self.began is not None and monotonic() - self.began > minutes * 60
        return is_late or self.pages >= pages

    @property
    def has_much_unread(self) -> bool:
        """Whether so much of the source waits to be read that it has to wait for its readers."""
        size = sum(fetch.size for fetch in self.taken.values())
        return len(self.taken) > MOST_UNREAD or size > MOST_UNREAD_BYTES

    def depart(self) -> None:
        """A request leaves: no other one of the source may until it has ended."""
        self.is_busy = True
        self.requests += 1
        self.began = self.began or monotonic()

    def arrive(self, size: int, moment: float) -> None:
        """The request has ended, and brought so many bytes."""
        self.is_busy = False
        self.size += size
        self.ended = moment

    def take(self, fetch: Fetch) -> None:
        """A page's request leaves."""
        self.pages += 1
        if not fetch.asked:
            self.turns.take(fetch.known.turn)
        self.taken[fetch.known.url_key] = fetch
        if fetch in self.waiting:
            self.waiting.remove(fetch)
        fetch.asked = (*fetch.asked, fetch.url)


def page_request(
    fetch: Fetch, conditions: dict[str, str], callback: Callback, errback: Callback
) -> Request:
    """The request for a page: a GET, or the POST of the form that alone gives it."""
    known = fetch.known
    fetch.is_conditional = bool(conditions)
    form = urlencode(json.loads(known.form)) if known.form and fetch.is_posted else None
    posted = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    scripted = SCRIPTED if fetch.is_scripted else {}
    return Request(
        fetch.url,
        method="POST" if form else "GET",
        body=form,
        headers=conditions | posted | scripted,
        callback=callback,
        errback=errback,
        cb_kwargs={"fetch": fetch},
        meta=_meta(fetch)
        | {
            "url_key": known.url_key,
            "kind": known.kind,
            "was_read": known.body_hash is not None,
        },
    )


def robots_request(fetch: RobotsFetch, callback: Callback, errback: Callback) -> Request:
    """The request for a robots.txt, of which the first part is enough, however long it is."""
    return Request(
        fetch.url,
        callback=callback,
        errback=errback,
        cb_kwargs={"fetch": fetch},
        meta=_meta(fetch) | {"stop_after": MAX_ROBOTS_BYTES, "download_maxsize": 0},
    )


def _meta(fetch: Fetch | RobotsFetch) -> dict[str, Any]:
    """What the downloader has to know: our host is its slot, which else is a name without port."""
    return {"verify_tls": fetch.source.verify_tls, "download_slot": fetch.host.name}
