"""The author: signatures that readers see, then names in the metadata.

Sites, role accounts and agencies are not authors, and neither are labels, tags and the authors of
other articles. A name in the metadata counts only if it looks like that of a person, because pages
put the name of the site there as often as that of a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

from pipelines.extraction.author_names import (
    AUTHOR_LABEL,
    MAX_SIGNATURE_CHARS,
    TAG_ADDRESS,
    find_names,
    is_in_teaser,
    is_not_author,
    is_tag_link,
    name_behind_label,
    names_in_list,
    read_author_line,
    read_pen_name,
)
from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import Block
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.bylines import read_signature
from pipelines.extraction.vietnamese.dates import parse_dates
from pipelines.extraction.vietnamese.names import (
    is_initials,
    is_person_name,
    is_short_for,
)
from pipelines.text import fold

_MAX_AUTHOR_BOX_BLOCKS = 6
_MAX_BLOCKS_BELOW_LEDE = 4
"""Blocks after the start of the running text that may hold the author, between lede and text."""


_LABEL_LINE = re.compile(
    r"\W*(?:tác giả|người viết|thực hiện|(?:tin|bài)(?:(?: và |, | - |/)ảnh)?|by|author)"
    r"\s*[:：]\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[|•·]|\s[-–]\s|-(?=\||$)|(?<=\|)-")
_COLUMNS = re.compile(r"[|•·]")
_WEEKDAY = re.compile(
    r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)[,\s]*(?=\|)", re.IGNORECASE
)
_MAIL = re.compile(r"(?:e-?mail(?:\s*:\s+|\s+:\s*)|(?<!\S))\S[^\s@]*+@\S+\.\w+", re.IGNORECASE)


def find_author(context: PageContext, signatures: list[str]) -> tuple[str, str] | None:
    """Return the author as (names separated by a comma, source), or None if nobody is named.

    ``signatures`` are the lines that were removed from the end of the body as bylines.
    """
    declared = find_names(context, [context.declared.get("author", "")])
    if declared:
        return ", ".join(declared), "layout"
    shown = [
        (_names_in_author_boxes(context, _opening_blocks(context)), "author box"),
        (find_names(context, _own_signatures(context, signatures), read_signature), "tail line"),
        (_names_in_author_boxes(context, context.tail), "author box"),
    ]
    found = _fullest_names(shown)
    if found is None:
        return _from_fallbacks(context)
    if any(map(is_initials, found[0])):
        more = [(read(context), source) for source, read in _FALLBACKS]
        found = _fullest_names([found, *more]) or found
    return ", ".join(found[0]), found[1]


def _own_signatures(context: PageContext, signatures: list[str]) -> list[str]:
    """Return the signatures that are not part of a teaser within the body."""
    signed = (block for block in context.tail if block.text in signatures)
    others = {block.text for block in signed if is_in_teaser(context, block.box, block.index)}
    return [line for line in signatures if line not in others]


def _fullest_names(tiers: list[tuple[list[str], str]]) -> tuple[list[str], str] | None:
    """Return the first tier with names, or a later one that has the same names in full, or more."""
    found = [(names, source) for names, source in tiers if names]
    if not found:
        return None
    names, source = found[0]
    for more, other in found[1:]:
        is_fuller = {fold(name) for name in names} != {fold(name) for name in more}
        if is_fuller and all(any(_is_same_person(name, each) for each in more) for name in names):
            names, source = more, other
    return names, source


def _is_same_person(name: str, fuller: str) -> bool:
    return fold(name) == fold(fuller) or is_short_for(name, fuller)


def _from_fallbacks(context: PageContext) -> tuple[str, str] | None:
    """Return the first names in microdata, labels and metadata if no signature is found."""
    for source, read in _FALLBACKS:
        names = read(context)
        if names:
            return ", ".join(names), source
    return None


def _opening_blocks(context: PageContext) -> list[Block]:
    """Return the head of the page and the short lines around the start of the running text."""
    head = context.head
    first = head[-1].index + 1 if head else context.first_prose
    behind = context.outline.blocks[first : context.first_prose + _MAX_BLOCKS_BELOW_LEDE]
    return [*head, *(block for block in behind if len(block.text) <= MAX_SIGNATURE_CHARS)]


def _names_in_author_boxes(context: PageContext, blocks: Iterable[Block]) -> list[str]:
    """Return the names in elements whose class says author, in page order."""
    texts: list[str] = []
    pen_names: list[str] = []
    for block in blocks:
        if not block.text or len(block.text) > 3 * MAX_SIGNATURE_CHARS:
            continue
        spans = [span for span in block.spans if span.hints & Hint.AUTHOR and span.text]
        is_named = bool(spans) or _in_author_box(context, block)
        if not is_named or is_not_author(context, block):
            continue
        linked = [span.text for span in spans if span.link]
        named = linked if find_names(context, linked) else [span.text for span in spans]
        if find_names(context, named, read_author_line):
            texts += named
        else:
            inner = [span.text for span in block.spans if span.text and not span.hints & Hint.DATE]
            if len(find_names(context, block.links, read_author_line)) > 1:
                inner = list(block.links)
            has_names = bool(find_names(context, inner, read_author_line))
            texts += inner if has_names else [_without_parts(block.text, inner)]
            if context.outline.boxes[block.box].hints & Hint.AUTHOR and not block.link:
                pen_names.append(block.text)
        pen_names += [span.text for span in spans if not span.link]
    return find_names(context, texts, read_author_line) or find_names(
        context, pen_names, read_pen_name
    )


def _without_parts(text: str, parts: list[str]) -> str:
    """Return a line without some of its parts (buttons, counters) and mail addresses."""
    for part in parts:
        text = text.replace(part, "", 1)
    return _MAIL.sub("", text).strip()


def _in_author_box(context: PageContext, block: Block) -> bool:
    """Whether a small box around a block has a class that says author."""
    for box in context.outline.ancestors(block.box, limit=4):
        if box.end_block - box.first_block > _MAX_AUTHOR_BOX_BLOCKS:
            return False
        if box.hints & Hint.AUTHOR:
            return True
    return False


def _names_behind_labels(context: PageContext, blocks: Iterable[Block]) -> list[str]:
    """Return the names in lines with a label (``Tác giả: …``)."""
    lines = [block for block in blocks if len(block.text) <= MAX_SIGNATURE_CHARS]
    lines = [block for block in lines if ":" in block.text or AUTHOR_LABEL.search(block.text)]
    lines = [block for block in lines if not is_in_teaser(context, block.box, block.index)]
    texts = [block.text for block in lines]
    return (
        find_names(context, texts)
        or find_names(context, filter(None, map(name_behind_label, texts)))
        or find_names(context, [_label_with_next_line(context, block) for block in lines])
    )


def _label_with_next_line(context: PageContext, label: Block) -> str:
    """Return a label without a value together with the line below it: ``Tác giả:``, ``Lê Na``."""
    if not _LABEL_LINE.fullmatch(label.text):
        return ""
    below = context.outline.blocks[label.index + 1 : label.index + 2]
    if not below or not is_person_name(below[0].text) or is_tag_link(context, below[0]):
        return ""
    return f"{label.text} {below[0].text}"


def _below_title(context: PageContext) -> list[Block]:
    anchor = context.anchor
    return [block for block in context.head if block.index > anchor]


def _names_beside_date(context: PageContext) -> list[str]:
    """Return a name without a label in the line of the date below the title, or in the next line.

    After the start of the running text, only the line of the date itself counts.
    """
    head = {block.index for block in _below_title(context)}
    lines = [block for block in _opening_blocks(context) if len(block.text) <= MAX_SIGNATURE_CHARS]
    anchor = context.anchor
    lines = [block for block in lines if block.index > anchor]
    dates = {block.index: parse_dates(block.text, context.fetched_at) for block in lines}
    for block in lines:
        text = block.text
        for moment in dates[block.index]:
            text = text.replace(moment.raw, "|")
        text = _WEEKDAY.sub("|", text)
        for link, address in zip(block.links, block.hrefs, strict=False):
            text = text.replace(link, "|") if TAG_ADDRESS.search(address.lower()) else text
        reach = 1 if block.index in head else 0
        around = range(block.index - reach, block.index + reach + 1)
        if not any(map(dates.get, around)) or is_not_author(context, block):
            continue
        for column in _COLUMNS.split(text):
            if names := names_in_list(context, column.strip(" -–(),")):
                return names
        parts = [part.strip(" -–()") for part in _PARTS.split(text)]
        parts = [part.strip(" ,") for part in parts if not _is_place_of_date(context, part)]
        names = find_names(context, [part for part in parts if is_person_name(part)])
        if names:
            return names
    return []


def _is_place_of_date(context: PageContext, text: str) -> bool:
    """Whether a place that the title names precedes a date: ``Nà Lay, 12/10/2025``."""
    return text.endswith(",") and text.rstrip(" ,") in (context.title or "")


def _name_below_body(context: PageContext) -> list[str]:
    """Return a name right below the body that is bold or right-aligned like a signature."""
    block = next((block for block in context.tail if block.text), None)
    if block is None or block.link_share or is_in_teaser(context, block.box, block.index):
        return []
    on_right = context.outline.boxes[block.box].align == "right"
    names = find_names(context, [block.text]) if on_right or block.is_bold else []
    return names if all(map(is_person_name, names)) else []


def _up_to_related(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks before the first heading of related articles."""
    return takewhile(lambda block: boilerplate_line(block.text[:200]) != "related", blocks)


def _names_in_microdata(context: PageContext) -> list[str]:
    """Return the names in microdata, without those of teasers."""
    values = [
        value
        for name, value, box in context.outline.microdata
        if "author" in name.split()
        and len(value) <= MAX_SIGNATURE_CHARS
        and not is_in_teaser(context, box, context.outline.boxes[box].first_block)
    ]
    return find_names(context, values)


def _names_in_metadata(context: PageContext, source: str) -> list[str]:
    """Return the names of persons in the metadata of one source (``jsonld``, ``meta``)."""
    values = [
        name
        for entry in context.metadata.of("author", source)
        for name in entry.value.split(";")
        if is_person_name(name.strip())
    ]
    return find_names(context, values)


_FALLBACKS: tuple[tuple[str, Callable[[PageContext], list[str]]], ...] = (
    ("microdata", _names_in_microdata),
    ("head line", lambda context: _names_behind_labels(context, _below_title(context))),
    ("date line", _names_beside_date),
    ("tail line", _name_below_body),
    ("tail line", lambda context: _names_behind_labels(context, _up_to_related(context.tail))),
    ("jsonld", lambda context: _names_in_metadata(context, "jsonld")),
    ("meta", lambda context: _names_in_metadata(context, "meta")),
)
