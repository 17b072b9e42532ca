"""The tables ``revisions`` and ``returns``: what articles were before."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from pipelines.article import COLUMNS, Article, Use, names_of
from scraper.base.clock import to_utc_iso
from scraper.store.article_files import (
    photos_json,
    queue_article_files,
    read_attachments,
    read_photos,
)
from scraper.store.article_rows import column_values
from scraper.store.earlier_files import attachments_json, attachments_of_json, loses_files

REVISED = names_of(Use.REVISIONED)
REVISION_COLUMNS = ("article", "seen_at", *REVISED, "capture")
COMPARED_COLUMNS = (*names_of(Use.SHOWN_IN_DIFF), "body", "published_at")
COMPARED_LISTS = ("blocks", "photos", "attachments")


def keep_revision(db: Database, row_id: int, seen_at: str, capture: int | None) -> None:
    """Store the current state of an article as a revision that was last seen at a time.

    If a revision holds that state already, with the same attachments, only the time is stored, as a
    return.
    The caller holds the transaction.
    """
    photos = photos_json(read_photos(db, row_id))
    attachments = attachments_json(read_attachments(db, row_id))
    known = db.execute(
        "SELECT revisions.id FROM revisions JOIN articles ON articles.id = article"
        " WHERE article = ? AND revisions.content_hash = articles.content_hash"
        " AND revisions.body = articles.body AND revisions.title IS articles.title"
        " AND revisions.lede IS articles.lede AND revisions.author IS articles.author"
        " AND revisions.photos = ? AND revisions.attachments = ? ORDER BY revisions.id LIMIT 1",
        [row_id, photos, attachments],
    ).fetchone()
    if known is not None:
        add_return(db, known[0], seen_at, capture)
        return
    values = {
        "seen_at": seen_at,
        "photos": photos,
        "attachments": attachments,
        "capture": capture,
        "article": row_id,
    }
    state = ", ".join(name if name in COLUMNS else f":{name}" for name in REVISED)
    db.execute(
        f"INSERT INTO revisions ({', '.join(REVISION_COLUMNS)})"
        f" SELECT id, :seen_at, {state}, :capture FROM articles WHERE id = :article",
        values,
    )


def add_return(db: Database, revision: int, seen_at: str, capture: int | None) -> None:
    """Store that the text of a revision stood again. The caller holds the transaction."""
    db.execute(
        "INSERT OR IGNORE INTO returns (revision, seen_at, capture) VALUES (?, ?, ?)",
        [revision, seen_at, capture],
    )


def add_revision(
    db: Database, row_id: int, article: Article, seen_at: datetime, capture: int | None
) -> None:
    """Store a version that another page shows, unless its content and files are stored already.

    The caller holds the transaction.
    """
    rows = db.execute(
        "SELECT content_hash, NULL FROM articles WHERE id = :id"
        " UNION ALL SELECT content_hash, attachments FROM revisions WHERE article = :id",
        {"id": row_id},
    ).fetchall()
    files = read_attachments(db, row_id)
    files += [each for _, revised in rows for each in attachments_of_json(revised)]
    is_known = any(content_hash == article.content_hash for content_hash, _ in rows)
    if not is_known or loses_files(article.attachments, files):
        add_state(db, row_id, article, to_utc_iso(seen_at), capture)


def add_state(
    db: Database, row_id: int, article: Article, seen_at: str, capture: int | None
) -> None:
    """Store an earlier state that was found later, and queue its files.

    The caller holds the transaction.
    """
    values = column_values(article)
    values |= {"article": row_id, "seen_at": seen_at, "capture": capture}
    values["photos"] = photos_json(article.photos)
    values["attachments"] = attachments_json(article.attachments)
    names = ", ".join(REVISION_COLUMNS)
    marks = ", ".join(f":{name}" for name in REVISION_COLUMNS)
    kept = {name: values[name] for name in REVISION_COLUMNS}
    db.execute(f"INSERT INTO revisions ({names}) VALUES ({marks})", kept)
    queue_article_files(db, row_id, article.photos, article.attachments)


def earlier_versions(db: Database, row_id: int) -> list[dict[str, Any]]:
    """Return the revisions of an article, newest first: ``number``, ``until`` and ``again``.

    ``until`` is when it was last seen before it was replaced, ``again`` when it was last seen to
    stand again after another version, None if it never did.
    """
    sql = (
        "SELECT id AS number, seen_at AS until,"
        " (SELECT max(seen_at) FROM returns WHERE revision = revisions.id) AS again"
        " FROM revisions WHERE article = ? ORDER BY seen_at DESC, id DESC"
    )
    return list(db.query(sql, [row_id]))


def read_revision(db: Database, row_id: int, number: int) -> dict[str, Any]:
    """Return what a revision of an article says, as far as versions are compared.

    ``are_files_known`` is False if it was stored before its attachments were.
    """
    columns = ", ".join((*COMPARED_COLUMNS, *COMPARED_LISTS))
    sql = f"SELECT {columns} FROM revisions WHERE article = ? AND id = ?"
    row = next(iter(db.query(sql, [row_id, number])))
    lists = {name: json.loads(row[name] or "[]") for name in COMPARED_LISTS}
    return row | lists | {"are_files_known": row["attachments"] is not None}
