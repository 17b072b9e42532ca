"""The tables ``captures`` and ``revisits``: where the archive holds each answer of an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso


@dataclass(frozen=True, slots=True)
class Capture:
    """Where the archive holds an answer as it came; the hash is of its body without encodings."""

    warc_file: str
    warc_offset: int
    body_hash: str
    http_status: int
    fetched_at: datetime


def add_capture(db: Database, url_key: str, kept: Capture, article: int | None = None) -> int:
    """Store where the archive holds an answer; returns the id. The caller holds the transaction.

    ``article`` is the row that the page shows. If the place is stored already, the same body came
    again: only the time of the answer is stored.
    """
    fetched_at = to_utc_iso(kept.fetched_at)
    known = db.execute(
        "SELECT id, fetched_at FROM captures WHERE warc_file = ? AND warc_offset = ?",
        [kept.warc_file, kept.warc_offset],
    ).fetchone()
    if known is not None:
        if known[1] != fetched_at:
            db.execute(
                "INSERT OR IGNORE INTO revisits (capture, fetched_at) VALUES (?, ?)",
                [known[0], fetched_at],
            )
        return int(known[0])
    row_id = db.execute(
        "INSERT INTO captures"
        " (url_key, fetched_at, http_status, body_hash, warc_file, warc_offset, article) VALUES"
        " (:url_key, :fetched_at, :http_status, :body_hash, :warc_file, :warc_offset, :article)",
        {
            "url_key": url_key,
            "fetched_at": fetched_at,
            "http_status": kept.http_status,
            "body_hash": kept.body_hash,
            "warc_file": kept.warc_file,
            "warc_offset": kept.warc_offset,
            "article": article,
        },
    ).lastrowid
    assert row_id is not None
    return row_id


def last_capture(db: Database, url_key: str) -> tuple[str, str] | None:
    """Return hash and time of the latest archived body of an address, or None."""
    row = db.execute(
        "SELECT body_hash, coalesce((SELECT max(fetched_at) FROM revisits WHERE capture = id),"
        " fetched_at) AS latest FROM captures WHERE url_key = ?"
        " ORDER BY latest DESC, id DESC LIMIT 1",
        [url_key],
    ).fetchone()
    return (row[0], row[1]) if row else None


def capture_of_body(db: Database, url_key: str, body_hash: str) -> Capture | None:
    """Return the latest capture of an address that has this body, or None."""
    row = db.execute(
        "SELECT warc_file, warc_offset, body_hash, http_status, fetched_at FROM captures"
        " WHERE url_key = ? AND body_hash = ? ORDER BY id DESC LIMIT 1",
        [url_key, body_hash],
    ).fetchone()
    if row is None:
        return None
    warc_file, warc_offset, kept_hash, status, fetched_at = row
    return Capture(warc_file, warc_offset, kept_hash, status, datetime.fromisoformat(fetched_at))


def is_kept(db: Database, url_key: str, body_hash: str, fetched_at: datetime) -> bool:
    """Whether the archive holds the body that an address had at a time."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM captures LEFT JOIN revisits ON capture = id"
        " WHERE url_key = ? AND body_hash = ? AND ? IN (captures.fetched_at, revisits.fetched_at))",
        [url_key, body_hash, to_utc_iso(fetched_at)],
    ).fetchone()
    return bool(row[0])


SHOWING = (
    "SELECT shown.id FROM captures AS shown LEFT JOIN revisits ON revisits.capture = shown.id"
    " WHERE shown.url_key = {page} AND shown.article = {article}"
    " ORDER BY coalesce(revisits.fetched_at, shown.fetched_at) DESC, shown.id DESC LIMIT 1"
)
"""The latest capture of a page that shows an article, as a query with two gaps."""


def article_capture(db: Database, url_key: str, article: int) -> int | None:
    """Return the id of the latest capture of an address that shows an article, or None."""
    sql = SHOWING.format(page="?", article="?")
    row = db.execute(sql, [url_key, article]).fetchone()
    return row[0] if row else None


def archived_at(db: Database, article: int) -> tuple[str, int, str | None] | None:
    """Return WARC file and offset of the latest answer that shows an article, and the URL.

    If there is none, the latest answer of its page is returned. The URL is that of the article.
    """
    showing = SHOWING.format(page="articles.page", article="articles.id")
    row = db.execute(
        "SELECT warc_file, warc_offset, articles.url FROM articles"
        " JOIN pages ON pages.url_key = articles.page"
        f" JOIN captures ON captures.id = coalesce(({showing}), pages.capture)"
        " WHERE articles.id = ?",
        [article],
    ).fetchone()
    return (row[0], row[1], row[2]) if row else None


def capture_at(db: Database, warc_file: str, warc_offset: int) -> int | None:
    """Return the id of the capture that lies at a place of the archive, or None."""
    row = db.execute(
        "SELECT id FROM captures WHERE warc_file = ? AND warc_offset = ?", [warc_file, warc_offset]
    ).fetchone()
    return row[0] if row else None


def archived_revision_at(
    db: Database, article: int, revision: int
) -> tuple[str, int, str | None] | None:
    """Return the same of the answer that showed an earlier state of an article."""
    row = db.execute(
        "SELECT warc_file, warc_offset, articles.url FROM revisions"
        " JOIN captures ON captures.id = revisions.capture"
        " JOIN articles ON articles.id = revisions.article"
        " WHERE revisions.article = ? AND revisions.id = ?",
        [article, revision],
    ).fetchone()
    return (row[0], row[1], row[2]) if row else None
