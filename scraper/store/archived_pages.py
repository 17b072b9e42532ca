"""The pages that the archive holds, and the progress of a reprocess through them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION
from scraper.store.pages import outcomes_in_sql

REPROCESSED = outcomes_in_sql(lambda outcome: outcome.is_reprocessed)

CHUNK = 500
MAX_CAPTURES = 5


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A page of the archive.

    ``captures`` are its (WARC file, offset) pairs, the latest first: if the latest shows no
    article any more, an earlier one does. ``article`` is the row that was read from it, or None.
    """

    url_key: str
    source: str
    url: str
    article: int | None
    captures: tuple[tuple[str, int], ...]


def archived_pages(db: Database, sources: Sequence[str], after: str) -> Iterator[ArchivedPage]:
    """Return the archived pages of the sources whose keys come after a key, sorted by key."""
    sites = ", ".join("?" * len(sources))
    while True:
        rows = db.execute(
            "SELECT url_key, pages.source, pages.url, articles.id FROM pages"
            " LEFT JOIN articles ON articles.page = url_key"
            f" WHERE url_key > ? AND pages.source IN ({sites}) AND capture IS NOT NULL"
            f" AND (articles.id IS NOT NULL OR outcome IN {REPROCESSED})"
            " ORDER BY url_key LIMIT ?",
            [after, *sources, CHUNK],
        ).fetchall()
        if not rows:
            return
        for key, source, url, article in rows:
            yield ArchivedPage(key, source, url, article, captures_of(db, key))
        after = rows[-1][0]


def pages_of(db: Database, articles: Iterable[int]) -> Iterator[ArchivedPage]:
    """Return the archived pages of articles (ids); articles without one are left out."""
    for article in articles:
        row = db.execute(
            "SELECT url_key, pages.source, pages.url FROM articles JOIN pages ON page = url_key"
            " WHERE articles.id = ? AND capture IS NOT NULL",
            [article],
        ).fetchone()
        if row is not None:
            key, source, url = row
            yield ArchivedPage(key, source, url, article, captures_of(db, key))


def last_captures(db: Database, source: str, count: int) -> list[tuple[str, int]]:
    """Return the places of a source's latest captures of articles, else of any pages."""
    sql = (
        "SELECT warc_file, warc_offset FROM pages JOIN captures ON captures.id = capture"
        " WHERE pages.source = ? AND {condition} ORDER BY captures.fetched_at DESC LIMIT ?"
    )
    for condition in ("pages.article IS NOT NULL", f"outcome IN {REPROCESSED}"):
        rows = db.execute(sql.format(condition=condition), [source, count]).fetchall()
        if rows:
            return rows
    return []


def progress_of(db: Database, sources: Sequence[str]) -> str:
    """Return the key after which an interrupted reprocess of the same sources continues, or ''."""
    row = db.execute(
        "SELECT after FROM reprocessing WHERE sources = ? AND extractor = ?",
        [json.dumps(sources), EXTRACTOR_VERSION],
    ).fetchone()
    return row[0] if row else ""


def note_progress(db: Database, sources: Sequence[str], after: str) -> None:
    """Store the last key that was reprocessed. The caller holds the transaction."""
    progress = {"sources": json.dumps(sources), "extractor": EXTRACTOR_VERSION, "after": after}
    db.table("reprocessing").insert(progress, replace=True)


def note_completion(db: Database, sources: Sequence[str]) -> None:
    """Delete the progress: the next reprocess starts over. The caller holds the transaction."""
    db.execute("DELETE FROM reprocessing WHERE sources = ?", [json.dumps(sources)])


def is_latest(db: Database, kept: ArchivedPage) -> bool:
    """Whether no run has archived the page again since it was listed: else that run has read it."""
    return captures_of(db, kept.url_key)[:1] == kept.captures[:1]


def captures_of(db: Database, url_key: str) -> tuple[tuple[str, int], ...]:
    """Return the places of a page's captures in the archive, the latest first."""
    rows = db.execute(
        "SELECT warc_file, warc_offset FROM captures WHERE url_key = ? ORDER BY coalesce("
        "(SELECT max(fetched_at) FROM revisits WHERE capture = id), fetched_at) DESC, id DESC"
        " LIMIT ?",
        [url_key, MAX_CAPTURES],
    )
    return tuple(rows.fetchall())
