"""Persons that the texts of a page name, each once, and lines that name others than the author."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import HEADINGS, Block
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.bylines import Byline, read_byline, read_signature
from pipelines.extraction.vietnamese.names import (
    begins_with_surname,
    is_person_name,
    is_possible_pen_name,
    is_post,
    is_short_for,
    without_title,
)
from pipelines.text import fold

MAX_SIGNATURE_CHARS = 120
_MAX_NAME_WORDS = 5
_MAX_PEN_NAME_WORDS = 3
_PEN_NAME_WORDS = 2
_GLUED = re.compile(r"(?<=[a-zà-ỹ])(?=[A-Z])")
AUTHOR_LABEL = re.compile(
    r"\b(?:(?:tác giả|người viết|người đăng|người gửi|posted by)\s*:|(?:đăng|viết) bởi\s*:?)\s",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s[-–]\s")
_LIST = re.compile(r"(?:(?<!\s)\s+)?(?:[,;&]|\s(?:và|and)\s|/)\s*")


def read_pen_name(line: str) -> Byline | None:
    """Read an element named author that holds only a pen name: ``Sông Lô``."""
    is_short = len(line.split()) <= _MAX_PEN_NAME_WORDS and line[:5].lower() != "theo "
    byline = read_byline(line)
    return (
        read_signature(line)
        if byline is None and is_short and is_possible_pen_name(line)
        else byline
    )


def read_author_line(line: str) -> Byline | None:
    """Read an element named author; ``Theo`` before a person is not part of the name."""
    glued = next((at.start() for at in _GLUED.finditer(line) if is_post(line[at.start() :])), None)
    line = line[:glued]
    byline = read_byline(line)
    person = line[5:].strip() if line[:5].lower() == "theo " else ""
    is_short = len(person.split()) == _PEN_NAME_WORDS or begins_with_surname(person)
    if byline is None and is_short and is_person_name(person):
        return Byline(without_title(person), None, line)
    return byline


def name_behind_label(line: str) -> str | None:
    """Return the longest name after a label in a line: ``20/11/2025 Tác giả: Lê Na Cỡ chữ``."""
    found = AUTHOR_LABEL.search(line)
    words = line[found.end() :].split() if found else []
    names = (" ".join(words[:size]) for size in range(_MAX_NAME_WORDS, 1, -1))
    return next(filter(is_person_name, names), None)


def names_in_list(context: PageContext, text: str) -> list[str]:
    """Return the names of a list; names separated by dashes stay one string, as on the page."""
    parts = _DASH.split(text)
    if len(parts) > 1 and all(map(is_person_name, parts)):
        return [text] if len(find_names(context, parts)) == len(parts) else []
    names = [name for name in _LIST.split(text) if name]
    return find_names(context, [text]) if len(names) > 1 and all(map(is_person_name, names)) else []


def find_names(
    context: PageContext, texts: Iterable[str], read: Callable[[str], Byline | None] = read_byline
) -> list[str]:
    """Return the persons that lines name, each once, in the spelling of the page.

    ``read`` parses one line; it returns None if the line is not a byline.
    """
    found: dict[str, str] = {}
    for text in texts:
        line = text.strip(" -–|•,;\n")
        if (
            not line
            or len(line) > MAX_SIGNATURE_CHARS
            or context.names_site(line)
            or _is_label(line)
        ):
            continue
        byline = read(line)
        if byline is None or not byline.author:
            continue
        for name in byline.author.split(", "):
            if not context.names_site(name):
                found.setdefault(fold(name), name)
    names = list(found.values())
    return [name for name in names if not any(is_short_for(name, other) for other in names)]


def _is_label(line: str) -> bool:
    """Whether a line announces what follows it, or is a label of the page: ``TỪ KHÓA``."""
    return line.endswith((":", "：")) or boilerplate_line(line) is not None


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
