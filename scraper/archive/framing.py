"""Where the records of a WARC file begin and end, in damaged and hostile files too.

Every step forward is taken once: a length is believed only if what ends a record follows it.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from scraper.archive.decoding import MAX_BODY_BYTES

GZIP_MAGIC = b"\x1f\x8b\x08"
VERSION = b"WARC/1."
NEXT_RECORD = b"\n" + VERSION
ARC = b"filedesc:"
RECORD_END = b"\r\n\r\n"
MAX_HEAD = 1_000_000
MAX_MEMBER = MAX_BODY_BYTES + MAX_HEAD
FIRST_CHUNK, LARGEST_CHUNK = 512, 1_000_000

HEAD_END = re.compile(rb"\n(?:\r?\n|WARC/1\.)")
"""The blank line below a head; a head that another record follows has none."""

LENGTH = re.compile(rb"\ncontent-length[ \t]*:([^\r\n]*)", re.I)
BLANK = re.compile(rb"[\r\n]{0,16}")

Bytes = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of a record from its offset on, or what is wrong there."""

    offset: int
    data: bytes = b""
    problem: str | None = None


def frames(file: BinaryIO, start: int = 0) -> Iterator[Frame]:
    """The records of a file from an offset on, whole or damaged.

    After a damaged one reading goes on at the next that begins a line or, in a compressed file, a
    gzip member.
    """
    file.seek(0, 2)
    if file.tell() <= start:
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[start : start + len(ARC)] == ARC:
            yield Frame(start, problem=NO_ARC)
        elif _is_compressed(data, start):
            yield from _members(data, start)
        else:
            yield from _lines(data, start, None)


def _is_compressed(data: mmap.mmap, start: int) -> bool:
    """Whether the first record that can be recognised stands in a gzip member."""
    if data[start : start + len(VERSION)] == VERSION:
        return False
    if data[start : start + 3] == GZIP_MAGIC:
        return True
    member, line = _next_member(data, start), data.find(NEXT_RECORD, start)
    return member is not None and not 0 <= line < member


NO_ARC = "an ARC file, which is not read: convert it to WARC (`warcio recompress`)"


def _members(data: mmap.mmap, start: int) -> Iterator[Frame]:
    """The records of a compressed file, of which usually each is a gzip member.

    After a damaged member its bytes are looked through for others; in a file in which that costs
    too much, only those behind it.
    """
    offset: int | None = start
    spent = 0
    while offset is not None and offset < len(data):
        record, end, problem, reached = _decompress(data, offset)
        spent += reached - offset
        if record.startswith(ARC):
            yield Frame(offset, problem=NO_ARC)
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


def _decompress(data: mmap.mmap, offset: int) -> tuple[bytes, int | None, str | None, int]:
    """What a gzip member holds, where it ends if that is known, what is wrong, how far was read."""
    inflate, parts, size = zlib.decompressobj(16 + zlib.MAX_WBITS), [], 0
    place, chunk = offset, FIRST_CHUNK
    try:
        while not inflate.eof and place < len(data):
            piece = data[place : place + chunk]
            place, chunk = place + len(piece), min(2 * chunk, LARGEST_CHUNK)
            while piece and not inflate.eof:
                parts.append(inflate.decompress(piece, MAX_MEMBER + 1 - size))
                size += len(parts[-1])
                if size > MAX_MEMBER:
                    return b"", None, MEMBER_TOO_LARGE, place
                piece = inflate.unconsumed_tail
    except zlib.error as error:
        return b"", None, f"{NO_RECORD} ({error})", place
    if not inflate.eof:
        return b"", None, "unfinished", place
    return b"".join(parts), place - len(inflate.unused_data), None, place


MEMBER_TOO_LARGE = (
    f"a gzip member of more than {MAX_BODY_BYTES} bytes: it holds a large file, or many records,"
    " of which each should be one (`warcio recompress`)"
)
TOO_LARGE = f"larger than {MAX_BODY_BYTES} bytes"
NO_RECORD = "not a WARC record"


def _lines(data: Bytes, start: int, member: int | None) -> Iterator[Frame]:
    """The records of plain bytes; ``member`` is the offset of the gzip member that they are from.

    A block that is larger than any page is not read.
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
    """Where the block of a record begins, its length, and why these cannot be right, if so."""
    if data[offset : offset + len(VERSION)] != VERSION:
        return 0, 0, NO_RECORD
    end = HEAD_END.search(data, offset, offset + MAX_HEAD)
    if end is None and len(data) - offset < MAX_HEAD:
        return 0, 0, "unfinished"
    if end is None or end[0].endswith(VERSION):
        return 0, 0, f"{NO_RECORD} (a head without end)"
    written = [value.strip() for value in LENGTH.findall(data[offset : end.end()])]
    if len(written) != 1 or not written[0].isdigit() or len(written[0]) > 18:
        return 0, 0, f"{NO_RECORD} (no length that can be right)"
    block, length = end.end(), int(written[0])
    if block + length > len(data):
        return 0, 0, "unfinished"
    following = _after_blank(data, block + length)
    is_followed = following == len(data) or data[following : following + len(VERSION)] == VERSION
    if not is_followed and data[block + length : block + length + len(RECORD_END)] != RECORD_END:
        return 0, 0, f"{NO_RECORD} (its length is wrong)"
    return block, length, None


def _after_blank(data: Bytes, offset: int) -> int:
    found = BLANK.match(data, offset)
    return found.end() if found else offset


def _next_member(data: mmap.mmap, start: int) -> int | None:
    """The offset of the next gzip member that holds a WARC record, or None."""
    offset = data.find(GZIP_MAGIC, start)
    while offset >= 0:
        if _begins_record(data[offset : offset + 512]):
            return offset
        offset = data.find(GZIP_MAGIC, offset + 1)
    return None


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, 5) == VERSION[:5]
    except zlib.error:
        return False
