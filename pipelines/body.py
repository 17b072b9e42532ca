"""Choose the box that holds the body: where the prose is, with as little else as possible.

Every block gains or costs: prose its length, links and furniture a fine. The body is the box with
the best sum, narrowed to the child that holds nearly all of its prose. What templates name it is
evidence that tips the scales, never the decision.
"""

from __future__ import annotations

from itertools import accumulate

from pipelines.blocks import FURNITURE_TAGS, HEADINGS, Block, Box, Outline
from pipelines.class_words import FURNITURE, Hint

PROSE_LENGTH = 80
"""Characters from which a line counts as prose even without a full stop."""

SENTENCE_LENGTH = 40
"""Characters from which a line that ends like a sentence counts as prose."""

DOMINANT_SHARE = 0.75
"""A child that holds this part of its parent's prose takes its place."""

MAIN_SHARE = 0.5
"""A box with this part of the page's prose is no furniture, whatever its class says."""

_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";", "”", '"', "»", ")", "。", "」", "।", "؟", "’", "'")
_LINK_FINE = 12.0
_NAMED_BONUS = 1.25


def is_prose(block: Block) -> bool:
    """Whether a block reads like running text: long or a sentence, and not mostly link."""
    size = len(block.text)
    if block.link_share > 0.5:
        return False
    return (
        size >= PROSE_LENGTH
        or (size >= SENTENCE_LENGTH and block.text.endswith(_SENTENCE_ENDS))
        or (size >= 25 and not block.text.isascii() and block.text.endswith(("。", "다.", "」")))
    )


class Sums:
    """Sums over ranges of blocks, and so over boxes, in constant time."""

    def __init__(self, values: list[float]) -> None:
        self.totals = [0.0, *accumulate(values)]

    def of(self, box: Box) -> float:
        """The sum over the blocks of a box."""
        return self.totals[box.end_block] - self.totals[box.first_block]

    @property
    def total(self) -> float:
        """The sum over the page."""
        return self.totals[-1]


def furniture_boxes(outline: Outline, title_block: int | None = None) -> list[bool]:
    """For every box whether it, or one around it, is furniture by name or tag."""
    prose = Sums([float(len(block.text)) if is_prose(block) else 0.0 for block in outline.blocks])
    most = MAIN_SHARE * prose.total
    flags: list[bool] = []
    for box in outline.boxes:
        own = bool(box.hints & FURNITURE) or box.tag in FURNITURE_TAGS
        if own and title_block is not None and box.first_block <= title_block < box.end_block:
            own = False
        if own and not box.hints & Hint.COMMENTS and prose.of(box) > most:
            own = False
        flags.append(own or (box.parent >= 0 and flags[box.parent]))
    return flags


def choose_body(outline: Outline, furniture: list[bool]) -> Box | None:
    """The box that holds the body, or None on a page without prose."""
    gains = Sums([_gain(outline, block, furniture) for block in outline.blocks])
    best, best_score = None, 0.0
    for box in outline.boxes:
        score = gains.of(box)
        if box.hints & Hint.BODY and score > 0 and not furniture[box.index]:
            score *= _NAMED_BONUS
        if score >= best_score and score > 0:
            best, best_score = box, score
    return _narrow(outline, best, furniture) if best else None


def _gain(outline: Outline, block: Block, furniture: list[bool]) -> float:
    if block.image is not None or not block.text:
        return 0.0
    size = len(block.text)
    if furniture[block.box]:
        return -min(size, 60) / 2
    if is_prose(block):
        return size * (1 - block.link_share)
    if block.link_share > 0.5:
        return -_LINK_FINE - size / 4
    tag = outline.boxes[block.box].tag
    return 0.0 if tag in HEADINGS or tag in ("li", "td", "th") else -4.0


def _narrow(outline: Outline, box: Box, furniture: list[bool]) -> Box:
    """Go down while one child holds nearly all of the prose."""
    prose = Sums(
        [
            float(len(block.text)) if is_prose(block) and not furniture[block.box] else 0.0
            for block in outline.blocks
        ]
    )
    while True:
        need = DOMINANT_SHARE * prose.of(box)
        child = next(
            (
                each
                for each in outline.boxes[box.index + 1 : box.last + 1]
                if each.parent == box.index and prose.of(each) >= need
            ),
            None,
        )
        if child is None or child.tag in ("p", "li"):
            return box
        box = child
