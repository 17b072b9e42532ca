"""Undoing a response's content encoding, within a limit: an archive may hold bombs too."""

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


def decode_body(body: bytes, content_encoding: str) -> bytes:
    """The body without its content encodings, of which the last named was applied last.

    A body that is not in the encoding that its header tells is given as it is: much software
    writes archives of bodies already decoded under the header that came. Raises ValueError where
    the decoded body is larger than MAX_BODY_BYTES.
    """
    for name in reversed(content_encoding.lower().split(",")):
        decode = DECODERS.get(name.strip())
        if decode is None:
            continue
        try:
            decoded = decode(body)
        except (zlib.error, brotli.error, zstd.ZstdError):
            return body
        if len(decoded) > MAX_BODY_BYTES:
            raise ValueError(f"the page is larger than {MAX_BODY_BYTES} bytes")
        body = decoded
    return body


def _gunzip(body: bytes) -> bytes:
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, MAX_BODY_BYTES + 1)


def _inflate(body: bytes) -> bytes:
    """Undo ``deflate``, which servers send with and without the zlib wrapper (RFC 9110, 8.4.1)."""
    try:
        return zlib.decompressobj().decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, MAX_BODY_BYTES + 1)


def _unbrotli(body: bytes) -> bytes:
    decoded: bytes = brotli.Decompressor().process(body, output_buffer_limit=MAX_BODY_BYTES + 1)
    return decoded


def _unzstd(body: bytes) -> bytes:
    return zstd.ZstdDecompressor().decompress(body, MAX_BODY_BYTES + 1)


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
