"""The lede: the summary at the start of an article, inside or outside of the body element."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import islice

from pipelines.extraction.body import is_prose
from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import HEADINGS, Block, Box
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.title_text import is_bracketed
from pipelines.extraction.vietnamese.boilerplate import is_info_line
from pipelines.text import fold

MAX_OPENING_BLOCKS = 30
"""Blocks after the title that are searched for a lede."""

MAX_INFO_BLOCKS = 6
"""Blocks between title and lede, or between lede and text: section, date, author, buttons."""

MIN_LEDE_CHARS = 20
MIN_LEDE_LINE_CHARS = 35
"""Characters of the longest line of a lede. Shorter lines are buttons, player voices, numbers."""

MAX_LEDE_CHARS = 1_200

MIN_SAME_LETTERS = 0.97
"""Share of the letters that two texts must have in common to be the same."""

_FIGURES = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")

LEDE_HEADINGS = HEADINGS - {"h1"}
"""Headings that some systems use for the lede. An ``h1`` below the title is one of the text."""


def find_lede(context: PageContext, excluded: set[int]) -> tuple[list[Block], str] | None:
    """Return the blocks of the lede and the rule that found them, or None.

    ``excluded`` are the indexes of captions.
    """
    first = context.title_block + 1 if context.title_block is not None else context.start
    blocks = context.outline.blocks[min(first, context.start) : context.end]
    own = (block for block in blocks if _may_open(context, block, excluded))
    opening = list(islice(own, MAX_OPENING_BLOCKS))
    named = _in_lede_element(context, opening)
    if named:
        return named, "lede element"
    opening = [block for block in opening if not is_bracketed(block.text)]
    outside = _above_body(context, opening)
    if outside:
        return [outside], "above the body"
    if context.language != "vi":
        return None  # in other languages, a bold first paragraph is running text
    above = _above_info(context, opening)
    if above is not None:
        return [above], "above date or byline"
    emphasised = _emphasised_first_paragraph(
        context, [block for block in opening if block.index >= context.start]
    )
    return ([emphasised], "emphasised first paragraph") if emphasised else None


def _may_open(context: PageContext, block: Block, excluded: set[int]) -> bool:
    """Whether a line can be part of the opening.

    Captions, boilerplate, dates and the repeated title cannot.
    """
    if not block.text or block.index in excluded or context.is_boilerplate(block):
        return False
    if context.is_learned(block, "head") or is_info_line(block.text):
        return False
    return not (context.title and is_same_text(block.text, context.title))


def _in_lede_element(context: PageContext, opening: list[Block]) -> list[Block]:
    """Return the blocks in an element with a class such as sapo, lede or summary."""
    for block in opening:
        if block.index > context.first_prose + 2:
            return []
        box = lede_box(context, block)
        if box >= 0 and (context.language == "vi" or block.index < context.start):
            of_box = [each for each in opening if _is_lede_text(context, each, box)]
            if not context.outline.boxes[box].hints & Hint.LEDE:
                of_box = [block]  # the class is that of an inline element
            size = sum(len(each.text) for each in of_box)
            if not any(len(each.text) >= MIN_LEDE_LINE_CHARS for each in of_box):
                continue
            if MIN_LEDE_CHARS <= size <= MAX_LEDE_CHARS and block.link_share < 0.5:
                return of_box
    return []


def _is_lede_text(context: PageContext, block: Block, box: int) -> bool:
    """Whether a block is text in the lede's box, not a link to another article."""
    return context.outline.inside(block.box, box) and block.link_share <= 0.5


def lede_box(context: PageContext, block: Block) -> int:
    """Return the index of the box around a block that is named as the lede's, or -1."""
    for box in context.outline.ancestors(block.box, limit=3):
        if box is context.body or (context.body and context.body.hints & Hint.LEDE):
            break
        if box.hints & Hint.LEDE and box.end_block - box.first_block <= 8:
            return -1 if _is_name_repeated(context, box) else box.index
    whole = any(span.hints & Hint.LEDE and span.text == block.text for span in block.spans)
    return block.box if whole and len(block.text) >= MIN_LEDE_CHARS else -1


def _is_name_repeated(context: PageContext, box: Box) -> bool:
    """Whether the body has other boxes with the same class, which then does not mean the lede."""
    assert context.body is not None
    inside = context.outline.boxes[context.body.index : context.body.last + 1]
    return any(each.words == box.words and each is not box for each in inside)


def _above_body(context: PageContext, opening: list[Block]) -> Block | None:
    """Return the only paragraph between title and body.

    In other languages than Vietnamese it must also be bold or a heading.
    """
    above = [block for block in opening if block.index < context.start and is_prose(block)]
    if context.title_block is None or len(above) != 1 or len(above[0].text) > MAX_LEDE_CHARS:
        return None
    block = above[0]
    stands_out = block.is_bold or context.outline.boxes[block.box].tag in LEDE_HEADINGS
    return block if stands_out or context.language == "vi" else None


def _above_info(context: PageContext, opening: list[Block]) -> Block | None:
    """Return the only paragraph below the title that is followed by date or byline, then text."""
    prose = [block for block in opening if is_prose(block)][:2]
    if len(prose) < 2 or context.title_block is None or len(prose[0].text) > MAX_LEDE_CHARS:
        return None
    one, other = prose
    between = context.outline.blocks[one.index + 1 : other.index]
    if len(between) > MAX_INFO_BLOCKS or one.index - context.title_block > MAX_INFO_BLOCKS:
        return None
    return one if any(map(context.is_head_line, between)) else None


def _emphasised_first_paragraph(context: PageContext, opening: list[Block]) -> Block | None:
    """Return the first paragraph if it alone is bold or italic, or if it is a heading."""
    prose = [block for block in opening if is_prose(block)][:2]
    if len(prose) < 2 or not MIN_LEDE_CHARS <= len(prose[0].text) <= MAX_LEDE_CHARS:
        return None
    one, other = prose
    heading = context.outline.boxes[one.box].tag in LEDE_HEADINGS
    is_marked = (one.is_bold and not other.is_bold) or (one.is_italic and not other.is_italic)
    return one if is_marked or heading else None


def is_same_text(one: str, other: str) -> bool:
    """Whether two texts are equal except for details, such as punctuation or a few letters.

    Other figures or names are no detail: a bulletin repeats its sentences with others.
    """
    if abs(len(one) - len(other)) > 0.2 * max(len(one), len(other)):
        return False
    left, right = fold(one), fold(other)
    is_capital = one.isupper() or other.isupper()
    if not is_capital and _names(one) != _names(other):
        return False
    if left == right:
        return True
    is_like = SequenceMatcher(None, left, right, autojunk=False).quick_ratio() > MIN_SAME_LETTERS
    return is_like and _FIGURES.findall(left) == _FIGURES.findall(right)


def _names(text: str) -> list[str]:
    """Return the words with a capital, in the order of the text."""
    return [word.lower() for word in _WORD.findall(text) if word[0].isupper()]
