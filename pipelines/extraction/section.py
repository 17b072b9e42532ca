"""The section of an article: from the breadcrumb that readers see, then from metadata."""

from __future__ import annotations

import re

from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import Block
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.site_names import GENERIC_NAMES
from pipelines.extraction.vietnamese.dates import is_mostly_date, parse_dates
from pipelines.text import fold, normalise

_MAX_SECTION_CHARS = 80
_MAX_CRUMB_BLOCKS = 8
_MAX_PATH_STEPS = 4
_MAX_BLOCKS_BELOW_TITLE = 6
_MAX_BLOCKS_ABOVE_TITLE = 8
"""Blocks above the title that may hold a path of links, or the date with the section."""

_MAX_LINES_BETWEEN = 3
_MAX_LINES_ABOVE_LINK = 3
_MAX_UNMARKED_STEPS = 3
_MIN_LINK_SHARE = 0.6
_ROWS = frozenset({"tr"})
_DATED = re.compile(r"\d[/.-]\d{1,2}[/.-](19|20)\d\d|\d:\d\d")
_CRUMB_LINE = re.compile(r"(trang chu|trang nhat|home)\s*[»›>→/|]")
_STEP_SIGNS = " »›>→/|"
_ARROW = re.compile(r"[»›>→/]")
_CRUMB_SEPARATOR = re.compile(r"(?:(?<!\s)\s+)?[»›>→/|]\s+|(?<!\s)\s+[»›>→/|]\s*")
_SECTION_LABEL = re.compile(r"(?:chuyen muc|danh muc|the loai|chuyen trang|category)\s*:\s*")
_GENERAL_SECTIONS = frozenset({"tin tuc", "tin tuc - su kien", "news"})


def find_section(context: PageContext) -> tuple[str, str] | None:
    """Return the section as (name, source), or None.

    The section is the last step of the path above the title, else the name beside the date, else a
    category below the body, else that of the metadata.
    """
    if "section" in context.declared:
        return context.declared["section"], "layout"
    for source, paths in (
        ("crumb", _crumb_paths(context)),
        ("link above the title", _link_paths(context)),
    ):
        for path in paths:
            name = _deepest_section(context, path)
            if name:
                return name, source
    beside = _name_beside_date(context)
    if beside:
        return beside, "beside the date"
    categories = [text for block in context.tail for text in _categories_below(context, block)]
    if categories:
        return categories[-1], "filed under"
    for entry in context.metadata.of("section"):
        if _is_section(context, entry.value):
            return entry.value, entry.source
    crumb = _deepest_section(context, [entry.value for entry in context.metadata.of("breadcrumb")])
    return (crumb, "jsonld") if crumb else None


def _deepest_section(context: PageContext, path: list[str]) -> str | None:
    """Return the last step of a path that is a section, preferably not a general one."""
    named = [text for text in path if _is_section(context, text)]
    specific = [text for text in named if fold(text) not in _GENERAL_SECTIONS]
    return (specific or named)[-1] if named else None


def _link_paths(context: PageContext) -> list[list[str]]:
    """Return the path of links right above the title, whatever the class of its box.

    Its steps are separated by arrows, as text or as images. A path without arrows must be in the
    box of the title, and begin with the home page or be a single link.
    """
    steps: list[str] = []
    boxes: dict[int, str] = {}
    drawn: set[int] = set()
    for block in reversed(_above_title(context)):
        if block.image is not None or is_mostly_date(block.text):
            drawn.add(block.box)
            continue
        if block.link_share < _MIN_LINK_SHARE or (boxes and block.box not in boxes):
            break
        boxes[block.box] = f"{block.text} {boxes.get(block.box, '')}"
        steps = [*filter(None, map(_step, block.links)), *steps]
    if (
        not steps
        or len(steps) > _MAX_PATH_STEPS
        or any(len(step) > _MAX_SECTION_CHARS for step in steps)
    ):
        return []
    begins_at_home = fold(steps[0]) in GENERIC_NAMES
    has_signs = any(map(_ARROW.search, boxes.values()))
    if len(steps) > 1 and (has_signs or (begins_at_home and drawn.intersection(boxes))):
        return [steps]
    is_path = len(steps) == 1 or (len(steps) <= _MAX_UNMARKED_STEPS and begins_at_home)
    link = next(iter(boxes))
    if not is_path or not _is_in_box_of_title(context, link):
        return []
    return [] if _is_last_of_menu(context, link) else [steps]


def _above_title(context: PageContext) -> list[Block]:
    """Return the blocks right above the title, without the first line of the title itself."""
    if context.title_block is None:
        return []
    blocks = context.outline.blocks
    own = blocks[context.title_block].box
    above = blocks[max(0, context.title_block - _MAX_BLOCKS_ABOVE_TITLE) : context.title_block]
    return [block for block in above if block.box != own or block.link]


def _step(link: str) -> str:
    """Return the text of a link without separators."""
    return normalise(link).strip(_STEP_SIGNS)


def _is_in_box_of_title(context: PageContext, link: int) -> bool:
    """Whether little is above a link in the innermost box around it and the title.

    ``link`` is the index of the link's box. A menu is not such a box.
    """
    assert context.title_block is not None
    outline, title = context.outline, context.outline.blocks[context.title_block]
    for box in outline.ancestors(link):
        if outline.inside(title.box, box.index):
            first = outline.blocks[box.first_block : title.index]
            return sum(bool(block.text) for block in first) <= _MAX_LINES_ABOVE_LINK
        if box.hints & Hint.NAVIGATION or box.tag in ("li", "nav"):
            return False
    return False


def _is_last_of_menu(context: PageContext, link: int) -> bool:
    """Whether a link stands below others in a box without the title, and none leads home.

    A menu of a column that is drawn in rows ends right before the title of the next column.
    """
    outline, boxes = context.outline, context.outline.boxes
    first = boxes[link].first_block
    previous = outline.blocks[first - 1] if first else None
    if previous is None or previous.link_share < _MIN_LINK_SHARE or context.title_block is None:
        return False
    title = outline.blocks[context.title_block]
    around = next(box for box in outline.ancestors(link) if outline.inside(previous.box, box.index))
    if outline.inside(title.box, around.index):
        return False
    names = (name for block in outline.blocks[around.first_block : first] for name in block.links)
    return not any(fold(_step(name)) in GENERIC_NAMES for name in names)


def _name_beside_date(context: PageContext) -> str | None:
    """Return the name in the table row of the date, or alone in the row above it.

    ``td.FolderTitle``, ``td.Time``.
    """
    for block in reversed(_above_title(context)):
        if _shows_date(context, block):
            for cell in _other_cells(context, block) or _cell_above(context, block):
                if _is_section(context, cell.text):
                    return cell.text
    return None


def _shows_date(context: PageContext, block: Block) -> bool:
    """Whether a line is mostly a date, or has a class that says date and holds one."""
    if is_mostly_date(block.text):
        return True
    return bool(context.outline.boxes[block.box].hints & Hint.DATE and parse_dates(block.text))


def is_beside_section(context: PageContext, date: Block) -> bool:
    """Whether a date shares its table row with a name that may be the section."""
    return any(_is_section(context, cell.text) for cell in _other_cells(context, date))


def _other_cells(context: PageContext, date: Block) -> list[Block]:
    """Return the other texts in the table row of a date, if there are few."""
    row = context.outline.enclosing(date.box, _ROWS)
    cells = context.outline.blocks[row.first_block : row.end_block] if row else []
    return [cell for cell in cells if cell.text and cell is not date] if len(cells) <= 3 else []


def _cell_above(context: PageContext, date: Block) -> list[Block]:
    """Return the only text in the first row of a table, if the date is alone in the second."""
    outline, above = context.outline, context.outline.blocks[date.index - 1]
    row, other = outline.enclosing(date.box, _ROWS), outline.enclosing(above.box, _ROWS)
    if row is None or other is None or row.parent != other.parent or not above.text:
        return []
    is_first = outline.boxes[row.parent].first_block == above.index
    are_alone = all(each.end_block - each.first_block == 1 for each in (row, other))
    return [above] if is_first and are_alone and date.index > 0 else []


def _crumb_paths(context: PageContext) -> list[list[str]]:
    """Return the breadcrumb paths around the title, nearest first, without menus."""
    anchor = context.anchor
    groups: dict[int, list[str]] = {}
    distances: dict[int, int] = {}
    for block in context.head:
        if block.index > anchor + _MAX_BLOCKS_BELOW_TITLE:
            break
        box, texts = _crumb_texts(context, block)
        if texts and not _is_menu(context, box):
            groups.setdefault(box, []).extend(texts)
            distances[box] = abs(block.index - anchor)
    near = sorted(groups, key=distances.__getitem__)
    return [groups[box] for box in near if len(groups[box]) <= _MAX_PATH_STEPS]


def _is_menu(context: PageContext, box: int) -> bool:
    """Whether a box is in the menu of the site. A breadcrumb may use navigation tags, too."""
    around = list(context.outline.ancestors(box))
    if any("crumb" in each.words for each in around):
        return False
    return any(each.hints & Hint.NAVIGATION or each.tag in ("nav", "menu") for each in around)


def _crumb_texts(context: PageContext, block: Block) -> tuple[int, list[str]]:
    """Return the index of the box of a path and the steps of the path in a line."""
    around = context.outline.ancestors(block.box, limit=4)
    small = [box for box in around if box.end_block - box.first_block <= _MAX_CRUMB_BLOCKS]
    named = [box.index for box in small if box.hints & Hint.SECTION]
    box = named[-1] if named else block.box
    spans = [span.text for span in block.spans if span.hints & Hint.SECTION and span.text]
    if spans:
        return box, [text.strip(_STEP_SIGNS) for text in spans]
    is_line = bool(_CRUMB_LINE.match(fold(block.text))) and _is_near_title(context, block)
    if not block.text or not (named or is_line):
        return box, []
    steps = [step for step in map(_step, block.links) if step]
    if len(steps) > 1 and not _CRUMB_SEPARATOR.search(block.text):
        return box, steps  # the separators are images
    label = _SECTION_LABEL.match(fold(block.text))
    path = block.text[label.end() :] if label else block.text
    return box, [part.strip(_STEP_SIGNS) for part in _CRUMB_SEPARATOR.split(path)]


def _is_near_title(context: PageContext, block: Block) -> bool:
    """Whether few lines are between a line and the title. A menu may look like a path."""
    anchor = context.anchor
    between = context.outline.blocks[block.index + 1 : anchor]
    return sum(bool(each.text) for each in between) <= _MAX_LINES_BETWEEN


def _categories_below(context: PageContext, block: Block) -> list[str]:
    """Return the sections that a line below the body names (``rel="category"``)."""
    is_line = is_section_line(context, block)
    return [
        span.text
        for span in block.spans
        if span.link and span.text and (is_line or span.hints & Hint.SECTION)
    ]


def is_section_line(context: PageContext, block: Block) -> bool:
    """Whether the class of a line says section; block themes of WordPress use ``rel="tag"``."""
    hints = context.outline.boxes[block.box].hints
    return bool(hints & Hint.SECTION) and not hints & Hint.TAGS


def _is_section(context: PageContext, text: str) -> bool:
    """Whether a text can be the name of a section."""
    key = fold(text)
    return (
        1 < len(text) <= _MAX_SECTION_CHARS
        and not text.replace("/", "").isdigit()
        and not context.names_site(text)
        and key.strip(" :") not in GENERIC_NAMES
        and key != fold(context.title or "")
        and not any(sign.isdigit() for sign in text[:2])
        and not _DATED.search(text)
    )
