"""Lines that name somebody else than the author: tags, posts, teasers, comments."""

from __future__ import annotations

import re

from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import HEADINGS, Block
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.vietnamese.names import (
    is_person_name,
)

_MAX_TEASER_BLOCKS = 8
"""Blocks of a teaser of another article."""

_MIN_HEADLINE_WORDS = 4
"""Words from which the text of a link is a headline."""

_TEASER_TAGS = frozenset({"article", "li"})
"""Blocks of a teaser of another article, and words that a link with its headline has."""

_MIN_LINK_SHARE = 0.6
TAG_ADDRESS = re.compile(
    r"(?:^|[/?&])(?:tags?|tu-khoa|chu-de|topics?|keywords?|hashtag)(?:[/=-]|$)"
)
_PERSON_ADDRESS = re.compile(r"(?:^|[/?&_-])(?:authors?|tac-gia|but-danh|profiles?|by)(?:[/=-]|$)")
_WORDS = re.compile(r"[a-z]+")
_POST_WORDS = frozenset({"role", "job", "position", "bio", "chucvu", "desk"})


def is_not_author(context: PageContext, block: Block) -> bool:
    """Whether a line is a tag or a post, or belongs to a teaser or to readers' comments."""
    if is_tag_link(context, block):
        return True
    box = context.outline.boxes[block.box]
    if box.hints & Hint.AUTHOR and not _POST_WORDS.isdisjoint(_WORDS.findall(box.words.lower())):
        return not any(span.link for span in block.spans)
    return is_in_teaser(context, block.box, block.index)


def is_tag_link(context: PageContext, block: Block) -> bool:
    """Whether a line consists of links to tags."""
    if not block.links or block.link_share < _MIN_LINK_SHARE:
        return False
    addresses = [address.lower() for address in block.hrefs]
    if any(map(_PERSON_ADDRESS.search, addresses)):
        return False
    is_tagged = context.outline.boxes[block.box].hints & Hint.TAGS
    return bool(is_tagged) or any(map(TAG_ADDRESS.search, addresses))


def is_in_teaser(context: PageContext, inner: int, index: int) -> bool:
    """Whether a box belongs to comments, related articles or a teaser below a headline.

    ``inner`` is the index of the box, ``index`` that of the block in it.
    """
    blocks = context.outline.blocks
    anchors = [context.first_prose] if context.title_block is None else [context.title_block]
    anchors += [context.first_prose] if context.body is not None else []
    is_below_title = context.title_block is not None and (
        context.title_block < index <= context.first_prose
    )
    for box in context.outline.ancestors(inner):
        if any(box.first_block <= anchor < box.end_block for anchor in anchors):
            return False
        if box.hints & (Hint.RELATED | Hint.COMMENTS) and not box.hints & Hint.AUTHOR:
            return True
        is_item = (
            not box.hints & Hint.AUTHOR and box.end_block - box.first_block <= _MAX_TEASER_BLOCKS
        )
        end = box.end_block if box.tag in _TEASER_TAGS else index + 1
        if (
            is_item
            and not is_below_title
            and any(_is_headline(context, block) for block in blocks[box.first_block : end])
        ):
            return True
    return False


def _is_headline(context: PageContext, block: Block) -> bool:
    """Whether a line is, or begins with, a link with a headline."""
    first = block.links[0] if block.links else ""
    if is_person_name(first) or _PERSON_ADDRESS.search(block.hrefs[0] if block.hrefs else ""):
        return False
    is_heading = context.outline.enclosing(block.box, HEADINGS) is not None
    return len(first.split()) >= (2 if is_heading else _MIN_HEADLINE_WORDS)
