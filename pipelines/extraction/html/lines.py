"""The line of text that is being read while a page is parsed, and its boxes and blocks."""

from __future__ import annotations

from pipelines.extraction.html.blocks import Block, Box, Image, Outline, Span
from pipelines.extraction.html.box_hints import drop_hints_refuted_by_text, read_looks, read_names
from pipelines.extraction.html.decode import decode_again
from pipelines.extraction.html.elements import (
    CODE,
    EMPHASIS,
    IMAGES,
    Attributes,
    attribute_value,
    emphasis,
    inline_hints,
)
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.html.images import read_image
from pipelines.text import normalise

MAX_VALUE_CHARS = 2_000
"""Characters to which a microdata value, a link text or an address is cut. Those that are used have
fewer than 500."""

_SEPARATED = Hint.AUTHOR | Hint.DATE | Hint.SECTION
"""Inline elements that page heads write without a space between them. Prose has none of them."""


InlineElement = tuple[bool, bool, bool, int, int, str | None, str | None]
"""An open inline element: what it adds to its line until it ends.

Whether it is a link, bold and italic; the index of its first piece of text; its hints; its
``datetime``; and the microdata property that has its text as value, or None. It is a plain tuple
because there is one for each link of a page.
"""


class Line:
    """The pieces of the current text block, with their links and emphasis."""

    def __init__(self) -> None:
        self.in_link = self.in_bold = self.in_italic = 0
        self.breaks = 0
        self.spans: list[Span] = []
        self.hrefs: list[str] = []
        self.links: list[str] = []
        self.clear()

    def clear(self) -> None:
        """Start a new line. Open links and emphasis continue."""
        self.pieces: list[str] = []
        self.link = self.bold = self.italic = 0
        self.shows_code = False
        if self.spans:
            self.spans = []
        if self.hrefs:
            self.hrefs, self.links = [], []

    def append(self, texts: list[str]) -> None:
        """Append the pieces of a text and clear them. Leading white space is ignored."""
        text = texts[0] if len(texts) == 1 else "".join(texts)
        texts.clear()
        if text.isspace():
            if self.pieces:
                self.pieces.append(" ")
            return
        self.pieces.append(text)
        if self.in_link or self.in_bold or self.in_italic:
            size = len(text.strip())
            self.link += size if self.in_link else 0
            self.bold += size if self.in_bold else 0
            self.italic += size if self.in_italic else 0

    def separate_steps(self) -> None:
        """Separate two steps of a path that only an image, or nothing, separates."""
        if "".join(self.pieces[-2:]).rstrip()[-1:].isalnum():
            self.pieces.append(" / ")

    def enter(
        self, tag: str, attributes: Attributes, box_hints: int, property_name: str | None
    ) -> InlineElement:
        """Begin an inline element.

        ``box_hints`` are the hints of the box around the line; ``property_name`` is the microdata
        property of the element. Returns what ``leave`` needs at its end.
        """
        if tag in CODE:
            self.shows_code = True
        href = attributes.get("href", "") if tag == "a" else ""
        link = bool(href) and not href.startswith("#")
        bold = italic = False
        if tag in EMPHASIS or "style" in attributes:
            bold, italic = emphasis(tag, attributes)
            self.in_bold += bold
            self.in_italic += italic
        if link:
            self.in_link += 1
            self.hrefs.append(href)
            if self.pieces and box_hints & Hint.SECTION:
                self.separate_steps()
        hints = inline_hints(tag, attributes)
        if hints & _SEPARATED and self.pieces:
            self.pieces.append(" ")
        if property_name and attribute_value(attributes):
            property_name = None
        value = attributes.get("datetime")
        return link, bold, italic, len(self.pieces), hints, value, property_name

    def leave(self, element: InlineElement) -> str:
        """End an inline element. Returns its raw text if it is a link, has hints or a property."""
        link, bold, italic, start, hints, value, property_name = element
        self.in_link -= link
        self.in_bold -= bold
        self.in_italic -= italic
        if not (link or property_name or hints):
            return ""
        pieces = self.pieces
        raw = pieces[-1] if len(pieces) - start == 1 else "".join(pieces[start:])
        raw = raw[:MAX_VALUE_CHARS]
        if "&" in raw and not self.shows_code:
            raw = decode_again(raw)
        if link:
            self.links.append(raw)
        if hints:
            text = normalise(raw)
            if text or value:
                self.spans.append(Span(hints, text, value, link))
            if hints & _SEPARATED:
                pieces.append(" ")
        return raw

    def to_block(self, index: int, box: int) -> Block | None:
        """Return the finished block, or None if the line has no text."""
        pieces = self.pieces
        if not pieces:
            return None
        text = normalise(pieces[0] if len(pieces) == 1 else "".join(pieces))
        if "&" in text and not self.shows_code:
            text = normalise(decode_again(text))
        if not text:
            return None
        block = Block(index, box, text, self.link, self.bold, self.italic, self.breaks)
        if self.spans:
            block.spans = self.spans
        if self.hrefs:
            block.hrefs, block.links = self.hrefs, self.links
        return block


class BlockBuilder:
    """Builds the boxes and blocks of a page from its elements, its images and the current line.

    ``open`` are the boxes that have not ended. ``sources`` are those of the images of an open
    ``picture``. ``lazy`` is the last image, and ``crumbs`` the index of the box of a breadcrumb.
    """

    def __init__(self) -> None:
        self.outline = Outline()
        self.line = Line()
        self.open: list[Box] = []
        self.sources: list[str] = []
        self.lazy: Image | None = None
        self.crumbs = -1
        self.ids_to_compare: dict[int, str] = {}

    def _enter_special(self, tag: str, attributes: Attributes) -> None:
        """Handle elements without text: line breaks, images, sources of images."""
        if tag in IMAGES:
            self._add_img(attributes)
        elif tag == "source":
            self.sources.append(attributes.get("data-srcset") or attributes.get("srcset", ""))
        elif tag in ("br", "hr"):
            self._flush()
            self.line.breaks += 1 if tag == "br" else 2
            if tag == "hr":
                self.outline.separators.append(len(self.outline.blocks))

    def _open_box(self, tag: str, attributes: Attributes, notable: bool) -> Box:
        """Start a box."""
        if self.line.pieces:
            self._flush()
        boxes = self.outline.boxes
        box = Box(len(boxes), self.open[-1].index if self.open else -1, tag)
        if not boxes:
            self.outline.language = attributes.get("lang")
        if attributes:
            name = read_names(box, attributes)
            if name is not None:
                self.ids_to_compare[box.index] = name
        if notable or tag == "center":
            read_looks(box, attributes)
            if "BreadcrumbList" in attributes.get("itemtype", "") and self.crumbs < 0:
                self.crumbs = box.index
            self.line.in_bold += box.bold
            self.line.in_italic += box.italic
        box.first_block = len(self.outline.blocks)
        boxes.append(box)
        self.open.append(box)
        self.line.breaks = 0
        return box

    def _close_box(self, box: Box) -> None:
        """End a box."""
        if self.line.pieces:
            self._flush()
        if self.ids_to_compare and box.index in self.ids_to_compare:
            name = self.ids_to_compare.pop(box.index)
            drop_hints_refuted_by_text(box, name, self.outline.blocks[box.first_block :])
        self.line.in_bold -= box.bold
        self.line.in_italic -= box.italic
        self.open.pop()
        if box.tag == "picture" and any(self.sources):
            self._add_img({})
        box.last = len(self.outline.boxes) - 1
        box.end_block = len(self.outline.blocks)
        self.line.breaks = 0

    def _flush(self) -> None:
        """End the current line and add it as a block if it has text."""
        line = self.line
        if line.pieces and self.open:
            line.shows_code |= self.open[-1].tag in CODE
            block = line.to_block(len(self.outline.blocks), self.open[-1].index)
            if block is not None:
                self.outline.blocks.append(block)
                line.breaks = 0
            line.clear()

    def _add_img(self, attributes: Attributes) -> None:
        """Add the image of an ``img`` element, or of a ``picture`` without one."""
        image = read_image(attributes, self.sources)
        self.sources.clear()
        if image is None or not self.open:
            return
        self._add_image(image)
        self.lazy = image

    def _add_image(self, image: Image) -> None:
        """Add an image as a block of its own."""
        breaks = self.line.breaks
        self._flush()
        block = Block(len(self.outline.blocks), self.open[-1].index, "", image=image, breaks=breaks)
        block.hrefs = tuple(self.line.hrefs)
        self.outline.blocks.append(block)
        self.line.breaks = 0
