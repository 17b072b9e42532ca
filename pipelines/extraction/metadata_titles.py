"""Titles in the metadata: without the name of the site, and prepared for comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.extraction.block_occurrences import METADATA_TITLE, BlockOccurrence, block_occurrence
from pipelines.extraction.html.metadata import PageMetadata
from pipelines.extraction.site_names import article_part
from pipelines.extraction.source_profile import SourceProfile
from pipelines.text import fold

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
