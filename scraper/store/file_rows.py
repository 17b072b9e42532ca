"""Reads what is known of files: those of an article, and where the archive holds a body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from scraper.store.earlier_files import IS_WANTED, earlier_body

MAX_PLACES = 4
"""How many records of the archive are tried for one body: several URLs may have it."""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A body in the archive: what it is, what an article or its URL calls it, and its records."""

    media_type: str
    name: str | None
    url: str
    places: list[tuple[str, int]]


def photos_of_article(db: Database, article: int) -> list[dict[str, Any]]:
    """Return the photos of an article, in their order, with what is known of their files."""
    sql = (
        "SELECT photos.url, caption, credit, alt, digest, files.media_type, size, outcome, reason,"
        f" capture IS NOT NULL AS is_kept, {IS_WANTED} AS is_wanted,"
        " previews.width AS preview_width, previews.height AS preview_height,"
        " files.width, files.height FROM photos"
        " LEFT JOIN files ON url_key = 'file:' || photos.url LEFT JOIN previews USING (digest)"
        " WHERE photos.article = ? ORDER BY position"
    )
    return list(db.query(sql, [article]))


def attachments_of_article(db: Database, article: int) -> list[dict[str, Any]]:
    """Return the attachments of an article, in their order, with what is known of their files.

    ``text_reason`` says why a file has no text, or not all of it; the text is left out.
    """
    sql = (
        "SELECT article_files.url, name, digest, files.media_type, size, outcome, files.reason,"
        f" capture IS NOT NULL AS is_kept, {IS_WANTED} AS is_wanted,"
        " pages, file_texts.reason AS text_reason FROM article_files"
        " LEFT JOIN files ON url_key = 'file:' || article_files.url"
        " LEFT JOIN file_texts USING (digest)"
        " WHERE article_files.article = ? ORDER BY position"
    )
    return list(db.query(sql, [article]))


def read_shape(db: Database, article: int) -> list[dict[str, Any]]:
    """Return the blocks of an article; none if it was stored before there were any."""
    row = db.execute("SELECT blocks FROM articles WHERE id = ?", [article]).fetchone()
    blocks: list[dict[str, Any]] = json.loads(row[0]) if row else []
    return blocks


def archived_file(db: Database, digest: str) -> ArchivedFile | None:
    """Return where the archive holds a body, and what it is; None if there is no such body."""
    known = db.execute(
        "SELECT media_type, url, (SELECT name FROM article_files WHERE url = files.url"
        " AND name IS NOT NULL LIMIT 1) FROM files WHERE digest = ?"
        " ORDER BY capture IS NULL, kind, first_seen_at LIMIT 1",
        [digest],
    ).fetchone()
    if known is None:
        earlier = earlier_body(db, digest)
        return ArchivedFile(earlier[0] or "", None, earlier[1], []) if earlier else None
    rows = db.execute(
        "SELECT warc_file, warc_offset FROM captures WHERE id IN"
        " (SELECT capture FROM files WHERE digest = :digest UNION"
        " SELECT captures.id FROM files JOIN captures USING (url_key)"
        " WHERE digest = :digest AND body_hash = :digest) ORDER BY id LIMIT :limit",
        {"digest": digest, "limit": MAX_PLACES},
    ).fetchall()
    return ArchivedFile(known[0] or "", known[2], known[1], rows)


def other_places(db: Database, digest: str) -> list[tuple[str, int]]:
    """Return the first records with a body, of whatever URL.

    The index has only the beginnings of the hashes, which are as good and take a quarter of the
    space. The plus signs keep SQLite from reading all captures instead: it would put the value of
    ``body_hash`` into the expression of the index, or follow the order of the ids.
    """
    rows = db.execute(
        "SELECT warc_file, warc_offset FROM captures"
        " WHERE substr(body_hash, 1, 8) = substr(:digest, 1, 8) AND +body_hash = :digest"
        " ORDER BY +id LIMIT :limit",
        {"digest": digest, "limit": MAX_PLACES},
    )
    return rows.fetchall()


def archived_preview(db: Database, digest: str) -> ArchivedFile | None:
    """Return where the archive holds the preview of a photo; None if it has none."""
    row = db.execute(
        "SELECT media_type, warc_file, warc_offset FROM previews WHERE digest = ?", [digest]
    ).fetchone()
    return ArchivedFile(row[0], None, digest, [(row[1], row[2])]) if row else None
