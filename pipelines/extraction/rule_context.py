"""What the cleaning rules look up: the page context and what is known of each block of the body."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.extraction.body import is_prose
from pipelines.extraction.context import MAX_BOILERPLATE_CHARS, PageContext
from pipelines.extraction.html.blocks import Block
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.dates import parse_dates

MAX_SIGNATURE_CHARS = 120
MAX_DATE_LINE_CHARS = 60
MAX_OPENING_BLOCKS = 2
MAX_ENDING_BLOCKS = 3
"""First and last paragraphs among which a template may hide a sentence of its own."""


@dataclass(slots=True)
class RuleContext:
    """What lies before the editor: the scene, and what is known of its blocks.

    ``captions`` and ``related`` (in related boxes) are indexes of blocks; ``edges`` has the place
    of the first and last paragraphs, ``kinds`` the kind of each boilerplate line.
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
        """``head``, ``opening``, ``ending``, ``tail``, or None amid the running text."""
        if block.index < self.context.first_prose:
            return "head"
        if block.index > self.context.last_prose:
            return "tail"
        return self.edges.get(block.index)


def _edges(context: PageContext) -> dict[int, str]:
    """The places of the first and last paragraphs; of a short text the first half opens it."""
    blocks = context.outline.blocks[context.first_prose : context.last_prose + 1]
    texts = [block.index for block in blocks if block.text]
    opening = texts[: min(MAX_OPENING_BLOCKS, len(texts) // 2)]
    return dict.fromkeys(texts[-MAX_ENDING_BLOCKS:], "ending") | dict.fromkeys(opening, "opening")


def _is_written_in_paragraphs(context: PageContext) -> bool:
    blocks = context.outline.blocks[context.start : context.end]
    prose = [block for block in blocks if is_prose(block)]
    inside = [block for block in prose if context.outline.boxes[block.box].tag in ("p", "li")]
    return bool(prose) and len(inside) >= 0.8 * len(prose)


def _boilerplate_kinds(context: PageContext) -> dict[int, str]:
    """The kind of every block of the body that is a boilerplate line as a whole."""
    kinds = {}
    for block in context.outline.blocks[context.start : context.end]:
        kind = (
            boilerplate_line(block.text) if 0 < len(block.text) <= MAX_BOILERPLATE_CHARS else None
        )
        if kind:
            kinds[block.index] = kind
    return kinds


def _related_blocks(context: PageContext, kinds: dict[int, str]) -> set[int]:
    """Related headings with what hangs on them: links, photos and dates up to the next prose."""
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
    """A short line with a date that is no sentence."""
    return (
        len(block.text) <= MAX_DATE_LINE_CHARS
        and not block.text.endswith((".", "!", "?"))
        and bool(parse_dates(block.text, context.fetched_at))
    )
