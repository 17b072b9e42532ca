"""The editor: takes the body of a page down to the paragraphs that a careful editor would keep."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipelines.extraction.cleaning_rules import MAX_SIGNATURE, RULES, SENTENCE_ENDS, Desk
from pipelines.extraction.context import Scene
from pipelines.extraction.html.blocks import Block
from pipelines.extraction.html.tables import table_text
from pipelines.extraction.lede import lede_box
from pipelines.extraction.repeated_blocks import LEARNED, BlockSighting, sighting
from pipelines.extraction.vietnamese.bylines import read_byline
from pipelines.extraction.vietnamese.endmark import strip_end_mark

MIN_VERSE, MAX_VERSE = 4, 60
"""Lines of a poem or form at least, and their characters at most; prose is broken later."""

_SHOWN = 120
_LINE_STARTS = ("-", "–", "—", "+", "*", "•")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A text that was left out and the rule that did it; the text is shortened."""

    rule: str
    text: str


@dataclass(slots=True)
class Edited:
    """The body as edited: paragraphs, signatures taken from its end, and what was dropped.

    ``tables`` has the verdict on each data table by its box.
    """

    paragraphs: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    sightings: list[BlockSighting] = field(default_factory=list)
    tables: dict[int, str | None] = field(default_factory=dict)


def edit(scene: Scene, captions: set[int], lede: list[Block]) -> Edited:
    """Apply the rules to each block of the body in order.

    ``captions`` are the indexes of blocks already taken as captions, ``lede`` the lede's blocks.
    """
    desk = Desk(scene, captions, lede)
    edited = Edited()
    edited.paragraphs = _paragraphs(desk, list(_kept(desk, edited)))
    return edited


def _kept(desk: Desk, edited: Edited) -> Iterator[Block]:
    """The blocks that stay, without the end mark; the others are noted with their rule."""
    ended = False
    for block in desk.scene.outline.blocks[desk.scene.start : desk.scene.end]:
        if block.image is not None:
            continue
        rule = "after the end mark" if ended else _verdict(desk, edited, block)
        if rule is not None:
            if rule == "signature" or (ended and _is_signature(block.text)):
                edited.signatures.append(block.text)
            edited.dropped.append(Dropped(rule, block.text[:_SHOWN]))
            continue
        text, marked = strip_end_mark(block.text)
        ended = marked and block.index >= desk.scene.last_prose
        if text:
            yield replace(block, text=text) if marked else block


def _verdict(desk: Desk, edited: Edited, block: Block) -> str | None:
    """The name of the rule that leaves a block out, what was learned included, or None.

    The cells of a data table share the verdict that most of them have: it stays or goes as a whole.
    What recurs is the table, not its cells: a schedule has the same days every week.
    """
    table = desk.scene.tables.get(block.index)
    if table is None or block.index in desk.captions:
        return _own_verdict(desk, edited, block)
    if table not in edited.tables:
        box = desk.scene.outline.boxes[table]
        cells = desk.scene.outline.blocks[box.first_block : box.end_block]
        verdict = Counter(_rule(desk, cell) for cell in cells).most_common(1)[0][0]
        whole = replace(cells[-1], text=" ".join(cell.text for cell in cells if cell.text))
        if verdict in (None, "lede") and _is_learned(desk, edited, whole):
            verdict = LEARNED
        edited.tables[table] = verdict
    return edited.tables[table]


def _own_verdict(desk: Desk, edited: Edited, block: Block) -> str | None:
    rule = _rule(desk, block)
    if rule in (None, "lede") and _is_learned(desk, edited, block):
        return LEARNED
    return rule


def _rule(desk: Desk, block: Block) -> str | None:
    """The name of the first rule that leaves a block out, None to keep it."""
    for name, applies in RULES:
        if applies(desk, block):
            return name
    return None


def _is_learned(desk: Desk, edited: Edited, block: Block) -> bool:
    """Whether the source is known to repeat a block there; notes that it was seen.

    A lede is the author's where the page names it so; one told by its looks may be a banner.
    """
    place = desk.place(block)
    if place is None or lede_box(desk.scene, block) >= 0:
        return False
    seen = sighting(block.text, place)
    edited.sightings.append(seen)
    return desk.scene.knowledge.is_learned(seen)


def _is_signature(text: str) -> bool:
    return len(text) <= MAX_SIGNATURE and read_byline(text) is not None


def _paragraphs(desk: Desk, kept: list[Block]) -> list[str]:
    """Blocks to paragraphs: lines of one paragraph joined, data tables row by row."""
    paragraphs: list[str] = []
    before: Block | None = None
    outline, tables, verse = desk.scene.outline, desk.scene.tables, _verse_boxes(kept)
    cells: defaultdict[int, list[Block]] = defaultdict(list)
    for block in kept:
        if block.index in tables:
            cells[tables[block.index]].append(block)
    for block in kept:
        table = tables.get(block.index)
        if table is not None:
            if table in cells:
                paragraphs.append(table_text(outline, outline.boxes[table], cells.pop(table)))
        elif before is not None and _continues(before, block):
            paragraphs[-1] += ("\n" if block.box in verse else " ") + block.text
        else:
            paragraphs.append(block.text)
        before = block if table is None else None
    return paragraphs


def _verse_boxes(kept: list[Block]) -> set[int]:
    """The boxes of several short lines each, which end where they were meant to: poems."""
    sizes: defaultdict[int, list[int]] = defaultdict(list)
    for block in kept:
        sizes[block.box].append(len(block.text))
    return {box for box, each in sizes.items() if len(each) >= MIN_VERSE and max(each) <= MAX_VERSE}


def _continues(before: Block, block: Block) -> bool:
    """Whether a line goes on the sentence that one ``<br>`` broke."""
    return (
        block.box == before.box
        and block.breaks == 1
        and block.index == before.index + 1
        and not before.text.endswith(SENTENCE_ENDS)
        and not block.text.startswith(_LINE_STARTS)
        and not before.is_bold
    )
