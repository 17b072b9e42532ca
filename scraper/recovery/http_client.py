"""Requests to web archives: raw answers, bounded in size and time, at the pace of the service."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import httpcore

from scraper.base.errors import TinhuyenError
from scraper.recovery.guarded_connections import GuardedBackend
from scraper.recovery.pace import Pace, RequestKind
from spiders.http.resolver import Endpoint

READ_SECONDS = 60.0
"""How long a service may be silent; its index servers are slow."""

MAX_SECONDS = 600.0
"""How long one answer may take in all."""

RETRY_PAUSES = (5.0, 15.0, 45.0)
"""Seconds before each further attempt at a request that failed."""

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
"""All encodings: pywb decodes a recorded body that the client does not accept."""

STOP_STATUSES = frozenset({429, 503})

UNREADABLE_MARKS = (b"Pywb Error", b"Loader")
"""What pywb says in a page with status 503 if it lacks the WARC file of one capture."""

UNREADABLE_BYTES = 65_536
"""How much of a refusal is read to find these marks."""

MAX_LINE_BYTES = 65_536
"""The longest line of an index; a longer one is broken."""

HeaderFields = list[tuple[bytes, bytes]]


class UnansweredError(TinhuyenError):
    """A request has no usable answer; another attempt may have one. ``reason`` is a word."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class AnswerTooLargeError(TinhuyenError):
    """An answer is larger than allowed."""


class RecordUnreadableError(TinhuyenError):
    """A replay cannot read the record of one capture; it answers others."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its body as it came, except for the transfer encoding."""

    status: int
    reason: str
    fields: HeaderFields
    body: bytes = b""

    def value(self, name: str) -> str:
        """Return the last non-empty value of a header, "" if there is none."""
        return header_value(self.fields, name)

    @property
    def is_recorded(self) -> bool:
        """Whether a replay says that this is a capture, not an answer of its own (RFC 7089)."""
        return bool(self.value("Memento-Datetime"))


@dataclass(slots=True)
class StreamedAnswer:
    """An answer whose body is read piece by piece.

    ``is_framed`` says whether the end of the body can be told from a lost connection.
    """

    status: int
    reason: str
    fields: HeaderFields
    pieces: Iterator[bytes]
    is_framed: bool

    def lines(self) -> Iterator[bytes]:
        """Yield the lines with their line ends; a line that is too long is shortened."""
        rest = b""
        for piece in self.pieces:
            *whole, rest = (rest + piece).split(b"\n")
            yield from (line[:MAX_LINE_BYTES] + b"\n" for line in whole)
            rest = rest[:MAX_LINE_BYTES]
        if rest:
            yield rest


@dataclass(slots=True)
class ArchiveClient:
    """Sends requests to one service.

    ``private`` are the endpoints that may have a private address: those that the user named.
    ``stops`` are the statuses by which the service asks for a pause.
    """

    pace: Pace
    agent: str
    private: frozenset[Endpoint] = frozenset()
    stops: frozenset[int] = STOP_STATUSES
    read_seconds: float = READ_SECONDS
    pool: httpcore.ConnectionPool = field(init=False)

    def __post_init__(self) -> None:
        self.pool = httpcore.ConnectionPool(
            max_connections=2, keepalive_expiry=30, network_backend=GuardedBackend(self.private)
        )

    def get(
        self, kind: RequestKind, url: str, max_bytes: int, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return an answer with its whole body; failed requests are repeated after pauses.

        Redirects are not followed. Raises UnansweredError, AnswerTooLargeError (``max_bytes``),
        RecordUnreadableError, ServiceError.
        """
        for pause in RETRY_PAUSES:
            try:
                return self._get_once(kind, url, max_bytes, headers or {})
            except UnansweredError:
                self.pace.clock.sleep(pause)
        return self._get_once(kind, url, max_bytes, headers or {})

    def _get_once(
        self, kind: RequestKind, url: str, max_bytes: int, headers: Mapping[str, str]
    ) -> Answer:
        with self.stream(kind, url, headers) as answer:
            body = bytearray()
            for piece in answer.pieces:
                body += piece
                if len(body) > max_bytes:
                    raise AnswerTooLargeError(f"{url}: the answer is larger than {max_bytes} bytes")
            whole = Answer(answer.status, answer.reason, answer.fields, bytes(body))
        if whole.status >= 500 and not whole.is_recorded:
            raise UnansweredError("server_error", f"{url}: the service answered {whole.status}")
        return whole

    @contextmanager
    def stream(
        self, kind: RequestKind, url: str, headers: Mapping[str, str] | None = None
    ) -> Iterator[StreamedAnswer]:
        """Send one request, and hold its answer open; wait first, also if the service says so.

        Raises UnansweredError, RecordUnreadableError, ServiceError.
        """
        while True:
            self.pace.wait(kind)
            with self._opened(url, headers or {}) as answer:
                self.pace.note_answer(kind)
                if not self._is_stop(answer):
                    yield answer
                    return
                pause = retry_after(header_value(answer.fields, "Retry-After"))
                if pause is None and kind is RequestKind.CAPTURE:
                    _raise_if_unreadable(url, answer)
                self.pace.stop(pause)

    def _is_stop(self, answer: StreamedAnswer) -> bool:
        """Whether the service itself asks for a pause; a capture can have any status."""
        return answer.status in self.stops and not header_value(answer.fields, "Memento-Datetime")

    @contextmanager
    def _opened(self, url: str, headers: Mapping[str, str]) -> Iterator[StreamedAnswer]:
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self.read_seconds)
        sent: dict[bytes | str, bytes | str] = {
            "User-Agent": self.agent,
            "Accept": "*/*",
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        sent.update(headers)
        try:
            with self.pool.stream(
                "GET", ascii_url(url), headers=sent, extensions={"timeout": timeout}
            ) as response:
                yield _streamed(url, response)
        except httpcore.TimeoutException as error:
            raise UnansweredError("timeout", f"{url}: no answer in time") from error
        except httpcore.ProtocolError as error:
            raise UnansweredError("truncated", f"{url}: the answer was cut: {error}") from error
        except httpcore.NetworkError as error:
            reason = "connection" if isinstance(error, httpcore.ConnectError) else "truncated"
            raise UnansweredError(reason, f"{url}: {error or type(error).__name__}") from error

    def close(self) -> None:
        """Close all connections."""
        self.pool.close()


def _raise_if_unreadable(url: str, answer: StreamedAnswer) -> None:
    """Raise RecordUnreadableError if a 503 is about this capture, not about the service."""
    beginning = b""
    for piece in answer.pieces:
        beginning += piece
        if len(beginning) > UNREADABLE_BYTES:
            break
    if answer.status == 503 and all(mark in beginning for mark in UNREADABLE_MARKS):
        raise RecordUnreadableError(f"{url}: the service cannot read the record of this capture")


def _streamed(url: str, response: httpcore.Response) -> StreamedAnswer:
    reason = bytes(response.extensions.get("reason_phrase", b"")).decode("latin-1")
    names = {name.lower() for name, _ in response.headers}
    is_framed = bool(names & {b"content-length", b"transfer-encoding"})
    pieces = _in_time(url, response)
    return StreamedAnswer(response.status, reason, list(response.headers), pieces, is_framed)


def _in_time(url: str, response: httpcore.Response) -> Iterator[bytes]:
    """Yield the pieces of a body. Raises UnansweredError if reading it takes too long."""
    taken = 0.0
    began = time.monotonic()
    for piece in response.iter_stream():
        taken += time.monotonic() - began
        if taken > MAX_SECONDS:
            raise UnansweredError("timeout", f"{url}: the answer took longer than {MAX_SECONDS} s")
        yield piece
        began = time.monotonic()


def header_value(fields: HeaderFields, name: str) -> str:
    """Return the last non-empty value of a header, "" if there is none."""
    wanted = name.lower().encode()
    values = [value.strip() for key, value in fields if key.lower() == wanted]
    return next((value.decode("latin-1") for value in reversed(values) if value), "")


def ascii_url(url: str) -> str:
    """Percent-encode what a request line cannot hold; escapes and ``..`` stay as they are."""
    return quote(url, safe="%/:?=&;@!$'()*+,~[]|")


def retry_after(value: str, now: datetime | None = None) -> timedelta | None:
    """Return the pause of a Retry-After header, in seconds or as a date; None if it has none."""
    if value.isdecimal() and value.isascii():
        return timedelta(seconds=min(int(value[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(aware - (now or datetime.now(UTC)), timedelta())
