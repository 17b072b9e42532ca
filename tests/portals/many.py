"""Many tiny portals in one server: each has a loopback address and a free port of its own."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from tests.portals.stories import PLACES, TOPICS

Body = tuple[int, str, bytes]
"""Status, media type and body of an answer. The body of a redirect is its target."""

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

FIRST = 10
"""The number of the first address in 127.20.0.0/16."""


@dataclass(frozen=True, slots=True)
class PortalRequest:
    """A request to a portal, its User-Agent, and when it came and was responded to.

    Times are monotonic, in seconds.
    """

    portal: int
    path: str
    agent: str
    requested_at: float
    responded_at: float


class ManyPortals:
    """A context manager that serves ``count`` portals with ``articles`` articles each.

    A portal has a robots.txt, a sitemap, a feed, a home page and its articles. ``extra`` adds
    markup to each article of a portal, ``links`` to its home page; ``pages`` answers further paths.
    ``log`` are the requests.
    """

    def __init__(self, count: int, articles: int = 2) -> None:
        self.count = count
        self.articles = articles
        self.log: list[PortalRequest] = []
        self.extra: dict[int, str] = {}
        self.links: dict[int, str] = {}
        self.pages: dict[tuple[int, str], Body] = {}
        self.urls: list[str] = []

    def __enter__(self) -> Self:
        sockets = [_listening(f"127.20.{n // 200}.{n % 200 + FIRST}") for n in range(self.count)]
        self.urls = [f"http://{one.getsockname()[0]}:{one.getsockname()[1]}/" for one in sockets]
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, args=(sockets, started), daemon=True)
        self._thread.start()
        started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def take_log(self) -> list[PortalRequest]:
        """Return the requests so far and begin a new log."""
        taken, self.log = self.log, []
        return taken

    def _serve(self, sockets: Iterable[socket.socket], started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        servers = [
            self._loop.run_until_complete(asyncio.start_server(self._answering(number), sock=one))
            for number, one in enumerate(sockets)
        ]
        started.set()
        self._loop.run_forever()
        for server in servers:
            server.close()
        self._loop.close()

    def _answering(self, portal: int) -> Answering:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            came = time.monotonic()
            path = head.split(b" ", 2)[1].decode()
            agent = re.search(rb"(?im)^user-agent: (.*)\r$", head)
            status, media_type, body = self._body(portal, path)
            location = f"Location: {body.decode()}\r\n" if 300 <= status < 400 else ""
            writer.write(
                f"HTTP/1.1 {status} OK\r\nContent-Type: {media_type}\r\n{location}"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            asked_by = agent[1].decode() if agent else ""
            self.log.append(PortalRequest(portal, path, asked_by, came, time.monotonic()))
            await writer.drain()
            writer.close()

        return answer

    def _body(self, portal: int, path: str) -> Body:
        base, kind = self.urls[portal], "text/html; charset=utf-8"
        paths = [f"/tin-tuc/bai-so-{portal}-{n}.html" for n in range(1, self.articles + 1)]
        if (portal, path) in self.pages:
            return self.pages[portal, path]
        if path == "/robots.txt":
            return 200, "text/plain", f"User-agent: *\nSitemap: {base}sitemap.xml\n".encode()
        if path == "/sitemap.xml":
            named = "".join(f"<url><loc>{base[:-1]}{one}</loc></url>" for one in paths)
            xmlns = "http://www.sitemaps.org/schemas/sitemap/0.9"
            return 200, "text/xml", f'<urlset xmlns="{xmlns}">{named}</urlset>'.encode()
        if path == "/":
            items = "".join(f'<li><a href="{one}">{title(portal, one)}</a></li>' for one in paths)
            head = f'<link rel="alternate" type="application/rss+xml" href="{base}rss.xml">'
            items += self.links.get(portal, "")
            body = f'{head}<h1>Cổng thông tin xã số {portal}</h1><ul class="news">{items}</ul>'
        elif path == "/rss.xml":
            items = "".join(
                f"<item><title>{title(portal, one)}</title><link>{base[:-1]}{one}</link></item>"
                for one in paths
            )
            feed = f'<rss version="2.0"><channel><title>Tin</title>{items}</channel></rss>'
            return 200, "application/rss+xml", feed.encode()
        elif path in paths:
            body = article(portal, path, self.extra.get(portal, ""))
        else:
            return 404, kind, "<h1>Không tìm thấy</h1>".encode()
        html = f"<!doctype html><html lang=vi><head><title>Xã số {portal}</title></head>"
        return 200, kind, f"{html}<body>{body}</body></html>".encode()


def title(portal: int, path: str) -> str:
    """Return the title of an article."""
    chosen = random.Random(f"{portal} {path}")
    return f"{chosen.choice(TOPICS)} tại {chosen.choice(PLACES)}, xã số {portal}"


def article(portal: int, path: str, extra: str) -> str:
    """Return an article whose words are like those of no other, with further markup in it."""
    chosen = random.Random(f"{portal} {path}")
    words = " ".join((*TOPICS, *PLACES)).lower().split()
    paragraphs = "".join(
        f"<p>Xã số {portal}: {' '.join(chosen.choices(words, k=45))}.</p>" for _ in range(4)
    )
    day = f"{chosen.randint(1, 28):02}/10/2026 08:30"
    return f"<article><h1>{title(portal, path)}</h1><time>{day}</time>{paragraphs}{extra}</article>"


def sooner_than(
    log: Iterable[PortalRequest], pauses: Mapping[int, float]
) -> list[tuple[int, str, float]]:
    """Return the requests that came sooner after the one before than the pause of their portal."""
    by_portal: dict[int, list[PortalRequest]] = defaultdict(list)
    for one in sorted(log, key=lambda one: one.requested_at):
        by_portal[one.portal].append(one)
    return [
        (portal, later.path, later.requested_at - earlier.responded_at)
        for portal, asked in by_portal.items()
        for earlier, later in pairwise(asked)
        if later.requested_at - earlier.responded_at < pauses[portal]
    ]


def _listening(address: str) -> socket.socket:
    listening = socket.socket()
    listening.bind((address, 0))
    listening.listen(64)
    return listening
