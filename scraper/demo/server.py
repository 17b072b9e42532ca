"""A small HTTP server on 127.0.0.1 that remembers what it was asked."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl

HTML = "text/html; charset=utf-8"
_SHUTDOWN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it: ``path`` is path and query, ``at`` a monotonic time."""

    at: float
    method: str
    path: str
    headers: dict[str, str]


@dataclass(slots=True)
class Answer:
    """What the server sends."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    type: str = HTML
    raw: bytes | None = None
    """Bytes that are sent in place of ``body``."""

    @property
    def sent_bytes(self) -> bytes:
        """The body as bytes."""
        return self.body.encode() if self.raw is None else self.raw


class Server:
    """Serves what ``answer`` returns while its ``with`` block lasts; ``log`` is what was asked.

    ``base`` is its address without a slash at the end; the port is known inside the block only.
    """

    def __init__(self) -> None:
        self.log: list[Request] = []
        self.base = "http://127.0.0.1"

    def __enter__(self) -> Self:
        self._server = _HTTPServer(self)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_SHUTDOWN_SECONDS)

    @property
    def home_url(self) -> str:
        """The address of the home page."""
        return f"{self.base}/"

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """What to answer to a request; ``form`` holds what it posted."""
        raise NotImplementedError


class _HTTPServer(ThreadingHTTPServer):
    """Ends without waiting for clients that keep their connection open."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, served: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.served = served

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about a client that went away; report anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Notes each request in the log and sends the answer to it."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    server: _HTTPServer

    def do_GET(self) -> None:
        """Send the answer; without its body to a HEAD."""
        served = self.server.served
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(time.monotonic(), self.command, self.path, headers)
        served.log.append(request)
        answer = served.answer(request, self._read_form())
        if answer.status == 200 and headers.get("if-none-match", "") == answer.headers.get("ETag"):
            answer = Answer(status=304, headers=answer.headers, type=answer.type)
        self._send_head(answer)
        if self.command != "HEAD":
            self.wfile.write(answer.sent_bytes)

    do_HEAD = do_POST = do_GET  # noqa: N815 (the names are the library's)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Stay silent: the log of requests is the server's."""

    def _read_form(self) -> dict[str, str]:
        length = int(self.headers.get("Content-Length") or 0)
        return dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))

    def _send_head(self, answer: Answer) -> None:
        length = str(len(answer.sent_bytes))
        told = {} if answer.status == 304 else {"Content-Length": length}
        told = {"Content-Type": answer.type} | told | answer.headers
        if told.get("Content-Length", length) != length:
            told["Connection"] = "close"
        self.send_response(answer.status)
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
