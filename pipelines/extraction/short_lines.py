"""Bodies of short lines without running text: calendars, lists of names, tables.

Short lines are the body only if their box is named as the body, or if they are a table right below
the title. Otherwise, the lines of other boxes beside a notice would be taken for its text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, takewhile

from pipelines.extraction.attachments import has_document
from pipelines.extraction.body import is_headline
from pipelines.extraction.context import MAX_BOILERPLATE_CHARS, PageContext
from pipelines.extraction.html.blocks import HEADINGS, Block, Box, Outline
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.html.tables import TABLE, find_data_tables
from pipelines.extraction.lede import is_same_text
from pipelines.extraction.source_profile import BODY_MARK
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.text import count_words

MIN_LINES = 6
"""Lines from which short lines are the text of a page."""

MIN_WORDS = 30
"""Words in them that are needed as well."""

MIN_LINES_TO_PROSE = 2
"""Short lines are the body if they have this many times the characters of the running text."""

MAX_LINK_SHARE = 0.2
"""Share of the lines that may be link. Lists of documents or pages have more."""

_LINE_TAGS = frozenset({"p", "li", "div", "dd", "dt"})
_LOWEST_RANK = 9
_MAX_GAP_BLOCKS = 3
"""Blocks between a table and the running text beside it."""

_MAX_HEAD_BLOCKS = 8
"""Blocks between the title and the box of the lines: date, section, photo, buttons."""


def use_short_lines(context: PageContext) -> bool:
    """Make short lines below the title the body if they have more text than the prose.

    Returns True if the body was changed.
    """
    title, body = context.title_block, context.body
    if title is None or (body is not None and BODY_MARK in body.words):
        return False
    prose = sum(context.prose_lengths[context.start : context.end]) if body is not None else 0.0
    below = sum(len(block.text) for block in context.outline.blocks[title + 1 :])
    if below < MIN_LINES_TO_PROSE * prose:
        return False
    for box in chain(_named_boxes(context, title), _table_boxes(context, title)):
        part = _blocks_below_title(context, box, title)
        lines = _largest_group(context, [block for block in part if _is_line(context, block)])
        if _text_length(lines) >= MIN_LINES_TO_PROSE * prose and _are_text(lines):
            context.set_body_of_lines(box, [line.index for line in lines], part[-1].index + 1)
            return True
    return False


def _named_boxes(context: PageContext, title: int) -> Iterator[Box]:
    """Yield the boxes around or below the title that are named as the body, innermost first."""
    named = [
        box
        for box in context.outline.boxes
        if box.hints & Hint.BODY
        and not context.boilerplate[box.index]
        and box.first_block <= title + _MAX_HEAD_BLOCKS
        and box.end_block > title + 1
    ]
    return reversed(named)


def _table_boxes(context: PageContext, title: int) -> Iterator[Box]:
    """Yield the boxes of data tables right below the title, with the text beside them."""
    outline = context.outline
    for index in sorted(set(find_data_tables(outline, outline.boxes[0]).values())):
        table = outline.boxes[index]
        if title < table.first_block <= title + _MAX_HEAD_BLOCKS and not context.boilerplate[index]:
            yield _box_with_text(context, table)


def _box_with_text(context: PageContext, table: Box) -> Box:
    """Return the innermost box around a table and the running text right below or above it."""
    if context.body is None or not _is_near(context, table):
        return table
    around = context.outline.ancestors(table.index)
    first, last = context.first_prose, context.last_prose
    return next((box for box in around if box.first_block <= first <= last < box.end_block), table)


def _is_near(context: PageContext, table: Box) -> bool:
    """Whether a table is near the running text."""
    gap = max(context.first_prose - table.end_block, table.first_block - context.last_prose)
    return gap <= _MAX_GAP_BLOCKS


def _blocks_below_title(context: PageContext, box: Box, title: int) -> list[Block]:
    """Return the blocks of a box below the title, up to other articles or boxes."""
    outline = context.outline
    rank = max(2, _heading_rank(outline.boxes[outline.blocks[title].box]) % _LOWEST_RANK)
    below = outline.blocks[max(box.first_block, title + 1) : box.end_block]
    return list(takewhile(lambda block: not _is_other_content(context, block, rank), below))


def _is_other_content(context: PageContext, block: Block, rank: int) -> bool:
    """Whether a block is the imprint, a headline, or a heading of the rank of the title."""
    if block.index in context.outline.imprint or is_headline(block):
        return True
    kind = boilerplate_line(block.text[:MAX_BOILERPLATE_CHARS]) if block.text else None
    return (
        kind in ("related", "boilerplate")
        or _heading_rank(context.outline.boxes[block.box]) <= rank
    )


def _heading_rank(box: Box) -> int:
    """Return the level of a heading (1 to 6); other lines have a lower rank."""
    return int(box.tag[1]) if box.tag in HEADINGS else _LOWEST_RANK


def _is_line(context: PageContext, block: Block) -> bool:
    """Whether a block is a line of text: no link, boilerplate, date, caption, label or title."""
    if not block.text or block.link_share > 0.5 or context.is_boilerplate(block):
        return False
    if context.outline.boxes[block.box].hints & (Hint.CAPTION | Hint.TITLE):
        return False
    return not context.is_head_line(block) and not is_same_text(block.text, context.title or "")


def _largest_group(context: PageContext, lines: list[Block]) -> list[Block]:
    """Return the lines of the box with most text.

    Returns nothing if the box has a heading or a file beside it. Below a heading is another box of
    the page, and beside a file is a notice.
    """
    groups: defaultdict[int, list[Block]] = defaultdict(list)
    for line in lines:
        groups[_group_box(context.outline, line)].append(line)
    largest = max(groups.values(), key=_text_length, default=[])
    if not largest or _has_own_heading(context, largest[0]):
        return []
    title = context.title_block or 0
    return [] if has_document(context, (title + 1, largest[-1].index + 1)) else largest


def _text_length(lines: list[Block]) -> int:
    """Return the number of characters in lines."""
    return sum(len(line.text) for line in lines)


def _group_box(outline: Outline, line: Block) -> int:
    """Return the index of the box of similar lines: the table, or the parent of the paragraph."""
    table = outline.enclosing(line.box, TABLE)
    if table is not None:
        return table.index
    box = outline.boxes[line.box]
    return box.parent if box.tag in _LINE_TAGS and box.parent >= 0 else box.index


def _has_own_heading(context: PageContext, line: Block) -> bool:
    """Whether the box of a line begins with a heading that is not the title."""
    outline = context.outline
    first = outline.boxes[_group_box(outline, line)].first_block
    if context.title_block is not None and first <= context.title_block:
        return False
    box = outline.boxes[outline.blocks[first].box]
    return box.tag in HEADINGS or bool(box.hints & Hint.TITLE)


def _are_text(lines: list[Block]) -> bool:
    """Whether there are enough lines and words, and few links."""
    if len(lines) < MIN_LINES:
        return False
    linked = sum(line.link for line in lines)
    words = sum(count_words(line.text) for line in lines)
    return linked <= MAX_LINK_SHARE * _text_length(lines) and words >= MIN_WORDS
