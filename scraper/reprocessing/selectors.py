"""Whether the selectors that a source declares still match anything on its last pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from pipelines.extraction.html.decode import decode
from pipelines.extraction.html.parse import UnreadableError, parse_tree
from pipelines.extraction.source_profile import SELECTORS, matching_keys
from pipelines.workers import BEYOND_LIMITS, Workers
from scraper.archive.reader import read_page
from scraper.base.errors import ArchiveError
from scraper.base.source import Layout, Source
from scraper.reprocessing.profiles import current_layout
from scraper.store.archived_pages import last_captures

LAST_PAGES, MIN_READ_PAGES = 10, 3
"""Pages that are read, and how many must be readable for a finding: one page may lack a byline."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A selector of a source's layout that matches nothing on any of its last pages."""

    source: str
    key: str
    selector: str
    pages: int

    def __str__(self) -> str:
        return (
            f"layout `{self.key}` = {self.selector!r} matches nothing on the last "
            f"{self.pages} pages: `tinhuyen extract URL --explain`, then correct or remove it "
            f"under [{self.source}] in sources.toml"
        )


def unmatched_selectors(db: Database, archive: Path, source: Source) -> list[Unmatched]:
    """The selectors of a source's present layout that match nothing on its last pages."""
    layout = current_layout(source)
    captures = last_captures(db, source.slug, LAST_PAGES) if layout else []
    if layout is None or not captures:
        return []
    found = list(_matching_keys(archive, captures, layout))
    if len(found) < min(MIN_READ_PAGES, len(captures)):
        return []
    matched = frozenset[str]().union(*found)
    return [
        Unmatched(source.slug, key, selector, len(found))
        for key in SELECTORS
        if (selector := getattr(layout, key)) and key not in matched
    ]


def _matching_keys(
    archive: Path, captures: list[tuple[str, int]], layout: Layout
) -> Iterator[frozenset[str]]:
    """The keys that match on each page that can be read within the limits of a worker."""
    with Workers(1, preload=[__name__]) as workers:
        for _, future in workers.map(
            _read_matching_keys, ((place, (archive, *place, layout)) for place in captures)
        ):
            try:
                yield future.result()
            except (*BEYOND_LIMITS, ArchiveError, UnreadableError):
                continue


def _read_matching_keys(
    archive: Path, warc_file: str, warc_offset: int, layout: Layout
) -> frozenset[str]:
    page = read_page(archive, warc_file, warc_offset)
    text = decode(page.body, page.headers.get("content-type")).text
    return matching_keys(parse_tree(text), layout)
