"""Reading WARC files, ours and those of others, damaged ones too."""

from __future__ import annotations

import logging
import mmap
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from pipelines.page import Page
from scraper.archive.decoding import MAX_BODY_BYTES, decode
from scraper.errors import ArchiveError

GZIP_MAGIC = b"\x1f\x8b\x08"
HTTP = ("http:", "https:")
WITHOUT_SCHEME = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/|$)")
"""An address of which a tool left the scheme out."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a WARC file, or a damaged stretch of one.

    ``kind`` is the WARC-Type, empty where it could not be read; ``problem`` says what is wrong
    with the record, None where it is whole; ``page`` is what a response record answered.
    """

    offset: int
    kind: str
    problem: str | None = None
    page: Page | None = None


def read_page(folder: Path, warc_file: str, warc_offset: int) -> Page:
    """The page that a capture points to, its body decoded.

    Raises ArchiveError where the file is missing or the record is damaged or no response.
    """
    path = folder / warc_file
    try:
        with path.open("rb") as file:
            file.seek(warc_offset)
            record = next(_records_from(file, warc_offset), None)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read ({error.strerror})") from error
    if record is None or record.page is None:
        problem = record.problem if record and record.problem else "no response record"
        raise ArchiveError(
            f"{path} at {warc_offset}: {problem}; `tinhuyen archive verify` checks the others"
        )
    return record.page


def iter_pages(path: Path) -> Iterator[Page]:
    """Every page that the responses of a WARC file hold; damaged records are skipped."""
    for record in iter_records(path):
        if record.problem:
            logger.warning(
                "record skipped file=%s offset=%d reason=%r", path, record.offset, record.problem
            )
        elif record.page is not None:
            yield record.page


def iter_records(path: Path) -> Iterator[Record]:
    """Every record of a WARC file in its order, whole or damaged.

    After a damaged stretch of a compressed file reading goes on at the next record that begins a
    gzip member. Raises OSError where the file cannot be opened.
    """
    offset: int | None = 0
    with path.open("rb") as file:
        while offset is not None:
            file.seek(offset)
            damaged: Record | None = None
            for record in _records_from(file, offset):
                yield record
                damaged = record if record.problem and not record.kind else None
            offset = _next_member(file, damaged.offset + 1) if damaged else None


def _records_from(file: BinaryIO, start: int) -> Iterator[Record]:
    """The records from an offset on; ends with a damaged one where no further one can be read."""
    offset = start
    records = ArchiveIterator(file, check_digests=True)
    try:
        for record in records:
            read = _read_record(record, offset)
            yield read
            if not read.kind:
                return
            records.read_to_end()
            offset = records.offset
    except (ArchiveLoadFailed, zlib.error, ValueError, AttributeError, EOFError) as error:
        yield Record(offset, "", f"not a WARC record ({str(error).strip()[:200]})")
        return
    if offset < os.fstat(file.fileno()).st_size:
        yield Record(offset, "", "unfinished")


def _read_record(record: ArcWarcRecord, offset: int) -> Record:
    block = record.raw_stream.read(MAX_BODY_BYTES)
    while record.raw_stream.read(1 << 16):
        pass
    if record.raw_stream.limit > 0:
        return Record(offset, "", "unfinished")
    if record.digest_checker.passed is False:
        return Record(offset, record.rec_type, "; ".join(record.digest_checker.problems))
    try:
        return Record(offset, record.rec_type, page=_page(record, block))
    except ValueError as error:
        return Record(offset, record.rec_type, str(error))


def _page(record: ArcWarcRecord, block: bytes) -> Page | None:
    """What a response or resource record answered, or None for another kind of record."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type == "resource" and WITHOUT_SCHEME.match(url):
        url = f"http://{url}"
    if record.rec_type not in ("response", "resource") or not url.startswith(HTTP):
        return None
    headers, status = _http_head(record)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        block = ChunkedDataReader(BytesIO(block)).read()
    return Page(
        url=url,
        final_url=url,
        status=status,
        headers=headers,
        body=decode(block, headers.get("content-encoding", "")),
        fetched_at=_moment(record.rec_headers.get_header("WARC-Date")),
    )


def _http_head(record: ArcWarcRecord) -> tuple[dict[str, str], int]:
    """Header fields by lower case name and the status; a resource record has only its type."""
    if record.http_headers is None:
        return {"content-type": record.content_type or ""}, 200
    headers: dict[str, str] = {}
    for name, value in record.http_headers.headers:
        known = headers.get(name.lower())
        headers[name.lower()] = f"{known}, {value}" if known is not None else value
    return headers, int(record.http_headers.get_statuscode())


def _moment(warc_date: str) -> datetime:
    """WARC-Date, a UTC time in the W3C profile of ISO 8601, with up to nine decimals in 1.1."""
    whole, _, _ = warc_date.removesuffix("Z").partition(".")
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)


def _next_member(file: BinaryIO, start: int) -> int | None:
    """The offset of the next gzip member that holds a WARC record, or None."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        offset = data.find(GZIP_MAGIC, start)
        while offset >= 0:
            if _begins_record(data[offset : offset + 512]):
                return offset
            offset = data.find(GZIP_MAGIC, offset + 1)
    return None


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, 5) == b"WARC/"
    except zlib.error:
        return False
