"""PPTX: the text of each slide in the order of the presentation, its tables and its notes."""

from __future__ import annotations

import posixpath

from pipelines.documents.document import MAX_PAGES, Document
from pipelines.documents.lines import Lines
from pipelines.documents.media_types import PPTX
from pipelines.documents.packages import Package
from pipelines.documents.xml_events import Attributes, walk

_MAIN = "ppt/presentation.xml"


def read_pptx(package: Package) -> Document:
    """Return the presentation with one page per slide."""
    document = Document(PPTX)
    targets = relationships(package, _MAIN)
    slides = [targets[link] for link in _slide_links(package.read(_MAIN)) if link in targets]
    for name in slides[:MAX_PAGES]:
        lines = Lines()
        _read_slide(package, name, lines)
        for notes in sorted(relationships(package, name).values()):
            if "/notesSlides/" in notes and notes in package:
                _read_slide(package, notes, lines)
        document.pages.append(lines.finish())
        if lines.is_cut:
            document.problem = "too_large"
    if len(slides) > MAX_PAGES:
        document.problem = "too_many_pages"
    return document


def relationships(package: Package, part: str) -> dict[str, str]:
    """Return the parts that a part refers to, by the identifiers of the references."""
    folder, name = posixpath.split(part)
    targets: dict[str, str] = {}

    def start(element: str, found: Attributes) -> None:
        if element == "Relationship" and found.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, found.get("Target", "")))
            targets[found.get("Id", "")] = target.lstrip("/")

    if body := package.read_if_present(f"{folder}/_rels/{name}.rels"):
        walk(body, start)
    return targets


def _slide_links(body: bytes) -> list[str]:
    """Return the references to the slides, in their order."""
    links: list[str] = []

    def start(name: str, found: Attributes) -> None:
        # Local names of attributes: the identifier of the slide is ``id``, too, but comes first.
        if name == "sldId":
            links.append(found.get("id", ""))

    walk(body, start)
    return links


def _read_slide(package: Package, name: str, lines: Lines) -> None:
    handler = _SlideHandler(lines)
    walk(package.read(name), handler.start, handler.end, handler.text)


class _SlideHandler:
    """Receives the events of a slide."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.is_text = False
        self.is_number = False

    def start(self, name: str, found: Attributes) -> None:
        """Begin an element."""
        if name == "p":
            self.lines.start_paragraph()
        elif name == "t":
            self.is_text = not self.is_number
        elif name == "fld":
            self.is_number = found.get("type") == "slidenum"
        elif name == "br":
            self.lines.break_line()
        elif name == "tr":
            self.lines.start_row()
        elif name == "tc":
            self.lines.start_cell()

    def end(self, name: str) -> None:
        """End an element."""
        if name == "p":
            self.lines.end_paragraph()
        elif name == "t":
            self.is_text = False
        elif name == "fld":
            self.is_number = False
        elif name == "tr":
            self.lines.end_row()

    def text(self, text: str) -> None:
        """Add text of a run."""
        if self.is_text:
            self.lines.add(text)
