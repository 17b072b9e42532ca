"""XLSX: each sheet is a page, each row a line, numbers and dates as a reader sees them.

Cells are read one after the other, so that two cells at opposite corners of a sheet need no memory
for what lies between them.
"""

from __future__ import annotations

import re

from pipelines.documents.cells import show_date, show_number
from pipelines.documents.document import MAX_PAGES, Document
from pipelines.documents.lines import Lines
from pipelines.documents.media_types import XLSX
from pipelines.documents.numbering import number_of
from pipelines.documents.packages import Package
from pipelines.documents.pptx import relationships
from pipelines.documents.xml_events import Attributes, walk

_MAIN = "xl/workbook.xml"
_MAX_SHARED_STRINGS = 1_000_000
_MAX_EMPTY_CELLS = 50
"""Empty cells that are written between two others."""

_DATE_FORMATS = frozenset((*range(14, 23), 27, 30, 36, 45, 46, 47, 50, 57))
"""Formats of dates and times that are not described in the file."""

_NOT_IN_DATES = re.compile(r'"[^"]*"?|\\.|\[[^\]]*\]?')
_DATE_CODE = re.compile("[ymdh]", re.I)


def read_xlsx(package: Package) -> Document:
    """Return the workbook, each sheet with its name as its first line."""
    targets = relationships(package, _MAIN)
    sheets, is_1904 = _read_workbook(package.read(_MAIN))
    strings = _read_strings(package.read_if_present("xl/sharedStrings.xml"))
    dates = _read_date_styles(package.read_if_present("xl/styles.xml"))
    document = Document(XLSX)
    for name, link in sheets[:MAX_PAGES]:
        part = targets.get(link, "")
        if part not in package or "/worksheets/" not in part:
            continue
        reader = _SheetReader(name, strings, dates, is_1904)
        walk(package.read(part), reader.start, reader.end, reader.text)
        document.pages.append(reader.lines.finish())
        if reader.lines.is_cut:
            document.problem = "too_large"
    if len(sheets) > MAX_PAGES:
        document.problem = "too_many_pages"
    return document


class _SheetReader:
    """Receives the events of a sheet."""

    def __init__(self, name: str, strings: list[str], dates: frozenset[int], is_1904: bool) -> None:
        self.strings, self.dates, self.is_1904 = strings, dates, is_1904
        self.lines = Lines()
        self.lines.add(name)
        self.lines.end_paragraph()
        self.column = 0
        self.kind = ""
        self.style = 0
        self.value: list[str] = []
        self.is_value = False

    def start(self, name: str, found: Attributes) -> None:
        """Begin an element."""
        if name == "row":
            self.lines.start_row()
            self.column = 0
        elif name == "c":
            self._start_cell(found)
        elif name in ("v", "t"):
            self.is_value = True
        elif name == "rPh":  # how to pronounce the cell
            self.kind = ""

    def end(self, name: str) -> None:
        """End an element."""
        if name in ("v", "t"):
            self.is_value = False
        elif name == "c":
            self._end_cell("".join(self.value))
        elif name == "row":
            self.lines.end_row()

    def text(self, text: str) -> None:
        """Collect the value of a cell."""
        if self.is_value:
            self.value.append(text)

    def _start_cell(self, found: Attributes) -> None:
        column = _column_of(found.get("r", "")) or self.column + 1
        for _ in range(min(column - self.column - 1, _MAX_EMPTY_CELLS)):
            self.lines.start_cell()
        self.lines.start_cell()
        self.column = column
        self.kind, self.style = found.get("t", "n"), number_of(found.get("s"))
        self.value = []

    def _end_cell(self, value: str) -> None:
        if value:
            self.lines.start_paragraph()
            self.lines.add(self._shown(value))
            self.lines.end_paragraph()

    def _shown(self, value: str) -> str:
        """Return a value as the sheet shows it."""
        if self.kind == "s":
            place = int(value) if value.isascii() and value.isdigit() and len(value) < 8 else -1
            return self.strings[place] if 0 <= place < len(self.strings) else ""
        if self.kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if self.kind != "n":
            return value
        if self.style in self.dates:
            return show_date(value, is_1904=self.is_1904)
        return show_number(value)


def _column_of(reference: str) -> int:
    """Return the column of a cell: 1 for ``A7``, 0 for what is no reference."""
    column = 0
    for letter in reference[:3]:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _read_workbook(body: bytes) -> tuple[list[tuple[str, str]], bool]:
    """Return the sheets (name, reference), and whether days are counted from 1904."""
    sheets: list[tuple[str, str]] = []
    is_1904 = False

    def start(name: str, found: Attributes) -> None:
        nonlocal is_1904
        if name == "sheet":
            sheets.append((found.get("name", ""), found.get("id", "")))
        elif name == "workbookPr":
            is_1904 = found.get("date1904") in ("1", "true")

    walk(body, start)
    return sheets, is_1904


def _read_strings(body: bytes | None) -> list[str]:
    """Return the strings that cells refer to."""
    strings: list[str] = []
    parts: list[str] = []
    is_text = False

    def start(name: str, _: Attributes) -> None:
        nonlocal is_text
        if name == "si":
            parts.clear()
        is_text = name == "t"

    def end(name: str) -> None:
        nonlocal is_text
        is_text = False
        if name == "rPh":
            parts.pop()
        elif name == "si" and len(strings) < _MAX_SHARED_STRINGS:
            strings.append("".join(parts))

    def text(text: str) -> None:
        if is_text:
            parts.append(text)

    if body:
        walk(body, start, end, text)
    return strings


def _read_date_styles(body: bytes | None) -> frozenset[int]:
    """Return the styles of cells that show a number as a date."""
    dates = set(_DATE_FORMATS)
    styles: list[int] = []
    is_cell_style = False

    def start(name: str, found: Attributes) -> None:
        nonlocal is_cell_style
        number = number_of(found.get("numFmtId"))
        if name == "numFmt":
            if _is_date_code(found.get("formatCode", "")):
                dates.add(number)
        elif name == "xf" and is_cell_style:
            styles.append(number)
        elif name in ("cellXfs", "cellStyleXfs"):
            is_cell_style = name == "cellXfs"

    if body:
        walk(body, start)
    return frozenset(place for place, number in enumerate(styles) if number in dates)


def _is_date_code(code: str) -> bool:
    return bool(_DATE_CODE.search(_NOT_IN_DATES.sub("", code[:200])))
