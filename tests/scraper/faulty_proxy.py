"""A proxy before an S3 server that breaks what it is told to: for tests of failing storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

ERROR = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>%s</Message></Error>"
STATUS = {"InternalError": 500, "ServiceUnavailable": 503, "InvalidAccessKeyId": 403}


@dataclass(slots=True)
class Fault:
    """What happens to the next ``times`` requests with a method, and a path with a certain part.

    ``kind`` is the code of an error of S3, ``cut`` (the connection ends in the middle of the body),
    ``flip`` (a byte of the body is another, and the service gives no checksum), or ``call``, which
    calls ``action`` before the request is passed on.
    """

    method: str
    part: str
    kind: str
    times: int = 1
    action: Callable[[], object] = print


@dataclass(slots=True)
class FaultyProxy:
    """The address of the proxy, the faults to come, and the requests so far."""

    url: str
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        """Note a request, and return what shall happen to it."""
        self.requests.append((method, path))
        for fault in self.faults:
            if fault.times and fault.method == method and fault.part in path:
                fault.times -= 1
                return fault
        return None

    def count(self, method: str, part: str) -> int:
        """Return how many requests there were of a kind."""
        return sum(made == method and part in path for made, path in self.requests)


@contextmanager
def faulty_proxy(server: str) -> Iterator[FaultyProxy]:
    """Run a proxy before a server."""
    listening = _Server(("127.0.0.1", 0), _Handler)
    proxy = FaultyProxy(f"http://127.0.0.1:{listening.server_port}")
    listening.proxy, listening.upstream = proxy, urlsplit(server).netloc
    thread = Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: FaultyProxy
    upstream: str


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_any(self) -> None:
        """Pass a request on, or break it."""
        fault = self.server.proxy.take(self.command, self.path)
        body = self._body()
        kind = fault.kind if fault else ""
        if fault and kind == "call":
            fault.action()
        if kind in STATUS:
            self._answer(STATUS[kind], {}, ERROR % (kind.encode(), kind.encode()))
        elif kind == "cut" and self.command != "GET":
            self.close_connection = True
        else:
            self._pass_on(body, kind)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Return the method for any kind of request."""
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _pass_on(self, body: bytes, kind: str) -> None:
        upstream = HTTPConnection(self.server.upstream, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() != "transfer-encoding"}
        upstream.request(self.command, self.path, body, headers)
        response = upstream.getresponse()
        content = response.read()
        kept = {k: v for k, v in response.getheaders() if k.lower() not in HOP}
        if self.command == "HEAD":
            self._answer(response.status, kept, b"", response.getheader("content-length"))
        elif kind == "flip":
            kept = {k: v for k, v in kept.items() if not k.lower().startswith("x-amz-checksum")}
            self._answer(response.status, kept, bytes([content[0] ^ 1]) + content[1:])
        elif kind == "cut":
            self._answer(response.status, kept, content[: len(content) // 2], str(len(content)))
            self.close_connection = True
        else:
            self._answer(response.status, kept, content)
        upstream.close()

    def _answer(
        self, status: int, headers: dict[str, str], body: bytes, length: str | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HOP = {"content-length", "transfer-encoding", "connection", "server", "date"}
