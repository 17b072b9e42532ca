"""A small HTTP server on 127.0.0.1 that remembers what it was asked."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it; ``at`` is of the monotonic clock."""

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
    type: str = "text/html; charset=utf-8"


class Server:
    """Serves what ``answer`` gives, while its ``with`` block lasts; ``log`` is what was asked."""

    def __init__(self) -> None:
        self.log: list[Request] = []

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def home_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def requests(self, path: str) -> list[Request]:
        """The requests for one path and query."""
        return [request for request in self.log if request.path == path]

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """What to answer to a request; ``form`` holds what it posted."""
        raise NotImplementedError


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(time.monotonic(), self.command, self.path, headers)
            server.log.append(request)
            answer = server.answer(request, form)
            body = answer.body.encode()
            self.send_response(answer.status)
            sent = {"Content-Type": answer.type, "Content-Length": str(len(body))}
            for name, value in (sent | answer.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output quiet."""

    return Handler
