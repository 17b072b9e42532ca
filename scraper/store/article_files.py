"""The tables ``photos`` and ``article_files``: the files of an article, in their order.

They are written with plain SQL: ``insert_all`` of sqlite-utils opens a savepoint, and at each one
SQLite writes out what its full-text index has gathered in the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlite_utils import Database

from pipelines.article import Attachment, Photo
from scraper.store.files import FileKind, queue_files

REVISED_PHOTO_KEYS = ("url", "caption", "credit")


def read_photos(db: Database, row_id: int) -> list[Photo]:
    """Return the photos of an article."""
    rows = db.execute(
        "SELECT url, caption, credit, alt FROM photos WHERE article = ? ORDER BY position",
        [row_id],
    )
    return [Photo(*row) for row in rows]


def read_attachments(db: Database, row_id: int) -> list[Attachment]:
    """Return the attachments of an article."""
    rows = db.execute(
        "SELECT url, name FROM article_files WHERE article = ? ORDER BY position", [row_id]
    )
    return [Attachment(*row) for row in rows]


def file_urls(db: Database, row_id: int) -> set[str]:
    """Return the URLs of an article's attachments and photos."""
    rows = db.execute(
        "SELECT url FROM article_files WHERE article = :id"
        " UNION SELECT url FROM photos WHERE article = :id AND url IS NOT NULL",
        {"id": row_id},
    )
    return {row[0] for row in rows.fetchall()}


def insert_files(
    db: Database, row_id: int, photos: Sequence[Photo], attachments: Sequence[Attachment]
) -> None:
    """Store the files of an article that has none, and queue them to be fetched.

    The caller holds the transaction.
    """
    for position, photo in enumerate(photos):
        db.execute(
            "INSERT INTO photos (article, position, url, caption, credit, alt)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [row_id, position, photo.url, photo.caption, photo.credit, photo.alt],
        )
    for position, attachment in enumerate(attachments):
        db.execute(
            "INSERT INTO article_files (article, position, url, name) VALUES (?, ?, ?, ?)",
            [row_id, position, attachment.url, attachment.name],
        )
    queue_article_files(db, row_id, photos, attachments)


def queue_article_files(
    db: Database, row_id: int, photos: Sequence[Photo], attachments: Sequence[Attachment]
) -> None:
    """Queue the files of an article, or of an earlier state of it, to be fetched.

    The caller holds the transaction.
    """
    queue_files(db, row_id, FileKind.PHOTO, (photo.url for photo in photos if photo.url))
    queue_files(db, row_id, FileKind.ATTACHMENT, (each.url for each in attachments))


def replace_files(
    db: Database, row_id: int, photos: Sequence[Photo], attachments: Sequence[Attachment]
) -> None:
    """Store the files of an article over those that it had. The caller holds the transaction."""
    db.execute("DELETE FROM photos WHERE article = ?", [row_id])
    db.execute("DELETE FROM article_files WHERE article = ?", [row_id])
    insert_files(db, row_id, photos, attachments)


def photos_json(photos: Sequence[Photo]) -> str:
    """Return photos as JSON, as the column ``photos`` of ``revisions`` holds them.

    It has no ``alt``: states are compared by it, also with those that were stored before.
    """
    shown = [{name: photo[name] for name in REVISED_PHOTO_KEYS} for photo in photos]
    return json.dumps(shown, ensure_ascii=False)
