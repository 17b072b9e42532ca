"""Refuse a PDF whose streams inflate without end, before PDFium allocates what they inflate to.

PDFium ends the process if it gets no memory. Streams of photos are not looked at: they are not
decoded for the text.
"""

from __future__ import annotations

import re
import zlib

from pipelines.documents.document import UnreadableError

MAX_STREAM_BYTES = 50_000_000
"""Inflated bytes of a stream."""

MAX_STREAMS_BYTES = 300_000_000
"""Inflated bytes of all streams that PDFium may inflate for the text."""

_STREAM = re.compile(rb"stream\r?\n")
_MAX_DICTIONARY_BYTES = 1_000
_MAX_FILTERS = 4
_CHUNK_BYTES = 1_000_000


def check_streams(body: bytes) -> None:
    """Raise UnreadableError if a stream, or all together, inflate to more than the bounds."""
    total = 0
    view = memoryview(body)
    for found in _STREAM.finditer(body):
        start = found.start()
        if body[start - 3 : start] == b"end":
            continue
        dictionary = body[max(0, start - _MAX_DICTIONARY_BYTES) : start]
        dictionary = dictionary[dictionary.rfind(b" obj") + 1 :]
        filters = dictionary.count(b"/FlateDecode") + len(re.findall(rb"/Fl\b", dictionary))
        if not filters or b"/Image" in dictionary:
            continue
        total += _inflated_bytes(view[found.end() :], min(filters, _MAX_FILTERS))
        if total > MAX_STREAMS_BYTES:
            raise UnreadableError("too_large")


def _inflated_bytes(data: memoryview, filters: int) -> int:
    """Return what a stream inflates to; a broken one counts as far as it goes."""
    layers = [zlib.decompressobj() for _ in range(filters)]
    return _feed(layers, data)


def _feed(layers: list[zlib._Decompress], data: memoryview) -> int:
    first, *rest = layers
    total = 0
    left: bytes | memoryview = data[:_CHUNK_BYTES]
    offset = len(left)
    while not first.eof and (left or offset < len(data)):
        if not left:
            left = data[offset : offset + _CHUNK_BYTES]
            offset += len(left)
        try:
            inflated = first.decompress(left, _CHUNK_BYTES)
        except zlib.error:
            break
        left = first.unconsumed_tail
        total += _feed(rest, memoryview(inflated)) if rest else len(inflated)
        if total > MAX_STREAM_BYTES:
            raise UnreadableError("too_large")
    return total
