"""DOCX: paragraphs, lists with their numbers, tables, text boxes and notes, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.documents.document import Document
from pipelines.documents.legacy_fonts import LegacyFont, legacy_font
from pipelines.documents.lines import Lines
from pipelines.documents.media_types import DOCX
from pipelines.documents.numbering import Numbering, number_of, read_numbering
from pipelines.documents.packages import Package
from pipelines.documents.xml_events import Attributes, walk

_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_MAX_STYLE_DEPTH = 10


def read_docx(package: Package) -> Document:
    """Return the document, which has one page: where pages end is only known to a printer."""
    lines = Lines()
    styles = _read_styles(package.read_if_present("word/styles.xml"))
    numbering = read_numbering(package.read_if_present("word/numbering.xml"))
    for name in ("word/document.xml", *(note for note in _NOTES if note in package)):
        handler = _DocumentHandler(lines, styles, numbering)
        walk(package.read(name), handler.start, handler.end, handler.text)
    return Document(DOCX, [lines.finish()], "too_large" if lines.is_cut else None)


@dataclass(slots=True)
class _Style:
    """What a style says about its text."""

    font: str = ""
    based_on: str = ""
    number_id: str = ""
    level: int = 0


class _DocumentHandler:
    """Receives the events of ``document.xml``."""

    def __init__(self, lines: Lines, styles: dict[str, _Style], numbering: Numbering) -> None:
        self.lines = lines
        self.styles = styles
        self.numbering = numbering
        self.skipped = 0
        self.is_text = False
        self.is_run = False
        self.style = ""
        self.run_style = ""
        self.run_font: LegacyFont | None = None
        self.number_id: str | None = None
        self.level = 0

    def start(self, name: str, found: Attributes) -> None:
        """Begin an element."""
        if self.skipped or name == "Fallback":  # the second form of what was read already
            self.skipped += 1
            return
        if name == "p":
            self.lines.start_paragraph()
            self.style, self.number_id, self.level = "", None, 0
        elif name == "r":
            self.is_run, self.run_style, self.run_font = True, "", None
            self._label()
        elif name == "t":
            self.is_text = True
        elif name in _STARTS:
            _STARTS[name](self.lines)
        else:
            self._start_property(name, found)

    def end(self, name: str) -> None:
        """End an element."""
        if self.skipped:
            self.skipped -= 1
        elif name == "p":
            self.lines.end_paragraph()
        elif name == "r":
            self.is_run = False
        elif name == "t":
            self.is_text = False
        elif name == "tr":
            self.lines.end_row()

    def text(self, text: str) -> None:
        """Add text, in the font of its run, its style or its paragraph."""
        if not self.is_text or self.skipped:
            return
        font = self.run_font
        if font is None:
            name = _inherited(self.styles, self.run_style) or _inherited(self.styles, self.style)
            font = legacy_font(name or self.styles[""].font)
        self.lines.add(text, font if font is not _UNICODE else None)

    def _start_property(self, name: str, found: Attributes) -> None:
        """Remember a property of the paragraph or of the run."""
        value = found.get("val", "")
        if name == "pStyle":
            self.style = value
        elif name == "numId":
            self.number_id = value
        elif name == "ilvl":
            self.level = number_of(value)
        elif name == "rStyle" and self.is_run:
            self.run_style = value
        elif name == "rFonts" and self.is_run and (font := _font_of(found)):
            self.run_font = legacy_font(font) or _UNICODE

    def _label(self) -> None:
        """Write the number of a list item before its first run."""
        number_id, level = self.number_id, self.level
        if number_id is None and (style := self.styles.get(self.style)):
            number_id, level = style.number_id, style.level
        if number_id:
            self.lines.add(self.numbering.next_label(number_id, level))
        self.number_id = ""


_STARTS: dict[str, Callable[[Lines], None]] = {
    "tr": Lines.start_row,
    "tc": Lines.start_cell,
    "br": Lines.break_line,
    "cr": Lines.break_line,
    "tab": lambda lines: lines.add(" "),
    "noBreakHyphen": lambda lines: lines.add("-"),
}
"""Elements without content of their own."""

_UNICODE = LegacyFont("unicode")
"""Stands for a font that is named and is not a legacy one, so that the style's is not used."""


def _font_of(found: Attributes) -> str:
    return found.get("ascii") or found.get("hAnsi") or ""


def _inherited(styles: dict[str, _Style], name: str) -> str:
    """Return the font of a style, or of the one that it is based on."""
    for _ in range(_MAX_STYLE_DEPTH):
        style = styles.get(name) if name else None
        if style is None:
            return ""
        if style.font:
            return style.font
        name = style.based_on
    return ""


def _read_styles(body: bytes | None) -> dict[str, _Style]:
    """Return the styles by their names. The empty name is the default."""
    styles = {"": _Style()}
    style = styles[""]

    def start(name: str, found: Attributes) -> None:
        nonlocal style
        if name == "style":
            style = styles.setdefault(found.get("styleId", ""), _Style())
            if found.get("default") in ("1", "true") and found.get("type") == "paragraph":
                styles[""] = style
        elif name == "basedOn":
            style.based_on = found.get("val", "")
        elif name == "rFonts":
            style.font = _font_of(found) or style.font
        elif name == "numId":
            style.number_id = found.get("val", "")
        elif name == "ilvl":
            style.level = number_of(found.get("val"))

    if body:
        walk(body, start)
    return styles
