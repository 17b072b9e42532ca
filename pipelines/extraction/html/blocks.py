"""What one pass over a page leaves: boxes (elements that stand as a block) and text blocks.

A block is a run of text that a reader sees as one line or paragraph, or one photo. All later
decisions are made on these two flat lists; the tree is not walked again.
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
    """An inline element with a name of its own inside a block (``<span class="author">``)."""

    hints: int
    text: str
    value: str | None = None
    link: bool = False


@dataclass(slots=True)
class Image:
    """An image as written: candidates of its address, best first, and its size if told.

    ``best`` is the address that was chosen among them, empty before.
    """

    addresses: list[str]
    width: int | None = None
    height: int | None = None
    best: str | None = ""


@dataclass(slots=True)
class Box:
    """An element that stands as a block of its own.

    ``parent`` is the index of the enclosing box (-1 for the outermost); ``last`` the index of the
    last box inside it; ``first_block`` and ``end_block`` the half-open range of its blocks;
    ``span`` how many columns and rows it fills as the cell of a table.
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

    ``link``, ``bold`` and ``italic`` count the characters so marked; ``breaks`` the ``<br>``
    that part it from the block before in the same box (0: the box begins here or a child ended);
    ``links`` are the raw texts of its links, ``hrefs`` their addresses.
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
        """Which part of the text is link, 0 to 1."""
        return min(1.0, self.link / len(self.text)) if self.text else 0.0

    @property
    def is_bold(self) -> bool:
        """Whether (nearly) all of the text is bold."""
        return bool(self.text) and self.bold >= 0.9 * len(self.text)

    @property
    def is_italic(self) -> bool:
        """Whether (nearly) all of the text is italic."""
        return bool(self.text) and self.italic >= 0.9 * len(self.text)


@dataclass(slots=True)
class HiddenPart:
    """An element that readers do not see as the page is sent; a script may show it.

    ``index`` counts such elements; ``parent`` is the box around it and ``place`` the index of the
    block before which it stands; ``texts`` are its long runs of text outside of links, ``prose``
    their characters, ``links`` the number of its links; ``has_title`` whether it holds a first
    heading, ``has_article`` an article.
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
    """What a page says to machines.

    ``json_ld`` holds the raw scripts, ``meta`` the attributes of such elements.
    """

    titles: list[str] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    meta: list[Mapping[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """A page as boxes and blocks, both in document order.

    ``microdata`` is (name, value, box); ``crumbs`` the names in a breadcrumb of microdata;
    ``embeds`` counts frames of other sites, mostly players; ``frames`` has the address of each
    embedded document with the index of the block behind it; ``language`` is what the page claims;
    ``base`` the address that relative ones are relative to, as written; ``imprint`` the indexes
    of the blocks that tell who publishes the site.
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
    imprint: frozenset[int] = frozenset()
    base: str | None = None

    def resolve(self, page: str | None, address: str) -> str:
        """An address on the page as a browser would fetch it; as written if it is no address."""
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
        """The box itself and those around it that lie inside ``top``."""
        while box > top:
            yield self.boxes[box]
            box = self.boxes[box].parent

    def inside(self, box: int, top: int) -> bool:
        """Whether a box is ``top`` or lies in it."""
        return top <= box <= self.boxes[top].last

    def enclosing(self, box: int, tags: frozenset[str]) -> Box | None:
        """The innermost box around (or itself) that has one of these tags."""
        return next((each for each in self.ancestors(box) if each.tag in tags), None)


BOILERPLATE_TAGS = frozenset({"nav", "footer", "aside", "menu", "dialog"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
