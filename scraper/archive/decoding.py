"""Undoing content encodings, whole or not at all, within a limit: an archive may hold bombs too."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

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

    A body that is not in the encoding that its header tells is given as it is: servers that
    announce gzip and send plain text are common, and so are archives of bodies already decoded
    under the header that came. Raises TruncatedError, TooLargeError.
    """
    for name in reversed(content_encoding.lower().split(",")):
        decoder = DECODERS.get(name.strip())
        if decoder is None:
            continue
        try:
            decoded, is_whole = decoder(body, largest + 1)
        except (zlib.error, brotli.error, zstd.ZstdError):
            if name.strip() in MARKS and body.startswith(MARKS[name.strip()]):
                raise TruncatedError("the body is damaged") from None
            return body
        if len(decoded) > largest:
            raise TooLargeError(f"the page is larger than {largest} bytes")
        if not is_whole:
            raise TruncatedError(f"the {name.strip()} body ends early")
        body = decoded
    return body


def _gunzip(body: bytes, most: int) -> tuple[bytes, bool]:
    """Undo gzip, of one member or several (RFC 1952, 2.2), checksums included."""
    parts: list[bytes] = []
    while body.startswith(GZIP) or not parts:
        inflate = zlib.decompressobj(wbits=31)
        parts.append(inflate.decompress(body, most))
        most -= len(parts[-1])
        if not inflate.eof or most <= 0:
            return b"".join(parts), inflate.eof
        body = inflate.unused_data
    return b"".join(parts), True


def _inflate(body: bytes, most: int) -> tuple[bytes, bool]:
    """Undo deflate, which servers send with and without the zlib wrapper (RFC 9110, 8.4.1.2)."""
    try:
        inflate = zlib.decompressobj()
        decoded = inflate.decompress(body, most)
    except zlib.error:
        inflate = zlib.decompressobj(wbits=-15)
        decoded = inflate.decompress(body, most)
    return decoded, inflate.eof


def _unbrotli(body: bytes, most: int) -> tuple[bytes, bool]:
    decoder = brotli.Decompressor()
    decoded: bytes = decoder.process(body, output_buffer_limit=most)
    return decoded, decoder.is_finished()


def _unzstd(body: bytes, most: int) -> tuple[bytes, bool]:
    decoder = zstd.ZstdDecompressor()
    decoded = decoder.decompress(body, most)
    return decoded, decoder.eof


GZIP = b"\x1f\x8b"
MARKS = {"gzip": GZIP, "x-gzip": GZIP, "zstd": b"\x28\xb5\x2f\xfd"}
"""How a body begins that really is in an encoding."""

DECODERS: dict[str, Decoder] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
