"""The server of the demo: three sites, each on a free port of 127.0.0.1, in threads."""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType

from scraper.demo.commune import CommuneSite
from scraper.demo.content import NIGHTS, stories
from scraper.demo.district import DistrictPortal
from scraper.demo.platform import Platform, Reply
from scraper.demo.province import ProvincePortal
from scraper.demo.sites import SITES, DemoSite

_PLATFORMS: dict[str, type[Platform]] = {
    "huyen": DistrictPortal,
    "tinh": ProvincePortal,
    "xa": CommuneSite,
}
_SHUTDOWN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that a site answered; ``at`` is in seconds of the monotonic clock."""

    site: str
    method: str
    target: str
    status: int
    user_agent: str
    at: float


class DemoPortal:
    """The sites of the demo as they stand on a night, served while the context is open.

    ``requests`` is the log of what was asked and answered, in order. Raises ValueError for a
    night that is none of 1, 2 and 3.
    """

    def __init__(self, night: int = 1) -> None:
        if night not in NIGHTS:
            raise ValueError(f"the demo has the nights {NIGHTS}, not {night}")
        self.night = night
        self.sites: list[DemoSite] = []
        self.requests: list[Visit] = []
        self._running: list[tuple[_Server, Thread]] = []

    def __enter__(self) -> DemoPortal:
        for slug in SITES:
            self._serve(slug)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server, thread in self._running:
            server.shutdown()
            server.server_close()
            thread.join(_SHUTDOWN_SECONDS)
        self._running.clear()

    def _serve(self, slug: str) -> None:
        server = _Server(slug, self.night, self.requests)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        self._running.append((server, thread))
        self.sites.append(replace(SITES[slug], home_url=f"{server.platform.base}/"))


class _Server(ThreadingHTTPServer):
    """Serves one site; ends without waiting for clients that keep their connection open."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, slug: str, night: int, log: list[Visit]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        base = f"http://127.0.0.1:{self.server_port}"
        self.platform: Platform = _PLATFORMS[slug](stories(slug, night), base, night)
        self.log = log

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about a client that went away; report anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with what the platform replies, and notes it in the log."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer with the page."""
        reply = self.server.platform.reply(self.path)
        etag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        if reply.status == 200 and self.headers.get("If-None-Match") == etag:
            reply = replace(reply, status=304, body=b"")
        self._note(reply.status)
        self._send_head(reply, etag)
        if self.command == "GET":
            self.wfile.write(reply.body)

    do_HEAD = do_GET  # noqa: N815 (the name is the library's)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Stay silent: the log of requests is the portal's."""

    def _note(self, status: int) -> None:
        agent = self.headers.get("User-Agent", "")
        slug = self.server.platform.templates
        visit = Visit(slug, self.command, self.path, status, agent, time.monotonic())
        self.server.log.append(visit)

    def _send_head(self, reply: Reply, etag: str) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        if reply.status in (200, 304):
            self.send_header("ETag", etag)
        if reply.location:
            self.send_header("Location", reply.location)
        self.end_headers()
