"""Build the lines of a document from paragraphs and tables, as a reader meets them."""

from __future__ import annotations

from pipelines.documents.document import MAX_TEXT_CHARS
from pipelines.documents.legacy_fonts import LegacyFont, joined
from pipelines.text import normalise


class Lines:
    """The lines of a page. Paragraphs and tables may be nested in the cells of a table."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_cut = False
        self._paragraphs: list[list[tuple[str, LegacyFont | None]]] = []
        self._rows: list[list[list[str]]] = []
        self._chars = 0

    @property
    def text(self) -> str:
        """The finished lines."""
        return "\n".join(self.lines)

    def add(self, text: str, font: LegacyFont | None = None) -> None:
        """Add text to the paragraph. Text outside of paragraphs begins one."""
        self._chars += len(text)
        if self._chars > MAX_TEXT_CHARS:
            self.is_cut = True
            return
        if not self._paragraphs:
            self.start_paragraph()
        self._paragraphs[-1].append((text, font))

    def start_paragraph(self) -> None:
        """Begin a paragraph; it may be inside another one, as a text box is."""
        self._paragraphs.append([])

    def end_paragraph(self) -> None:
        """End the innermost paragraph."""
        if self._paragraphs:
            self._finish(joined(self._paragraphs.pop()))

    def break_line(self) -> None:
        """Continue the paragraph on a new line."""
        if self._paragraphs:
            self.end_paragraph()
            self.start_paragraph()

    def start_row(self) -> None:
        """Begin a row of a table."""
        self._rows.append([])

    def start_cell(self) -> None:
        """Begin a cell of the innermost row."""
        if self._rows:
            self._rows[-1].append([])

    def repeat_cell(self, times: int) -> None:
        """Write the finished cell ``times`` times instead of once."""
        if times < 2 or not self._rows or not self._rows[-1]:
            return
        cell = self._rows[-1][-1]
        self._chars += (times - 1) * sum(map(len, cell))
        if self._chars > MAX_TEXT_CHARS:
            self.is_cut = True
        else:
            self._rows[-1].extend(list(cell) for _ in range(times - 1))

    def end_row(self) -> None:
        """End the innermost row. Inside a cell of another table it becomes text of that cell."""
        if not self._rows:
            return
        cells = [" ".join(cell) for cell in self._rows.pop()]
        if not any(cells):
            return
        if self._rows:
            self._finish(" ".join(filter(None, cells)))
        else:
            self.lines.append("\t".join(cells).rstrip("\t"))

    def finish(self) -> str:
        """End what was begun, and return the text."""
        while self._paragraphs:
            self.end_paragraph()
        while self._rows:
            self.end_row()
        return self.text

    def _finish(self, text: str) -> None:
        text = normalise(text)
        if not text:
            return
        if self._rows:
            if not self._rows[-1]:
                self._rows[-1].append([])
            self._rows[-1][-1].append(text)
        else:
            self.lines.append(text)
