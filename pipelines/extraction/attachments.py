"""Files that an article links to or embeds, and where the article ends on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.article import Attachment
from pipelines.extraction.body import is_below_picture, is_headline
from pipelines.extraction.context import PageContext
from pipelines.extraction.document_urls import (
    MAX_NAME_CHARS,
    NAMES_DOCUMENT,
    document_url,
    file_name,
    links_to_document,
    may_be_page,
    may_name_document,
)
from pipelines.extraction.html.blocks import HEADINGS, Block, Outline
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.text import fold, normalise

MAX_ATTACHMENTS = 1000
"""Attachments of one article that are kept. Its provenance says if there are more."""

_MAX_BLOCKS_BELOW = 24
"""Blocks without a file below the text, or below the title if there is no text, that are searched
for files."""

_MAX_RUN = 8
"""Blocks below a link that are searched for the next file of the same list."""

_PARAGRAPHS = frozenset({"p", "li"})
_LINES = frozenset({"p", "li", "td", "th", "tr", "tbody", "dd", "dt", *HEADINGS})
"""Elements of one line of a list, or of a table of links."""

_MAX_LINE_CHARS = 300
_NUMBERING = re.compile(r"\bsố\b|\d+", re.IGNORECASE)
_POINTER_WORDS = frozenset({
    *("xem", "tai", "doc", "bam", "click", "nhan", "download", "chi", "tiet", "lieu", "tap", "tin"),
    *("tep", "file", "van", "ban", "link", "noi", "dung", "dinh", "kem", "theo", "day", "o", "vao"),
    *("ve", "xuong", "them", "here", "view", "open", "pdf", "va", "de", "toan", "bo", "truc"),
    *("tuyen", "may", "icon", "image", "size", "kb", "mb", "nay", "duoi", "sau"),
})  # fmt: skip
"""Words (folded) of link texts that only point to a file: "Xem chi tiết tại đây", "Tải về"."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PlacedAttachment:
    """An attachment and the index of the block that links to it, or below which it is embedded."""

    attachment: Attachment
    place: int


def find_attachments(context: PageContext) -> list[PlacedAttachment]:
    """Return the files that the article links to or embeds, in page order, each once."""
    found: dict[str, Attachment] = {}
    first_places: dict[str, int] = {}
    if not _has_file_link(context):
        return []
    first, end = article_range(context)
    places = [
        (block.index, block.index, *link)
        for block in context.outline.blocks[first:end]
        for link in _links_with_text(block)
    ]
    places += [
        (index, index - 1, address, "")
        for index, address in context.outline.frames
        if first <= index <= end
    ]
    for _, place, address, text in sorted(places, key=lambda place: place[0]):
        url = document_url(context.outline, context.address, address)
        if url is None or (url in found and found[url].name):
            continue
        name = printed_name(text)
        if url in found and name is None:
            continue
        found[url] = Attachment(url, name and name[:MAX_NAME_CHARS])
        first_places.setdefault(url, place)
    return [
        PlacedAttachment(
            Attachment(each.url, each.name or file_name(each.url)), first_places[each.url]
        )
        for each in found.values()
    ]


def printed_name(text: str) -> str | None:
    """Return the name of a file in the text of its link, or None if the text only points to it."""
    pointer, colon, name = text.partition(": ")
    if colon and name and _only_points(pointer):
        text = name
    return None if _only_points(text) else text


def _only_points(text: str) -> bool:
    return _POINTER_WORDS.issuperset(_WORD.findall(fold(text)))


def names_file_below_text(context: PageContext, block: Block) -> bool:
    """Whether a line right below the text is a paragraph of it, which names the file it links to.

    It is a paragraph beside those of the text. Between it and the text are only such lines. The
    name is one for readers ("Lịch kiểm tra học kỳ 1"), not that of the file on a disk, and not a
    number ("Tài liệu số 2"). One sentence above files is a notice, whose text they are not.
    """
    if context.last_prose == context.first_prose:
        return False
    outline, last = context.outline, context.outline.blocks[context.last_prose]
    lines = [each for each in outline.blocks[last.index + 1 : block.index + 1] if each.text]
    return block.index > last.index and all(
        links_to_document(outline, line)
        and not NAMES_DOCUMENT.search(line.text)
        and not _only_points(_NUMBERING.sub(" ", line.text))
        and _is_beside(outline, line, last)
        for line in lines
    )


def _is_beside(outline: Outline, line: Block, text: Block) -> bool:
    """Whether a line is in the same paragraph as a text, or in one of the same container."""
    own, other = outline.boxes[line.box], outline.boxes[text.box]
    if own.index == other.index:
        return own.tag in _PARAGRAPHS
    is_paragraph = own.tag in _PARAGRAPHS and other.tag in _PARAGRAPHS
    return is_paragraph and own.parent == other.parent and not own.hints


def _has_file_link(context: PageContext) -> bool:
    """Whether any URL below the title may be that of a file."""
    outline, first = context.outline, context.title_block or 0
    links = [href for block in outline.blocks[first:] for href in block.hrefs]
    frames = [address for _, address in outline.frames]
    return bool(outline.declared_files) or may_name_document("\n".join(links + frames))


def has_document(context: PageContext, part: tuple[int, int]) -> bool:
    """Whether a half-open range of blocks links to a file or embeds one."""
    first, end = part
    frames = (address for index, address in context.outline.frames if first <= index <= end)
    links = (href for block in context.outline.blocks[first:end] for href in block.hrefs)
    return any(
        document_url(context.outline, context.address, address) for address in (*frames, *links)
    )


def article_range(context: PageContext) -> tuple[int, int]:
    """Return the half-open range of the article's blocks, from below the title to its end.

    The range ends at a heading of related articles, a headline that links to another page, the
    imprint, the heading of another box, and at most ``_MAX_BLOCKS_BELOW`` blocks without a file,
    photo or caption below the running text.
    """
    outline = context.outline
    first = context.title_block + 1 if context.title_block is not None else context.start
    text_end = max(first, context.last_prose + 1) if context.body is not None else first
    end = text_end
    others = 0
    for block in outline.blocks[text_end:]:
        is_file = links_to_document(outline, block)
        others += not (is_file or block.image is not None or is_below_picture(outline, block))
        if others > _MAX_BLOCKS_BELOW or (not is_file and _ends_article(context, block, end - 1)):
            break
        end = block.index + 1
    return first, end


def is_related_or_imprint(context: PageContext, index: int) -> bool:
    """Whether a block is the imprint or a heading of related articles ("Các tin khác").

    The index after the last block counts as imprint.
    """
    block = context.outline.blocks[index] if index < len(context.outline.blocks) else None
    if block is None or index in context.outline.imprint:
        return True
    return boilerplate_line(block.text[:_MAX_LINE_CHARS]) == "related"


def _ends_article(context: PageContext, block: Block, above: int) -> bool:
    """Whether a block below the text that is no file belongs to something else than the article.

    ``above`` is the index of the last block of the article above it.
    """
    if block.index in context.outline.imprint:
        return True
    if not block.text:
        return False
    box = context.outline.boxes[block.box]
    is_other_box = box.tag in HEADINGS and not block.is_bold and context.body is None
    return (
        _is_other_headline(context, block, above)
        or boilerplate_line(block.text[:_MAX_LINE_CHARS])
        in ("related", "boilerplate", "interaction")
        or bool(box.hints & (Hint.RELATED | Hint.NAVIGATION | Hint.COMMENTS))
        or (
            is_other_box
            and context.title_block is not None
            and block.index > context.title_block + 3
        )
    )


def _is_other_headline(context: PageContext, block: Block, above: int) -> bool:
    """Whether a block is a headline that links to another page.

    A link between the lines of the article and one of its files, in the same list or container, is
    one of the article's own, wherever it leads.
    """
    if not is_headline(block) or not any(map(may_be_page, block.hrefs)):
        return False
    outline = context.outline
    if above < context.start:
        return True
    container = _container(outline, outline.blocks[above])
    if _container(outline, block) != container:
        return True
    below = outline.blocks[block.index + 1 : block.index + 1 + _MAX_RUN]
    return not any(
        links_to_document(outline, each) and _container(outline, each) == container
        for each in below
    )


def _container(outline: Outline, block: Block) -> int:
    """Return the index of the list, table or box around the line of a block; -1 if none is."""
    around = outline.ancestors(block.box)
    return next((box.index for box in around if box.tag not in _LINES), -1)


def _links_with_text(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the URLs that a block links to, each with the text of its link."""
    texts = [normalise(text) for text in block.links]
    texts += [""] * (len(block.hrefs) - len(texts))
    yield from zip(block.hrefs, texts, strict=False)
