"""One WARC record as a service hands it out: the response of the capture that was asked for."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from scraper.archive.inflation import InflateError, inflater
from scraper.archive.writer import head
from scraper.recovery.recorded_response import has_digest
from scraper.recovery.web_archive import ArchivedResponse, CaptureError, IndexedCapture

MAX_RECORD_BYTES = 65_000_000
END_OF_HEAD = b"\r\n\r\n"


def response_in_record(member: bytes, capture: IndexedCapture, address: str) -> ArchivedResponse:
    """Return the response of a ``response`` record, compressed or not.

    Raises CaptureError for a record of another capture, for one that is cut, and for a ``revisit``
    record, which has no body.
    """
    record, block = _record(member, capture)
    _check_record(record, capture)
    head_bytes, separator, body = block.partition(END_OF_HEAD)
    lines = head_bytes.split(b"\r\n")
    status = _status(lines[0])
    if not separator or status is None:
        raise _error(capture, "unreadable", "its record has no HTTP response")
    fields = [(name.strip(), value.strip()) for name, _, value in _pairs(lines[1:])]
    body = _without_chunks(fields, body)
    return ArchivedResponse(
        url=capture.url,
        captured_at=capture.captured_at,
        status=status,
        head=head(lines[0].decode("latin-1"), fields),
        body=body,
        address=address,
        digest_matches=has_digest(body, capture.digest),
    )


def _record(member: bytes, capture: IndexedCapture) -> tuple[ArcWarcRecord, bytes]:
    """Return a record and its whole block."""
    with suppress(ArchiveLoadFailed, StopIteration, ValueError):
        record = next(iter(ArchiveIterator(BytesIO(_inflated(member, capture)), True)))
        block = record.raw_stream.read()
        if len(block) == record.length:
            return record, block
    raise _error(capture, "truncated", "its record is incomplete", is_final=False)


def _inflated(member: bytes, capture: IndexedCapture) -> bytes:
    """Return the bytes of a record, which may be a gzip member."""
    if not member.startswith(b"\x1f\x8b"):
        return member
    decoder = inflater()
    try:
        plain = decoder.decompress(member, MAX_RECORD_BYTES)
    except InflateError:
        return b""
    if len(plain) >= MAX_RECORD_BYTES:
        raise _error(capture, "too_large", f"its record has more than {MAX_RECORD_BYTES} bytes")
    return plain if decoder.eof else b""


def _check_record(record: ArcWarcRecord, capture: IndexedCapture) -> None:
    """Raise CaptureError unless a record is the response of this address at this moment."""
    headers = record.rec_headers
    url = (headers.get_header("WARC-Target-URI") or "").strip("<>")
    if url != capture.url:
        raise _error(capture, "other_url", f"its record is of {url}")
    if _moment(headers.get_header("WARC-Date")) != capture.captured_at:
        raise _error(capture, "other_moment", f"it is of {headers.get_header('WARC-Date')}")
    if headers.get_header("WARC-Truncated"):
        raise _error(capture, "truncated", f"it was cut: {headers.get_header('WARC-Truncated')}")
    if record.rec_type == "revisit":
        raise _error(capture, "no_body", "its record refers to another one for the body")
    if record.rec_type != "response":
        raise _error(capture, "unreadable", f"its record is of the type {record.rec_type}")


def _moment(value: str | None) -> datetime | None:
    """Return a WARC-Date to the second, as an index has it."""
    try:
        moment = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC, microsecond=0).astimezone(UTC)


def _status(line: bytes) -> int | None:
    words = line.split(maxsplit=2)
    is_status = len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit()
    return int(words[1]) if is_status and len(words[1]) == 3 else None


def _pairs(lines: list[bytes]) -> list[tuple[bytes, bytes, bytes]]:
    return [line.partition(b":") for line in lines if b":" in line]


def _without_chunks(fields: list[tuple[bytes, bytes]], body: bytes) -> bytes:
    """Return a body without the chunks of its transfer encoding, if it has any."""
    values = [value.lower() for name, value in fields if name.lower() == b"transfer-encoding"]
    if b"chunked" not in values:
        return body
    return bytes(ChunkedDataReader(BytesIO(body)).read())


def _error(
    capture: IndexedCapture, reason: str, problem: str, *, is_final: bool = True
) -> CaptureError:
    return CaptureError(reason, f"{capture.url}: {problem}", is_final=is_final)
