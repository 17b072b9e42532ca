"""The texts of titles: headings joined and without dates, metadata without the site's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from pipelines.extraction.block_occurrences import METADATA_TITLE, BlockOccurrence, block_occurrence
from pipelines.extraction.html.blocks import HEADINGS, Block, Outline
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.html.metadata import PageMetadata
from pipelines.extraction.site_names import article_part
from pipelines.extraction.source_profile import SourceProfile
from pipelines.extraction.vietnamese.dates import parse_dates
from pipelines.text import fold

MAX_TITLE_LINES = 3
_DATE_IN_BRACKETS = re.compile(
    r"(?:(?<!\s)\s+)?(?:\((?:\s*|(?P<round>[^()]{6,40}))\)|\[(?:\s*|(?P<square>[^\[\]]{6,40}))\])\s*$"
)
"""Brackets at the end of a title, empty or with a text that may be a date."""

_SLUG_WORD = re.compile(r"[^\W\d_]+")
_MIN_SLUG_WORDS = 4
_MIN_SLUG_SHARE = 0.8
"""Share of the words of a slug that a title must have."""


def clean_title(text: str) -> str:
    """Return a title without empty brackets or a date in brackets at its end.

    Some templates print these after every title.
    """
    found = _DATE_IN_BRACKETS.search(text)
    if found is None:
        return text
    inside = found["round"] or found["square"]
    if inside and not parse_dates(inside):
        return text
    return text[: found.start()]


def slug_words(address: str | None) -> frozenset[str]:
    """Return the folded words of the slug in a URL; empty if they are too few for a title."""
    path = unquote((address or "")[:2000]).partition("://")[2].partition("/")[2]
    parts = re.split(r"[/?&=]", path.partition("#")[0])
    words = max((_SLUG_WORD.findall(fold(part)) for part in parts), key=len, default=[])
    return frozenset(words) if len(words) >= _MIN_SLUG_WORDS else frozenset()


def agrees_with_slug(text: str, slug: frozenset[str]) -> bool:
    """Whether a line has nearly all words of a page's slug, which may be cut off."""
    words = set(_SLUG_WORD.findall(fold(text))) if slug else set()
    return bool(words) and len(words & slug) >= _MIN_SLUG_SHARE * len(slug)


def is_bracketed(text: str) -> bool:
    """Whether a line stands in brackets as a whole, as additions to a title do."""
    return text.startswith("(") and text.find(")") == len(text) - 1


def heading_line(outline: Outline, block: Block) -> tuple[str, int | None]:
    """Return the text of a line and the index of its last block.

    Lines of one heading that ``<br>`` separates are joined. The index is None for a line that
    continues the one before it.
    """
    box = outline.boxes[block.box]
    is_heading = box.tag in HEADINGS or bool(box.hints & Hint.TITLE)
    if not is_heading or not 1 < box.end_block - box.first_block <= MAX_TITLE_LINES:
        return block.text, block.index
    lines = [each for each in outline.blocks[box.first_block : box.end_block] if each.text]
    if len(lines) < 2 or any(each.box != box.index or each.breaks > 1 for each in lines):
        return block.text, block.index
    if any(parse_dates(clean_title(each.text)) for each in lines):
        return block.text, block.index
    joined = " ".join(each.text for each in lines)
    return joined, lines[-1].index if block is lines[0] else None


_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ComparableTitle:
    """A metadata title, prepared for comparison."""

    key: str
    words: frozenset[str]
    source: str


def title_occurrences(
    metadata: PageMetadata, site_names: frozenset[str], title: str | None, *, is_shown: bool
) -> list[BlockOccurrence]:
    """Return the metadata titles that may be those of the site.

    These are the titles that no block shows and that differ from the headline. ``title`` is the
    chosen headline; ``is_shown`` is true if a block of the page shows it.
    """
    key = comparable_text(title or "")
    raw = dict.fromkeys(
        entry.value for name in ("title", "page_title") for entry in metadata.of(name)
    )
    parts = {text: article_part(text, site_names) for text in raw}
    return [
        block_occurrence(text, METADATA_TITLE)
        for text, part in parts.items()
        if part is not None and not (is_shown and key and comparable_text(part).startswith(key))
    ]


def to_comparable(text: str, source: str) -> ComparableTitle:
    """Prepare a metadata title for comparison."""
    key = comparable_text(text)
    return ComparableTitle(key, frozenset(key.split()), source)


def comparable_text(text: str) -> str:
    """Return the folded words of a text; headings and metadata differ in punctuation."""
    return " ".join(_WORDS.findall(fold(text)))


def metadata_titles(
    metadata: PageMetadata, site_names: frozenset[str], profile: SourceProfile
) -> list[tuple[str, str]]:
    """Return the metadata titles without the name of the site, best source first."""
    found = [
        (entry.value, entry.source)
        for source in ("og", "jsonld", "microdata", "meta")
        for entry in metadata.of("title", source)
    ]
    found += [(entry.value, "title") for entry in metadata.of("page_title")]
    titles = []
    for text, source in found:
        if profile.is_learned(block_occurrence(text, METADATA_TITLE)):
            continue
        part = article_part(text, site_names)
        if part is not None:
            titles.append((part, source))
    return titles
