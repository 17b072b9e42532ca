"""PPT of PowerPoint 97 to 2003: records in records. Each slide is a page.

See [MS-PPT] "PowerPoint (.ppt) Binary File Format". Names in brackets are those of that document.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.documents.document import MAX_PAGES, Document, UnreadableError
from pipelines.documents.lines import Lines
from pipelines.documents.media_types import PPT
from pipelines.documents.ole import Streams

_DOCUMENT, _SLIDE, _SLIDE_PLACE, _SLIDE_LIST = 1000, 1006, 1011, 4080
_TEXT, _TEXT_BYTES, _PERSISTED = 4000, 4008, 6002
_ENCRYPTED_TOKEN = 0xF3D1C4DF
_HEADER_BYTES = 8
_MAX_DEPTH = 30
_MAX_RECORDS = 2_000_000


@dataclass(frozen=True, slots=True)
class _Record:
    """A record: its type, its instance and its bytes. A container has records in it."""

    kind: int
    instance: int
    is_container: bool
    body: memoryview


def read_ppt(body: bytes) -> Document:
    """Return the presentation with one page per slide, in their order."""
    streams = Streams(body)
    user = streams.read("Current User")
    if len(user) >= 16 and struct.unpack_from("<I", user, 12)[0] == _ENCRYPTED_TOKEN:
        raise UnreadableError("encrypted")
    data = memoryview(streams.read("PowerPoint Document"))
    offsets = _object_offsets(data)
    document = Document(PPT)
    for number, (slide, outline) in enumerate(_slides(data)):
        if number == MAX_PAGES:
            document.problem = "too_many_pages"
            break
        lines = Lines()
        for text in (*outline, *_texts_at(data, offsets.get(slide, len(data)))):
            _add(lines, text)
        document.pages.append(lines.finish())
    if not document.pages:
        raise UnreadableError("broken_file")
    return document


def _records(data: memoryview) -> Iterator[_Record]:
    """Yield the records of a container, or of the stream."""
    offset = 0
    while offset + _HEADER_BYTES <= len(data):
        version, kind, size = struct.unpack_from("<HHI", data, offset)
        offset += _HEADER_BYTES
        body = data[offset : offset + size]
        yield _Record(kind, version >> 4, version & 0xF == 0xF, body)
        offset += size


def _object_offsets(stream: memoryview) -> dict[int, int]:
    """Return the offsets of the objects by their numbers; later ones replace earlier ones."""
    offsets: dict[int, int] = {}
    for record in _records(stream):
        if record.kind != _PERSISTED:
            continue
        data = record.body[: len(record.body) // 4 * 4]
        numbers = [number for (number,) in struct.iter_unpack("<I", data)]
        index = 0
        while index < len(numbers):
            first, count = numbers[index] & 0xFFFFF, numbers[index] >> 20
            for number, offset in enumerate(numbers[index + 1 : index + 1 + count]):
                offsets[first + number] = offset
            index += 1 + count
    return offsets


def _slides(data: memoryview) -> list[tuple[int, list[str]]]:
    """Return the slides of the last saved document: number of the object, text of its outline."""
    slides: list[tuple[int, list[str]]] = []
    for record in _records(data):
        if record.kind != _DOCUMENT:
            continue
        slides = []
        for inner in _records(record.body):
            if inner.kind == _SLIDE_LIST and inner.instance == 0:
                slides = list(_slides_of(inner.body))
    return slides


def _slides_of(data: memoryview) -> Iterator[tuple[int, list[str]]]:
    """Yield the slides of a list [SlideListWithTextContainer]."""
    outline: list[str] = []
    slide: int | None = None
    for record in _records(data):
        if record.kind == _SLIDE_PLACE and len(record.body) >= 4:
            if slide is not None:
                yield slide, outline
            slide, outline = struct.unpack_from("<I", record.body)[0], []
        elif (text := _text_of(record)) is not None:
            outline.append(text)
    if slide is not None:
        yield slide, outline


def _texts_at(data: memoryview, offset: int) -> Iterator[str]:
    """Yield the texts of the slide at an offset."""
    record = next(_records(data[offset:]), None)
    if record and record.kind == _SLIDE:
        yield from _texts(record.body, [_MAX_RECORDS], _MAX_DEPTH)


def _texts(data: memoryview, left: list[int], depth: int) -> Iterator[str]:
    for record in _records(data):
        left[0] -= 1
        if left[0] < 0:
            return
        if record.is_container and depth:
            yield from _texts(record.body, left, depth - 1)
        elif (text := _text_of(record)) is not None:
            yield text


def _text_of(record: _Record) -> str | None:
    if record.kind == _TEXT:
        return bytes(record.body).decode("utf-16-le", "replace")
    return bytes(record.body).decode("latin-1") if record.kind == _TEXT_BYTES else None


def _add(lines: Lines, text: str) -> None:
    """Add a text, whose paragraphs end in CR, and whose lines end in VT."""
    for line in text.replace("\v", "\r").split("\r"):
        lines.add(line)
        lines.end_paragraph()
