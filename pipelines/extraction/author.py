"""Who wrote it: signatures that readers see, then names the page claims for machines.

A site, a role account and an agency are no authors, nor are labels, tags and the authors of other
articles. Claims count only if they look like a person's name, since site names stand there as often
as persons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import HEADINGS, Block
from pipelines.extraction.html.class_hints import Hint
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.bylines import Byline, read_byline, read_signature
from pipelines.extraction.vietnamese.dates import parse_dates
from pipelines.extraction.vietnamese.names import (
    begins_with_surname,
    is_initials,
    is_person_name,
    is_possible_pen_name,
    is_post,
    is_short_for,
    without_title,
)
from pipelines.text import fold

_MAX_SIGNATURE_CHARS = 120
_MAX_AUTHOR_BOX_BLOCKS = 6
_MAX_BLOCKS_BELOW_LEDE = 4
"""Blocks from the first running text on among which an author may stand: between lede and text."""

_MAX_TEASER_BLOCKS = 8
_MIN_HEADLINE_WORDS = 4
_TEASER_TAGS = frozenset({"article", "li"})
"""Blocks of a teaser of another article, and words that a link with its headline has."""

_MIN_LINK_SHARE = 0.6
_MAX_NAME_WORDS = 5
_MAX_PEN_NAME_WORDS = 3
_PEN_NAME_WORDS = 2
_GLUED = re.compile(r"(?<=[a-zà-ỹ])(?=[A-Z])")
_LABEL_AMID = re.compile(
    r"\b(?:(?:tác giả|người viết|người đăng|người gửi|posted by)\s*:|(?:đăng|viết) bởi\s*:?)\s",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(
    r"\W*(?:tác giả|người viết|thực hiện|(?:tin|bài)(?:(?: và |, | - |/)ảnh)?|by|author)"
    r"\s*[:：]\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[|•·]|\s[-–]\s|-(?=\||$)|(?<=\|)-")
_COLUMNS = re.compile(r"[|•·]")
_WEEKDAY = re.compile(
    r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)[,\s]*(?=\|)", re.IGNORECASE
)
_DASH = re.compile(r"\s[-–]\s")
_LIST = re.compile(r"(?:(?<!\s)\s+)?(?:[,;&]|\s(?:và|and)\s|/)\s*")
_MAIL = re.compile(r"(?:e-?mail(?:\s*:\s+|\s+:\s*)|(?<!\S))\S[^\s@]*+@\S+\.\w+", re.IGNORECASE)
_TAG_ADDRESS = re.compile(
    r"(?:^|[/?&])(?:tags?|tu-khoa|chu-de|topics?|keywords?|hashtag)(?:[/=-]|$)"
)
_PERSON_ADDRESS = re.compile(r"(?:^|[/?&_-])(?:authors?|tac-gia|but-danh|profiles?|by)(?:[/=-]|$)")
_WORDS = re.compile(r"[a-z]+")
_POST_WORDS = frozenset({"role", "job", "position", "bio", "chucvu", "desk"})


def find_author(context: PageContext, signatures: list[str]) -> tuple[str, str] | None:
    """The author as (names separated by a comma, source); None if nobody is named.

    ``signatures`` are the lines taken out of the body's end as bylines.
    """
    declared = _names(context, [context.declared.get("author", "")])
    if declared:
        return ", ".join(declared), "layout"
    shown = [
        (_names_in_author_boxes(context, _opening_blocks(context)), "author box"),
        (_names(context, _own_signatures(context, signatures), read_signature), "tail line"),
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
    """The signatures that are no part of a teaser within the body."""
    signed = (block for block in context.tail if block.text in signatures)
    others = {block.text for block in signed if _is_of_teaser(context, block.box, block.index)}
    return [line for line in signatures if line not in others]


def _fullest_names(tiers: list[tuple[list[str], str]]) -> tuple[list[str], str] | None:
    """The first tier that names somebody, or a later one that names these more fully, or more."""
    found = [(names, source) for names, source in tiers if names]
    if not found:
        return None
    names, source = found[0]
    for more, other in found[1:]:
        is_fuller = {fold(name) for name in names} != {fold(name) for name in more}
        if is_fuller and all(any(_is_same(name, each) for each in more) for name in names):
            names, source = more, other
    return names, source


def _is_same(name: str, fuller: str) -> bool:
    return fold(name) == fold(fuller) or is_short_for(name, fuller)


def _from_fallbacks(context: PageContext) -> tuple[str, str] | None:
    """Where no signature is shown: what markup, labels and claims say, in this order."""
    for source, read in _FALLBACKS:
        names = read(context)
        if names:
            return ", ".join(names), source
    return None


def _opening_blocks(context: PageContext) -> list[Block]:
    """The head, and what stands between a lede that was taken as running text and the text."""
    head = context.head
    first = head[-1].index + 1 if head else context.first_prose
    behind = context.outline.blocks[first : context.first_prose + _MAX_BLOCKS_BELOW_LEDE]
    return [*head, *(block for block in behind if len(block.text) <= _MAX_SIGNATURE_CHARS)]


def _names_in_author_boxes(context: PageContext, blocks: Iterable[Block]) -> list[str]:
    """Names in elements that are called author, in the order of the page."""
    texts: list[str] = []
    pen_names: list[str] = []
    for block in blocks:
        if not block.text or len(block.text) > 3 * _MAX_SIGNATURE_CHARS:
            continue
        spans = [span for span in block.spans if span.hints & Hint.AUTHOR and span.text]
        is_named = bool(spans) or _in_author_box(context, block)
        if not is_named or _is_not_author(context, block):
            continue
        linked = [span.text for span in spans if span.link]
        named = linked if _names(context, linked) else [span.text for span in spans]
        if _names(context, named, _read_author_line):
            texts += named
        else:
            inner = [span.text for span in block.spans if span.text and not span.hints & Hint.DATE]
            if len(_names(context, block.links, _read_author_line)) > 1:
                inner = list(block.links)
            has_names = bool(_names(context, inner, _read_author_line))
            texts += inner if has_names else [_without_parts(block.text, inner)]
            if context.outline.boxes[block.box].hints & Hint.AUTHOR and not block.link:
                pen_names.append(block.text)
        pen_names += [span.text for span in spans if not span.link]
    return _names(context, texts, _read_author_line) or _names(context, pen_names, _read_pen_name)


def _read_pen_name(line: str) -> Byline | None:
    """What an element called author says that holds nothing but a pen name: ``Sông Lô``."""
    is_short = len(line.split()) <= _MAX_PEN_NAME_WORDS and line[:5].lower() != "theo "
    byline = read_byline(line)
    return (
        read_signature(line)
        if byline is None and is_short and is_possible_pen_name(line)
        else byline
    )


def _read_author_line(line: str) -> Byline | None:
    """What an element called author says: ``Theo`` before a person is no part of the name."""
    glued = next((at.start() for at in _GLUED.finditer(line) if is_post(line[at.start() :])), None)
    line = line[:glued]
    byline = read_byline(line)
    person = line[5:].strip() if line[:5].lower() == "theo " else ""
    is_short = len(person.split()) == _PEN_NAME_WORDS or begins_with_surname(person)
    if byline is None and is_short and is_person_name(person):
        return Byline(without_title(person), None, line)
    return byline


def _is_not_author(context: PageContext, block: Block) -> bool:
    """Whether a line is a tag, a post, or belongs to a teaser or to readers' comments."""
    if _is_tag_link(context, block):
        return True
    box = context.outline.boxes[block.box]
    if box.hints & Hint.AUTHOR and not _POST_WORDS.isdisjoint(_WORDS.findall(box.words.lower())):
        return not any(span.link for span in block.spans)
    return _is_of_teaser(context, block.box, block.index)


def _is_tag_link(context: PageContext, block: Block) -> bool:
    """Whether a line is made of links to tags."""
    if not block.links or block.link_share < _MIN_LINK_SHARE:
        return False
    addresses = [address.lower() for address in block.hrefs]
    if any(map(_PERSON_ADDRESS.search, addresses)):
        return False
    is_tagged = context.outline.boxes[block.box].hints & Hint.TAGS
    return bool(is_tagged) or any(map(_TAG_ADDRESS.search, addresses))


def _is_of_teaser(context: PageContext, inner: int, index: int) -> bool:
    """Whether a box belongs to comments, related articles or a teaser: a headline stands above."""
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


def _without_parts(text: str, parts: list[str]) -> str:
    """A line without buttons, counters and mail addresses: ``Hoàng Thảo Theo dõi``."""
    for part in parts:
        text = text.replace(part, "", 1)
    return _MAIL.sub("", text).strip()


def _in_author_box(context: PageContext, block: Block) -> bool:
    for box, _ in zip(context.outline.ancestors(block.box), range(4), strict=False):
        if box.end_block - box.first_block > _MAX_AUTHOR_BOX_BLOCKS:
            return False
        if box.hints & Hint.AUTHOR:
            return True
    return False


def _names_behind_labels(context: PageContext, blocks: Iterable[Block]) -> list[str]:
    """Names in lines that say what they are (``Tác giả: …``)."""
    lines = [block for block in blocks if len(block.text) <= _MAX_SIGNATURE_CHARS]
    lines = [block for block in lines if ":" in block.text or _LABEL_AMID.search(block.text)]
    lines = [block for block in lines if not _is_of_teaser(context, block.box, block.index)]
    texts = [block.text for block in lines]
    return (
        _names(context, texts)
        or _names(context, filter(None, map(_name_behind_label, texts)))
        or _names(context, [_label_with_next_line(context, block) for block in lines])
    )


def _label_with_next_line(context: PageContext, label: Block) -> str:
    """A label that stands alone with the line below it: ``Tác giả:``, ``Lê Na``."""
    if not _LABEL_ALONE.fullmatch(label.text):
        return ""
    below = context.outline.blocks[label.index + 1 : label.index + 2]
    if not below or not is_person_name(below[0].text) or _is_tag_link(context, below[0]):
        return ""
    return f"{label.text} {below[0].text}"


def _name_behind_label(line: str) -> str | None:
    """The longest name behind a label in a line of more: ``20/11/2025 Tác giả: Lê Na Cỡ chữ``."""
    found = _LABEL_AMID.search(line)
    words = line[found.end() :].split() if found else []
    names = (" ".join(words[:size]) for size in range(_MAX_NAME_WORDS, 1, -1))
    return next(filter(is_person_name, names), None)


def _below_title(context: PageContext) -> list[Block]:
    anchor = context.title_block if context.title_block is not None else context.start
    return [block for block in context.head if block.index > anchor]


def _names_beside_date(context: PageContext) -> list[str]:
    """A bare name in the line of the printed date below the title, or in the line next to it.

    Behind the beginning of the running text only the line of the date itself counts.
    """
    head = {block.index for block in _below_title(context)}
    lines = [block for block in _opening_blocks(context) if len(block.text) <= _MAX_SIGNATURE_CHARS]
    anchor = context.title_block if context.title_block is not None else context.start
    lines = [block for block in lines if block.index > anchor]
    dates = {block.index: parse_dates(block.text, context.fetched_at) for block in lines}
    for block in lines:
        text = block.text
        for moment in dates[block.index]:
            text = text.replace(moment.raw, "|")
        text = _WEEKDAY.sub("|", text)
        for link, address in zip(block.links, block.hrefs, strict=False):
            text = text.replace(link, "|") if _TAG_ADDRESS.search(address.lower()) else text
        reach = 1 if block.index in head else 0
        around = range(block.index - reach, block.index + reach + 1)
        if not any(map(dates.get, around)) or _is_not_author(context, block):
            continue
        for column in _COLUMNS.split(text):
            if names := _names_in_list(context, column.strip(" -–(),")):
                return names
        parts = [part.strip(" -–()") for part in _PARTS.split(text)]
        parts = [part.strip(" ,") for part in parts if not _is_place_of_date(context, part)]
        names = _names(context, [part for part in parts if is_person_name(part)])
        if names:
            return names
    return []


def _is_place_of_date(context: PageContext, text: str) -> bool:
    """Whether a place that the title names stands before a date: ``Nà Lay, 12/10/2025``."""
    return text.endswith(",") and text.rstrip(" ,") in (context.title or "")


def _names_in_list(context: PageContext, text: str) -> list[str]:
    """The names of a list; those between dashes stay one string, as the page writes them."""
    parts = _DASH.split(text)
    if len(parts) > 1 and all(map(is_person_name, parts)):
        return [text] if len(_names(context, parts)) == len(parts) else []
    names = [name for name in _LIST.split(text) if name]
    return _names(context, [text]) if len(names) > 1 and all(map(is_person_name, names)) else []


def _name_below_body(context: PageContext) -> list[str]:
    """A name right below the body that looks like a signature: bold or on the right."""
    block = next((block for block in context.tail if block.text), None)
    if block is None or block.link_share or _is_of_teaser(context, block.box, block.index):
        return []
    on_right = context.outline.boxes[block.box].align == "right"
    names = _names(context, [block.text]) if on_right or block.is_bold else []
    return names if all(map(is_person_name, names)) else []


def _up_to_related(blocks: Iterable[Block]) -> Iterator[Block]:
    return takewhile(lambda block: boilerplate_line(block.text[:200]) != "related", blocks)


def _names_in_microdata(context: PageContext) -> list[str]:
    values = [
        value
        for name, value, box in context.outline.microdata
        if "author" in name.split()
        and len(value) <= _MAX_SIGNATURE_CHARS
        and not _is_of_teaser(context, box, context.outline.boxes[box].first_block)
    ]
    return _names(context, values)


def _names_in_metadata(context: PageContext, source: str) -> list[str]:
    values = [
        name
        for entry in context.metadata.of("author", source)
        for name in entry.value.split(";")
        if is_person_name(name.strip())
    ]
    return _names(context, values)


def _names(
    context: PageContext, texts: Iterable[str], read: Callable[[str], Byline | None] = read_byline
) -> list[str]:
    """The persons that lines name, each once, in the page's spelling."""
    found: dict[str, str] = {}
    for text in texts:
        line = text.strip(" -–|•,;\n")
        if (
            not line
            or len(line) > _MAX_SIGNATURE_CHARS
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
    """Whether a line announces what follows it or is a label of the page: ``TỪ KHÓA``."""
    return line.endswith((":", "：")) or boilerplate_line(line) is not None


_FALLBACKS: tuple[tuple[str, Callable[[PageContext], list[str]]], ...] = (
    ("microdata", _names_in_microdata),
    ("head line", lambda context: _names_behind_labels(context, _below_title(context))),
    ("date line", _names_beside_date),
    ("tail line", _name_below_body),
    ("tail line", lambda context: _names_behind_labels(context, _up_to_related(context.tail))),
    ("jsonld", lambda context: _names_in_metadata(context, "jsonld")),
    ("meta", lambda context: _names_in_metadata(context, "meta")),
)
