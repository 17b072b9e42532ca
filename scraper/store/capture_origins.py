"""The table ``capture_origins``: which answers were not crawled, and where they came from."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.store.captures import SHOWING

IMPORT = "import"
"""The service of what was imported from files."""


class Origin(NamedTuple):
    """Where a text came from: ``service`` is None if it was crawled, else that of the table.

    ``seen_at`` is the moment of the answer in UTC, None if the archive has no answer. ``url`` is
    the address at which a web archive shows it.
    """

    service: str | None
    seen_at: str | None
    url: str | None


def add_origin(
    db: Database, capture: int, fetched_at: datetime, service: str, url: str | None
) -> None:
    """Store where the answer of a moment came from, unless that is known.

    ``url`` is the address at which the service shows it. The caller holds the transaction.
    """
    db.execute(
        "INSERT OR IGNORE INTO capture_origins (capture, fetched_at, service, url)"
        " VALUES (?, ?, ?, ?)",
        [capture, to_utc_iso(fetched_at), service, url],
    )


def origin_of_article(db: Database, article: int) -> Origin:
    """Return where the text of an article came from: the answer whose body the archive holds.

    A text that came without a page was imported, and so was a page that no run ever fetched.
    """
    showing = SHOWING.format(page="articles.page", article="articles.id")
    row = db.execute(
        "SELECT captures.fetched_at, service, capture_origins.url, articles.page IS NULL"
        " OR (pages.run IS NULL AND service IS NULL) FROM articles"
        " LEFT JOIN pages ON pages.url_key = page"
        f" LEFT JOIN captures ON captures.id = coalesce(({showing}), pages.capture)"
        " LEFT JOIN capture_origins ON capture_origins.capture = captures.id"
        " AND capture_origins.fetched_at = captures.fetched_at WHERE articles.id = ?",
        [article],
    ).fetchone()
    seen_at, service, url, is_imported = row
    return Origin(IMPORT if is_imported else service, seen_at, url)


def origins_of_revisions(db: Database, article: int) -> dict[int, Origin]:
    """Return where the earlier states of an article came from, by the id of the revision.

    States whose page is not in the archive are left out.
    """
    rows = db.execute(
        "SELECT revisions.id, captures.fetched_at, service, url FROM revisions"
        " JOIN captures ON captures.id = revisions.capture"
        " LEFT JOIN capture_origins ON capture_origins.capture = captures.id"
        " AND capture_origins.fetched_at = captures.fetched_at WHERE revisions.article = ?",
        [article],
    ).fetchall()
    return {number: Origin(service, seen_at, url) for number, seen_at, service, url in rows}


def archived_copies(db: Database, article: int, limit: int) -> list[Origin]:
    """Return the copies of an article in web archives that are known here, the earliest first."""
    rows = db.execute(
        "SELECT service, capture_origins.fetched_at, capture_origins.url FROM articles"
        " JOIN captures ON captures.url_key = page AND captures.article = articles.id"
        " JOIN capture_origins ON capture = captures.id"
        " WHERE articles.id = ? AND capture_origins.url IS NOT NULL"
        " ORDER BY capture_origins.fetched_at LIMIT ?",
        [article, limit],
    ).fetchall()
    return [Origin(*row) for row in rows]
