"""A web archive in memory, for the plan and its executor: the clients have tests of their own."""

from __future__ import annotations

from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1

from scraper.recovery.web_archive import (
    ArchivedResponse,
    CaptureError,
    IndexBatch,
    IndexedCapture,
    IndexQuery,
    Match,
    WebArchive,
)

HOST = "http://hamyen.tuyenquang.gov.vn"


def moment(day: int) -> datetime:
    """So many days after the beginning of 2019."""
    return datetime(2019, 1, 1, 3, tzinfo=UTC) + timedelta(days=day)


@dataclass(frozen=True)
class Recorded:
    """A capture as the site sent it."""

    path: str
    day: int
    body: bytes = b""
    status: int = 200
    media_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()
    digest: str | None = None
    is_revisit: bool = False
    is_hidden: bool = False
    host: str = HOST

    @property
    def url(self) -> str:
        return self.host + self.path

    @property
    def line(self) -> IndexedCapture:
        true = b32encode(sha1(self.body).digest()).decode()
        digest = true if self.digest is None else self.digest
        status = None if self.is_revisit else self.status
        return IndexedCapture(
            self.url, moment(self.day), status, self.media_type, digest,
            None if self.is_revisit else len(self.body) + 300, is_revisit=self.is_revisit,
        )  # fmt: skip

    @property
    def head(self) -> bytes:
        fields = (("Content-Type", f"{self.media_type}; charset=utf-8"), *self.headers)
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
        return f"HTTP/1.1 {self.status} X\r\n{lines}\r\n".encode()


@dataclass
class MemoryArchive(WebArchive):
    """Holds captures, and counts what was asked for. ``fault`` is called before each answer."""

    recorded: Sequence[Recorded]
    name: str = "memory"
    batch: int = 7
    fault: Callable[[str], None] = lambda what: None
    asked: Counter[str] = field(default_factory=Counter)
    collections: Sequence[str] = ()

    def queries(self, query: IndexQuery) -> list[IndexQuery]:
        return [replace(query, collection=one) for one in self.collections] or [query]

    def captures(self, query: IndexQuery, resume_at: str | None) -> Iterator[IndexBatch]:
        lines = [one.line for one in self.recorded if self._is_asked(query, one)]
        start = int(resume_at or 0)
        for at in range(start, max(len(lines), 1), self.batch):
            self.fault("index")
            self.asked["index"] += 1
            end = at + self.batch
            yield IndexBatch(lines[at:end], 0, str(end) if end < len(lines) else None)

    def response(self, capture: IndexedCapture) -> ArchivedResponse:
        self.fault(capture.url)
        self.asked["captures"] += 1
        found = [
            one for one in self.recorded
            if (one.url, moment(one.day)) == (capture.url, capture.captured_at)
        ]  # fmt: skip
        if not found:
            raise CaptureError("not_held", "it is not here", is_final=True)
        one = found[0]
        matches = one.digest is None or one.is_revisit
        return ArchivedResponse(
            one.url, moment(one.day), one.status, one.head, one.body, self.address(capture), matches
        )

    def address(self, capture: IndexedCapture) -> str:
        return f"https://archive.example/{capture.captured_at:%Y%m%d%H%M%S}/{capture.url}"

    def _is_asked(self, query: IndexQuery, one: Recorded) -> bool:
        if query.collection and query.collection != self.collections[0]:
            return False
        if query.match is Match.EXACT:
            return one.url == query.url
        host = query.url.split("/")[2]
        return one.host.endswith(host) and not one.is_hidden


def all_of(reports: Iterable[object]) -> object:
    """Iterate to the end; returns the last report."""
    *_, last = reports
    return last
