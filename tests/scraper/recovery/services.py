"""Web archives for tests, on 127.0.0.1: each logs its requests and fails as it is told to.

``pywb`` is the real one behind a proxy; ``internet_archive`` and ``common_crawl`` are doubles.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a service got it; ``at`` is its time in seconds, for differences only."""

    at: float
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    def param(self, name: str, otherwise: str = "") -> str:
        """Return a parameter of the query."""
        return parse_qs(urlsplit(self.target).query).get(name, [otherwise])[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answers; ``sent`` is how many bytes of the body it sends, None for all."""

    status: int
    fields: Fields
    body: bytes = b""
    reason: str = ""
    sent: int | None = None


Change = Callable[[Request, Answer], Answer]


@dataclass(slots=True)
class Fault:
    """What happens to the next ``times`` answers whose target contains ``part``, after ``skip``."""

    part: str
    change: Change
    times: int = 1
    skip: int = 0


@dataclass(slots=True)
class Service:
    """A running service: ``url`` is its root, ``collection`` what a user names it by.

    ``faults`` are those to come. ``requests`` are all so far, in order.
    """

    url: str
    collection: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def asked(self, part: str) -> list[Request]:
        """Return the requests whose target contains a text."""
        return [request for request in self.requests if part in request.target]

    def pauses(self, part: str = "") -> list[float]:
        """Return the seconds between each request with ``part`` and the next one."""
        times = [request.at for request in self.asked(part)]
        return [later - earlier for earlier, later in itertools.pairwise(times)]

    def changed(self, request: Request, answer: Answer) -> Answer:
        """Apply the first fault that is due to an answer."""
        for fault in self.faults:
            if fault.part not in request.target or fault.times <= 0:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            return fault.change(request, answer)
        return answer


def refusing(status: int, retry_after: str | None = None) -> Change:
    """Answer with a status such as 429, with or without a Retry-After header."""
    fields = [("Retry-After", retry_after)] if retry_after is not None else []
    return lambda request, answer: Answer(status, [*fields], b"slow down")


def cut(share: float = 0.5) -> Change:
    """End the connection after a share of the body, whose whole length was announced."""
    return lambda request, answer: replace(answer, sent=int(len(answer.body) * share))


def cut_unframed(share: float = 0.5) -> Change:
    """End the answer after a share of the body, which had no announced length."""

    def shorten(request: Request, answer: Answer) -> Answer:
        return replace(answer, body=answer.body[: int(len(answer.body) * share)], sent=-1)

    return shorten


def repeated(answers: list[Answer]) -> Change:
    """Answer what came first, to this and to all later requests that have the fault."""

    def repeat(request: Request, answer: Answer) -> Answer:
        answers.append(answer)
        return answers[0]

    return repeat


def broken_lines(*lines: bytes) -> Change:
    """Put lines that are no lines of an index after the first line of an answer."""

    def insert(request: Request, answer: Answer) -> Answer:
        first, newline, rest = answer.body.partition(b"\n")
        broken = b"".join(line + b"\n" for line in lines)
        return replace(answer, body=first + newline + broken + rest)

    return insert


def lying_digests(digest: str = "A" * 32) -> Change:
    """Name one digest for all captures of an index."""

    def lie(request: Request, answer: Answer) -> Answer:
        body = re.sub(rb'"[A-Z2-7]{32}"', b'"%b"' % digest.encode(), answer.body)
        return replace(answer, body=body)

    return lie


def other_moment(timestamp: str) -> Change:
    """Redirect to another capture, as a service does that lacks the one asked for."""

    def redirect(request: Request, answer: Answer) -> Answer:
        target = re.sub(r"/\d{14}", f"/{timestamp}", request.target, count=1)
        return Answer(302, [("Location", target)])

    return redirect


def field_changed(name: str, value: str) -> Change:
    """Give a header of an answer another value."""

    def change(request: Request, answer: Answer) -> Answer:
        kept = [pair for pair in answer.fields if pair[0].lower() != name.lower()]
        return replace(answer, fields=[*kept, (name, value)])

    return change


def body_changed(change: Callable[[bytes], bytes]) -> Change:
    """Change the body of an answer, for example by the toolbar of a replay."""
    return lambda request, answer: replace(answer, body=change(answer.body))


@contextmanager
def serving(answer: Callable[[Request], Answer], collection: str = "") -> Iterator[Service]:
    """Run a service; ``answer`` says what it answers if no fault is due."""
    server = _Server(("127.0.0.1", 0), _Handler)
    root = f"http://127.0.0.1:{server.server_port}"
    server.service, server.answer = Service(root, root + collection), answer
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    service: Service
    answer: Callable[[Request], Answer]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Log a request and answer it."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(time.monotonic(), self.path, headers)
        self.server.service.requests.append(request)
        answer = self.server.service.changed(request, self.server.answer(request))
        self.send_response_only(answer.status, answer.reason or None)
        for name, value in answer.fields:
            if name.lower() not in FRAMING:
                self.send_header(name, value)
        self._send_body(answer)

    def _send_body(self, answer: Answer) -> None:
        if answer.sent != -1:
            self.send_header("Content-Length", str(len(answer.body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        sent = answer.body if answer.sent in (None, -1) else answer.body[: answer.sent]
        self.wfile.write(sent)
        self.close_connection = answer.sent is not None

    def log_message(self, *_: object) -> None:
        """Stay silent."""


FRAMING = {"content-length", "transfer-encoding", "connection", "keep-alive"}
