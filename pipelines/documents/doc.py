"""DOC of Word 97 to 2003: its text is in pieces, in a table that the header points to.

See [MS-DOC] "Word (.doc) Binary File Format". Names in brackets are those of that document.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.documents.document import Document, UnreadableError
from pipelines.documents.lines import Lines
from pipelines.documents.media_types import DOC
from pipelines.documents.ole import Streams

_WORD_97 = 0xC1
_ENCRYPTED, _TABLE_1, _COMPLEX = 0x100, 0x200, 0x4
_COUNTS = 0x4C
"""Offset of the lengths of the parts: text, footnotes, headers, macros, comments, endnotes, text
boxes, text boxes of headers [FibRgLw97]."""
_PAGES_OF_PARAGRAPHS, _PIECES = 0x102, 0x1A2
_PAGE_BYTES = 512
_IN_TABLE, _ROW_END = 0x2416, 0x2417
"""The properties of a paragraph in a table, and of the mark that ends a row [sprmPFTtp]."""

_TABLE_DEFINITION = 0xD608
_OPERAND_BYTES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_MAX_PIECES = 200_000
_CELL_MARK = "\x07"
_MARKED = re.compile("([^\r\x07\x0c]*)([\r\x07\x0c]?)")
_FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_FIELD_MARK = re.compile("([\x13-\x15])")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text and the place of its first byte."""

    text: str
    place: int
    width: int
    """Bytes of a character."""


def read_doc(body: bytes) -> Document:
    """Return the document, which has one page."""
    streams = Streams(body)
    main = streams.read("WordDocument")
    try:
        return _read(streams, main)
    except (struct.error, IndexError):
        raise UnreadableError("broken_file") from None


def _read(streams: Streams, main: bytes) -> Document:
    version, flags = _number(main, 2, "<H"), _number(main, 10, "<H")
    if flags & _ENCRYPTED:
        raise UnreadableError("encrypted")
    lines = Lines()
    if version < _WORD_97:
        if flags & _COMPLEX:
            raise UnreadableError("unknown_version")
        start, end = struct.unpack_from("<II", main, 0x18)
        piece = _Piece(main[start:end].decode("cp1252", "replace"), start, 1)
        _Writer(lines, []).write(piece, range(len(piece.text)))
    else:
        table = streams.read("1Table" if flags & _TABLE_1 else "0Table")
        writer = _Writer(lines, sorted(_marks_in_tables(main, table)))
        position = 0
        for piece in _pieces(main, table):
            for part in _kept_ranges(main):
                start, stop = max(0, part.start - position), max(0, part.stop - position)
                writer.write(piece, range(start, min(stop, len(piece.text))))
            position += len(piece.text)
    return Document(DOC, [lines.finish()], "too_large" if lines.is_cut else None)


def _number(data: bytes, offset: int, form: str = "<I") -> int:
    value: int = struct.unpack_from(form, data, offset)[0]
    return value


def _pieces(main: bytes, table: bytes) -> Iterator[_Piece]:
    """Yield the runs of text in their order [Clx]."""
    start, size = struct.unpack_from("<II", main, _PIECES)
    clx = table[start : start + size]
    offset = 0
    while offset < len(clx) and clx[offset] == 1:
        offset += 3 + _number(clx, offset + 1, "<H")
    if offset >= len(clx) or clx[offset] != 2:
        raise UnreadableError("broken_file")
    places = clx[offset + 5 : offset + 5 + _number(clx, offset + 1)]
    count = (len(places) - 4) // 12
    if not 0 < count <= _MAX_PIECES:
        raise UnreadableError("broken_file")
    for number in range(count):
        first, after = struct.unpack_from("<II", places, number * 4)
        place = _number(places, (count + 1) * 4 + number * 8 + 2)
        width = 1 if place & 0x40000000 else 2
        place = (place & 0x3FFFFFFF) // (2 if width == 1 else 1)
        data = main[place : place + max(0, after - first) * width]
        yield _Piece(data.decode("cp1252" if width == 1 else "utf-16-le", "replace"), place, width)


def _kept_ranges(main: bytes) -> list[range]:
    """Return the ranges of characters that are read: not headers, macros and comments."""
    text, footnotes, headers, macros, comments, endnotes, boxes = struct.unpack_from(
        "<7i", main, _COUNTS
    )
    ranges = []
    start = 0
    for size, is_kept in (
        (text, True), (footnotes, True), (headers, False), (macros, False), (comments, False),
        (endnotes, True), (boxes, True),
    ):  # fmt: skip
        if is_kept and size > 0:
            ranges.append(range(start, start + size))
        start += max(0, size)
    return ranges


def _marks_in_tables(main: bytes, table: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield the paragraphs that are in tables [PlcBtePapx, PapxFkp].

    Each is the offset of its first byte, the offset after its last, and whether it ends a row.
    """
    start, size = struct.unpack_from("<II", main, _PAGES_OF_PARAGRAPHS)
    plc = table[start : start + size]
    count = (len(plc) - 4) // 8
    for number in range(max(0, count)):
        page_number = _number(plc, (count + 1) * 4 + number * 4) & 0x3FFFFF
        page = main[page_number * _PAGE_BYTES : (page_number + 1) * _PAGE_BYTES]
        if len(page) == _PAGE_BYTES:
            yield from _marks_of_page(page)


def _marks_of_page(page: bytes) -> Iterator[tuple[int, int, bool]]:
    count = page[-1]
    for number in range(count):
        offset = (count + 1) * 4 + number * 13
        if offset >= _PAGE_BYTES:
            return
        properties = _properties(page, page[offset] * 2) if page[offset] else set()
        if properties:
            start, end = struct.unpack_from("<II", page, number * 4)
            yield start, end, _ROW_END in properties


def _properties(page: bytes, offset: int) -> set[int]:
    """Return which of the two properties a paragraph has [PapxInFkp]."""
    size = page[offset] * 2 - 1
    if size < 0:
        offset += 1
        size = page[offset] * 2
    data = page[offset + 3 : offset + 1 + size]  # after the style
    found = set()
    place = 0
    while place + 3 <= len(data):
        code = _number(data, place, "<H")
        if code in (_IN_TABLE, _ROW_END) and data[place + 2]:
            found.add(code)
        width = _OPERAND_BYTES.get(code >> 13)
        if width is None:  # the first byte is the length
            width = 1 + data[place + 2] + (1 if code == _TABLE_DEFINITION else 0)
        place += 2 + width
    return found


class _Writer:
    """Makes paragraphs and tables of the characters of a document."""

    def __init__(self, lines: Lines, marks: list[tuple[int, int, bool]]) -> None:
        self.lines = lines
        self.marks = marks
        self.starts = [start for start, _, _ in marks]
        self.parts: list[str] = []
        self.is_in_row = False
        self.last_mark = ""

    def write(self, piece: _Piece, part: range) -> None:
        """Write a part of a piece."""
        for found in _MARKED.finditer(piece.text, part.start, max(part.start, part.stop)):
            text, mark = found.groups()
            self.parts.append(text)
            if mark:
                self._end(mark, piece.place + (found.end() - 1) * piece.width)

    def _end(self, mark: str, place: int) -> None:
        """End a paragraph, a cell or a row."""
        text = _without_fields("".join(self.parts))
        self.parts.clear()
        is_in_table, is_row_end = self._at(place)
        if mark == _CELL_MARK and not self.marks:
            is_in_table, is_row_end = True, not text and self.last_mark == _CELL_MARK
        if is_in_table and not self.is_in_row:
            self.lines.start_row()
            self.lines.start_cell()
        self.is_in_row = is_in_table
        for line in text.split("\v"):
            self.lines.add(line)
            self.lines.end_paragraph()
        if is_row_end:
            self.lines.end_row()
            self.is_in_row = False
        elif mark == _CELL_MARK:
            self.lines.start_cell()
        self.last_mark = mark

    def _at(self, place: int) -> tuple[bool, bool]:
        """Return whether the mark at a place is in a table, and whether it ends a row."""
        number = bisect_right(self.starts, place) - 1
        if number < 0 or place >= self.marks[number][1]:
            return False, False
        return True, self.marks[number][2]


def _without_fields(text: str) -> str:
    """Return a paragraph with the results of its fields, without their instructions."""
    if _FIELD_BEGIN not in text:
        return text
    shown = []
    fields: list[bool] = []  # of each field, whether its instruction has not ended
    hidden = 0
    for part in _FIELD_MARK.split(text):
        if part == _FIELD_BEGIN:
            fields.append(True)
            hidden += 1
        elif part == _FIELD_RESULT and fields:
            hidden -= fields[-1]
            fields[-1] = False
        elif part == _FIELD_END and fields:
            hidden -= fields.pop()
        elif not hidden:
            shown.append(part)
    return "".join(shown)
