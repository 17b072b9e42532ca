"""What a layout would read from a stored page, before it is written to the registry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.extraction import SourceProfile, extract_page
from pipelines.extraction.html.decode import decode
from pipelines.extraction.html.parse import UnreadableError, parse_tree
from pipelines.extraction.source_profile import SELECTORS, matching_keys
from pipelines.workers import BEYOND_LIMITS, Workers
from scraper.archive.reader import read_page
from scraper.base.errors import ArchiveError, UsageError
from scraper.base.source import Layout, Source
from scraper.reprocessing.profiles import profile_of
from scraper.store.archived_pages import last_captures, pages_of

SHOWN = ("title", "lede", "author", "published_at", "section", "body")
"""The fields of an article that a layout can change."""

TRIAL_SECONDS = 60.0
"""How long one trial may take."""

SHOWN_CHARS = 3000
"""Characters of a field that are shown."""


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page of the archive, and what is known of its source with the layout in question."""

    archive: Path
    warc_file: str
    warc_offset: int
    profile: SourceProfile


def stored_page(db: Database, archive: Path, source: Source, article: int | None) -> StoredPage:
    """Return the page of an article, or the latest page of the source.

    Raises UsageError if the archive has none, or if the article is of another source.
    """
    if article is None:
        captures = list(last_captures(db, source.slug, 1))
    else:
        pages = [page for page in pages_of(db, [article]) if page.source == source.slug]
        captures = [page.captures[0] for page in pages if page.captures]
    if not captures:
        which = f"article {article} of {source.slug}" if article else source.slug
        raise UsageError(f"there is no stored page of {which}: crawl it first")
    warc_file, warc_offset = captures[0]
    return StoredPage(archive, warc_file, warc_offset, profile_of(db, source))


def try_layout(page: StoredPage, layout: Layout) -> dict[str, Any]:
    """Read a stored page with the layout, within the limits of a worker.

    Returns the fields of the article, its ``url``, and ``unmatched``, the keys of selectors that
    match nothing. Raises UsageError if the page cannot be read.
    """
    with Workers(1, timeout=TRIAL_SECONDS, preload=[__name__]) as workers:
        try:
            return workers.submit(_read, page, layout).result()
        except (*BEYOND_LIMITS, ArchiveError, UnreadableError) as error:
            raise UsageError(f"the stored page cannot be read: {error}") from error


def _read(stored: StoredPage, layout: Layout) -> dict[str, Any]:
    page = read_page(stored.archive, stored.warc_file, stored.warc_offset)
    tree = parse_tree(decode(page.body, page.headers.get("content-type")).text)
    matched = matching_keys(tree, layout)
    article = extract_page(page, stored.profile).article
    fields = {name: (getattr(article, name) or "")[:SHOWN_CHARS] for name in SHOWN}
    unmatched = [key for key in SELECTORS if getattr(layout, key) and key not in matched]
    return {"url": page.address, **fields, "unmatched": unmatched}
