"""Reading WARC files, ours and those of others, damaged ones too."""

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
from scraper.archive.framing import Frame, frames
from scraper.base.errors import ArchiveError

HTTP = ("http:", "https:")
WITHOUT_SCHEME = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/|$)")
"""An address of which a tool left the scheme out."""

DECIMALS = re.compile(r"\.\d+")


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
            record = next(map(_read_frame, frames(file, warc_offset)), None)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read ({error.strerror})") from error
    if record is None or record.page is None:
        problem = record.problem if record and record.problem else "no response record"
        raise ArchiveError(
            f"{path} at {warc_offset}: {problem}; `tinhuyen archive verify` checks the others"
        )
    return record.page


def iter_records(path: Path) -> Iterator[Record]:
    """Every record of a WARC file in its order, whole or damaged.

    After a damaged stretch reading goes on at the next record. Raises OSError where the file
    cannot be opened.
    """
    with path.open("rb") as file:
        for frame in frames(file):
            yield _read_frame(frame)


def _read_frame(frame: Frame) -> Record:
    if frame.problem is not None:
        return Record(frame.offset, "", frame.problem)
    loader = ArcWarcRecordLoader()
    kind = ""
    try:
        stream = BytesIO(frame.data)
        record = loader.parse_record_stream(stream, known_format="warc", check_digests=True)
        kind = record.rec_type or ""
        block = record.raw_stream.read()
        if record.digest_checker.passed is False:
            return Record(frame.offset, kind, "; ".join(record.digest_checker.problems))
        return Record(frame.offset, kind, page=_page(record, block))
    except UNREADABLE as error:
        problem = str(error).strip()[:200] if kind else f"not a WARC record ({error!s:.200})"
        return Record(frame.offset, kind, problem or type(error).__name__)


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
    moment = datetime.fromisoformat(DECIMALS.sub("", warc_date.strip()))
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
"""What the parsers raise on records that no writer should have written."""
