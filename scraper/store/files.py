"""The table ``files``: the photos and attachments of articles, by URL, and how each was fetched."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlite_utils import Database

KEY_PREFIX = "file:"
"""What distinguishes the key of a file from that of a page at the same URL."""

HTTP = ("http://", "https://")


class FileKind(StrEnum):
    """What a file is to the article that names it."""

    PHOTO = "photo"
    ATTACHMENT = "attachment"


def file_key(url: str) -> str:
    """Return the key of a file in ``files`` and ``captures``."""
    return KEY_PREFIX + url


def queue_files(db: Database, article: int, kind: FileKind, urls: Iterable[str]) -> None:
    """Queue the files of an article that are not known yet, to be fetched.

    Files without an HTTP address cannot be fetched and are left out. They were first seen when the
    article was last seen. The caller holds the article's transaction.
    """
    for url in urls:
        if url.startswith(HTTP):
            db.execute(
                "INSERT OR IGNORE INTO files"
                " (url_key, source, url, kind, article, first_seen_at, due_at)"
                " SELECT ?, source, ?, ?, id, last_seen_at, last_seen_at FROM articles"
                " WHERE id = ?",
                [file_key(url), url, kind, article],
            )
