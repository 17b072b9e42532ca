"""The shape of the text: from the paragraphs of the cleaned body to the blocks of the article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from pipelines.article import Article
from pipelines.blocks import (
    PARAGRAPH_END,
    AttachmentPlace,
    Block,
    Heading,
    ItemList,
    Paragraph,
    PhotoPlace,
    Quotation,
    Separator,
)
from pipelines.extraction.attachments import MAX_ATTACHMENTS, find_attachments
from pipelines.extraction.context import PageContext
from pipelines.extraction.headings import heading_levels
from pipelines.extraction.html.blocks import HEADINGS, Box
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.passages import Passage
from pipelines.extraction.photos import PlacedPhoto

_LISTS = frozenset({"ul", "ol"})
_CONTAINERS = frozenset({"li", "blockquote"})


@dataclass(frozen=True, slots=True)
class Container:
    """The list or quotation that a passage is in: the index of its box, and of its item."""

    kind: Literal["list", "quotation"]
    box: int
    item: int = -1


def set_text(
    context: PageContext, article: Article, passages: Sequence[Passage], photos: list[PlacedPhoto]
) -> None:
    """Set the text of an article in its shape, with its photos and attachments."""
    named = find_attachments(context)
    attachments = named[:MAX_ATTACHMENTS]
    if len(named) > MAX_ATTACHMENTS:
        article.provenance["attachments"] = f"the first {MAX_ATTACHMENTS} of {len(named)}"
    article.photos = [each.photo for each in photos]
    article.attachments = [each.attachment for each in attachments]
    places = [each.place for each in photos], [each.place for each in attachments]
    article.set_blocks(shape_of(context, passages, *places))


def shape_of(
    context: PageContext,
    passages: Sequence[Passage],
    photos: Sequence[int] = (),
    attachments: Sequence[int] = (),
) -> list[Block]:
    """Return the blocks of an article.

    ``photos`` and ``attachments`` are the places of the files on the page: the index of the block
    that shows or names each of them. A file within a list, table or quotation comes below it.
    """
    starts, blocks = _text_blocks(context, passages, max(photos, default=-1) + 1)
    placed: list[tuple[int, bool, Block]] = [
        *((start, False, block) for start, block in zip(starts, blocks, strict=True)),
        *((place, True, PhotoPlace(number)) for number, place in enumerate(photos)),
        *((place, True, AttachmentPlace(number)) for number, place in enumerate(attachments)),
        *((place - 1, True, Separator()) for place in context.outline.separators),
    ]
    ordered = [block for *_, block in sorted(placed, key=itemgetter(0, 1))]
    return _without_loose_separators(ordered) if context.outline.separators else ordered


def _text_blocks(
    context: PageContext, passages: Sequence[Passage], end: int
) -> tuple[list[int], list[Block]]:
    """Return the blocks of the text and the index on the page at which each begins.

    Passages of one list or quotation become one block. ``end`` is the index after the last photo.
    """
    tags = context.outline.tags_in(context.body) if context.body else set()
    containers = _containers(context, passages, tags)
    listed = [
        container is not None or passage.table is not None
        for container, passage in zip(containers, passages, strict=True)
    ]
    levels = heading_levels(context, passages, listed, tags, end)
    starts: list[int] = []
    blocks: list[Block] = []
    number = 0
    while number < len(passages):
        starts.append(passages[number].first)
        container, first = containers[number], number
        if container is None:
            blocks.append(_block(passages[number], levels.get(number)))
            number += 1
            continue
        while number < len(passages) and _is_same(container, containers[number]):
            number += 1
        own = slice(first, number)
        blocks.append(_joined(context, container, passages[own], containers[own]))
    return starts, blocks


def _is_same(one: Container, other: Container | None) -> bool:
    """Whether two passages are in the same list or quotation."""
    return other is not None and other.box == one.box


def _block(passage: Passage, level: int | None) -> Block:
    """Return the block of a passage outside of lists and quotations."""
    if passage.table is not None:
        return passage.table
    if level is not None:
        return Heading(level, passage.text)
    line = passage.lines[0]
    if line.spans and any(
        span.hints & Hint.QUOTED and span.text == passage.text for span in line.spans
    ):
        return Quotation(passage.text)
    return Paragraph(passage.text)


def _joined(
    context: PageContext,
    container: Container,
    own: Sequence[Passage],
    containers: Sequence[Container | None],
) -> Block:
    """Return the one block of the passages of a list or quotation."""
    if container.kind == "quotation":
        return Quotation(PARAGRAPH_END.join(passage.text for passage in own))
    items: list[str] = []
    before = -1
    for passage, each in zip(own, containers, strict=True):
        item = each.item if each else -1
        if item == before:
            items[-1] += PARAGRAPH_END + passage.text
        else:
            items.append(passage.text)
        before = item
    return ItemList(context.outline.boxes[container.box].tag == "ol", tuple(items))


def _containers(
    context: PageContext, passages: Sequence[Passage], tags: Set[str]
) -> list[Container | None]:
    """Return the list or quotation of each passage.

    ``tags`` are those within the body. A quotation around the whole text only indents it.
    """
    if _CONTAINERS.isdisjoint(tags):
        return [None] * len(passages)
    layout: dict[int, bool] = {}
    found = [
        None if passage.table is not None else _container(context, passage, layout)
        for passage in passages
    ]
    if all(each is not None and each.kind == "quotation" for each in found):
        return [None] * len(found)
    return found


def _container(context: PageContext, passage: Passage, layout: dict[int, bool]) -> Container | None:
    """Return the outermost list around a passage, else the innermost quotation.

    ``layout`` remembers which lists hold headings: they lay out prose.
    """
    outline, top = context.outline, context.body.index if context.body else -1
    around = list(outline.within(passage.lines[0].box, top))
    items = [box for box in around if box.tag == "li" and box.parent >= 0]
    for outer in reversed(items):
        box = _list_box(context, outer)
        if box.index not in layout:
            layout[box.index] = _lays_out_prose(context, box)
        if not layout[box.index]:
            return Container("list", box.index, items[0].index)
    quoted = next((box for box in around if box.tag == "blockquote"), None)
    return Container("quotation", quoted.index) if quoted else None


def _list_box(context: PageContext, item: Box) -> Box:
    """Return the list of an item: the nearest one, or the box around an item outside of lists."""
    boxes = context.outline.boxes
    return context.outline.enclosing(item.parent, _LISTS) or boxes[item.parent]


def _lays_out_prose(context: PageContext, box: Box) -> bool:
    """Whether a list has headings in it: its items are parts of the page."""
    return not HEADINGS.isdisjoint(context.outline.tags_in(box))


def _without_loose_separators(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks without separators at both ends, and only the first of several."""
    kept: list[Block] = []
    for block in blocks:
        if not isinstance(block, Separator) or (kept and not isinstance(kept[-1], Separator)):
            kept.append(block)
    if kept and isinstance(kept[-1], Separator):
        kept.pop()
    return kept
