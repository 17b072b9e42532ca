"""Finds the records of a WARC file, also in damaged and hostile files, in linear time.

A Content-Length counts only if the end of a record follows the block.
"""

from __future__ import annotations

import io
import mmap
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from scraper.archive.decoding import MAX_BODY_BYTES
from scraper.archive.inflation import GZIP_WBITS, InflateError, inflater

GZIP_MAGIC = b"\x1f\x8b\x08"
WARC_VERSION = b"WARC/1."
NEXT_RECORD = b"\n" + WARC_VERSION
ARC_START = b"filedesc:"
RECORD_END = b"\r\n\r\n"
MAX_HEAD_BYTES = 1_000_000
MAX_MEMBER_BYTES = MAX_BODY_BYTES + MAX_HEAD_BYTES
MEMBER_CHUNK_BYTES = 16_384
FIRST_CHUNK_BYTES, MAX_CHUNK_BYTES = 512, 1_000_000
FIRST_WINDOW_BYTES = 1 << 16
"""What is read first of a file that is not on a disk: most records are smaller."""

UNFINISHED = "unfinished"

HEAD_END = re.compile(rb"\n(?:\r?\n|WARC/1\.)")
"""The blank line after the headers, or the next record if the headers are truncated."""

CONTENT_LENGTH = re.compile(rb"\ncontent-length[ \t]*:([^\r\n]*)", re.I)
BLANK_LINES = re.compile(rb"[\r\n]{0,16}")

Bytes = bytes | mmap.mmap

Member = tuple[bytes, int | None, str | None, int]
"""The content of a gzip member, its end if known, a problem, and how far the file was read."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of a record, or what is wrong at this offset."""

    offset: int
    data: bytes = b""
    problem: str | None = None


def frames(file: BinaryIO, start: int = 0) -> Iterator[Frame]:
    """Yield the records of a file from an offset on, and a frame for each damaged part.

    Reading continues after a damaged part at the next record that begins a line or, in a
    compressed file, a gzip member.
    """
    file.seek(0, 2)
    if file.tell() <= start:
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield from _frames_of(data, start)


def first_frame(file: BinaryIO, start: int) -> Frame | None:
    """Return the first of the ``frames`` of a file from an offset on, None if there is none.

    A whole gzip member is read without the file around it. Of a file in object storage, no more is
    read than the record needs.
    """
    file.seek(start)
    record = _whole_member(file)
    found = None if record.startswith(ARC_START) else next(_lines(record, 0, start), None)
    if found is None and not _is_on_disk(file):
        return _first_in_windows(file, start)
    return found or next(frames(file, start), None)


def _is_on_disk(file: BinaryIO) -> bool:
    try:
        return file.fileno() >= 0
    except io.UnsupportedOperation:
        return False


def _first_in_windows(file: BinaryIO, start: int) -> Frame | None:
    """Return the first frame of a file that cannot be mapped into memory."""
    end, window = file.seek(0, io.SEEK_END), FIRST_WINDOW_BYTES
    while True:
        file.seek(start)
        data = file.read(window)
        frame = next(_frames_of(data, 0), None)
        is_partial = start + len(data) < end and (frame is None or frame.problem == UNFINISHED)
        if is_partial and window <= 2 * MAX_MEMBER_BYTES:
            window *= 4
            continue
        if is_partial:
            return Frame(start, problem=TOO_LARGE)
        return frame and replace(frame, offset=start + frame.offset)


def _whole_member(file: BinaryIO) -> bytes:
    """Return the content of the gzip member at the position of a file, b"" if it is not whole."""
    inflate, parts, size = inflater(), [], 0
    try:
        while not inflate.eof and (piece := file.read(MEMBER_CHUNK_BYTES)):
            parts.append(inflate.decompress(piece, MAX_MEMBER_BYTES + 1 - size))
            size += len(parts[-1])
            if size > MAX_MEMBER_BYTES:
                return b""
    except InflateError:
        return b""
    return b"".join(parts) if inflate.eof else b""


def _frames_of(data: Bytes, start: int) -> Iterator[Frame]:
    if data[start : start + len(ARC_START)] == ARC_START:
        yield Frame(start, problem=ARC_NOT_SUPPORTED)
    elif _is_compressed(data, start):
        yield from _members(data, start)
    else:
        yield from _lines(data, start, None)


def _is_compressed(data: Bytes, start: int) -> bool:
    """Return whether the first record that can be found is in a gzip member."""
    if data[start : start + len(WARC_VERSION)] == WARC_VERSION:
        return False
    if data[start : start + 3] == GZIP_MAGIC:
        return True
    member, line = _next_member(data, start), data.find(NEXT_RECORD, start)
    return member is not None and not 0 <= line < member


ARC_NOT_SUPPORTED = "an ARC file, which is not read: convert it to WARC (`warcio recompress`)"


def _members(data: Bytes, start: int) -> Iterator[Frame]:
    """Yield the records of a compressed file, in which each is usually a gzip member.

    The bytes of a damaged member are searched for further members. If that has already decompressed
    twice the size of the file, only the bytes after it are searched.
    """
    offset: int | None = start
    spent = 0
    while offset is not None and offset < len(data):
        record, end, problem, reached = _decompress(data, offset)
        spent += reached - offset
        if record.startswith(ARC_START):
            yield Frame(offset, problem=ARC_NOT_SUPPORTED)
            return
        if problem is not None:
            yield Frame(offset, problem=problem)
        elif record:
            yield from _lines(record, 0, offset)
        if end is None or data[end : end + 3] != GZIP_MAGIC:
            following = end if end is not None else offset + 1
            if spent > 2 * len(data):
                following = max(following, reached)
            end = _next_member(data, following)
            if problem is None and end is None and following < len(data):
                yield Frame(following, problem=f"{NO_RECORD} (no gzip member)")
        offset = end


def _decompress(data: Bytes, offset: int) -> Member:
    """Return what a gzip member holds. What zlib-ng cannot read, zlib says."""
    found = _inflate(data, offset, inflater())
    if found[2] is None:
        return found
    return _inflate(data, offset, zlib.decompressobj(wbits=GZIP_WBITS))


def _inflate(data: Bytes, offset: int, inflate: Any) -> Member:
    parts: list[bytes] = []
    size = 0
    place, chunk = offset, FIRST_CHUNK_BYTES
    try:
        while not inflate.eof and place < len(data):
            piece = data[place : place + chunk]
            place, chunk = place + len(piece), min(2 * chunk, MAX_CHUNK_BYTES)
            while piece and not inflate.eof:
                parts.append(inflate.decompress(piece, MAX_MEMBER_BYTES + 1 - size))
                size += len(parts[-1])
                if size > MAX_MEMBER_BYTES:
                    return b"", None, MEMBER_TOO_LARGE, place
                piece = inflate.unconsumed_tail
    except (zlib.error, InflateError) as error:
        return b"", None, f"{NO_RECORD} ({error})", place
    if not inflate.eof:
        return b"", None, UNFINISHED, place
    return b"".join(parts), place - len(inflate.unused_data), None, place


MEMBER_TOO_LARGE = (
    f"a gzip member of more than {MAX_BODY_BYTES} bytes: it holds a large file, or many records,"
    " of which each should be one (`warcio recompress`)"
)
TOO_LARGE = f"larger than {MAX_BODY_BYTES} bytes"
NO_RECORD = "not a WARC record"


def _lines(data: Bytes, start: int, member: int | None) -> Iterator[Frame]:
    """Yield the records of uncompressed bytes; ``member`` is the offset of their gzip member.

    A block larger than ``MAX_BODY_BYTES`` is skipped and reported.
    """
    offset = _after_blank(data, start)
    while offset < len(data):
        place = offset if member is None else member
        block, length, problem = _measure(data, offset)
        if problem is None and length > MAX_BODY_BYTES:
            yield Frame(place, problem=TOO_LARGE)
        elif problem is None:
            yield Frame(place, data[offset : block + length])
        else:
            yield Frame(place, problem=problem)
        if problem is not None:
            following = data.find(NEXT_RECORD, offset)
            offset = following + 1 if following >= 0 else len(data)
        else:
            offset = _after_blank(data, block + length)


def _measure(data: Bytes, offset: int) -> tuple[int, int, str | None]:
    """Return the offset and the length of a record's block, and what is wrong with them."""
    if data[offset : offset + len(WARC_VERSION)] != WARC_VERSION:
        return 0, 0, NO_RECORD
    end = HEAD_END.search(data, offset, offset + MAX_HEAD_BYTES)
    if end is None and len(data) - offset < MAX_HEAD_BYTES:
        return 0, 0, UNFINISHED
    if end is None or end[0].endswith(WARC_VERSION):
        return 0, 0, f"{NO_RECORD} (its headers do not end)"
    written = [value.strip() for value in CONTENT_LENGTH.findall(data[offset : end.end()])]
    if len(written) != 1 or not written[0].isdigit() or len(written[0]) > 18:
        return 0, 0, f"{NO_RECORD} (no valid Content-Length)"
    block, length = end.end(), int(written[0])
    if block + length > len(data):
        return 0, 0, UNFINISHED
    following = _after_blank(data, block + length)
    is_followed = (
        following == len(data) or data[following : following + len(WARC_VERSION)] == WARC_VERSION
    )
    if not is_followed and data[block + length : block + length + len(RECORD_END)] != RECORD_END:
        return 0, 0, f"{NO_RECORD} (wrong Content-Length)"
    return block, length, None


def _after_blank(data: Bytes, offset: int) -> int:
    found = BLANK_LINES.match(data, offset)
    return found.end() if found else offset


def _next_member(data: Bytes, start: int) -> int | None:
    """Return the offset of the next gzip member with a WARC record, or None."""
    offset = data.find(GZIP_MAGIC, start)
    while offset >= 0:
        if _begins_record(data[offset : offset + 512]):
            return offset
        offset = data.find(GZIP_MAGIC, offset + 1)
    return None


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(wbits=GZIP_WBITS).decompress(data, 5) == WARC_VERSION[:5]
    except zlib.error:
        return False
