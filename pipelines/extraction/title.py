"""The title: the visible heading that the page's own claims confirm, in the page's spelling.

A claim that names only the site, or that the source is known to repeat, counts for nothing; then
looks and place decide.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from pipelines.extraction.body import boilerplate_boxes, choose_body, prose_masses
from pipelines.extraction.context import SourceProfile
from pipelines.extraction.html.blocks import HEADINGS, Block, Box, Outline
from pipelines.extraction.html.class_hints import Hint
from pipelines.extraction.html.metadata import PageMetadata
from pipelines.extraction.html.tables import TABLE, is_data_table
from pipelines.extraction.repeated_blocks import CLAIM, BlockOccurrence, block_occurrence
from pipelines.extraction.site_names import article_part, is_site_heading
from pipelines.extraction.title_candidates import (
    TitleCandidate,
    clean_title,
    heading_line,
    title_candidates,
)
from pipelines.text import fold

MAX_TITLE = 400
UNCONFIRMED = "heading alone"
"""Source of a title that nothing else on the page confirms."""

_NOTHING = SourceProfile()
_WORDS = re.compile(r"\w+")
_PARTS = re.compile(r"(?<!\s)\s+[|–—»·•-]\s+|(?:(?<!\s)\s+)?[|»]\s*")
_SIGNS = 4
"""Characters by which quotes, dashes and blanks make a shown title differ from a claimed one."""

_CLAIM_WORDS = 4
"""Words from which a claim that no block shows may still be the title."""

_LEDE_REACH = 4
"""Blocks above the body in which a lede may stand outside of it."""

_LEAST_SCORE = 3.0
_LEAST_CANDIDATE = 1.5
"""Score below which a line above the text is no title, even where nothing else offers itself."""

_SURE_CANDIDATE = 2.6
"""Score from which a line above the text is believed rather than a claim that no block shows."""

_CONFIRMED = 4.0
"""What the same words in a claim add to the weight of a heading; nothing adds more."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claimed title, ready to be compared."""

    key: str
    words: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class Title:
    """A title, the block that shows it (None: no block does) and where it came from."""

    text: str
    block: int | None
    source: str


def find_title(
    outline: Outline,
    metadata: PageMetadata,
    site_names: frozenset[str],
    profile: SourceProfile = _NOTHING,
    address: str | None = None,
) -> Title | None:
    """The heading that a claim confirms, else the likeliest line above the text, else a claim.

    ``profile`` tells what the source is known to repeat; ``address`` is the page's URL.
    """
    claimed = _claimed_titles(metadata, site_names, profile)
    found = _confirmed(outline, metadata, claimed, site_names) or _shown_claim(outline, claimed)
    if found is not None:
        return found
    best = _best_candidate(outline, metadata, claimed, site_names, profile, address)
    claim = next((each for each in claimed if len(each[0].split()) >= _CLAIM_WORDS), None)
    if best is not None and (claim is None or best.score >= _SURE_CANDIDATE):
        return Title(best.text, best.block, UNCONFIRMED)
    if claim or claimed:
        text, source = claim or claimed[0]
        return Title(text, None, source)
    return None


def title_occurrences(
    metadata: PageMetadata, site_names: frozenset[str], title: str | None, *, is_shown: bool
) -> list[BlockOccurrence]:
    """The claimed titles that may be the site's own: shown nowhere, or other than the headline.

    ``title`` is the headline that was chosen, ``is_shown`` whether a block of the page shows it.
    """
    key = _key(title or "")
    raw = dict.fromkeys(
        claim.value for name in ("title", "page_title") for claim in metadata.of(name)
    )
    parts = {text: article_part(text, site_names) for text in raw}
    return [
        block_occurrence(text, CLAIM)
        for text, part in parts.items()
        if part is not None and not (is_shown and key and _key(part).startswith(key))
    ]


def _confirmed(
    outline: Outline,
    metadata: PageMetadata,
    claimed: list[tuple[str, str]],
    site_names: frozenset[str],
) -> Title | None:
    """The best heading with which a claim agrees."""
    if not claimed:
        return None
    comparable = [_comparable(text, source) for text, source in claimed]
    page_title = metadata.first("page_title") or ""
    is_believed = any(source == "title" for _, source in claimed)
    page_key = _key(page_title) if is_believed else ""
    first_part = _key(_PARTS.split(page_title, maxsplit=1)[0])
    best_score, best = 0.0, None
    for block in outline.blocks:
        weight = _heading_weight(outline, block)
        if not weight or weight + _CONFIRMED <= best_score or fold(block.text) in site_names:
            continue
        line, last = heading_line(outline, block)
        if last is None:
            continue
        text = clean_title(line)
        agreement, source = _agreement(_key(text), comparable, page_key, first_part)
        if weight + agreement > best_score:
            best_score = weight + agreement
            best = Title(text, last, source)
    return best if best_score >= _LEAST_SCORE else None


def _shown_claim(outline: Outline, claimed: list[tuple[str, str]]) -> Title | None:
    """The first claim that some block shows, whatever its markup."""
    for text, source in claimed:
        block = _shown(outline, text)
        if block is not None:
            return Title(text, block, source)
    return None


def _shown(outline: Outline, title: str) -> int | None:
    """The block that shows a title in the words of a claim, whatever its markup; None: none."""
    key = _key(title)
    return next(
        (
            block.index
            for block in outline.blocks
            if abs(len(block.text) - len(title)) <= _SIGNS
            and not block.link
            and _key(block.text) == key
        ),
        None,
    )


def _best_candidate(
    outline: Outline,
    metadata: PageMetadata,
    claimed: list[tuple[str, str]],
    site_names: frozenset[str],
    profile: SourceProfile,
    address: str | None,
) -> TitleCandidate | None:
    """The line above the text that looks most like a title; one that a claim begins with wins."""
    del metadata
    candidates = [
        each
        for each in title_candidates(outline, site_names, _first_prose(outline), address)
        if each.score >= _LEAST_CANDIDATE
        and not profile.is_learned(block_occurrence(each.text, CLAIM))
    ]
    keys = [f"{_key(text)} " for text, _ in claimed]
    for each in candidates:
        if len(each.text) >= 12 and any(key.startswith(f"{_key(each.text)} ") for key in keys):
            return each
    return candidates[0] if candidates else None


def _first_prose(outline: Outline) -> int:
    """The first running text of the likeliest body, or of the lede above it.

    The number of blocks if the page has none.
    """
    masses = prose_masses(outline, None)
    boilerplate = boilerplate_boxes(outline, masses)
    body = choose_body(outline, masses, boilerplate)
    if body is None:
        return len(outline.blocks)
    inside = range(body.first_block, body.end_block)
    first = next((index for index in inside if masses[index]), body.first_block)
    for index in range(first - 1, max(-1, first - 1 - _LEDE_REACH), -1):
        if masses[index] and not boilerplate[outline.blocks[index].box]:
            first = index
    return _above_table(outline, first)


def _above_table(outline: Outline, index: int) -> int:
    """A block, or the first one of the data table that it stands in."""
    table = outline.enclosing(outline.blocks[index].box, TABLE)
    return index if table is None or not is_data_table(outline, table) else table.first_block


def _heading_weight(outline: Outline, block: Block) -> float:
    """How much a block looks like a title by its markup alone; 0 for no candidate."""
    box = outline.boxes[block.box]
    named = bool(box.hints & Hint.TITLE)
    if not (named or block.spans or box.tag in HEADINGS):
        return 0.0
    if not block.text or len(block.text) > MAX_TITLE or block.breaks:
        return 0.0
    if box.hints & Hint.LEDE and box.tag != "h1":
        return 0.0
    weight = _weight_of_markup(box, block, named=named)
    return 0.0 if weight and is_site_heading(block.text) else weight


def _weight_of_markup(box: Box, block: Block, *, named: bool) -> float:
    if box.tag == "h1":
        return 3.0 + named * 0.5
    if block.link_share > 0.9:
        return 0.4  # mostly another article's; a page's own title may link to itself
    if box.tag in HEADINGS:
        return 1.0 + named * 0.5
    span_named = any(span.hints & Hint.TITLE and span.text == block.text for span in block.spans)
    return 0.8 if named or span_named else 0.0


def _agreement(
    key: str, claimed: list[_Claim], page_key: str, first_part: str
) -> tuple[float, str]:
    """How well a heading agrees with what the page claims, and with whom.

    ``page_key`` is the title in the window bar, ``first_part`` what stands before its first sign.
    """
    if len(key) < 3:
        return -3.0, "heading"
    for claim in claimed:
        if key == claim.key:
            return _CONFIRMED, f"heading = {claim.source}"
    if page_key.endswith(key) and page_key != key:
        return -3.0, "heading"
    if page_key.startswith(key) and (len(key) >= 12 or key == first_part):
        return 3.5, "heading = title"
    words = set(key.split())
    best = max((_overlap(words, claim.words) for claim in claimed), default=0.0)
    if best >= 0.6:
        return 3.0 * best, "heading ~ title"
    return (-1.5 if claimed else 0.0), "heading"


def _overlap(one: Set[str], other: Set[str]) -> float:
    shared = len(one & other)
    return shared / max(1, len(one) + len(other) - shared)


def _comparable(text: str, source: str) -> _Claim:
    key = _key(text)
    return _Claim(key, frozenset(key.split()), source)


def _key(text: str) -> str:
    """Words only, folded: quotes, dashes and tone styles differ between heading and claim."""
    return " ".join(_WORDS.findall(fold(text)))


def _claimed_titles(
    metadata: PageMetadata, site_names: frozenset[str], profile: SourceProfile
) -> list[tuple[str, str]]:
    """Claimed titles without the site's name at their end or beginning, best source first."""
    found = [
        (claim.value, claim.source)
        for source in ("og", "jsonld", "microdata", "meta")
        for claim in metadata.of("title", source)
    ]
    found += [(claim.value, "title") for claim in metadata.of("page_title")]
    titles = []
    for text, source in found:
        if profile.is_learned(block_occurrence(text, CLAIM)):
            continue
        part = article_part(text, site_names)
        if part is not None:
            titles.append((part, source))
    return titles
