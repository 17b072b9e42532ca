"""Clean the body: remove what is not the article's text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipelines.extraction.block_occurrences import LEARNED, BlockOccurrence, block_occurrence
from pipelines.extraction.cleaning_rules import RULES
from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import Block
from pipelines.extraction.lede import lede_box
from pipelines.extraction.passages import Passage, join_lines
from pipelines.extraction.rule_context import MAX_SIGNATURE_CHARS, RuleContext
from pipelines.extraction.vietnamese.boilerplate import strip_end_mark
from pipelines.extraction.vietnamese.bylines import read_byline

_MAX_REMOVED_CHARS = 120
"""Characters of a removed text that are recorded."""


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    """A text that was removed, cut to its beginning, and the name of the rule that removed it."""

    rule: str
    text: str


@dataclass(slots=True)
class CleanedBody:
    """The cleaned body: its passages, the signatures at its end, and what was removed.

    ``tables`` holds for each data table, by the index of its box, the rule that removes it, or
    None.
    """

    passages: list[Passage] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    removed: list[RemovedBlock] = field(default_factory=list)
    block_occurrences: list[BlockOccurrence] = field(default_factory=list)
    tables: dict[int, str | None] = field(default_factory=dict)


def clean_body(context: PageContext, captions: set[int], lede: list[Block]) -> CleanedBody:
    """Apply the cleaning rules to each block of the body, in order.

    ``captions`` are the indexes of blocks that are captions, ``lede`` the blocks of the lede.
    """
    rule_context = RuleContext(context, captions, lede)
    cleaned = CleanedBody()
    cleaned.passages = join_lines(context, list(_kept_blocks(rule_context, cleaned)))
    return cleaned


def _kept_blocks(rule_context: RuleContext, cleaned: CleanedBody) -> Iterator[Block]:
    """Yield the blocks that are kept, without the end mark; record the removed ones."""
    ended = False
    for block in rule_context.context.outline.blocks[
        rule_context.context.start : rule_context.context.end
    ]:
        if block.image is not None:
            continue
        rule = "after the end mark" if ended else _removing_rule(rule_context, cleaned, block)
        if rule is not None:
            if rule == "signature" or (ended and _is_signature(block.text)):
                cleaned.signatures.append(block.text)
            cleaned.removed.append(RemovedBlock(rule, block.text[:_MAX_REMOVED_CHARS]))
            continue
        text, marked = strip_end_mark(block.text)
        ended = marked and block.index >= rule_context.context.last_prose
        if text:
            yield replace(block, text=text) if marked else block


def _removing_rule(rule_context: RuleContext, cleaned: CleanedBody, block: Block) -> str | None:
    """Return the name of the rule that removes a block, or None to keep it.

    All cells of a data table get the rule that most of them have, so that it is kept or removed as
    a whole. Learned boilerplate applies to the table, not to its cells, because the schedules of
    all weeks have the same days.
    """
    table = rule_context.context.tables.get(block.index)
    if table is None or block.index in rule_context.captions:
        return _rule_for_block(rule_context, cleaned, block)
    if table not in cleaned.tables:
        box = rule_context.context.outline.boxes[table]
        cells = rule_context.context.outline.blocks[box.first_block : box.end_block]
        verdict = Counter(_first_rule(rule_context, cell) for cell in cells).most_common(1)[0][0]
        whole = replace(cells[-1], text=" ".join(cell.text for cell in cells if cell.text))
        cleaned.tables[table] = _apply_learned(rule_context, cleaned, whole, verdict)
    return cleaned.tables[table]


def _rule_for_block(rule_context: RuleContext, cleaned: CleanedBody, block: Block) -> str | None:
    """Return the rule that removes a block outside of data tables, or None."""
    return _apply_learned(rule_context, cleaned, block, _first_rule(rule_context, block))


def _first_rule(rule_context: RuleContext, block: Block) -> str | None:
    """Return the name of the first rule that applies to a block, or None."""
    for name, applies in RULES:
        if applies(rule_context, block):
            return name
    return None


def _apply_learned(
    rule_context: RuleContext, cleaned: CleanedBody, block: Block, rule: str | None
) -> str | None:
    """Return LEARNED if the source is known to repeat the block at its place, else ``rule``.

    Records the occurrence of the block, from which boilerplate is learned. Blocks that another rule
    removes are not recorded, except for a lede: one that is found by its looks may be a banner. A
    lede in an element that is named as one is the author's text and is not recorded either.
    """
    place = rule_context.place(block)
    if rule not in (None, "lede") or place is None or lede_box(rule_context.context, block) >= 0:
        return rule
    occurrence = block_occurrence(block.text, place)
    cleaned.block_occurrences.append(occurrence)
    return LEARNED if rule_context.context.profile.is_learned(occurrence) else rule


def _is_signature(text: str) -> bool:
    """Whether a line is short and reads as a byline."""
    return len(text) <= MAX_SIGNATURE_CHARS and read_byline(text) is not None
