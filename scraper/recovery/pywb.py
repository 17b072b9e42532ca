"""Collections of pywb: an index that answers with all lines at once, and a replay.

Source of facts: pywb.readthedocs.io, "CDXJ Server API", and pywb 2.10 itself.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from scraper.recovery.capture_requests import out_of_reach
from scraper.recovery.cdx_lines import parse_line
from scraper.recovery.http_client import RETRY_PAUSES, StreamedAnswer, UnansweredError
from scraper.recovery.index_requests import BATCH_LINES, index_answer, is_refused
from scraper.recovery.pace import RequestKind
from scraper.recovery.replay import ReplayArchive, query_params, query_url
from scraper.recovery.web_archive import (
    IndexBatch,
    IndexedCapture,
    IndexQuery,
    ServiceError,
)

MAX_LINES = 10_000_000
"""Lines that are asked for: without a limit, pywb ends at 100,000 and does not say so."""


class _IndexChangedError(Exception):
    """The index has other lines than at the last request: it must be read from its beginning."""


@dataclass(slots=True)
class _Position:
    """How many lines were passed on, and a digest of the last one."""

    lines: int = 0
    digest: str = ""

    @classmethod
    def parse(cls, resume_at: str | None) -> _Position:
        count, _, digest = (resume_at or "").partition(" ")
        return cls(int(count), digest) if count.isdecimal() and digest else cls()

    def __str__(self) -> str:
        return f"{self.lines} {self.digest}"

    def move(self, lines: int, last: bytes) -> None:
        """Say that a line was passed on, and all before it."""
        self.lines, self.digest = lines, _line_digest(last)


class _Rest(NamedTuple):
    """The lines after the last full batch; ``is_framed`` as in StreamedAnswer."""

    captures: list[IndexedCapture]
    broken: int
    is_framed: bool


class Pywb(ReplayArchive):
    """A collection of pywb. Its lines are read as they arrive.

    There is no key by which pywb would go on in the middle: an interrupted query is sent again, and
    the lines that were passed on are skipped.
    """

    is_checked = False

    def captures(self, query: IndexQuery, resume_at: str | None) -> Iterator[IndexBatch]:
        """Yield the lines of the index from a place on. Raises ServiceError."""
        url = query_url(self.index, [*query_params(query), ("limit", str(MAX_LINES))])
        position, failures = _Position.parse(resume_at), 0
        while True:
            before = position.lines
            try:
                rest = yield from self._lines_after(url, position)
            except (UnansweredError, _IndexChangedError) as error:
                failures = failures + 1 if position.lines <= before else 1
                self._pause_or_give_up(error, failures)
                continue
            if rest.is_framed or position.lines == before:
                if position.lines == 0:
                    self._check_collection()
                yield IndexBatch(rest.captures, rest.broken, None)
                return
            yield IndexBatch(rest.captures, rest.broken, str(position))

    def _check_collection(self) -> None:
        """Raise ServiceError if there is no collection: its index is then empty, not missing."""
        if self.is_checked:
            return
        answer = index_answer(self.client, self.replay)
        if answer.status == 404 and b"Pywb Error" in answer.body:
            raise ServiceError(f"{self.replay} is no collection: check its name", None)
        self.is_checked = True

    def _pause_or_give_up(self, error: Exception, failures: int) -> None:
        if failures > len(RETRY_PAUSES):
            raise out_of_reach(self.client, error) from error
        self.client.pace.clock.sleep(RETRY_PAUSES[failures - 1])

    def _lines_after(self, url: str, position: _Position) -> Generator[IndexBatch, None, _Rest]:
        """Yield full batches and return the lines after them; ``position`` moves on with them."""
        with self.client.stream(RequestKind.INDEX, url) as answer:
            if answer.status >= 500:
                raise UnansweredError("server_error", f"the index answered {answer.status}")
            if is_refused(self.client, url, answer):
                return _Rest([], 1, is_framed=True)
            return (yield from _batches(answer, position))


def _batches(answer: StreamedAnswer, position: _Position) -> Generator[IndexBatch, None, _Rest]:
    """Yield full batches of an answer from a position on, and return the lines after them."""
    captures: list[IndexedCapture] = []
    broken, number, line = 0, 0, b""
    for number, line in enumerate(filter(bytes.strip, answer.lines()), 1):
        if number <= position.lines:
            _check(number, line, position)
            continue
        found = _parsed(line, number)
        captures.extend(found)
        broken += not found
        if len(captures) + broken == BATCH_LINES:
            position.move(number, line)
            yield IndexBatch(captures, broken, str(position))
            captures, broken = [], 0
    if number < position.lines:
        position.lines = 0
        raise _IndexChangedError("the index has fewer lines than before")
    position.move(number, line)
    return _Rest(captures, broken, answer.is_framed)


def _check(number: int, line: bytes, position: _Position) -> None:
    """Raise _IndexChangedError, and begin again, if the last known line is another one."""
    if number == position.lines and _line_digest(line) != position.digest:
        position.lines = 0
        raise _IndexChangedError("the index has changed")


def _parsed(line: bytes, number: int) -> list[IndexedCapture]:
    """Return the capture of a line, none if it is broken.

    Raises UnansweredError if the answer ends inside the line, ServiceError if it has no end.
    """
    capture = parse_line(line)
    if capture is None and not line.endswith(b"\n"):
        raise UnansweredError("truncated", "the answer of the index ends inside a line")
    if number > MAX_LINES:
        raise ServiceError(f"the index has more than {MAX_LINES} lines", None)
    return [] if capture is None else [capture]


def _line_digest(line: bytes) -> str:
    return sha256(line.strip()).hexdigest()[:16]
