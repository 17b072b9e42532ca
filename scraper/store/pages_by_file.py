"""The archived pages in the order of the archive's files: the order in which machines share them.

The order is written down once, in a temporary table, so that no read transaction stays open while
the pages are read, which takes hours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from scraper.store.archived_pages import REPROCESSED, ArchivedPage, captures_of
from scraper.store.article_rows import temporary_tables


@dataclass(frozen=True, slots=True)
class PageRange:
    """Pages whose latest captures are neighbours in one WARC file.

    ``start`` and ``end`` are the first and last row of the written order, ``first`` and ``last``
    the offsets of these pages in the file.
    """

    warc_file: str
    first: int
    last: int
    start: int
    end: int

    @property
    def pages(self) -> int:
        """The number of pages."""
        return self.end - self.start + 1


def page_ranges(db: Database, sources: Sequence[str], most: int) -> list[PageRange]:
    """Write down the order of the archived pages of sources; return it in ranges of ``most``."""
    with temporary_tables(db):
        db.execute("DROP TABLE IF EXISTS temp.pages_by_file")
        db.execute(
            "CREATE TABLE temp.pages_by_file AS SELECT pages.url_key, warc_file, warc_offset,"
            " row_number() OVER (PARTITION BY warc_file ORDER BY warc_offset, pages.url_key) - 1"
            " AS place FROM pages JOIN captures ON captures.id = capture"
            " WHERE pages.source IN (SELECT value FROM json_each(:sources))"
            " AND (EXISTS (SELECT 1 FROM articles WHERE articles.page = pages.url_key)"
            f" OR outcome IN {REPROCESSED}) ORDER BY warc_file, warc_offset, pages.url_key",
            {"sources": json.dumps(list(sources))},
        )
    rows = db.execute(
        "SELECT warc_file, min(warc_offset), max(warc_offset), min(rowid), max(rowid)"
        " FROM temp.pages_by_file GROUP BY warc_file, place / :most ORDER BY min(rowid)",
        {"most": most},
    )
    return [PageRange(*row) for row in rows.fetchall()]


def pages_of_range(db: Database, pages: PageRange) -> Iterator[ArchivedPage]:
    """Return the pages of a range as they are now."""
    rows = db.execute(
        "SELECT pages.url_key, pages.source, pages.url, min(articles.id)"
        " FROM temp.pages_by_file AS written JOIN pages ON pages.url_key = written.url_key"
        " LEFT JOIN articles ON articles.page = pages.url_key"
        " WHERE written.rowid BETWEEN :start AND :end GROUP BY written.rowid"
        " ORDER BY written.rowid",
        {"start": pages.start, "end": pages.end},
    ).fetchall()
    for key, source, url, article in rows:
        yield ArchivedPage(key, source, url, article, captures_of(db, key))
