"""Whether the selectors that a source declares still find anything on its last pages."""

from __future__ import annotations

from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from pebble import ProcessExpired, ProcessPool
from sqlite_utils import Database

from pipelines.extraction.html.decode import decode
from pipelines.extraction.html.parse import UnreadableError, parse_tree
from pipelines.extraction.layouts import SELECTORS, matching_keys
from pipelines.memory import within_memory
from scraper.archive.reader import read_page
from scraper.base.errors import ArchiveError
from scraper.base.source import Layout, Source
from scraper.config.program_settings import settings
from scraper.store.archived_pages import last_captures

PAGES, MAX_LOOKED_PAGES = 10, 3
"""The last pages that are looked at, and how many of them a finding needs: one lacks a byline."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A selector of a source's layout that finds nothing on any of its last pages."""

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


def current_layout(source: Source) -> Layout | None:
    """The layout that the site has now, if one is declared."""
    return next((layout for layout in source.layouts if layout.until is None), None)


def unmatched_selectors(db: Database, archive: Path, source: Source) -> list[Unmatched]:
    """The selectors of a source's present layout that find nothing on its last pages."""
    layout = current_layout(source)
    if layout is None:
        return []
    captures = last_captures(db, source.slug, PAGES)
    found = [keys for keys in _read(archive, captures, layout) if keys is not None]
    if len(found) < min(MAX_LOOKED_PAGES, max(len(captures), 1)):
        return []
    matched = frozenset[str]().union(*found)
    return [
        Unmatched(source.slug, key, selector, len(found))
        for key in SELECTORS
        if (selector := getattr(layout, key)) and key not in matched
    ]


def _read(
    archive: Path, captures: list[tuple[str, int]], layout: Layout
) -> list[frozenset[str] | None]:
    """What matches on each page, None where it cannot be read; in a worker within its limits."""
    if not captures:
        return []
    pool = ProcessPool(1, context=get_context("forkserver"))
    try:
        futures = [
            pool.schedule(
                within_memory,
                args=(settings.EXTRACTION_MEMORY_MB, _matches, archive, *place, layout),
                timeout=settings.EXTRACTION_SECONDS,
            )
            for place in captures
        ]
        found: list[frozenset[str] | None] = []
        for future in futures:
            try:
                found.append(future.result())
            except (TimeoutError, FutureTimeoutError, ProcessExpired, MemoryError):
                found.append(None)
        return found
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _matches(
    archive: Path, warc_file: str, warc_offset: int, layout: Layout
) -> frozenset[str] | None:
    """In a worker: the keys that match on a page."""
    try:
        page = read_page(archive, warc_file, warc_offset)
        text = decode(page.body, page.headers.get("content-type")).text
        return matching_keys(parse_tree(text), layout)
    except (ArchiveError, UnreadableError):
        return None
