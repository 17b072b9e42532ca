"""Tags of an article: from the tag list that readers see, then from metadata.

The repeated title, links to the previous and next post, and labels are not tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import Block
from pipelines.extraction.html.hints import BOILERPLATE, Hint
from pipelines.extraction.section import is_section_line
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.text import fold, normalise

_MAX_TAG_CHARS = 80
_MAX_TAGS = 30
_MIN_TITLE_WORDS = 4
"""Words from which a keyword that ends with dots may be the beginning of the title."""

_SEPARATOR = re.compile("[,;]")
_TAG_LINE = re.compile(
    r"^\W*(tu khoa(?: lien quan)?|tags?|the|chu de|keywords?|topics?|hashtags?)\s*[:：]\s*"
)
_TAG_LABELS = ("tu khoa", "tags", "tag", "chu de", "keywords", "topics", "tu khoa lien quan")
_NEIGHBOUR_POST = re.compile(
    r"\W*(?:(?:previous|prev|next|older|newer) (?:post|article|story|entry|page)s?"
    r"|(?:bai|tin|bai viet|tin tuc|tin bai) (?:truoc|sau|ke tiep|tiep theo|truoc do|cu hon|moi hon)"
    r"|(?:xem|doc) (?:them|tiep))\b(?:\W|$)"
)
_WORDS = re.compile(r"\w+")
_LABEL_SIGNS = " :：|•-–#"
_MIN_LINK_SHARE = 0.7


def find_tags(context: PageContext) -> tuple[list[str], str] | None:
    """Return the tags as (names, source), each tag once, or None."""
    found = [
        tag for tag in _tags(context, _texts_of_tag_lists(context)) if boilerplate_line(tag) is None
    ]
    if found:
        return found, "tag list"
    metadata = (entry.value for entry in context.metadata.of("tags", "meta"))
    found = _tags(context, [value for value in metadata if not _repeats_title(context, value)])
    return (found[:_MAX_TAGS], "meta") if found else None


def _tags(context: PageContext, texts: Iterable[str]) -> list[str]:
    """Return the tags in comma-separated texts, each once."""
    found: dict[str, str] = {}
    for text in texts:
        for part in map(str.strip, _SEPARATOR.split(text)):
            if (
                1 < len(part) <= _MAX_TAG_CHARS
                and not _is_label(part)
                and not _repeats_title(context, part)
            ):
                found.setdefault(fold(part), part.lstrip("#").strip())
    return list(found.values())


def _texts_of_tag_lists(context: PageContext) -> list[str]:
    """Return the texts of the tag lists below the body.

    Links to the previous and next post and the repeated title are left out.
    """
    texts: list[str] = []
    label: int | None = None
    for block in context.tail:
        texts += _tag_texts(context, block)
        if fold(block.text).strip(_LABEL_SIGNS) in _TAG_LABELS:
            label = block.index
        elif label == block.index - 1:
            texts += _tags_below_label(context, block)
    return [
        text
        for text in texts
        if not _NEIGHBOUR_POST.match(fold(text)) and not _repeats_title(context, text)
    ]


def _tags_below_label(context: PageContext, first: Block) -> list[str]:
    """Return the tags in the line of links or in the list below a label.

    Nothing is returned if a class names the tag list, because its lines are found by the class.
    """
    outline = context.outline
    own = outline.boxes[first.box]
    around = list(outline.ancestors(first.box, limit=4))
    if any(box.hints & (Hint.TAGS | Hint.SECTION | BOILERPLATE) for box in around):
        return []
    end = outline.boxes[own.parent].end_block if own.tag == "li" else own.end_block
    lines = outline.blocks[first.index : min(end, first.index + _MAX_TAGS)]
    if any(line.link_share <= _MIN_LINK_SHARE for line in lines):
        return []
    return [text for line in lines for text in _listed_tags(line, line.text)]


def _repeats_title(context: PageContext, text: str) -> bool:
    """Whether a text is the title, or its beginning with dots after it."""
    title, words = _WORDS.findall(fold(context.title or "")), _WORDS.findall(fold(text))
    if not title or not words:
        return False
    if words == title:
        return True
    is_cut = text.rstrip().endswith(("…", "...")) and len(words) >= _MIN_TITLE_WORDS
    return is_cut and title[: len(words) - 1] == words[:-1]


def _tag_texts(context: PageContext, block: Block) -> list[str]:
    """Return the texts of tags in a line."""
    if is_section_line(context, block) or _is_among_neighbour_posts(context, block):
        return []
    tagged = [
        span.text
        for span in block.spans
        if span.hints & Hint.TAGS and span.text and not span.hints & Hint.SECTION
    ]
    if tagged:
        return [text for text in tagged if not any(o in text and o != text for o in tagged)]
    label = _TAG_LINE.match(fold(block.text))
    if label and block.link_share > 0.3:
        return _listed_tags(block, block.text[label.end() :])
    near = context.outline.ancestors(block.box, limit=3)
    if block.link_share > _MIN_LINK_SHARE and any(box.hints & Hint.TAGS for box in near):
        return _listed_tags(block, block.text)
    return []


def _is_among_neighbour_posts(context: PageContext, block: Block) -> bool:
    """Whether a line is in a box of links to other posts."""
    for box in context.outline.ancestors(block.box):
        if box.hints & Hint.TAGS or box.end_block - box.first_block > _MAX_TAGS:
            return False
        if box.hints & Hint.RELATED:
            return True
    return False


def _listed_tags(block: Block, text: str) -> list[str]:
    """Return the tags of a line.

    These are the texts of its links if no comma separates them, else the whole line.
    """
    links = [link for link in map(normalise, block.links) if link]
    return links if len(links) > 1 and not _SEPARATOR.search(text) else [text]


def _is_label(text: str) -> bool:
    """Whether a text is the label of a tag list."""
    return fold(text).strip(_LABEL_SIGNS) in _TAG_LABELS
