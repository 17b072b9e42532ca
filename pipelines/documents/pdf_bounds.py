"""Refuse a PDF whose streams inflate without end, before PDFium allocates what they inflate to.

PDFium ends the process if it gets no memory. What a dictionary claims is not believed, since a
name can be written in many ways and be in another object: whatever begins as data of zlib is
inflated. Only streams of photos are not looked at: they are not decoded for the text. What is
hidden in them, or in streams of rarer filters, meets the limit of the process.
"""

from __future__ import annotations

import re
import zlib
from typing import Protocol

from pipelines.documents.document import UnreadableError

MAX_STREAM_BYTES = 50_000_000
"""Inflated bytes of a stream."""

MAX_STREAMS_BYTES = 300_000_000
"""Inflated bytes of all streams that PDFium may inflate for the text."""

_STREAM = re.compile(rb"stream[^\r\n]{0,100}+(?:\r\n?|\n)")
_PHOTO = re.compile(rb"/Subtype\s{0,9}/Image\b")
_MAX_DICTIONARY_BYTES = 1_000
_MAX_LAYERS = 4
"""Filters of one stream, one over the other."""

_CHUNK_BYTES = 1_000_000


def check_streams(body: bytes) -> None:
    """Raise UnreadableError if a stream, or all together, inflate to more than the bounds."""
    total = 0
    view = memoryview(body)
    for found in _STREAM.finditer(body):
        if body[found.start() - 3 : found.start()] == b"end" or not _is_zlib(view[found.end() :]):
            continue
        if not _is_photo(body, found.start()):
            total += _feed(zlib.decompressobj(), view[found.end() :], _MAX_LAYERS)
        if total > MAX_STREAMS_BYTES:
            raise UnreadableError("too_large")


def _is_photo(body: bytes, end: int) -> bool:
    """Whether the dictionary that ends here says that its stream is a photo."""
    dictionary = body[max(0, end - _MAX_DICTIONARY_BYTES) : end]
    return _PHOTO.search(dictionary, dictionary.rfind(b" obj") + 1) is not None


class Inflater(Protocol):
    """What ``zlib.decompressobj`` returns, whose class has no public name."""

    @property
    def eof(self) -> bool:
        """Whether the end of the compressed data has been reached."""

    @property
    def unconsumed_tail(self) -> bytes:
        """The data that was not read because of the limit of the last call."""

    def decompress(self, data: bytes | memoryview, max_length: int, /) -> bytes:
        """Return what data inflates to, at most ``max_length`` bytes of it."""


def _is_zlib(data: bytes | memoryview) -> bool:
    """Whether data begins with a header of zlib (RFC 1950)."""
    return len(data) > 1 and data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0


def _feed(layer: Inflater, data: bytes | memoryview, layers: int) -> int:
    """Return what data inflates to in its last layer; what is broken counts as far as it goes."""
    inner: Inflater | None = None
    total = deepest = offset = 0
    left: bytes | memoryview = b""
    while not layer.eof and (left or offset < len(data)):
        if not left:
            left = data[offset : offset + _CHUNK_BYTES]
            offset += len(left)
        try:
            inflated = layer.decompress(left, _CHUNK_BYTES)
        except zlib.error:
            break
        left = layer.unconsumed_tail
        if not total and layers > 1 and _is_zlib(inflated):
            inner = zlib.decompressobj()
        total += len(inflated)
        if inner is not None:
            deepest += _feed(inner, inflated, layers - 1)
        if max(total, deepest) > MAX_STREAM_BYTES:
            raise UnreadableError("too_large")
    return max(total, deepest)
