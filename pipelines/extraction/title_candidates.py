"""Rank the lines that may be the title of a page whose metadata does not name one.

Some portals have one ``<title>`` for all pages and use ``h1`` for the names of boxes. The headline
is then a paragraph with a class, a bold centred line, or an ``h2``. It is found by its position
right above the text, the length of a headline, its markup, and the words in the URL of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipelines.extraction.body import is_prose
from pipelines.extraction.document_urls import links_to_document
from pipelines.extraction.html.blocks import HEADINGS, Block, Box, Outline
from pipelines.extraction.html.elements import CELLS
from pipelines.extraction.html.hints import BOILERPLATE, Hint
from pipelines.extraction.site_names import GENERIC_NAMES, is_office_or_place, is_site_heading
from pipelines.extraction.title_text import (
    agrees_with_slug,
    clean_title,
    heading_line,
    is_bracketed,
    slug_words,
)
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line
from pipelines.extraction.vietnamese.dates import is_mostly_date, parse_dates
from pipelines.text import fold

MAX_TITLE_CHARS = 400
MIN_TITLE_CHARS = 3
MAX_SENTENCE_CHARS, MAX_CENTRED_SENTENCE_CHARS = 80, 120
"""Characters up to which a line with a full stop may be a title; longer ones are ledes. Ledes are
not centred."""


_MIN_TITLE_WORDS, _LONG_TITLE_WORDS = 5, 8
"""Words from which a line may be, and from which it is, as long as a headline. Names of boxes have
two to four."""

_UNMARKED_SCORE = 0.3
"""Score of a long line without any markup, which needs a position above the text as well."""

_ABOVE_DATE_SCORE = 0.5
"""Score of a line above a line with a date."""

_NEAR_LINES, _FAR_LINES = 3, 8
"""Lines between a headline and the text up to which it is right above the text, or near it."""

_SHARED_BOX_SCORE = 1.0
"""Score of a line in the innermost box that a candidate shares with the text. Names of sections and
of other boxes are outside of it."""

_NAMED_TITLE = re.compile(
    r"(?:^|[\s_.-])(?:\w{0,20}[_.-])?(?:lbl|txt|post|news|article|entry|detail|page|content|bai|tin)?"
    r"[_.-]?(?:title|headline|tieude|tieu-de|tieu_de)(?:[_.-]?(?:news|tin|bai|bai-viet|post|detail))?"
    r"(?:$|\s)",
    re.IGNORECASE,
)
_BOX_TITLE = re.compile(
    r"(?:portlet|box|block|panel|widget|module|modul|menu|folder|other|group|cate\w{0,9}|section|site|side"
    r"|header|footer|web|page|zone|tab)[_.-]?title",
    re.IGNORECASE,
)
_ROW = frozenset({"tr"})
_MIN_ROW_CELLS, _MAX_ROW_BLOCKS, _MAX_CELL_CHARS = 3, 12, 60
"""A row of data has at least so many cells, and at most so many blocks with so many characters
each."""

_CALENDAR_DAY = re.compile(
    r"\W*(?:(?:sang|chieu|toi) )?(?:thu (?:[2-7]|hai|ba|tu|nam|sau|bay)|chu nhat)\b[\W\d]*"
)
"""A day of the week (folded), which is the heading of rows in a calendar."""


@dataclass(frozen=True, slots=True)
class TitleCandidate:
    """A line that may be the title: its text, its last block and its score."""

    text: str
    block: int
    score: float


def title_candidates(
    outline: Outline, site_names: Set[str], anchor: int, address: str | None
) -> list[TitleCandidate]:
    """Return the candidates above the text, best first; of equal ones the first on the page.

    ``site_names`` are folded. ``anchor`` is the index of the first block of running text, or the
    number of blocks if the page has none. ``address`` is the URL of the page.
    """
    is_only_h1 = len(
        {heading_line(outline, each)[0] for each in outline.blocks if _in_h1(outline, each)}
    )
    menu = {fold(each.text) for each in outline.blocks if each.link_share > 0.9}
    slug = slug_words(address)
    found = []
    for block in outline.blocks[: anchor + 1]:
        line = heading_line(outline, block)
        text, last = clean_title(line[0]), line[1]
        if last is None or not _may_be_title(text, site_names):
            continue
        looks = _markup_score(outline, block, is_only_h1=is_only_h1 == 1)
        is_slug = agrees_with_slug(text, slug)
        if looks <= 0 and not is_slug:
            continue
        if block.link_share > 0.9 and _leads_elsewhere(block, address):
            continue
        score = looks + _length_score(text) + _place_score(outline, last, anchor)
        score -= 2.0 * (fold(text) in menu and block.link_share <= 0.9)
        score -= 1.0 * _is_beside_date(outline, block) + 2.0 * _is_in_data_row(outline, block)
        score += 4.0 * is_slug + _ABOVE_DATE_SCORE * _is_above_date(outline, last)
        found.append((TitleCandidate(text, last, score), _shared_box(outline, last, anchor)))
    innermost = max((box for _, box in found), default=-1)
    ranked = [
        replace(each, score=each.score + _SHARED_BOX_SCORE * (box == innermost >= 0))
        for each, box in found
    ]
    return sorted(ranked, key=lambda each: (-each.score, each.block))


def _leads_elsewhere(block: Block, address: str | None) -> bool:
    """Whether a line links to another page. A title may link to its own page."""
    own = urlsplit(address or "").path.rstrip("/")
    paths = {_path_of(href).rstrip("/") for href in block.hrefs} - {""}
    return bool(paths) and not (own and any(own.endswith(path) for path in paths))


def _path_of(href: str) -> str:
    """Return the path of a URL, or the URL itself if it is invalid."""
    try:
        return urlsplit(href.strip()).path
    except ValueError:
        return href


def _in_h1(outline: Outline, block: Block) -> bool:
    """Whether a block is text in an ``h1``."""
    return bool(block.text) and outline.boxes[block.box].tag == "h1"


def _may_be_title(text: str, site_names: Set[str]) -> bool:
    """Whether a text can be a title: no label, site name, date, office or boilerplate."""
    if not MIN_TITLE_CHARS <= len(text) <= MAX_TITLE_CHARS or text.endswith(":"):
        return False
    if is_bracketed(text):
        return False
    key = fold(text)
    if key in site_names or key in GENERIC_NAMES or is_site_heading(text):
        return False
    if is_mostly_date(text) or _CALENDAR_DAY.fullmatch(key):
        return False
    return not is_office_or_place(text) and boilerplate_line(text) is None


def _markup_score(outline: Outline, block: Block, *, is_only_h1: bool) -> float:
    """Return how much the markup of a line says title; 0 if it cannot be one."""
    box = outline.boxes[block.box]
    if (box.hints & Hint.LEDE or block.link_share > 0.9) and box.tag != "h1":
        return 0.0
    score = _name_score(outline, block, is_only_h1=is_only_h1)
    score += 0.7 * block.is_bold
    centred = any(each.align == "center" for each in _boxes_of_same_text(outline, box))
    score += 0.4 * centred
    longest = MAX_CENTRED_SENTENCE_CHARS if centred else MAX_SENTENCE_CHARS
    if len(block.text) > longest and block.text.endswith(".") and box.tag != "h1":
        score -= 1.5  # a lede, even in a heading
    if not score and not block.link and not block.text.endswith("."):
        score = _UNMARKED_SCORE * (
            len(block.text.split()) > _MIN_TITLE_WORDS and not is_prose(block)
        )
    is_named = bool(box.hints & Hint.TITLE)
    if not is_named and any(each.hints & BOILERPLATE for each in outline.ancestors(block.box)):
        score -= 1.5
    return score


def _name_score(outline: Outline, block: Block, *, is_only_h1: bool) -> float:
    """Return what the tag and the classes of a line, or of a part of it, add to its score."""
    around = list(_boxes_of_same_text(outline, outline.boxes[block.box]))
    names_box = any(_BOX_TITLE.search(each.words) for each in around)
    score = 0.0
    if around[0].tag in HEADINGS:
        score = 3.0 if around[0].tag == "h1" and is_only_h1 and not names_box else 1.2
    if any(_names_title(each.words) for each in around):
        score += 1.2
    elif any(each.hints & Hint.TITLE for each in around):
        score += 0.6
    spans = (span for span in block.spans if span.text == block.text and not names_box)
    return score + 1.2 * any(span.hints & Hint.TITLE for span in spans)


def _names_title(words: str) -> bool:
    """Whether a class or id names the title of an article, not that of a box."""
    return bool(_NAMED_TITLE.search(words)) and not _BOX_TITLE.search(words)


def _boxes_of_same_text(outline: Outline, box: Box) -> Iterator[Box]:
    """Yield a box and those around it that hold only its text."""
    size = box.end_block - box.first_block
    yield box
    while box.parent >= 0:
        box = outline.boxes[box.parent]
        if box.end_block - box.first_block != size:
            return
        yield box


def _length_score(text: str) -> float:
    """Return what the number of words adds to the score."""
    words = len(text.split())
    if words < _MIN_TITLE_WORDS:
        return 0.0
    return 1.3 if words >= _LONG_TITLE_WORDS else 0.8


def _place_score(outline: Outline, last: int, anchor: int) -> float:
    """Return what being near the text below adds. Paragraphs between (a lede) do not count."""
    if last >= anchor:
        return 1.5
    if anchor >= len(outline.blocks):
        return 1.5 * _is_above_file(outline, last)
    between = outline.blocks[last + 1 : anchor]
    lines = sum(bool(each.text) and not is_prose(each) for each in between[: 4 * _FAR_LINES])
    if lines <= _NEAR_LINES and len(between) <= 4 * _FAR_LINES:
        return 1.5
    return 0.5 if lines <= _FAR_LINES and len(between) <= 4 * _FAR_LINES else 0.0


def _shared_box(outline: Outline, block: int, anchor: int) -> int:
    """Return the index of the innermost box around a line and the text; -1 if there is no text."""
    if anchor >= len(outline.blocks):
        return -1
    around = outline.ancestors(outline.blocks[anchor].box)
    own = outline.blocks[block].box
    return next((box.index for box in around if outline.inside(own, box.index)), -1)


def _is_above_file(outline: Outline, last: int) -> bool:
    """Whether the next line except dates links to a file, on a page without running text."""
    for block in outline.blocks[last + 1 : last + 1 + _NEAR_LINES]:
        if links_to_document(outline, block):
            return True
        if block.text and not is_mostly_date(block.text):
            return False
    return False


def _is_above_date(outline: Outline, last: int) -> bool:
    """Whether the next line is mostly a date."""
    below = next((each for each in outline.blocks[last + 1 : last + 3] if each.text), None)
    return below is not None and is_mostly_date(below.text)


def _is_beside_date(outline: Outline, block: Block) -> bool:
    """Whether a line shares its table row with a date, like the name of a section."""
    row = outline.enclosing(block.box, _ROW)
    if row is None or row.end_block - row.first_block > 3:
        return False
    cells_of_row = outline.blocks[row.first_block : row.end_block]
    return any(each is not block and parse_dates(each.text) for each in cells_of_row)


def _is_in_data_row(outline: Outline, block: Block) -> bool:
    """Whether a line is in a table row of several short cells."""
    row = outline.enclosing(block.box, _ROW)
    if row is None or not _MIN_ROW_CELLS <= row.end_block - row.first_block <= _MAX_ROW_BLOCKS:
        return False
    cells_of_row = outline.blocks[row.first_block : row.end_block]
    cells = {cell.index for each in cells_of_row if (cell := outline.enclosing(each.box, CELLS))}
    return len(cells) >= _MIN_ROW_CELLS and all(
        len(each.text) <= _MAX_CELL_CHARS for each in cells_of_row
    )
