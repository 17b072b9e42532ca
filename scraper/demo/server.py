"""A small HTTP server on 127.0.0.1 that logs its requests."""

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
    """A received request: ``path`` includes the query, ``at`` is monotonic time in seconds."""

    at: float
    method: str
    path: str
    headers: dict[str, str]


@dataclass(slots=True)
class Answer:
    """The response to a request."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    type: str = HTML
    raw: bytes | None = None
    """Bytes to send in place of ``body``."""

    @property
    def sent_bytes(self) -> bytes:
        """The body as bytes."""
        return self.body.encode() if self.raw is None else self.raw


class Server:
    """A context manager that serves what ``answer`` returns; ``log`` are the requests.

    ``base`` is its URL without a trailing slash; the port is known inside the context only.
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
        """The URL of the home page."""
        return f"{self.base}/"

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """Return the response to a request; ``form`` are its posted fields."""
        raise NotImplementedError


class _HTTPServer(ThreadingHTTPServer):
    """Shuts down without waiting for clients that keep their connection open."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, served: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.served = served

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that close the connection; report other errors."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Logs each request and sends the response."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    server: _HTTPServer

    def do_GET(self) -> None:
        """Send the response; without its body if the request is a HEAD."""
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
        """Print nothing: ``Server.log`` has the requests."""

    def _read_form(self) -> dict[str, str]:
        length = int(self.headers.get("Content-Length") or 0)
        return dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))

    def _send_head(self, answer: Answer) -> None:
        length = str(len(answer.sent_bytes))
        fields = {} if answer.status == 304 else {"Content-Length": length}
        fields = {"Content-Type": answer.type} | fields | answer.headers
        if fields.get("Content-Length", length) != length:
            fields["Connection"] = "close"
        self.send_response(answer.status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
