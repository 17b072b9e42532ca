"""ODT, ODS and ODP: paragraphs, tables, sheets and slides of ``content.xml``."""

from __future__ import annotations

from pipelines.documents.document import MAX_PAGES, Document, UnreadableError
from pipelines.documents.lines import Lines
from pipelines.documents.media_types import ODP, ODS
from pipelines.documents.numbering import number_of
from pipelines.documents.packages import Package
from pipelines.documents.xml_events import Attributes, walk

_MAX_REPEATED_CELLS = 50
"""Cells of the same content that are written out; empty ones fill rows of sheets to their end."""

_MANIFEST = "META-INF/manifest.xml"
_SKIPPED = ("annotation", "tracked-changes", "forms", "page-number")


def read_open_document(package: Package, media_type: str) -> Document:
    """Return a document: one page for text, and one for each sheet or slide of the others."""
    if _is_encrypted(package.read_if_present(_MANIFEST)):
        raise UnreadableError("encrypted")
    page_element = {ODS: "table", ODP: "page"}.get(media_type, "")
    handler = _ContentHandler(page_element)
    walk(package.read("content.xml"), handler.start, handler.end, handler.text)
    if not page_element or handler.open_pages:
        handler.end_page()
    return Document(media_type, handler.pages, handler.problem)


def _is_encrypted(manifest: bytes | None) -> bool:
    found = False

    def start(name: str, _: Attributes) -> None:
        nonlocal found
        found = found or name == "encryption-data"

    if manifest:
        walk(manifest, start)
    return found


class _ContentHandler:
    """Receives the events of ``content.xml``."""

    def __init__(self, page_element: str) -> None:
        self.page_element = page_element
        self.pages: list[str] = []
        self.problem: str | None = None
        self.lines = Lines()
        self.open_pages = 0
        self.skipped = 0
        self.open_paragraphs = 0
        self.repeated: list[int] = []

    def start(self, name: str, found: Attributes) -> None:
        """Begin an element."""
        if self.skipped or name in _SKIPPED:
            self.skipped += 1
        elif name == self.page_element:
            self._start_page(found)
        elif name in ("p", "h"):
            self.open_paragraphs += 1
            self.lines.start_paragraph()
        elif name == "table-row":
            self.lines.start_row()
        elif name in ("table-cell", "covered-table-cell"):
            self.repeated.append(number_of(found.get("number-columns-repeated")))
            self.lines.start_cell()
        elif name in ("tab", "s"):
            self.lines.add(" ")
        elif name == "line-break":
            self.lines.break_line()

    def end(self, name: str) -> None:
        """End an element."""
        if self.skipped:
            self.skipped -= 1
        elif name == self.page_element:
            self.open_pages -= 1
            if not self.open_pages:
                self.end_page()
        elif name in ("p", "h"):
            self.open_paragraphs -= 1
            self.lines.end_paragraph()
        elif name == "table-row":
            self.lines.end_row()
        elif name in ("table-cell", "covered-table-cell"):
            self.lines.repeat_cell(min(self.repeated.pop(), _MAX_REPEATED_CELLS))

    def text(self, text: str) -> None:
        """Add text of a paragraph."""
        if self.open_paragraphs and not self.skipped:
            self.lines.add(text)

    def end_page(self) -> None:
        """End a page, and keep its text."""
        if self.lines.is_cut:
            self.problem = "too_large"
        if len(self.pages) < MAX_PAGES:
            self.pages.append(self.lines.finish())
        else:
            self.problem = "too_many_pages"
        self.lines = Lines()

    def _start_page(self, found: Attributes) -> None:
        self.open_pages += 1
        if self.open_pages == 1 and self.page_element == "table":
            self.lines.add(found.get("name", ""))
            self.lines.end_paragraph()
