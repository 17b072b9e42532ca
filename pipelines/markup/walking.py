"""The one pass over a page: what the parser reads out becomes boxes and text blocks.

Depth costs no stack; text is collected raw and normalised once a block.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lxml import etree

from pipelines.markup.blocks import Block, Box, Outline, Span
from pipelines.markup.class_words import Hint, read_hints
from pipelines.markup.elements import (
    ARTICLE_PARTS,
    CELLS,
    EMBEDS,
    EMPHASIS,
    FRAMES,
    KINDS,
    NOTABLE,
    Attributes,
    alignment,
    block_words,
    cell_span,
    emphasis,
    inline_hints,
    is_hidden,
    is_named_hidden,
    read_image,
)
from pipelines.markup.lines import Line
from pipelines.markup.parsing import UnreadableError, read_to, read_tree_to
from pipelines.vietnamese.text import normalise

MAX_NODES = 150_000
"""Elements we are willing to look at; the longest real article seen has under 10,000."""

MAX_DEPTH = 1_000
"""Nesting that no template reaches; libxml2 drops silently what lies deeper than 2,048."""

MAX_VALUE = 2_000
"""Characters of a property in microdata, of a link, of a named part of a line; those that we look
for have under 500."""

_PARTED = Hint.AUTHOR | Hint.DATE | Hint.SECTION
"""Names that stand glued together in page heads; inside prose they do not occur."""

_ALIGNED = Hint.CENTRED | Hint.ON_RIGHT

_NO_ATTRIBUTES: Attributes = {}  # lxml's own is slow

Frame = tuple[bool, bool, bool, int, int, str | None, str | None]
"""What leaving an inline element undoes: link, bold, italic; and what began with it: the first
piece, hints and value of its span, and the name of its property where its text is the value."""


def read_outline(text: str) -> Outline:
    """Read a decoded page once. Raises UnreadableError."""
    walker = _Walker()
    read_to(walker, text)
    if not walker.outline.boxes:
        raise UnreadableError("no_content")
    return walker.outline


def walk_tree(root: etree._Element) -> Outline:
    """The outline of a page of which there is a tree. Raises UnreadableError."""
    walker = _Walker()
    read_tree_to(walker, root)
    return walker.outline


class _Walker:
    """A reader of one page that collects its outline.

    ``unseen`` counts the open elements of which readers see nothing; ``wanted`` takes the text of
    such a one where it speaks to machines.
    """

    def __init__(self) -> None:
        self.outline = Outline()
        self.line = Line()
        self.open: list[Box] = []
        self.frames: list[Frame | Box | None] = []
        self.sources: list[str] = []
        self.elements = 0
        self.unseen = 0
        self.in_head = False
        self.wanted: Callable[[str], None] | None = None
        self.heard: list[str] = []
        self.data: Callable[[str], None] = self.heard.append

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take an element in."""
        if self.unseen:
            self._enter_unseen(tag, attributes)
            return
        if self.heard:
            self.line.take(self.heard)
        kind = KINDS.get(tag)
        if kind is None and "-" in tag and self.line.pieces:
            kind = "inline"  # an element of the page's own making amid a line
        attributes = attributes or _NO_ATTRIBUTES
        notable = not NOTABLE.isdisjoint(attributes)
        if (
            kind == "skipped"
            or (notable and is_hidden(tag, attributes))
            or (kind == "inline" and is_named_hidden(attributes.get("class", "")))
            or (kind == "site part" and not any(box.tag in ARTICLE_PARTS for box in self.open))
        ):
            self.outline.embeds += tag in EMBEDS
            if tag in FRAMES:
                self._frame(attributes)
            self._enter_unseen(tag, attributes)
            return
        self.elements += 1
        if self.elements > MAX_NODES or len(self.frames) > MAX_DEPTH:
            raise UnreadableError("too_large" if self.elements > MAX_NODES else "too_deep")
        if notable and "itemprop" in attributes:
            self._declare(attributes["itemprop"], _value(attributes))
        frame: Frame | Box | None = None
        if kind is None or kind == "site part":
            frame = self._open_box(tag, attributes, notable)
        elif kind == "special":
            self._enter_special(tag, attributes)
        elif attributes or tag in EMPHASIS:
            frame = self._enter_inline(tag, attributes, notable)
        self.frames.append(frame)

    def end(self, tag: str) -> None:
        """Leave an element."""
        if self.unseen:
            self._leave_unseen()
            return
        if self.heard:
            self.line.take(self.heard)
        frame = self.frames.pop()
        if frame is None:
            return
        if isinstance(frame, Box):
            self._close_box(frame)
        else:
            self._leave_inline(frame)

    def close(self) -> None:
        """Nothing is left to do at the end of a page; the parser asks for it."""

    def _enter_unseen(self, tag: str, attributes: Attributes) -> None:
        """Keep what an unseen element says to machines."""
        self.unseen += 1
        self.heard.clear()
        if tag == "script":
            is_data = "ld+json" in attributes.get("type", "").lower()
            self.wanted = self.outline.head.json_ld.append if is_data else None
        elif self.in_head and self.unseen == 2:
            if tag == "title":
                self.wanted = self.outline.head.titles.append
            elif tag in ("meta", "link"):
                self.outline.head.elements.append((tag, attributes))
        elif tag == "head":
            self.in_head = True
        elif "itemprop" in attributes and not self.wanted:
            self._declare(attributes["itemprop"], _value(attributes))
            self.wanted = partial(self._declare, attributes["itemprop"])

    def _leave_unseen(self) -> None:
        if self.wanted is not None:
            self.wanted("".join(self.heard))
            self.wanted = None
        self.heard.clear()
        self.unseen -= 1
        if not self.unseen:
            self.in_head = False

    def _enter_special(self, tag: str, attributes: Attributes) -> None:
        """Elements without text of their own: breaks, images, their sources."""
        if tag == "img":
            self._image(attributes)
        elif tag == "source":
            self.sources.append(attributes.get("data-srcset") or attributes.get("srcset", ""))
        elif tag in ("br", "hr"):
            self._flush()
            self.line.breaks += 1 if tag == "br" else 2

    def _open_box(self, tag: str, attributes: Attributes, notable: bool) -> Box:
        if self.line.pieces:
            self._flush()
        boxes = self.outline.boxes
        box = Box(len(boxes), self.open[-1].index if self.open else -1, tag)
        if not boxes:
            self.outline.language = attributes.get("lang")
        if attributes:
            box.words = block_words(attributes)
            box.hints = read_hints(box.words) if box.words else Hint.NONE
            if box.hints & _ALIGNED:
                box.align = "right" if box.hints & Hint.ON_RIGHT else "center"
        if notable or tag == "center":
            box.align = alignment(tag, attributes) or box.align
            box.bold, box.italic = emphasis(tag, attributes)
            if tag in CELLS:
                box.span = cell_span(attributes)
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

    def _enter_inline(self, tag: str, attributes: Attributes, notable: bool) -> Frame:
        line = self.line
        href = attributes.get("href", "") if tag == "a" else ""
        link = bool(href) and not href.startswith("#")
        bold, italic = emphasis(tag, attributes)
        line.in_link += link
        line.in_bold += bold
        line.in_italic += italic
        if link:
            line.hrefs.append(href)
            if line.pieces and self.open and self.open[-1].hints & Hint.SECTION:
                line.part_steps()
        hints = inline_hints(tag, attributes)
        if hints & _PARTED and line.pieces:
            line.pieces.append(" ")
        name = attributes.get("itemprop") if notable and not _value(attributes) else None
        return (link, bold, italic, len(line.pieces), hints, attributes.get("datetime"), name)

    def _leave_inline(self, frame: Frame) -> None:
        link, bold, italic, start, hints, value, name = frame
        line = self.line
        line.in_link -= link
        line.in_bold -= bold
        line.in_italic -= italic
        said = "".join(line.pieces[start:])[:MAX_VALUE] if link or name or hints else ""
        if link:
            line.links.append(said)
        if name:
            self._declare(name, said)
        if hints:
            text = normalise(said)
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

    def _frame(self, attributes: Attributes) -> None:
        """Note the address of an embedded document."""
        address = (attributes or _NO_ATTRIBUTES).get("src") or attributes.get("data")
        if address and not address.startswith(("javascript:", "about:")):
            self.outline.frames.append((len(self.outline.blocks), address[:MAX_VALUE]))

    def _declare(self, name: str, value: str | None) -> None:
        """Note a property of microdata and its value."""
        if value and self.open:
            self.outline.microdata.append((name, value.strip()[:MAX_VALUE], self.open[-1].index))


def _value(attributes: Attributes) -> str | None:
    """The value of a property where an attribute tells it."""
    return attributes.get("content") or attributes.get("datetime")
