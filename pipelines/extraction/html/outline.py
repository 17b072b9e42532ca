"""Build the outline of a page in one pass over its elements and text.

Nesting uses no call stack. Text is collected raw and normalised once per block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from functools import partial

from lxml import etree

from pipelines.extraction.html.blocks import Box, HiddenPart, Outline
from pipelines.extraction.html.decode import decode_again
from pipelines.extraction.html.elements import (
    ARTICLE_PARTS,
    CODE,
    EMBEDS,
    EMPHASIS,
    FILE_TYPE,
    FRAMES,
    IMAGES,
    KINDS,
    NOTABLE,
    QUOTES,
    Attributes,
    Kind,
    attribute_value,
    is_hidden,
    is_named_hidden,
)
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.html.images import (
    complete_lazy,
    is_picture_file,
    read_image,
    real_address,
)
from pipelines.extraction.html.lines import MAX_VALUE_CHARS, BlockBuilder, InlineElement
from pipelines.extraction.html.parse import UnreadableError, parse_into, replay_tree

MAX_NODES = 150_000
"""Elements of a page that are read. The longest real articles have fewer than 10,000."""

MAX_DEPTH = 1_000
"""Nesting that no template reaches. libxml2 silently drops what is deeper than 2,048."""

_OTHER_SCHEME = re.compile(r"(?!https?:)[a-zA-Z][a-zA-Z0-9+.-]*:")
_MARKED_INLINE = EMPHASIS | CODE | QUOTES
_TEXTLESS = frozenset(tag for tag, kind in KINDS.items() if kind == "skipped" and tag != "noscript")

_NO_FRAME = ("javascript:", "about:")
"""Beginnings of the URL of a frame that is filled later."""

_NO_ATTRIBUTES: Attributes = {}  # lxml's mapping is slow


def read_outline(text: str, shown: Set[int] = frozenset()) -> Outline:
    """Return the outline of a decoded page. Raises UnreadableError.

    ``shown`` are the indexes of hidden parts that are read as if they were visible.
    """
    builder = _OutlineBuilder(shown)
    parse_into(builder, text)
    if not builder.outline.boxes:
        raise UnreadableError("no_content")
    return builder.outline


def outline_of_tree(root: etree._Element, shown: Set[int] = frozenset()) -> Outline:
    """Return the outline of a parsed tree. Raises UnreadableError."""
    builder = _OutlineBuilder(shown)
    replay_tree(builder, root)
    return builder.outline


class _OutlineBuilder(BlockBuilder):
    """An lxml parser target that builds the outline of one page.

    ``hidden_depth`` is the number of open elements that are hidden or not text. ``text_sink``
    receives the text of such an element if it is metadata. ``shown`` are the indexes of hidden
    parts that are read. ``part`` is the hidden part that is being skipped.
    """

    def __init__(self, shown: Set[int]) -> None:
        super().__init__()
        self.shown = shown
        self.shown_box = -1
        self.part: HiddenPart | None = None
        self.frames: list[InlineElement | Box | None] = []
        self.elements = 0
        self.hidden_depth = 0
        self.in_head = self.in_object = False
        self.text_sink: Callable[[str], None] | None = None
        self.pieces: list[str] = []
        self.data: Callable[[str], None] = self.pieces.append

    def start(self, tag: str, attributes: Attributes) -> None:
        """Start an element."""
        if self.hidden_depth:
            self._enter_hidden(tag, attributes)
            return
        if self.pieces:
            self.line.append(self.pieces)
        kind = KINDS.get(tag)
        if kind is None and "-" in tag and self.line.pieces:
            kind = "inline"  # a custom element within a line
        attributes = attributes or _NO_ATTRIBUTES
        notable = not NOTABLE.isdisjoint(attributes)
        if (
            (kind or notable)
            and (
                kind == "skipped"
                or (notable and is_hidden(tag, attributes))
                or (
                    kind == "inline"
                    and "class" in attributes
                    and is_named_hidden(attributes["class"])
                )
                or (kind == "site part" and not any(box.tag in ARTICLE_PARTS for box in self.open))
            )
            and not self._reveal(tag, kind, attributes)
        ):
            self.outline.embeds += tag in EMBEDS
            self._enter_hidden(tag, attributes)
            return
        self.elements += 1
        if self.elements > MAX_NODES or len(self.frames) > MAX_DEPTH:
            raise UnreadableError("too_large" if self.elements > MAX_NODES else "too_deep")
        if notable and "itemprop" in attributes:
            self._add_property(attributes["itemprop"], attribute_value(attributes))
        frame: InlineElement | Box | None = None
        if kind == "special":
            self._enter_special(tag, attributes)
        elif kind != "inline":
            frame = self._open_box(tag, attributes, notable)
        elif attributes or tag in _MARKED_INLINE:
            frame = self._enter_inline(tag, attributes, notable)
        self.frames.append(frame)

    def end(self, tag: str) -> None:
        """End an element."""
        if self.hidden_depth:
            if self.part is not None:
                if self.pieces and tag not in _TEXTLESS:
                    self.part.add_text(self.pieces)
                self.part.open_links -= tag == "a"
            self._leave_hidden()
            return
        if self.pieces:
            self.line.append(self.pieces)
        frame = self.frames.pop()
        if frame is None:
            return
        if isinstance(frame, Box):
            self._close_box(frame)
            return
        raw = self.line.leave(frame)
        property_name = frame[-1]
        if property_name:
            self._add_property(property_name, raw)

    def close(self) -> None:
        """Do nothing; lxml calls it at the end of the page."""

    def _enter_inline(self, tag: str, attributes: Attributes, notable: bool) -> InlineElement:
        """Begin an inline element."""
        if tag == "a" and "type" in attributes:
            self._declare_file(attributes, attributes.get("href", ""))
        hints = self.open[-1].hints if self.open else Hint.NONE
        name = attributes.get("itemprop") if notable else None
        return self.line.enter(tag, attributes, hints, name)

    def _enter_hidden(self, tag: str, attributes: Attributes) -> None:
        """Start an element whose text is not shown; keep the metadata in it."""
        if self.part is not None and self.hidden_depth:
            self._note_hidden(self.part, tag, attributes)
        self.hidden_depth += 1
        self.pieces.clear()
        if tag in FRAMES and (self.hidden_depth == 1 or self.in_object):
            self._add_frame(attributes)
            self.in_object = self.in_object or tag == "object"
        if tag == "script":
            is_data = "ld+json" in attributes.get("type", "").lower()
            self.text_sink = self.outline.head.json_ld.append if is_data else None
        elif tag == "base":
            self._set_base(attributes.get("href", ""))
        elif self.in_head and self.hidden_depth == 2:
            if tag == "title":
                self.text_sink = self.outline.head.titles.append
            elif tag == "meta":
                self.outline.head.meta.append(attributes)
        elif tag == "head":
            self.in_head = True
        elif "itemprop" in attributes and not self.text_sink:
            self._add_property(attributes["itemprop"], attribute_value(attributes))
            self.text_sink = partial(self._add_property, attributes["itemprop"])

    def _leave_hidden(self) -> None:
        """End an element whose text is not shown."""
        if self.text_sink is not None:
            self.text_sink("".join(self.pieces))
            self.text_sink = None
        self.pieces.clear()
        self.hidden_depth -= 1
        if not self.hidden_depth:
            self.in_head = self.in_object = False
            self.part = None

    def _set_base(self, href: str) -> None:
        """Set the base URL from the first ``base`` element with a web URL."""
        href = href.strip()
        if self.outline.base is None and href and not _OTHER_SCHEME.match(href):
            self.outline.base = href

    def _reveal(self, tag: str, kind: Kind | None, attributes: Attributes) -> bool:
        """Record a hidden part that may hold text. Return True if its text is to be read."""
        if kind in ("inline", "special") or (kind == "skipped" and tag != "noscript"):
            return False
        boxes, parts = self.outline.boxes, self.outline.hidden
        if self.shown_box >= 0 and (len(boxes) <= self.shown_box or boxes[self.shown_box].last < 0):
            return False
        parent = self.open[-1].index if self.open else -1
        part = HiddenPart(len(parts), parent, len(self.outline.blocks), tag, attributes)
        parts.append(part)
        if part.index in self.shown:
            self.shown_box = len(boxes)
            return True
        self.part = part
        return False

    def _note_hidden(self, part: HiddenPart, tag: str, attributes: Attributes) -> None:
        """Record an element of a hidden part and the text before it."""
        if self.pieces:
            part.add_text(self.pieces)
        part.add_element(tag)
        if tag in IMAGES and part.tag == "noscript":
            self._add_noscript_image(tag, attributes)

    def _add_noscript_image(self, tag: str, attributes: Attributes) -> None:
        """Add the image for browsers without scripts, or its URL to the lazy image before."""
        lazy, self.lazy = self.lazy, None
        if lazy is not None and attributes.get("src") in lazy.addresses:
            return
        image = None if is_hidden(tag, attributes) else read_image(attributes, [])
        address = image and real_address(image)
        if image is None or not address or not self.open:
            return
        last = self.outline.blocks[-1].image if self.outline.blocks else None
        is_adjacent = lazy is not None and lazy is last and not self.line.pieces
        if is_adjacent and lazy and complete_lazy(lazy, image, address):
            return
        if is_picture_file(address):
            self._add_image(image)

    def _add_frame(self, attributes: Attributes) -> None:
        """Add the URL of an embedded document."""
        named = (attributes.get(name) for name in ("src", "data", "data-src"))
        address = next((each for each in named if each and not each.startswith(_NO_FRAME)), None)
        if address:
            address = address[:MAX_VALUE_CHARS]
            self.outline.frames.append((len(self.outline.blocks), address))
            self._declare_file(attributes, address)

    def _declare_file(self, attributes: Attributes, address: str) -> None:
        """Add the URL of a link or an embedded document whose type is that of a file."""
        if FILE_TYPE.match(attributes.get("type", "")):
            self.outline.declared_files.add(address.strip())

    def _add_property(self, name: str, value: str | None) -> None:
        """Add a microdata property; names in a breadcrumb are added to it, too."""
        if value and self.open:
            value = value.strip()[:MAX_VALUE_CHARS]
            if "&" in value:
                value = decode_again(value)
            self.outline.microdata.append((name, value, self.open[-1].index))
            if self.crumbs >= 0 and "name" in name.split() and self._is_in_crumbs():
                self.outline.crumbs.append(value)

    def _is_in_crumbs(self) -> bool:
        """Whether the element of the breadcrumb has not ended yet."""
        return self.outline.boxes[self.crumbs].last < 0
