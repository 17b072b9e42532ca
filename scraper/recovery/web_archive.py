"""What a web archive answers: the lines of its index, and each capture as it was recorded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from scraper.base.errors import TinhuyenError


class Match(StrEnum):
    """Which addresses a query of an index is about: the ``matchType`` of the CDX protocol."""

    EXACT = "exact"
    PREFIX = "prefix"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """What an index is asked for; ``since`` and ``until`` are moments in UTC, None without limit.

    ``collection`` names the index if a service has several, such as ``CC-MAIN-2020-05``.
    """

    url: str
    match: Match
    since: datetime | None = None
    until: datetime | None = None
    collection: str = ""


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a service keeps the WARC record of a capture: file, offset and length in bytes."""

    warc_file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class IndexedCapture:
    """A line of an index.

    ``captured_at`` is in UTC, to the second. ``status`` is None if the line does not say it, as for
    ``revisit`` records. ``digest`` is the SHA-1 of the payload in Base32, in capitals and without
    a prefix, "" if unknown. ``length`` is the size of the compressed record, None if unknown.
    ``place`` is None if the service does not hand out records.
    """

    url: str
    captured_at: datetime
    status: int | None
    media_type: str
    digest: str
    length: int | None
    place: RecordPlace | None = None
    is_revisit: bool = False


class IndexBatch(NamedTuple):
    """Some lines of an index, in its order.

    ``broken`` counts lines that could not be read. ``resume_at`` is what the next call of
    ``captures`` begins with after these lines, None after the last ones.
    """

    captures: list[IndexedCapture]
    broken: int
    resume_at: str | None


@dataclass(frozen=True, slots=True)
class ArchivedResponse:
    """A response as the site sent it at ``captured_at`` (UTC), with its encodings.

    ``head`` is the status line and the headers with the empty line, ``body`` the bytes after it
    without transfer encoding. ``address`` is where the service shows the capture to readers.
    ``digest_matches`` is False if the body does not have the digest of the index: that digest then
    says nothing of other captures.
    """

    url: str
    captured_at: datetime
    status: int
    head: bytes
    body: bytes
    address: str
    digest_matches: bool = True


class CaptureError(TinhuyenError):
    """One capture cannot be had from its service; ``reason`` is a word for the plan.

    ``is_final`` says whether another attempt would be in vain.
    """

    kind = "capture"

    def __init__(self, reason: str, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.is_final = is_final


class ServiceError(TinhuyenError):
    """A service cannot be asked now: it is out of reach, or it has told us to stop.

    ``until`` is the moment (UTC) from which it may be asked again, None for the next night.
    """

    kind = "service"

    def __init__(self, message: str, until: datetime | None) -> None:
        super().__init__(message)
        self.until = until


class WebArchive(ABC):
    """A service with an index and captures. It keeps its own pauses.

    ``name`` is how the database and the user call it: ``internet-archive``, ``common-crawl``, or
    the address of a collection. ``finds_addresses`` says whether it is asked for single addresses
    that archived pages name: this costs one request each.
    """

    name: str
    finds_addresses: bool = True

    @abstractmethod
    def queries(self, query: IndexQuery) -> list[IndexQuery]:
        """Return the queries to be sent for one: one for each collection. Raises ServiceError."""

    @abstractmethod
    def captures(self, query: IndexQuery, resume_at: str | None) -> Iterator[IndexBatch]:
        """Yield the lines of an index from a place on. Raises ServiceError."""

    @abstractmethod
    def response(self, capture: IndexedCapture) -> ArchivedResponse:
        """Return a capture as it was recorded. Raises CaptureError or ServiceError."""

    @abstractmethod
    def address(self, capture: IndexedCapture) -> str:
        """Return the address at which readers see a capture."""
