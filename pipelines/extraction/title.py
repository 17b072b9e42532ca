"""The title: the visible heading that metadata confirms, in the spelling of the page.

Metadata titles that name only the site, or that the source is known to repeat, are ignored. If none
is left, looks and position decide.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from pipelines.extraction.block_occurrences import METADATA_TITLE, block_occurrence
from pipelines.extraction.body import boilerplate_boxes, choose_body, measure_prose
from pipelines.extraction.html.blocks import HEADINGS, Block, Box, Outline
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.html.metadata import PageMetadata
from pipelines.extraction.html.tables import TABLE, is_data_table
from pipelines.extraction.site_names import is_site_heading
from pipelines.extraction.source_profile import SourceProfile
from pipelines.extraction.title_candidates import TitleCandidate, title_candidates
from pipelines.extraction.title_text import (
    ComparableTitle,
    clean_title,
    comparable_text,
    heading_line,
    is_bracketed,
    metadata_titles,
    to_comparable,
)
from pipelines.text import fold

MAX_TITLE_CHARS = 400
UNCONFIRMED_TITLE = "heading alone"
"""Source of a title that nothing else on the page confirms."""

_EMPTY_PROFILE = SourceProfile()
_PARTS = re.compile(r"(?<!\s)\s+[|–—»·•-]\s+|(?:(?<!\s)\s+)?[|»]\s*")
_MAX_LENGTH_DIFFERENCE = 4
"""Characters by which quotes, dashes and spaces make a shown title differ from metadata."""

_MIN_UNSHOWN_TITLE_WORDS = 4
"""Words from which a metadata title that no block shows may be the title."""

_MAX_BLOCKS_TO_LEDE = 4
"""Blocks above the body that may hold a lede outside of it."""

_MIN_HEADING_SCORE = 3.0
_MIN_CANDIDATE_SCORE = 1.5
"""Score below which a line above the text is not a title, even if there is no other."""

_CERTAIN_CANDIDATE_SCORE = 2.6
"""Score from which a line above the text is preferred to a metadata title that no block shows."""

_CONFIRMED_SCORE = 4.0
"""Score that a heading gets for the same words in metadata; the highest addition."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title, the index of the block that shows it (or None) and its source."""

    text: str
    block: int | None
    source: str


def find_title(
    outline: Outline,
    metadata: PageMetadata,
    site_names: frozenset[str],
    profile: SourceProfile = _EMPTY_PROFILE,
    address: str | None = None,
) -> Title | None:
    """Return the heading that metadata confirms, else the best line above the text, else metadata.

    ``site_names`` are folded. ``profile`` holds what the source is known to repeat. ``address`` is
    the URL of the page.
    """
    titles = metadata_titles(metadata, site_names, profile)
    found = _confirmed_heading(outline, metadata, titles, site_names) or _shown_metadata_title(
        outline, titles
    )
    if found is not None:
        return found
    best = _best_candidate(outline, titles, site_names, profile, address)
    entry = next(
        (each for each in titles if len(each[0].split()) >= _MIN_UNSHOWN_TITLE_WORDS), None
    )
    if best is not None and (entry is None or best.score >= _CERTAIN_CANDIDATE_SCORE):
        return Title(best.text, best.block, UNCONFIRMED_TITLE)
    if entry or titles:
        text, source = entry or titles[0]
        return Title(text, None, source)
    return None


def _confirmed_heading(
    outline: Outline,
    metadata: PageMetadata,
    titles: list[tuple[str, str]],
    site_names: frozenset[str],
) -> Title | None:
    """Return the best heading that agrees with a metadata title."""
    if not titles:
        return None
    comparable = [to_comparable(text, source) for text, source in titles]
    page_title = metadata.first("page_title") or ""
    is_own = any(source == "title" for _, source in titles)
    page_key = comparable_text(page_title) if is_own else ""
    first_part = comparable_text(_PARTS.split(page_title, maxsplit=1)[0])
    best_score, best = 0.0, None
    for block in outline.blocks:
        weight = _heading_weight(outline, block)
        if not weight or weight + _CONFIRMED_SCORE <= best_score or fold(block.text) in site_names:
            continue
        line, last = heading_line(outline, block)
        if last is None:
            continue
        text = clean_title(line)
        agreement, source = _agreement(comparable_text(text), comparable, page_key, first_part)
        if weight + agreement > best_score:
            best_score = weight + agreement
            best = Title(text, last, source)
    return best if best_score >= _MIN_HEADING_SCORE else None


def _shown_metadata_title(outline: Outline, titles: list[tuple[str, str]]) -> Title | None:
    """Return the first metadata title that a block shows, whatever its markup."""
    for text, source in titles:
        block = _block_showing(outline, text)
        if block is not None:
            return Title(text, block, source)
    return None


def _block_showing(outline: Outline, title: str) -> int | None:
    """Return the index of the block that shows the words of a metadata title, or None."""
    key = comparable_text(title)
    return next(
        (
            block.index
            for block in outline.blocks
            if abs(len(block.text) - len(title)) <= _MAX_LENGTH_DIFFERENCE
            and not block.link
            and comparable_text(block.text) == key
        ),
        None,
    )


def _best_candidate(
    outline: Outline,
    titles: list[tuple[str, str]],
    site_names: frozenset[str],
    profile: SourceProfile,
    address: str | None,
) -> TitleCandidate | None:
    """Return the line above the text that looks most like a title.

    A line that a metadata title begins with takes precedence.
    """
    candidates = [
        each
        for each in title_candidates(outline, site_names, _first_prose(outline), address)
        if each.score >= _MIN_CANDIDATE_SCORE
        and not profile.is_learned(block_occurrence(each.text, METADATA_TITLE))
    ]
    keys = [f"{comparable_text(text)} " for text, _ in titles]
    for each in candidates:
        if len(each.text) >= 12 and any(
            key.startswith(f"{comparable_text(each.text)} ") for key in keys
        ):
            return each
    return candidates[0] if candidates else None


def _first_prose(outline: Outline) -> int:
    """Return the index of the first running text of the body, or of the lede above it.

    A line in brackets is part of the title: ``(Kèm theo Quyết định số 12/QĐ-UBND)``. If the page
    has no running text, the number of blocks is returned.
    """
    prose_lengths = measure_prose(outline, None)
    boilerplate = boilerplate_boxes(outline, prose_lengths)
    body = choose_body(outline, prose_lengths, boilerplate)
    if body is None:
        return len(outline.blocks)
    inside = range(body.first_block, body.end_block)
    first = next((index for index in inside if prose_lengths[index]), body.first_block)
    for index in range(first - 1, max(-1, first - 1 - _MAX_BLOCKS_TO_LEDE), -1):
        if prose_lengths[index] and not boilerplate[outline.blocks[index].box]:
            first = index
    while first + 1 < body.end_block and is_bracketed(outline.blocks[first].text):
        first += 1
    return _start_of_table(outline, first)


def _start_of_table(outline: Outline, index: int) -> int:
    """Return the index of a block, or of the first block of the data table that it is in."""
    table = outline.enclosing(outline.blocks[index].box, TABLE)
    return index if table is None or not is_data_table(outline, table) else table.first_block


def _heading_weight(outline: Outline, block: Block) -> float:
    """Return how much a block looks like a title by its markup; 0 if it cannot be one."""
    box = outline.boxes[block.box]
    named = bool(box.hints & Hint.TITLE)
    if not (named or block.spans or box.tag in HEADINGS):
        return 0.0
    if not block.text or len(block.text) > MAX_TITLE_CHARS or block.breaks:
        return 0.0
    if box.hints & Hint.LEDE and box.tag != "h1":
        return 0.0
    weight = _weight_of_markup(box, block, named=named)
    return 0.0 if weight and is_site_heading(block.text) else weight


def _weight_of_markup(box: Box, block: Block, *, named: bool) -> float:
    """Return the weight of a block by its tag and class."""
    if box.tag == "h1":
        return 3.0 + named * 0.5
    if block.link_share > 0.9:
        return 0.4  # usually another article's, but the title may link to its own page
    if box.tag in HEADINGS:
        return 1.0 + named * 0.5
    span_named = any(span.hints & Hint.TITLE and span.text == block.text for span in block.spans)
    return 0.8 if named or span_named else 0.0


def _agreement(
    key: str, titles: list[ComparableTitle], page_key: str, first_part: str
) -> tuple[float, str]:
    """Return how well a heading agrees with the metadata titles, and the source to record.

    ``page_key`` is the content of ``<title>``, ``first_part`` its part before the first separator.
    """
    if len(key) < 3:
        return -3.0, "heading"
    for entry in titles:
        if key == entry.key:
            return _CONFIRMED_SCORE, f"heading = {entry.source}"
    if page_key.endswith(key) and page_key != key:
        return -3.0, "heading"
    if page_key.startswith(key) and (len(key) >= 12 or key == first_part):
        return 3.5, "heading = title"
    words = set(key.split())
    best = max((_overlap(words, entry.words) for entry in titles), default=0.0)
    if best >= 0.6:
        return 3.0 * best, "heading ~ title"
    return (-1.5 if titles else 0.0), "heading"


def _overlap(one: Set[str], other: Set[str]) -> float:
    """Return the Jaccard similarity of two sets of words."""
    shared = len(one & other)
    return shared / max(1, len(one) + len(other) - shared)
