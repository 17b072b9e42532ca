"""The outline of a page: boxes (block elements) and blocks (lines of text and photos).

A block is a run of text that readers see as one line or paragraph, or one photo. All rules use
these two flat lists; the tree is not walked again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from pipelines.extraction.html.hints import Hint

MIN_HIDDEN_PROSE_CHARS = 40
"""Characters from which a run of hidden text counts as prose."""


@dataclass(slots=True)
class Span:
    """An inline element with a class of its own inside a block (``<span class="author">``)."""

    hints: int
    text: str
    value: str | None = None
    link: bool = False


@dataclass(slots=True)
class Image:
    """An image as the page writes it: its possible URLs, best first, and its size if it is known.

    ``best`` is the URL that was chosen among them, "" before one was chosen. ``alt`` is the text in
    place of the image.
    """

    addresses: list[str]
    width: int | None = None
    height: int | None = None
    best: str | None = ""
    alt: str = ""


@dataclass(slots=True)
class Box:
    """A block element.

    ``parent`` is the index of the enclosing box (-1 for the outermost one), ``last`` that of the
    last box inside it. ``first_block`` and ``end_block`` are the half-open range of its blocks.
    ``words`` are its class and id. ``span`` is the number of columns and rows that it fills as a
    table cell.
    """

    index: int
    parent: int
    tag: str
    words: str = ""
    hints: int = Hint.NONE
    align: str = ""
    bold: bool = False
    italic: bool = False
    last: int = -1
    first_block: int = 0
    end_block: int = 0
    span: tuple[int, int] = (1, 1)


@dataclass(slots=True)
class Block:
    """A line of text or a photo.

    ``link``, ``bold`` and ``italic`` are the numbers of characters that are so. ``breaks`` is the
    number of ``<br>`` that separate it from the block before in the same box; 0 means that the box
    begins here or a child box ended. ``links`` are the texts of its links, ``hrefs`` their URLs.
    """

    index: int
    box: int
    text: str
    link: int = 0
    bold: int = 0
    italic: int = 0
    breaks: int = 0
    spans: Sequence[Span] = ()
    hrefs: Sequence[str] = ()
    links: Sequence[str] = ()
    image: Image | None = None

    @property
    def link_share(self) -> float:
        """The share of the text that is link, from 0 to 1."""
        size = len(self.text)
        return self.link / size if self.link < size else 1.0 if size else 0.0

    @property
    def is_mostly_link(self) -> bool:
        """Whether more than half of the text is link."""
        return 2 * self.link > len(self.text) > 0

    @property
    def is_bold(self) -> bool:
        """Whether nearly all of the text is bold."""
        return bool(self.text) and self.bold >= 0.9 * len(self.text)

    @property
    def is_italic(self) -> bool:
        """Whether nearly all of the text is italic."""
        return bool(self.text) and self.italic >= 0.9 * len(self.text)


@dataclass(slots=True)
class HiddenPart:
    """An element that is hidden when the page loads. A script may show it.

    ``index`` counts such elements. ``parent`` is the index of the box around it, ``place`` that of
    the next block. ``texts`` are its long runs of text outside of links, ``prose`` their number of
    characters, ``links`` the number of its links. ``has_title`` is true if it has an ``h1``,
    ``has_article`` if it has an ``article``. ``open_links`` counts the links that have not ended
    yet.
    """

    index: int
    parent: int
    place: int
    tag: str
    attributes: Mapping[str, str]
    prose: int = 0
    texts: list[str] = field(default_factory=list)
    links: int = 0
    has_title: bool = False
    has_article: bool = False
    open_links: int = 0

    def add_element(self, tag: str) -> None:
        """Record the start of an element inside the hidden part."""
        if tag == "a":
            self.open_links += 1
            self.links += 1
        elif tag == "h1":
            self.has_title = True
        elif tag == "article":
            self.has_article = True

    def add_text(self, pieces: list[str]) -> None:
        """Count a run of text, given in pieces, if it is long enough to be prose and no link."""
        if len(pieces[0]) < MIN_HIDDEN_PROSE_CHARS and len(pieces) == 1:
            return
        text = "".join(pieces).strip()
        if len(text) >= MIN_HIDDEN_PROSE_CHARS and not self.open_links:
            self.prose += len(text)
            self.texts.append(text)


@dataclass(slots=True)
class Head:
    """What a page says to machines: titles, JSON-LD scripts, and attributes of ``meta``."""

    titles: list[str] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    meta: list[Mapping[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """A page as boxes and blocks, both in document order.

    ``microdata`` holds (name, value, index of the box). ``crumbs`` are the names in a microdata
    breadcrumb. ``embeds`` is the number of embedded frames, which are mostly players. ``frames``
    holds the URL of each embedded document with the index of the next block, ``separators`` the
    index of the block after each line across the page (``hr``). ``declared_files`` are the URLs of
    links and embedded documents of which the page says that they are files. ``language`` is the
    ``lang`` of the page. ``base`` is the base URL as the page writes it. ``imprint`` holds the
    indexes of the blocks in the imprint.
    """

    head: Head = field(default_factory=Head)
    language: str | None = None
    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    microdata: list[tuple[str, str, int]] = field(default_factory=list)
    crumbs: list[str] = field(default_factory=list)
    hidden: list[HiddenPart] = field(default_factory=list)
    embeds: int = 0
    frames: list[tuple[int, str]] = field(default_factory=list)
    declared_files: set[str] = field(default_factory=set)
    separators: list[int] = field(default_factory=list)
    imprint: frozenset[int] = frozenset()
    base: str | None = None

    def resolve(self, page: str | None, address: str) -> str:
        """Return an address on the page as an absolute URL; unchanged if it is not a URL."""
        try:
            return urljoin(urljoin(page or "", self.base or ""), address)
        except ValueError:
            return address

    def ancestors(self, box: int, limit: int = sys.maxsize) -> Iterator[Box]:
        """Yield the box with this index and the boxes around it, innermost first.

        ``limit`` is the number of boxes to yield at most, the first box included.
        """
        while box >= 0 and limit > 0:
            yield self.boxes[box]
            box = self.boxes[box].parent
            limit -= 1

    def within(self, box: int, top: int) -> Iterator[Box]:
        """Yield the box with this index and the boxes around it that are inside ``top``."""
        while box > top:
            yield self.boxes[box]
            box = self.boxes[box].parent

    def inside(self, box: int, top: int) -> bool:
        """Whether a box is ``top`` or inside of it."""
        return top <= box <= self.boxes[top].last

    def tags_in(self, box: Box) -> set[str]:
        """Return the tags of a box and of the boxes inside it."""
        return {each.tag for each in self.boxes[box.index : box.last + 1]}

    def enclosing(self, box: int, tags: frozenset[str]) -> Box | None:
        """Return the box itself or the innermost one around it with one of these tags, or None."""
        return next((each for each in self.ancestors(box) if each.tag in tags), None)


BOILERPLATE_TAGS = frozenset({"nav", "footer", "aside", "menu", "dialog"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
