"""The one pass over the tree of a page: elements in, boxes and text blocks out.

Iterative, so that depth costs no stack; text is collected raw and normalised once a block.
"""

from __future__ import annotations

from lxml import etree

from pipelines.blocks import Block, Box, Outline, Span
from pipelines.class_words import Hint, read_hints
from pipelines.elements import (
    ARTICLE_PARTS,
    EMBEDS,
    EMPHASIS,
    INLINE,
    NOTABLE,
    SITE_PARTS,
    SKIPPED,
    SPECIAL,
    Attributes,
    alignment,
    block_words,
    emphasis,
    inline_hints,
    is_hidden,
    read_image,
)
from pipelines.lines import Line
from pipelines.text import normalise
from pipelines.tree import UnreadableError

MAX_NODES = 150_000
"""Elements we are willing to look at; the longest real article seen has under 10,000."""

MAX_DEPTH = 1_000
"""Nesting that no template reaches; libxml2 drops silently what lies deeper than 2,048."""

_PARTED = Hint.AUTHOR | Hint.DATE | Hint.SECTION
"""Names that stand glued together in page heads; inside prose they do not occur."""

_NO_ATTRIBUTES: Attributes = {}

Frame = tuple[bool, bool, bool, int, int, str | None]
"""What leaving an inline element undoes: link, bold, italic; and its span: start, hints, value."""


def read_outline(root: etree._Element) -> Outline:
    """Walk the tree once. Raises UnreadableError (``too_deep``, ``too_large``)."""
    return _Walker().walk(root)


class _Walker:
    """Collects the outline of one page."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.line = Line()
        self.open: list[Box] = []
        self.frames: list[Frame | Box | None] = []
        self.sources: list[str] = []

    def walk(self, root: etree._Element) -> Outline:
        nodes = 0
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                frame = self.frames.pop()
                if frame is not None:
                    self._leave(frame)
                tail = element.tail
                if tail and self.open:
                    self.line.add(tail)
                continue
            nodes += 1
            if nodes > MAX_NODES:
                raise UnreadableError("too_large")
            if len(self.frames) > MAX_DEPTH:
                raise UnreadableError("too_deep")
            if not self._enter(element):
                walk.skip_subtree()
        return self.outline

    def _enter(self, element: etree._Element) -> bool:
        """Take an element in; False when its inside is not for readers."""
        tag: str = element.tag  # type: ignore[assignment]  # comments were left out by the parser
        items = element.items()
        attributes = dict(items) if items else _NO_ATTRIBUTES
        notable = bool(items) and not NOTABLE.isdisjoint(attributes)
        if (
            tag in SKIPPED
            or (notable and is_hidden(tag, attributes))
            or (tag in SITE_PARTS and not any(box.tag in ARTICLE_PARTS for box in self.open))
        ):
            self.frames.append(None)
            self.outline.embeds += tag in EMBEDS
            return False
        if notable and "itemprop" in attributes:
            self._microdata(element, attributes)
        frame: Frame | Box | None = None
        if tag in INLINE:
            if items or tag in EMPHASIS:
                frame = self._enter_inline(tag, attributes)
        elif tag in SPECIAL:
            self._enter_special(tag, attributes)
        else:
            frame = self._open_box(tag, attributes, notable)
        self.frames.append(frame)
        text = element.text
        if text:
            self.line.add(text)
        return True

    def _enter_special(self, tag: str, attributes: Attributes) -> None:
        """Elements without text of their own: breaks, images, their sources."""
        if tag == "img":
            self._image(attributes)
        elif tag == "source":
            self.sources.append(attributes.get("data-srcset") or attributes.get("srcset", ""))
        elif tag in ("br", "hr"):
            self._flush()
            self.line.breaks += 1 if tag == "br" else 2

    def _leave(self, frame: Frame | Box) -> None:
        if isinstance(frame, Box):
            self._close_box(frame)
        else:
            self._leave_inline(frame)

    def _open_box(self, tag: str, attributes: Attributes, notable: bool) -> Box:
        if self.line.pieces:
            self._flush()
        boxes = self.outline.boxes
        box = Box(len(boxes), self.open[-1].index if self.open else -1, tag)
        if attributes:
            box.words = block_words(attributes)
            box.hints = read_hints(box.words) if box.words else Hint.NONE
        if notable or tag == "center":
            box.align = alignment(tag, attributes)
            box.bold, box.italic = emphasis(tag, attributes)
            self.line.in_bold += box.bold
            self.line.in_italic += box.italic
        box.first_block = len(self.outline.blocks)
        boxes.append(box)
        self.open.append(box)
        self.line.breaks = 0
        return box

    def _close_box(self, box: Box) -> None:
        if self.line.pieces:
            self._flush()
        self.line.in_bold -= box.bold
        self.line.in_italic -= box.italic
        self.open.pop()
        box.last = len(self.outline.boxes) - 1
        box.end_block = len(self.outline.blocks)
        self.line.breaks = 0

    def _enter_inline(self, tag: str, attributes: Attributes) -> Frame:
        line = self.line
        href = attributes.get("href", "") if tag == "a" else ""
        link = bool(href) and not href.startswith("#")
        bold, italic = emphasis(tag, attributes)
        line.in_link += link
        line.in_bold += bold
        line.in_italic += italic
        if link:
            line.hrefs.append(href)
        hints = inline_hints(tag, attributes)
        if hints & _PARTED and line.pieces:
            line.pieces.append(" ")
        start = len(line.pieces) if hints else -1
        return (link, bold, italic, start, hints, attributes.get("datetime"))

    def _leave_inline(self, frame: Frame) -> None:
        link, bold, italic, start, hints, value = frame
        line = self.line
        line.in_link -= link
        line.in_bold -= bold
        line.in_italic -= italic
        if hints:
            text = normalise("".join(line.pieces[start:]))
            if text or value:
                line.spans.append(Span(hints, text, value, link))
            if hints & _PARTED:
                line.pieces.append(" ")

    def _flush(self) -> None:
        """End the current line; it becomes a block where it holds text."""
        line = self.line
        if line.pieces and self.open:
            block = line.block(len(self.outline.blocks), self.open[-1].index)
            if block is not None:
                self.outline.blocks.append(block)
                line.breaks = 0
            line.clear()

    def _image(self, attributes: Attributes) -> None:
        image = read_image(attributes, self.sources)
        self.sources.clear()
        if image is None or not self.open:
            return
        breaks = self.line.breaks
        self._flush()
        block = Block(len(self.outline.blocks), self.open[-1].index, "", image=image, breaks=breaks)
        block.hrefs = tuple(self.line.hrefs)
        self.outline.blocks.append(block)
        self.line.breaks = 0

    def _microdata(self, element: etree._Element, attributes: Attributes) -> None:
        value = attributes.get("content") or attributes.get("datetime")
        if not value and element.tag in INLINE:
            value = "".join(element.itertext())
        if value and self.open:
            box = self.open[-1].index
            self.outline.microdata.append((attributes["itemprop"], value.strip()[:2000], box))
