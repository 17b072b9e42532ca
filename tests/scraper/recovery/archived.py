"""Captures of a made-up site, and the WARC files that a web archive keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from scraper.archive.writer import ArchiveWriter, RecordOrigin, head, payload_sha1
from scraper.base.clock import to_utc_iso

HTML = ((b"Content-Type", b"text/html; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Archived:
    """What a site answered at a moment; ``body`` is as it was sent.

    ``revisit_of`` is the capture whose body a ``revisit`` record refers to: ``body`` is then
    that body.
    """

    url: str
    moment: datetime
    body: bytes
    status: str = "200 OK"
    fields: Sequence[tuple[bytes, bytes]] = HTML
    revisit_of: Archived | None = field(default=None, compare=False)

    @property
    def timestamp(self) -> str:
        """The moment as web archives write it."""
        return self.moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")

    @property
    def digest(self) -> str:
        """The SHA-1 of the body, in Base32."""
        return payload_sha1(self.body).removeprefix("sha1:")

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters."""
        fields = {name.lower(): value for name, value in self.fields}
        return fields.get(b"content-type", b"unk").partition(b";")[0].decode().strip()

    @property
    def head(self) -> bytes:
        """The status line and the headers as the site sent them."""
        return head(f"HTTP/1.1 {self.status}", self.fields)


@dataclass(frozen=True, slots=True)
class Record:
    """Where a WARC file has the record of a capture, in bytes."""

    archived: Archived
    warc_file: str
    offset: int
    length: int


def write_archive(folder: Path, captures: Iterable[Archived]) -> list[Record]:
    """Write captures to WARC files in a folder; return where their records are."""
    captures, writer = list(captures), ArchiveWriter(folder)
    for archived in captures:
        _write(writer, archived)
    writer.close()
    wanted = {(archived.url, to_utc_iso(archived.moment)): archived for archived in captures}
    return [record for path in sorted(folder.glob("*")) for record in _records(path, wanted)]


def _write(writer: ArchiveWriter, archived: Archived) -> None:
    path = archived.url.partition("//")[2].partition("/")[2]
    request = head(f"GET /{path} HTTP/1.1", [(b"Host", b"huyen.localhost")])
    origin = archived.revisit_of
    if origin is None:
        writer.write(archived.url, request, archived.head, archived.body, archived.moment)
        return
    earlier = RecordOrigin(origin.url, to_utc_iso(origin.moment), payload_sha1(origin.body))
    writer.write_revisit(archived.url, request, archived.head, earlier, archived.moment)


def _records(path: Path, wanted: dict[tuple[str, str], Archived]) -> Iterable[Record]:
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            headers = record.rec_headers
            key = headers.get_header("WARC-Target-URI"), headers.get_header("WARC-Date")
            if record.rec_type not in ("response", "revisit") or key not in wanted:
                continue
            record.raw_stream.read()
            offset = records.get_record_offset()
            yield Record(wanted[key], path.name, offset, records.get_record_length())
