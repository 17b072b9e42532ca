"""Decodes Content-Encoding completely or not at all, with a size limit against zip bombs."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Callable
from typing import Any

import brotli

from scraper.archive.inflation import InflateError, inflater

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_PARTS = 10_000
"""Parts of one body (gzip members, zstd frames); a real part has kilobytes or more."""

MAX_ENCODINGS = 3
"""Encodings of one body; a crafted body can decode to itself without end."""

MAX_BODY_BYTES = 64_000_000
"""Bytes of a decoded body; the crawl has a lower limit, ``DOWNLOAD_MAXSIZE``."""

Decoder = Callable[[bytes, int], tuple[bytes, bool]]
"""Takes a body and a number of bytes; returns at most so many, and whether the body ended."""


class TruncatedError(ValueError):
    """The body ends before its encoding does: it is truncated or damaged."""


class TooLargeError(ValueError):
    """The decoded body is larger than allowed."""


def decode(body: bytes, content_encoding: str, largest: int = MAX_BODY_BYTES) -> bytes:
    """Decode a body by its Content-Encoding header; the last encoding is decoded first.

    ``largest`` is in bytes. A body that does not have the encoding of its header is returned as it
    is: many servers announce gzip and send plain text, and many archives have decoded bodies with
    the original header. Raises TruncatedError and TooLargeError.
    """
    names = [name.strip() for name in content_encoding.lower().split(",")]
    known = [name for name in names if name in DECODERS]
    if len(known) > MAX_ENCODINGS:
        raise TooLargeError(f"the body has more than {MAX_ENCODINGS} encodings")
    for name in reversed(known):
        try:
            decoded, is_whole = DECODERS[name](body, largest + 1)
        except (InflateError, brotli.error, zstd.ZstdError):
            if _looks_encoded(body, name):
                raise TruncatedError("the body is damaged") from None
            continue
        if len(decoded) > largest:
            raise TooLargeError(f"the body is larger than {largest} bytes")
        if not is_whole:
            raise TruncatedError(f"the {name} body ends early")
        body = decoded
    return body


def is_whole_answer(status: int, content_range: str, content_length: int | None = None) -> bool:
    """Return whether a 2xx response has the whole page.

    A 206 does only if its Content-Range covers all bytes (RFC 9110, 14.4). ``content_length`` is
    the number of bytes received, None if unknown.
    """
    if status != 206:
        return True
    found = CONTENT_RANGE.fullmatch(content_range)
    if found is None:
        return False
    first, last, total = map(int, found.groups())
    return first == 0 and last + 1 == total and content_length in (None, total)


def _gunzip(body: bytes, most: int) -> tuple[bytes, bool]:
    """Decode gzip with one or more members (RFC 1952, 2.2), and verify the checksums."""
    return _in_parts(body, most, inflater, lambda rest: GZIP.startswith(rest[:2]))


def _inflate(body: bytes, most: int) -> tuple[bytes, bool]:
    """Decode deflate with or without the zlib wrapper (RFC 9110, 8.4.1.2)."""
    try:
        return _in_parts(body, most, lambda: inflater(15), _begins_zlib)
    except InflateError:
        return _in_parts(body, most, lambda: inflater(-15), _begins_deflate)


def _begins_deflate(rest: bytes) -> bool:
    """Return whether bytes begin a raw deflate stream: it has no signature, so try to inflate."""
    try:
        return bool(rest.strip(b"\0")) and bool(inflater(-15).decompress(rest))
    except InflateError:
        return False


def _begins_zlib(rest: bytes) -> bool:
    """Return whether bytes begin a zlib stream, by the check bits of its header (RFC 1950, 2.2)."""
    return rest[0] & 15 == 8 and (len(rest) < 2 or (rest[0] * 256 + rest[1]) % 31 == 0)


def _in_parts(
    body: bytes, most: int, new_decoder: Callable[[], Any], begins_part: Callable[[bytes], bool]
) -> tuple[bytes, bool]:
    """Decode a body of one or more parts; trailing bytes that begin no part are ignored.

    The body is decoded in pieces, because zlib copies all input after a part (``unused_data``):
    with many parts, decoding at once would take quadratic time.
    """
    decoded: list[bytes] = []
    parts, start, view = 0, 0, memoryview(body)
    while not parts or (start < len(body) and begins_part(body[start : start + PIECE_BYTES])):
        parts += 1
        if parts > MAX_PARTS:
            raise TooLargeError(f"the body has more than {MAX_PARTS} parts")
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
    """Decode brotli, which has one stream only: bytes after it are an error."""
    decoder = brotli.Decompressor()
    decoded: bytes = decoder.process(body, output_buffer_limit=most)
    return decoded, decoder.is_finished()


def _unzstd(body: bytes, most: int) -> tuple[bytes, bool]:
    """Decode zstd with one or more frames, some of which can be skippable (RFC 8878, 3.1)."""
    return _in_parts(body, most, zstd.ZstdDecompressor, _begins_frame)


def _begins_frame(rest: bytes) -> bool:
    return any(frame.startswith(rest[:4]) for frame in ZSTD)


def _looks_encoded(body: bytes, encoding: str) -> bool:
    """Return whether a body that cannot be decoded is damaged, not just sent unencoded."""
    if encoding in MARKS:
        return body.startswith(MARKS[encoding])
    is_other = any(body.startswith(mark) for mark in MARKS.values())
    return not is_other and not body.startswith(BOMS) and bool(BINARY.search(body[:1024]))


PIECE_BYTES = 16_384
GZIP = b"\x1f\x8b"
ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + n]) + b"\x2a\x4d\x18" for n in range(16)))
MARKS: dict[str, bytes | tuple[bytes, ...]] = {"gzip": GZIP, "x-gzip": GZIP, "zstd": ZSTD}
"""The first bytes of an encoded body; deflate and brotli have no signature."""

BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""Bytes that no text contains: they show that a body without a signature is encoded."""

CONTENT_RANGE = re.compile(r"\s*bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18})\s*", re.I | re.A)

DECODERS: dict[str, Decoder] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
