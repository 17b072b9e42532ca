"""Reads WARC files of this and other programs, including damaged ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from pipelines.items import Page
from scraper.archive.decoding import decode
from scraper.archive.framing import Frame, first_frame, frames
from scraper.archive.opening import Archive, open_warc, path_of
from scraper.archive.plain_records import HTTP_SCHEMES, Message, parse_plain
from scraper.archive.writer import RecordOrigin, payload_sha1
from scraper.base.errors import ArchiveError

WITHOUT_SCHEME = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/|$)")
"""A URL that some tools write without its scheme."""

FRACTION_OF_SECOND = re.compile(r"\.\d+")


@dataclass(frozen=True, slots=True)
class Revisit:
    """A record of a response without its body: another record has the same, with this digest."""

    url: str
    fetched_at: datetime
    payload_digest: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a WARC file, or a damaged part of the file.

    ``kind`` is the WARC-Type, empty if it cannot be read. ``problem`` says what is wrong with the
    record, None if nothing is. ``body`` is the decoded body of a response or resource record,
    ``page`` its page if it has the URL of one, and ``payload_digest`` the digest of the body as it
    came, by which a ``revisit`` record names it.
    """

    offset: int
    kind: str
    problem: str | None = None
    page: Page | None = None
    body: bytes | None = None
    payload_digest: str | None = None
    revisit: Revisit | None = None


def read_page(archive: Archive, warc_file: str, warc_offset: int) -> Page:
    """Return the page of a capture, with its body decoded.

    The file is read here or where it was pushed to; the archive may be the URL of one in a storage.
    Raises ArchiveError if it cannot be read, or the record is damaged or not a response.
    """
    record = _read_record(archive, warc_file, warc_offset)
    if record.page is None:
        raise _unreadable(path_of(archive, warc_file), record)
    return record.page


def read_record(path: Path, offset: int) -> Record:
    """Return the record of a WARC file at an offset. Raises ArchiveError if it cannot be read."""
    return _read_record(path.parent, path.name, offset)


def read_body(archive: Archive, warc_file: str, warc_offset: int) -> bytes:
    """Return the decoded body of a response or resource record, whatever its URL.

    Raises ArchiveError if the file cannot be read, or the record is damaged or without a body.
    """
    record = _read_record(archive, warc_file, warc_offset)
    if record.body is None:
        raise _unreadable(path_of(archive, warc_file), record)
    return record.body


def read_origin(folder: Path, warc_file: str, warc_offset: int) -> RecordOrigin | None:
    """Return what a ``revisit`` record says of a response, or None if it cannot be read here.

    A crawl asks for it: it never waits for the storage of a file that was pushed and removed.
    """
    try:
        with (folder / warc_file).open("rb") as file:
            frame = first_frame(file, warc_offset)
        if frame is None or frame.problem is not None:
            return None
        record = ArcWarcRecordLoader().parse_record_stream(BytesIO(frame.data), known_format="warc")
    except (OSError, *UNREADABLE):
        return None
    fields = [
        record.rec_headers.get_header(name)
        for name in ("WARC-Target-URI", "WARC-Date", "WARC-Payload-Digest")
    ]
    return RecordOrigin(*fields) if record.rec_type == "response" and all(fields) else None


def is_readable(path: Path, offset: int) -> bool:
    """Return whether a file has a whole record at an offset, by its digests. Raises OSError."""
    with path.open("rb") as file:
        frame = first_frame(file, offset)
    return frame is not None and frame.offset == offset and _read_frame(frame).problem is None


def iter_records(path: Path) -> Iterator[Record]:
    """Yield every record of a WARC file in order; reading continues after damaged parts.

    Raises OSError if the file cannot be opened.
    """
    with path.open("rb") as file:
        for frame in frames(file):
            yield _read_frame(frame)


def _read_record(archive: Archive, warc_file: str, offset: int) -> Record:
    try:
        with open_warc(archive, warc_file) as file:
            frame = first_frame(file, offset)
    except OSError as error:
        path = path_of(archive, warc_file)
        raise ArchiveError(f"{path} cannot be read ({error.strerror})") from error
    return Record(offset, "") if frame is None else _read_frame(frame)


def _unreadable(path: str, record: Record) -> ArchiveError:
    problem = record.problem or "no response record"
    return ArchiveError(
        f"{path} at {record.offset}: {problem}; `tinhuyen archive verify` checks the others"
    )


def _read_frame(frame: Frame) -> Record:
    if frame.problem is not None:
        return Record(frame.offset, "", frame.problem)
    message = parse_plain(frame.data)
    if message is None:
        return _read_by_warcio(frame)
    try:
        return _record(frame.offset, message)
    except UNREADABLE as error:
        return Record(frame.offset, message.kind, _problem(error))


def _read_by_warcio(frame: Frame) -> Record:
    """Read any record, plain or not, damaged or not."""
    loader = ArcWarcRecordLoader()
    kind = ""
    try:
        stream = BytesIO(frame.data)
        record = loader.parse_record_stream(stream, known_format="warc", check_digests=True)
        kind = record.rec_type or ""
        block = record.raw_stream.read()
        if record.digest_checker.passed is False:
            return Record(frame.offset, kind, "; ".join(record.digest_checker.problems))
        if kind == "revisit":
            return Record(frame.offset, kind, revisit=_revisit(record))
        if kind not in ("response", "resource"):
            return Record(frame.offset, kind)
        return _record(frame.offset, _message(record, block))
    except UNREADABLE as error:
        problem = _problem(error) if kind else f"not a WARC record ({error!s:.200})"
        return Record(frame.offset, kind, problem)


def _problem(error: Exception) -> str:
    return str(error).strip()[:200] or type(error).__name__


def _record(offset: int, message: Message) -> Record:
    """Return what a record of a request, response or resource holds. Raises ``UNREADABLE``."""
    if message.kind == "request":
        return Record(offset, message.kind)
    body = _body(message)
    digest = message.payload_digest or payload_sha1(message.block)
    return Record(offset, message.kind, page=_page(message, body), body=body, payload_digest=digest)


def _revisit(record: ArcWarcRecord) -> Revisit | None:
    """Return what a ``revisit`` record says, None if it does not name the body by its digest."""
    names = ("WARC-Target-URI", "WARC-Date", "WARC-Payload-Digest")
    url, date, digest = map(record.rec_headers.get_header, names)
    return Revisit(url, _moment(date), digest) if url and date and digest else None


def _body(message: Message) -> bytes:
    """Return a body without the encodings that its headers name."""
    block = message.block
    if message.headers.get("transfer-encoding", "").lower() == "chunked":
        block = ChunkedDataReader(BytesIO(block)).read()
    return decode(block, message.headers.get("content-encoding", ""))


def _page(message: Message, body: bytes) -> Page | None:
    """Return the page of a response or resource record, None if its URL is not that of a page."""
    url = message.url or ""
    if message.kind == "resource" and WITHOUT_SCHEME.match(url):
        url = f"http://{url}"
    if not url.startswith(HTTP_SCHEMES):
        return None
    return Page(
        url=url,
        final_url=url,
        status=message.status,
        headers=message.headers,
        body=body,
        fetched_at=_moment(message.date),
    )


def _message(record: ArcWarcRecord, block: bytes) -> Message:
    field = record.rec_headers.get_header
    url, date, digest = field("WARC-Target-URI"), field("WARC-Date"), field("WARC-Payload-Digest")
    headers, status = _http_head(record)
    return Message(record.rec_type, url, date, digest, headers, status, block)


def _http_head(record: ArcWarcRecord) -> tuple[dict[str, str], int]:
    """Return the headers by lower-case name, and the status; a resource has its type only."""
    if record.http_headers is None:
        return {"content-type": record.content_type or ""}, 200
    headers: dict[str, str] = {}
    for name, value in record.http_headers.headers:
        known = headers.get(name.lower())
        headers[name.lower()] = f"{known}, {value}" if known is not None else value
    return headers, int(record.http_headers.get_statuscode())


def _moment(warc_date: str) -> datetime:
    """Parse a WARC-Date: ISO 8601 in UTC, with up to nine decimals in WARC 1.1."""
    moment = datetime.fromisoformat(FRACTION_OF_SECOND.sub("", warc_date.strip()))
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC)


UNREADABLE = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    ChunkedDataException,
    ValueError,
    AttributeError,
    IndexError,
    EOFError,
)
"""Exceptions of the parsers for malformed records."""
