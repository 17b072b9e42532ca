"""The one pass over the tree of a page: elements in, boxes and text blocks out.

Iterative, so that depth costs no stack; text is collected raw and normalised once a block.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from pipelines.blocks import Block, Box, Image, Outline, Span
from pipelines.class_words import Hint, read_hints
from pipelines.layouts import BODY_MARK
from pipelines.text import normalise
from pipelines.tree import UnreadableError

MAX_NODES = 150_000
"""Elements we are willing to look at; the longest real article seen has under 10,000."""

MAX_DEPTH = 1_000
"""Nesting that no template reaches; libxml2 drops silently what lies deeper than 2,048."""

INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "blink",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "o:p",
        "st1:place",
    ]
)
_SKIPPED = frozenset(
    [
        "head",
        "select",
        "option",
        "datalist",
        "button",
        "input",
        "textarea",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "map",
        "area",
        "progress",
        "meter",
        "track",
        "param",
        "base",
    ]
)
_BOLD = frozenset({"b", "strong"})
_ITALIC = frozenset({"i", "em", "cite"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ALIGNED_STYLE = re.compile(r"text-align\s*:\s*(center|right|justify)", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_ITALIC_STYLE = re.compile(r"font-style\s*:\s*(italic|oblique)", re.IGNORECASE)
_EMPHASIS = _BOLD | _ITALIC
_SPECIAL = frozenset({"br", "hr", "img", "source", "meta", "link", "col", "colgroup"})
_NOTABLE = frozenset({"style", "hidden", "aria-hidden", "itemprop", "align"})
_NAMING_ATTRIBUTES = ("class", "id", "itemprop", "data-role", BODY_MARK)
_EMBEDS = frozenset({"iframe", "embed"})
_NO_ATTRIBUTES: Mapping[str, str] = {}
_IMAGE_ATTRIBUTES = (
    "data-original", "data-src", "data-lazy-src", "data-srcset", "data-lazy", "data-image",
    "data-url", "srcset", "src",
)  # fmt: skip


_PARTED = Hint.AUTHOR | Hint.DATE | Hint.SECTION


def read_outline(root: etree._Element) -> Outline:
    """Walk the tree once. Raises UnreadableError (``too_deep``, ``too_large``)."""
    return _Walker().walk(root)


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether a browser shows nothing of the element; the page itself is never hidden."""
    if tag in ("html", "body"):
        return False
    style = attributes.get("style")
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(style and _HIDDEN_STYLE.search(style))
    )


def _alignment(tag: str, attributes: Mapping[str, str]) -> str:
    style = attributes.get("style")
    found = _ALIGNED_STYLE.search(style) if style else None
    if found:
        return found[1].lower()
    return "center" if tag == "center" else attributes.get("align", "").lower()


def _inline_hints(tag: str, attributes: Mapping[str, str]) -> int:
    words = attributes.get("class") or attributes.get("id")
    property_name = attributes.get("itemprop") or attributes.get("rel")
    if not words and not property_name:
        return Hint.DATE if tag == "time" else Hint.NONE
    hints = read_hints(f"{words or ''} {property_name or ''}")
    return hints | Hint.DATE if tag == "time" else hints


def _pixels(text: str | None) -> int | None:
    digits = (text or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


Frame = tuple[bool, bool, bool, int, int, str | None]
"""What leaving an inline element undoes: link, bold, italic; and its span: start, hints, value."""


class _Line:
    """The raw pieces of the text block that is being read, with their emphasis."""

    def __init__(self) -> None:
        self.in_link = self.in_bold = self.in_italic = 0
        self.breaks = 0
        self.clear()

    def clear(self) -> None:
        """Begin a new line; open emphasis goes on."""
        self.pieces: list[str] = []
        self.link = self.bold = self.italic = 0
        self.spans: list[Span] = []
        self.hrefs: list[str] = []

    def add(self, text: str) -> None:
        """Append a text node; white space counts only inside a line."""
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

    def block(self, index: int, box: int) -> Block | None:
        """The finished block, or None where nothing is to be read."""
        text = normalise("".join(self.pieces)) if self.pieces else ""
        if not text:
            return None
        return Block(
            index, box, text, self.link, self.bold, self.italic, self.breaks, self.spans, self.hrefs
        )


class _Walker:
    """Collects the outline of one page."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.line = _Line()
        self.open: list[Box] = []
        self.frames: list[Frame | Box | None] = []
        self.sources: list[str] = []

    def walk(self, root: etree._Element) -> Outline:
        nodes = 0
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._leave(element)
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
        tag = element.tag
        items = element.items()
        attributes = dict(items) if items else _NO_ATTRIBUTES
        notable = bool(items) and not _NOTABLE.isdisjoint(attributes)
        if tag in _SKIPPED or (notable and _is_hidden(tag, attributes)):
            self.frames.append(None)
            self.outline.embeds += tag in _EMBEDS
            return False
        if notable and "itemprop" in attributes:
            self._microdata(element, attributes)
        frame: Frame | Box | None = None
        if tag in INLINE:
            if items or tag in _EMPHASIS:
                frame = self._enter_inline(tag, attributes)
        elif tag in _SPECIAL:
            self._enter_special(tag, attributes)
        else:
            frame = self._open_box(tag, attributes, notable)
        self.frames.append(frame)
        text = element.text
        if text:
            self.line.add(text)
        return True

    def _enter_special(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Elements without text of their own: breaks, images, their sources."""
        if tag == "img":
            self._image(attributes)
        elif tag == "source":
            self.sources.append(attributes.get("data-srcset") or attributes.get("srcset", ""))
        elif tag in ("br", "hr"):
            self._flush()
            self.line.breaks += 1 if tag == "br" else 2

    def _leave(self, element: etree._Element) -> None:
        frame = self.frames.pop()
        if frame is not None:
            if isinstance(frame, Box):
                self._close_box(frame)
            else:
                self._leave_inline(frame)
        tail = element.tail
        if tail and self.open:
            self.line.add(tail)

    def _open_box(self, tag: str, attributes: Mapping[str, str], notable: bool) -> Box:
        if self.line.pieces:
            self._flush()
        boxes = self.outline.boxes
        box = Box(len(boxes), self.open[-1].index if self.open else -1, tag)
        if attributes:
            box.words = " ".join([attributes[n] for n in _NAMING_ATTRIBUTES if n in attributes])
            box.hints = read_hints(box.words) if box.words else Hint.NONE
        if notable or tag == "center":
            box.align = _alignment(tag, attributes)
            self._emphasise(box, attributes.get("style", ""))
        box.first_block = len(self.outline.blocks)
        boxes.append(box)
        self.open.append(box)
        self.line.breaks = 0
        return box

    def _emphasise(self, box: Box, style: str) -> None:
        box.bold = bool(_BOLD_STYLE.search(style))
        box.italic = bool(_ITALIC_STYLE.search(style))
        self.line.in_bold += box.bold
        self.line.in_italic += box.italic

    def _close_box(self, box: Box) -> None:
        if self.line.pieces:
            self._flush()
        self.line.in_bold -= box.bold
        self.line.in_italic -= box.italic
        self.open.pop()
        box.last = len(self.outline.boxes) - 1
        box.end_block = len(self.outline.blocks)
        self.line.breaks = 0

    def _enter_inline(self, tag: str, attributes: Mapping[str, str]) -> Frame:
        line = self.line
        style = attributes.get("style", "")
        href = attributes.get("href", "") if tag == "a" else ""
        link = bool(href) and not href.startswith("#")
        bold = tag in _BOLD or bool(style and _BOLD_STYLE.search(style))
        italic = tag in _ITALIC or bool(style and _ITALIC_STYLE.search(style))
        line.in_link += link
        line.in_bold += bold
        line.in_italic += italic
        if link:
            line.hrefs.append(href)
        hints = _inline_hints(tag, attributes)
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

    def _image(self, attributes: Mapping[str, str]) -> None:
        addresses = [attributes[name] for name in _IMAGE_ATTRIBUTES if attributes.get(name)]
        addresses += filter(None, self.sources)
        self.sources.clear()
        if not addresses or not self.open:
            return
        breaks = self.line.breaks
        self._flush()
        image = Image(
            addresses,
            attributes.get("alt", ""),
            _pixels(attributes.get("width")),
            _pixels(attributes.get("height")),
        )
        block = Block(len(self.outline.blocks), self.open[-1].index, "", image=image, breaks=breaks)
        block.hrefs = list(self.line.hrefs)
        block.link = self.line.in_link
        self.outline.blocks.append(block)
        self.line.breaks = 0

    def _microdata(self, element: etree._Element, attributes: Mapping[str, str]) -> None:
        value = attributes.get("content") or attributes.get("datetime")
        if not value and element.tag in INLINE:
            value = "".join(element.itertext())
        if value and self.open:
            box = self.open[-1].index
            self.outline.microdata.append((attributes["itemprop"], value.strip()[:2000], box))
