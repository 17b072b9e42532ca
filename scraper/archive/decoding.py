"""Undoing content encodings, whole or not at all, within a limit: an archive may hold bombs too."""

from __future__ import annotations

import codecs
import re
import sys
import zlib
from collections.abc import Callable
from typing import Any

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_PARTS = 10_000
"""Parts of one body (gzip members, frames): an honest part holds some kilobytes at least."""

MAX_ENCODINGS = 3
"""Encodings laid over one another; a body can be made that unpacks to itself without end."""

MAX_BODY_BYTES = 64_000_000
"""No page comes near it: the crawl itself stops at less."""

Decoder = Callable[[bytes, int], tuple[bytes, bool]]
"""Takes a body and a number of bytes; gives at most so many and whether the end was reached."""


class TruncatedError(ValueError):
    """The body ends before its encoding does."""


class TooLargeError(ValueError):
    """The body is larger decoded than is allowed."""


def decode(body: bytes, content_encoding: str, largest: int = MAX_BODY_BYTES) -> bytes:
    """The body without its encodings, of which the last named was applied last.

    A body that is not in an encoding that its header tells is given as it is: servers that
    announce gzip and send plain text are common, and so are archives of bodies already decoded
    under the header that came. Raises TruncatedError, TooLargeError.
    """
    names = [name.strip() for name in content_encoding.lower().split(",")]
    known = [name for name in names if name in DECODERS]
    if len(known) > MAX_ENCODINGS:
        raise TooLargeError(f"the page is encoded more than {MAX_ENCODINGS} times over")
    for name in reversed(known):
        try:
            decoded, is_whole = DECODERS[name](body, largest + 1)
        except (zlib.error, brotli.error, zstd.ZstdError):
            if _looks_encoded(body, name):
                raise TruncatedError("the body is damaged") from None
            continue
        if len(decoded) > largest:
            raise TooLargeError(f"the page is larger than {largest} bytes")
        if not is_whole:
            raise TruncatedError(f"the {name} body ends early")
        body = decoded
    return body


def is_whole_answer(status: int, content_range: str, content_length: int | None = None) -> bool:
    """Whether an answer 2xx holds the whole page, though nobody asked for a part of it.

    Any may, but a 206 that does not say that it holds all bytes, from the first to the last
    (RFC 9110, 14.4). ``content_length`` is that of the body as it came, where it is known.
    """
    if status != 206:
        return True
    found = CONTENT_RANGE.fullmatch(content_range)
    if found is None:
        return False
    first, last, total = map(int, found.groups())
    return first == 0 and last + 1 == total and content_length in (None, total)


def _gunzip(body: bytes, most: int) -> tuple[bytes, bool]:
    """Undo gzip, of one member or several (RFC 1952, 2.2), checksums included."""
    return _in_parts(
        body, most, lambda: zlib.decompressobj(wbits=31), lambda rest: GZIP.startswith(rest[:2])
    )


def _inflate(body: bytes, most: int) -> tuple[bytes, bool]:
    """Undo deflate, which servers send with and without the zlib wrapper (RFC 9110, 8.4.1.2)."""
    try:
        return _in_parts(body, most, zlib.decompressobj, _begins_zlib)
    except zlib.error:
        return _in_parts(body, most, lambda: zlib.decompressobj(wbits=-15), _begins_deflate)


def _begins_deflate(rest: bytes) -> bool:
    """Whether bytes begin a bare deflate stream, which has no mark: what can be inflated does."""
    try:
        return bool(rest.strip(b"\0")) and bool(zlib.decompressobj(wbits=-15).decompress(rest))
    except zlib.error:
        return False


def _begins_zlib(rest: bytes) -> bool:
    """Whether bytes begin a zlib stream, which has a check of its first two (RFC 1950, 2.2)."""
    return rest[0] & 15 == 8 and (len(rest) < 2 or (rest[0] * 256 + rest[1]) % 31 == 0)


def _in_parts(
    body: bytes, most: int, new_decoder: Callable[[], Any], begins_part: Callable[[bytes], bool]
) -> tuple[bytes, bool]:
    """Undo an encoding of one part or several; what follows and begins no part is left out.

    The body goes in by pieces: what lies behind a part comes back as a copy, which of a large body
    with many parts would be all of it for each.
    """
    decoded: list[bytes] = []
    parts, start, view = 0, 0, memoryview(body)
    while not parts or (start < len(body) and begins_part(body[start : start + PIECE_BYTES])):
        parts += 1
        if parts > MAX_PARTS:
            raise TooLargeError(f"the page has more than {MAX_PARTS} parts")
        decoder = new_decoder()
        while not decoder.eof and start < len(body):
            piece = view[start : start + PIECE_BYTES]
            decoded.append(decoder.decompress(piece, most))
            most -= len(decoded[-1])
            if most <= 0:
                return b"".join(decoded), decoder.eof
            start += len(piece) - len(decoder.unused_data)
        if not decoder.eof:
            return b"".join(decoded), False
    return b"".join(decoded), True


def _unbrotli(body: bytes, most: int) -> tuple[bytes, bool]:
    """Undo brotli, which knows no second stream: one that follows makes the body damaged."""
    decoder = brotli.Decompressor()
    decoded: bytes = decoder.process(body, output_buffer_limit=most)
    return decoded, decoder.is_finished()


def _unzstd(body: bytes, most: int) -> tuple[bytes, bool]:
    """Undo zstd, of one frame or several, some of which may hold no data (RFC 8878, 3.1)."""
    return _in_parts(body, most, zstd.ZstdDecompressor, _begins_frame)


def _begins_frame(rest: bytes) -> bool:
    return any(frame.startswith(rest[:4]) for frame in ZSTD)


def _looks_encoded(body: bytes, encoding: str) -> bool:
    """Whether a body that could not be decoded is damaged, and not just sent without encoding."""
    if encoding in MARKS:
        return body.startswith(MARKS[encoding])
    is_other = any(body.startswith(mark) for mark in MARKS.values())
    return not is_other and not body.startswith(BOMS) and bool(BINARY.search(body[:1024]))


PIECE_BYTES = 16_384
GZIP = b"\x1f\x8b"
ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + n]) + b"\x2a\x4d\x18" for n in range(16)))
MARKS: dict[str, bytes | tuple[bytes, ...]] = {"gzip": GZIP, "x-gzip": GZIP, "zstd": ZSTD}
"""How a body begins that really is in an encoding; the others have no mark."""

BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""What no text has in it: an encoding without a mark is told by it."""

CONTENT_RANGE = re.compile(r"\s*bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18})\s*", re.I | re.A)

DECODERS: dict[str, Decoder] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
