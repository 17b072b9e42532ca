"""Dates that readers see, as votes: in the lines around the title or else below the body."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from pipelines.extraction.body import is_headline
from pipelines.extraction.context import PageContext
from pipelines.extraction.html.blocks import Block
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.section import is_beside_section
from pipelines.extraction.title_text import clean_title
from pipelines.extraction.vietnamese.boilerplate import boilerplate_line, is_fields_line
from pipelines.extraction.vietnamese.dates import (
    VIETNAM,
    ParsedDate,
    parse_date,
    parse_dates,
)
from pipelines.text import fold

_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2})(:\d{2})?")


@dataclass(frozen=True, slots=True)
class Vote:
    """A date, its weight and the source that names it. ``modified`` marks a date of change."""

    date: ParsedDate
    weight: float
    source: str
    modified: bool = False


def local_vote(context: PageContext, value: str, vote: Vote) -> Vote | None:
    """Return a vote of less weight for the clock time of ``value``, ignoring its time zone.

    Some sites write a wrong zone after a local time. Returns None if the clock time is that of
    ``vote``.
    """
    clock = _CLOCK.match(value)
    if clock is None or vote.date.iso.startswith(f"{clock[1]}T{clock[2]}"):
        return None
    local = parse_date(f"{clock[1]}T{clock[2].zfill(5)}{clock[3] or ''}", context.fetched_at)
    date = ParsedDate(local.iso, value) if local else None
    return replace(vote, date=date, weight=vote.weight * 0.4) if date else None


_MODIFIED = re.compile(r"cap nhat|updated|modified|sua doi|chinh sua|last edited")
_PUBLISHED = re.compile(r"\b(dang|cap nhat|xuat ban|posted|published|updated)\b")
_DIGIT = re.compile(r"\d")
_CLOCK_LINE = re.compile(r"\d{1,2}\s?[:hg]\s?\d\d(:\d\d)?(\s?(SA|CH|AM|PM))?", re.IGNORECASE)
_MAX_UNNAMED_CHARS = 90
"""Characters up to which a line is searched if no class says date and it is no row of fields."""

MAX_LINE_CHARS = 200
_MAX_DAY_CHARS = 40

_MAX_BLOCKS_ABOVE_TITLE = 3
"""Blocks above the title in which a date may be the article's. Above them is the site's clock."""

_MIN_LINK_SHARE = 0.6
_MAX_LINES_ABOVE = 4
_MIN_MENU_LINKS = 2
"""Links above a date, in the same box or line, from which they are a menu."""

_NOW_TOLERANCE = timedelta(minutes=10)
"""Time before or after the fetch in which a printed time is that of the clock on the page."""

_RANGE = re.compile(
    r"\W*(?:\(?tuan \d{0,2}\W*)?(?:tu|bat dau) (?:ngay |thu )?\S.{0,40}\bden\b.{0,30}\d"
)
"""A line (folded) that names a period: "(Từ ngày 14/10/2024 đến ngày 18/10/2024)"."""

_NAMED_WEIGHT, _PRINTED_WEIGHT = 3.5, 2.5


def printed_votes(context: PageContext) -> list[Vote]:
    """Return votes for the dates around the title, nearest first, else for those below the body."""
    anchor = context.anchor
    below = [
        block
        for block in context.head
        if block.index >= anchor and block.index not in context.tables
    ]
    head = sorted(
        [*_lines_above_title(context, anchor), *below], key=lambda b: _distance(b.index, anchor)
    )
    for blocks in (head, _blocks_below_body(context)):
        lines = [
            votes
            for block in blocks
            if (votes := _votes_of_line(context, block))
            and (block.index >= anchor or _is_of_article(context, block, votes))
        ]
        if lines:
            return [
                replace(vote, weight=vote.weight - 0.5 * min(rank, 4))
                for rank, votes in enumerate(lines[:6])
                for vote in votes
            ]
    return []


def _lines_above_title(context: PageContext, anchor: int) -> list[Block]:
    """Return the lines above the title that may belong to the article, nearest first.

    They end at links, because above a breadcrumb or menu is the header of the site with its clock.
    They also end after a few lines.
    """
    found: list[Block] = []
    for block in reversed(context.head):
        if block.index >= anchor or not block.text:
            continue
        if block.link_share > _MIN_LINK_SHARE or len(found) >= _MAX_LINES_ABOVE:
            break
        if len(block.links) < _MIN_MENU_LINKS and not _is_in_header(context, block):
            found.append(block)
    return found


def _is_in_header(context: PageContext, block: Block) -> bool:
    """Whether the innermost box around a line and the title begins with a menu.

    Such a box is the whole page, and a date in it above the title is in the header of the site.
    """
    if context.title_block is None or is_beside_section(context, block):
        return False
    outline, title = context.outline, context.outline.blocks[context.title_block].box
    around = (box for box in outline.ancestors(block.box) if outline.inside(title, box.index))
    box = next(around, None)
    before = outline.blocks[box.first_block : block.index] if box else []
    links = (
        len(each.links)
        for each in before
        if each.links and not any(b.hints & Hint.SECTION for b in outline.ancestors(each.box))
    )
    return sum(links) >= _MIN_MENU_LINKS


def _blocks_below_body(context: PageContext) -> list[Block]:
    """Return the blocks below the body, up to related articles, without boilerplate and tables."""

    def is_own(block: Block) -> bool:
        return not is_headline(block) and boilerplate_line(block.text[:MAX_LINE_CHARS]) != "related"

    own = takewhile(is_own, context.tail)
    return [
        block
        for block in own
        if not context.is_boilerplate(block) and block.index not in context.tables
    ]


def _is_of_article(context: PageContext, block: Block, votes: list[Vote]) -> bool:
    """Whether a date above the title is the article's, not the current date in the header.

    It is if the metadata has the same day. Otherwise it must not be the time of the fetch, and must
    be right above the title or be called a date of publication.
    """
    day = votes[0].date.day
    metadata = (*context.metadata.of("published"), *context.metadata.of("modified"))
    if any(entry.value.startswith(day) for entry in metadata):
        return True
    is_called = votes[0].weight == _NAMED_WEIGHT or bool(_PUBLISHED.search(fold(block.text)))
    if _is_now(votes[0].date, context.fetched_at) and not (
        is_called and not votes[0].date.has_time
    ):
        return False
    anchor = context.anchor
    return is_called or block.index >= anchor - _MAX_BLOCKS_ABOVE_TITLE


def _is_now(date: ParsedDate, fetched_at: datetime) -> bool:
    """Whether a date is the day of the fetch, or a time within minutes of it."""
    now = fetched_at.astimezone(VIETNAM)
    if not date.has_time:
        return date.iso == now.date().isoformat()
    return abs(now - datetime.fromisoformat(date.iso)) < _NOW_TOLERANCE


def _distance(index: int, anchor: int) -> float:
    """Return the distance to the title. Lines above it count more, because of the site's clock."""
    return index - anchor if index >= anchor else 1.5 * (anchor - index)


def _votes_of_line(context: PageContext, block: Block) -> list[Vote]:
    """Return the votes of a line. In the title, only a date in brackets at its end counts."""
    if block.index == context.title_block:
        found = parse_date(block.text[len(clean_title(block.text)) :], context.fetched_at)
        return [Vote(found, _PRINTED_WEIGHT, "printed")] if found else []
    spans = [span for span in block.spans if span.hints & Hint.DATE]
    if not spans and not _DIGIT.search(block.text):
        return []
    hints = date_hints(context, block) | _hints_of_whole_line(block)
    is_fields = len(block.text) > _MAX_UNNAMED_CHARS and is_fields_line(block.text)
    if (
        _RANGE.match(fold(block.text))
        or hints & Hint.TODAY
        or (not spans and len(block.text) > MAX_LINE_CHARS)
    ):
        return []
    named = bool(spans) or bool(hints & Hint.DATE)
    dates = [
        date
        for span in spans
        for date in (
            parse_date(span.text, context.fetched_at),
            _date_of_value(context, span.value),
        )
        if date
    ]
    if not any(date.has_time for date in dates):  # the time may be in another element
        dates = parse_dates(_with_clock(context, block), context.fetched_at) or dates
    if not dates or (not named and not is_fields and len(block.text) > _MAX_UNNAMED_CHARS):
        return []
    weight = _NAMED_WEIGHT if named else _PRINTED_WEIGHT
    votes = [
        Vote(date, weight, "printed", modified)
        for date, modified in zip(dates[:3], _are_modifications(block.text, dates), strict=False)
    ]
    local = [local_vote(context, span.value, votes[0]) for span in spans if span.value]
    return votes + [vote for vote in local if vote]


def _are_modifications(line: str, dates: list[ParsedDate]) -> list[bool]:
    """For each date of a line, whether the words before it call it a date of change.

    If there is only one date, the words after it count, too.
    """
    if len(dates) == 1:
        return [_MODIFIED.search(fold(line)) is not None]
    found, past = [], 0
    for date in dates:
        start = max(line.find(date.raw, past), past)
        found.append(_MODIFIED.search(fold(line[past:start])) is not None)
        past = start + len(date.raw)
    return found


def _with_clock(context: PageContext, block: Block) -> str:
    """Return a line together with a time of day in the line before or after it."""
    text = block.text[:MAX_LINE_CHARS]
    for index in (block.index - 1, block.index + 1):
        beside = context.outline.blocks[index : index + 1] if index >= 0 else []
        if beside and len(text) <= _MAX_DAY_CHARS and _CLOCK_LINE.fullmatch(beside[0].text):
            return f"{text} {beside[0].text}"
    return text


def date_hints(context: PageContext, block: Block) -> int:
    """Return the hints of the small boxes around a line."""
    hints = Hint.NONE
    for box in context.outline.ancestors(block.box, limit=4):
        if box.end_block - box.first_block <= 8:
            hints |= box.hints
    return hints


def _hints_of_whole_line(block: Block) -> int:
    """Return the hints of the inline elements that hold the whole text of a line."""
    hints = Hint.NONE
    for span in block.spans:
        if span.text == block.text:
            hints |= span.hints
    return hints


def _date_of_value(context: PageContext, value: str | None) -> ParsedDate | None:
    return parse_date(value, context.fetched_at) if value else None
