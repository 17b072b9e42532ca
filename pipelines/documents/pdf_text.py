"""The text of a page of a PDF: its lines, its tables, and its legacy fonts.

PDFium returns the characters in the order of the page, with line ends. Cells of tables with rules
around them, as nearly all notices have, are found by the rules; the rest is as PDFium has it.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from pipelines.documents.legacy_fonts import LegacyFont, joined, legacy_font
from pipelines.documents.pdf_tables import Grid, grids_of
from pipelines.text import normalise

MAX_CHARS = 100_000
"""Characters of a page."""

_MAX_FONT_NAME_BYTES = 200
_MAY_BE_LEGACY = re.compile("[\u00a1-\u00bfÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþÿ]")
"""Characters that text in Unicode seldom has."""

_LINE_END = re.compile(r"[\r\n]+")
_SOFT_HYPHEN = "\x02"
"""PDFium's character for a hyphen at the end of a line."""

_GARBLED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd-\uffff\ue000-\uf8ff]")
_LINE_OF_TABLE = "\x00"


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of a page. The rows of a table are lines with tabs between the cells."""

    text: str = ""
    garbled: int = 0
    """The number of characters whose font does not say which letters they are."""


def page_text(page: pypdfium2.PdfPage) -> PageText:
    """Return the text of a page."""
    text_page = page.get_textpage()
    try:
        count = min(text_page.count_chars(), MAX_CHARS)
        if count <= 0:
            return PageText()
        grids = grids_of(page)
        plain = text_page.get_text_range(0, count).replace(_SOFT_HYPHEN, "-")
        garbled = len(_GARBLED.findall(plain))
        if not grids and not _has_legacy_fonts(page, plain):
            return PageText(_lines(plain), garbled)
        return PageText(_text_by_character(text_page, count, grids), garbled)
    finally:
        text_page.close()


def _lines(text: str) -> str:
    return "\n".join(filter(None, map(normalise, _LINE_END.split(text))))


def _has_legacy_fonts(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether text of a page may be in a legacy font."""
    if not _MAY_BE_LEGACY.search(text):
        return False
    names: dict[int, LegacyFont | None] = {}
    return any(
        _font_of(each.raw, names) for each in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])
    )


def _text_by_character(text_page: pypdfium2.PdfTextPage, count: int, grids: list[Grid]) -> str:
    """Return the lines, with each character that is in a cell moved to its cell."""
    outside: list[tuple[str, LegacyFont | None]] = []
    cells: list[dict[tuple[int, int], list[tuple[str, LegacyFont | None]]]] = [{} for _ in grids]
    place: tuple[int, int, int] | None = None
    for character, box, font in _characters(text_page, count):
        if box:
            place = _cell_at(grids, *box)
        if place is None:
            outside.append((character, font))
            continue
        number, row, column = place
        if not cells[number]:
            outside.append((f"\n{_LINE_OF_TABLE}{number}\n", None))
        cells[number].setdefault((row, column), []).append((character, font))
    lines: list[str] = []
    for line in _lines_of_runs(outside):
        if line.startswith(_LINE_OF_TABLE):
            number = int(line[1:])
            lines.extend(_rows(cells[number], grids[number].columns))
        elif line := normalise(line):
            lines.append(line)
    return "\n".join(lines)


def _lines_of_runs(runs: list[tuple[str, LegacyFont | None]]) -> Iterator[str]:
    """Yield the lines of characters with their fonts."""
    line: list[tuple[str, LegacyFont | None]] = []
    for text, font in runs:
        if text.startswith(("\r", "\n")):
            yield joined(_merged(line))
            line = []
            if text.strip("\r\n"):
                yield text.strip("\n")
        else:
            line.append((text, font))
    yield joined(_merged(line))


def _merged(
    characters: list[tuple[str, LegacyFont | None]],
) -> list[tuple[str, LegacyFont | None]]:
    """Return runs of one font; a letter of VNI is two characters."""
    runs: list[tuple[str, LegacyFont | None]] = []
    for text, font in characters:
        if runs and (runs[-1][1] == font or text == " "):
            runs[-1] = (runs[-1][0] + text, runs[-1][1])
        else:
            runs.append((text, font))
    return runs


def _rows(
    cells: dict[tuple[int, int], list[tuple[str, LegacyFont | None]]], columns: int
) -> Iterator[str]:
    """Yield the rows of a table as lines."""
    for row in sorted({row for row, _ in cells}):
        texts = [_cell_text(cells.get((row, column), [])) for column in range(columns)]
        if any(texts):
            yield "\t".join(texts).rstrip("\t")


def _cell_text(characters: list[tuple[str, LegacyFont | None]]) -> str:
    return normalise(" ".join(_lines_of_runs(characters)))


def _characters(
    text_page: pypdfium2.PdfTextPage, count: int
) -> Iterator[tuple[str, tuple[float, float] | None, LegacyFont | None]]:
    """Yield the characters, each with its middle and its font. Inserted spaces have no middle."""
    box = pdfium.FS_RECTF()
    reference = ctypes.byref(box)
    fonts: dict[int, LegacyFont | None] = {}
    font: LegacyFont | None = None
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        character = "-" if code == ord(_SOFT_HYPHEN) else chr(code) if code < 0x110000 else ""
        middle = None
        if not character.isspace() and pdfium.FPDFText_GetLooseCharBox(text_page, index, reference):
            middle = ((box.left + box.right) / 2, (box.bottom + box.top) / 2)
            font = _font_of(pdfium.FPDFText_GetTextObject(text_page, index), fonts)
        yield character, middle, font


def _font_of(
    text_object: pdfium.FPDF_PAGEOBJECT, fonts: dict[int, LegacyFont | None]
) -> LegacyFont | None:
    """Return the font of a text object if it is a legacy one. ``fonts`` remembers them."""
    raw = pdfium.FPDFTextObj_GetFont(text_object) if text_object else None
    if not raw:
        return None
    address = ctypes.addressof(raw.contents)
    if address not in fonts:
        buffer = ctypes.create_string_buffer(_MAX_FONT_NAME_BYTES)
        pdfium.FPDFFont_GetBaseFontName(raw, buffer, _MAX_FONT_NAME_BYTES)
        fonts[address] = legacy_font(buffer.value.decode("utf-8", "replace"))
    return fonts[address]


def _cell_at(grids: list[Grid], x: float, y: float) -> tuple[int, int, int] | None:
    """Return the table, the row and the column of a point, or None if it is in no table."""
    for number, grid in enumerate(grids):
        if place := grid.cell_at(x, y):
            return number, *place
    return None
