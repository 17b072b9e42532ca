"""Find the box that holds the body: most of the prose, with as little else as possible.

Every block adds to or subtracts from the score of its boxes: prose adds its length; links and
boilerplate subtract. The body is the box with the highest score, narrowed to the child that holds
nearly all of its prose. Class names add a factor; they never decide alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from pipelines.extraction.html.blocks import BOILERPLATE_TAGS, HEADINGS, Block, Box, Outline
from pipelines.extraction.html.hints import BOILERPLATE, Hint
from pipelines.extraction.source_profile import BODY_MARK
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line, is_info_line
from pipelines.text import letters_per_character

MIN_PROSE_CHARS = 80
"""Characters from which a line counts as prose even without a full stop."""

MIN_SENTENCE_CHARS = 40
"""Characters from which a line that ends like a sentence counts as prose."""

MIN_DENSE_SENTENCE_CHARS = 25
"""Characters from which a sentence counts as prose in scripts with more content per character."""

MIN_HEADLINE_CHARS = 25
"""Characters from which a link reads as a headline."""

MAX_TEASER_BLOCKS = 6
"""Blocks of a box that shows one other article: photo, headline, date, summary."""

MAX_TEASER_CHARS = 500
"""Characters up to which a paragraph may be the summary of another article."""

MIN_DOMINANT_SHARE = 0.75
"""Share of a box's prose from which a child that holds it replaces the box."""

MIN_PARENT_GAIN_SHARE = 0.7
"""Share of the score of a single paragraph from which the box around it, with its lists and tables,
is the body instead."""

MAX_BOILERPLATE_SHARE = 0.4
"""Share of the page's prose up to which a box may be boilerplate because of its class."""

_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";", "”", '"', "»", ")", "。", "」", "।", "؟", "’", "'")
_ALWAYS_BOILERPLATE = Hint.COMMENTS | Hint.CONSENT
"""Hints of boxes that are boilerplate regardless of how much text they have."""

_LINK_PENALTY = 12.0
_SHORT_LINE_PENALTY = 4.0
_NEUTRAL_TAGS = HEADINGS | {"li", "td", "th"}
_BODY_NAME_FACTOR = 1.25
_PARAGRAPHS = frozenset({"p", "li"})


def is_prose(block: Block) -> bool:
    """Whether a block reads like running text: long or a sentence, and not mostly link."""
    size = len(block.text)
    if size < MIN_DENSE_SENTENCE_CHARS or block.is_mostly_link:
        return False
    return (
        size >= MIN_PROSE_CHARS
        or (size >= MIN_SENTENCE_CHARS and block.text.endswith(_SENTENCE_ENDS))
        or (not block.text.isascii() and block.text.endswith(("。", "다.", "」")))
    )


class RangeSums:
    """Sums over ranges of blocks, and therefore over boxes, in constant time."""

    def __init__(self, values: list[float]) -> None:
        self.totals = [0.0, *accumulate(values)]

    def of(self, box: Box) -> float:
        """Return the sum over the blocks of a box."""
        return self.totals[box.end_block] - self.totals[box.first_block]

    @property
    def total(self) -> float:
        """The sum over the page."""
        return self.totals[-1]


def measure_prose(outline: Outline, title_block: int | None) -> list[float]:
    """Return the number of characters of running text in each block.

    Summaries of other articles and the imprint have none. Text that is link counts less, by its
    share.
    """
    return [
        len(block.text) * (1 - block.link_share)
        if is_prose(block)
        and not is_info_line(block.text)
        and block.index != title_block
        and block.index not in outline.imprint
        and not is_teaser(outline, block, title_block)
        else 0.0
        for block in outline.blocks
    ]


def boilerplate_boxes(
    outline: Outline, prose_lengths: list[float], title_block: int | None = None
) -> list[bool]:
    """Return for each box whether it, or a box around it, is boilerplate by class or tag."""
    prose = RangeSums(prose_lengths)
    most = MAX_BOILERPLATE_SHARE * prose.total
    total = prose.total
    others = _other_articles(outline, prose, title_block)
    flags: list[bool] = []
    for box in outline.boxes:
        if box.index in others:
            flags.append(True)
            continue
        own = bool(box.hints & BOILERPLATE) or box.tag in BOILERPLATE_TAGS
        if own and title_block is not None and box.first_block <= title_block < box.end_block:
            own = False
        if own and not box.hints & _ALWAYS_BOILERPLATE and (size := prose.of(box)) > most:
            own = _is_footer(box) and total - size > MIN_PROSE_CHARS
        flags.append(own or (box.parent >= 0 and flags[box.parent]))
    return flags


def _other_articles(outline: Outline, prose: RangeSums, title_block: int | None) -> set[int]:
    """Return the boxes that begin with a heading of related articles and hold several of them.

    They are below the text of the article, and may be longer than it. If such a heading is in the
    article's own box, there are paragraphs around it.
    """
    if title_block is None:
        return set()
    found = set()
    for heading in outline.boxes:
        if heading.tag not in HEADINGS or heading.first_block <= title_block or heading.parent < 0:
            continue
        around = outline.boxes[heading.parent]
        before = prose.totals[around.first_block] - prose.totals[title_block + 1]
        if around.first_block != heading.first_block or before < MIN_PROSE_CHARS:
            continue
        parts = [child for child in _children(outline, around) if prose.of(child)]
        are_boxes = not any(part.tag in _PARAGRAPHS for part in parts)
        if len(parts) > 1 and are_boxes and _is_related_heading(outline, heading):
            found.add(around.index)
    return found


def _is_related_heading(outline: Outline, heading: Box) -> bool:
    """Whether a heading is that of related articles, by its class or its words."""
    if heading.hints & Hint.RELATED:
        return True
    blocks = outline.blocks[heading.first_block : heading.end_block]
    return len(blocks) == 1 and boilerplate_line(blocks[0].text) == "related"


def _is_footer(box: Box) -> bool:
    """Whether a box is the footer of the page, which may be longer than a short article."""
    return box.tag == "footer" or "footer" in box.words.lower()


def choose_body(
    outline: Outline, prose_lengths: list[float], boilerplate: list[bool]
) -> Box | None:
    """Return the box that holds the body, or None if the page has no prose.

    A box that the layout of the source selects is always the body.
    """
    declared = next((box for box in outline.boxes if BODY_MARK in box.words), None)
    if declared is not None:
        return declared
    gains = RangeSums(
        [
            _gain(outline, block, prose_length, boilerplate)
            for block, prose_length in zip(outline.blocks, prose_lengths, strict=True)
        ]
    )
    best, best_score = None, 0.0
    for box in outline.boxes:
        score = gains.of(box)
        if score <= 0 or score * _BODY_NAME_FACTOR < best_score:
            continue
        if box.hints & Hint.BODY and not boilerplate[box.index]:
            score *= _BODY_NAME_FACTOR
        if score >= best_score:
            best, best_score = box, score
    if best is None:
        return None
    if best.tag in _PARAGRAPHS and best.parent >= 0:
        around = outline.boxes[best.parent]
        if gains.of(around) >= MIN_PARENT_GAIN_SHARE * gains.of(best):
            best = around
    own = [
        0.0 if boilerplate[block.box] else prose_length
        for block, prose_length in zip(outline.blocks, prose_lengths, strict=True)
    ]
    body = _narrow(outline, best, RangeSums(own))
    return _photo_body_below_lede(outline, body, boilerplate) or body


def _photo_body_below_lede(outline: Outline, lede: Box, boilerplate: list[bool]) -> Box | None:
    """Return a body of photos and captions only, if the lede is the only running text."""
    if not lede.hints & Hint.LEDE or lede.hints & Hint.BODY:
        return None
    for box in outline.boxes[lede.last + 1 :]:
        if box.hints & Hint.BODY and not boilerplate[box.index]:
            blocks = outline.blocks[box.first_block : box.end_block]
            return box if any(block.image for block in blocks) else None
    return None


def is_headline(block: Block) -> bool:
    """Whether a block is a link that reads like the title of another article."""
    return len(block.text) >= MIN_HEADLINE_CHARS and block.link_share > 0.6


def is_teaser(outline: Outline, block: Block, title_block: int | None) -> bool:
    """Whether prose is in a small box of its own below a headline that links to another page.

    The title of the page often links to the page itself, and is not such a headline.
    """
    if len(block.text) > MAX_TEASER_CHARS:
        return False
    for box in outline.ancestors(block.box):
        if box.end_block - box.first_block > MAX_TEASER_BLOCKS:
            return False
        siblings = outline.blocks[box.first_block : box.end_block]
        if sum(map(is_prose, siblings)) > 1:
            return False
        above = siblings[: block.index - box.first_block]
        if any(is_headline(sibling) and sibling.index != title_block for sibling in above):
            return True
    return False


def _gain(outline: Outline, block: Block, prose_length: float, boilerplate: list[bool]) -> float:
    """Return what a block adds to the score of its boxes, or subtracts from it."""
    if not block.text:
        return 0.0
    if boilerplate[block.box]:
        return -min(len(block.text), 60) / 2
    if block.index in outline.imprint:
        return -_SHORT_LINE_PENALTY
    if prose_length or is_prose(block):
        return prose_length * letters_per_character(block.text)
    if block.is_mostly_link:
        return -_LINK_PENALTY - len(block.text) / 4
    is_neutral = outline.boxes[block.box].tag in _NEUTRAL_TAGS or is_below_picture(outline, block)
    return 0.0 if is_neutral else -_SHORT_LINE_PENALTY


def is_below_picture(outline: Outline, block: Block) -> bool:
    """Whether a block is the line below a picture, where its caption stands."""
    return block.index > 0 and outline.blocks[block.index - 1].image is not None


def _narrow(outline: Outline, box: Box, prose: RangeSums) -> Box:
    """Descend while one child holds nearly all of the prose and no similar sibling has any."""
    while True:
        need = MIN_DOMINANT_SHARE * prose.of(box)
        children = list(_children(outline, box))
        child = next((each for each in children if prose.of(each) >= need), None)
        if child is None or child.tag in _PARAGRAPHS:
            return box
        like = [each for each in children if (each.tag, each.words) == (child.tag, child.words)]
        if any(prose.of(each) > 0 for each in like if each is not child):
            return box
        box = child


def _children(outline: Outline, box: Box) -> Iterator[Box]:
    """Yield the child boxes of a box."""
    index = box.index + 1
    while index <= box.last:
        yield outline.boxes[index]
        index = outline.boxes[index].last + 1
