"""The facts that the cleaning rules use: the page context and the kinds of its blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from pipelines.extraction.body import is_prose
from pipelines.extraction.context import MAX_BOILERPLATE_CHARS, PageContext
from pipelines.extraction.html.blocks import Block
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.dates import parse_dates

MAX_SIGNATURE_CHARS = 120
MAX_DATE_LINE_CHARS = 60
MAX_OPENING_BLOCKS = 2
"""Paragraphs at the start of the text among which a template may put a sentence."""

MAX_ENDING_BLOCKS = 3
"""Paragraphs at the end of the text among which a template may put a sentence."""

PRINTED_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
"""A line that is a URL."""


@dataclass(slots=True)
class RuleContext:
    """The page context, and what is known of the blocks of the body.

    ``captions`` and ``related`` (blocks of related articles) are indexes of blocks. ``edges`` maps
    the index of the first and last paragraphs to their place, ``kinds`` the index of each
    boilerplate line to its kind. ``paragraph_body`` is true if the body is written in ``p``
    elements.
    """

    context: PageContext
    captions: set[int]
    lede: list[Block]
    lede_text: str = ""
    kinds: dict[int, str] = field(default_factory=dict)
    related: set[int] = field(default_factory=set)
    edges: dict[int, str] = field(default_factory=dict)
    paragraph_body: bool = False

    def __post_init__(self) -> None:
        self.lede_text = " ".join(block.text for block in self.lede)
        self.kinds = _boilerplate_kinds(self.context)
        self.related = _related_blocks(self.context, self.kinds)
        self.edges = _edges(self.context)
        self.paragraph_body = _is_written_in_paragraphs(self.context)

    def place(self, block: Block) -> str | None:
        """Return ``head``, ``opening``, ``ending`` or ``tail``; None within the text."""
        if block.index < self.context.first_prose:
            return "head"
        if block.index > self.context.last_prose:
            return "tail"
        return self.edges.get(block.index)


def _edges(context: PageContext) -> dict[int, str]:
    """Return the places of the first and last paragraphs.

    In a short text, at most the first half of the paragraphs is its opening.
    """
    blocks = context.outline.blocks[context.first_prose : context.last_prose + 1]
    texts = [block.index for block in blocks if block.text]
    opening = texts[: min(MAX_OPENING_BLOCKS, len(texts) // 2)]
    return dict.fromkeys(texts[-MAX_ENDING_BLOCKS:], "ending") | dict.fromkeys(opening, "opening")


def _is_written_in_paragraphs(context: PageContext) -> bool:
    """Whether nearly all prose of the body is in ``p`` or ``li`` elements."""
    blocks = context.outline.blocks[context.start : context.end]
    prose = [block for block in blocks if is_prose(block)]
    inside = [block for block in prose if context.outline.boxes[block.box].tag in ("p", "li")]
    return bool(prose) and len(inside) >= 0.8 * len(prose)


def _boilerplate_kinds(context: PageContext) -> dict[int, str]:
    """Return the kind of every block of the body that is a boilerplate line.

    The heading of a list of printed URLs belongs to the text: related articles have titles.
    """
    kinds = {}
    blocks = context.outline.blocks[context.start : context.end]
    for block, below in zip_longest(blocks, blocks[1:]):
        kind = (
            boilerplate_line(block.text) if 0 < len(block.text) <= MAX_BOILERPLATE_CHARS else None
        )
        is_of_text = kind == "related" and _is_printed_item(context, below)
        if kind and not is_of_text:
            kinds[block.index] = kind
    return kinds


def _is_printed_item(context: PageContext, block: Block | None) -> bool:
    """Whether a block is the item of a list and consists of a URL."""
    if block is None or not PRINTED_ADDRESS.fullmatch(block.text):
        return False
    return context.outline.boxes[block.box].tag == "li"


def _related_blocks(context: PageContext, kinds: dict[int, str]) -> set[int]:
    """Return the headings of related articles with the links, photos and dates below them."""
    found: set[int] = set()
    running = False
    for block in context.outline.blocks[context.start : context.end]:
        if kinds.get(block.index) == "related" and len(block.text) <= MAX_SIGNATURE_CHARS:
            running = True
        elif running:
            running = bool(block.image) or block.link_share > 0.5 or is_date_line(context, block)
        if running:
            found.add(block.index)
    return found


def is_date_line(context: PageContext, block: Block) -> bool:
    """Whether a line is short, has a date and is not a sentence."""
    return (
        len(block.text) <= MAX_DATE_LINE_CHARS
        and not block.text.endswith((".", "!", "?"))
        and bool(parse_dates(block.text, context.fetched_at))
    )
