"""The table ``files``: the photos and attachments of articles, by URL, and how each was fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso

KEY_PREFIX = "file:"
"""What distinguishes the key of a file from that of a page at the same URL."""

HTTP = ("http://", "https://")

FAR_FUTURE = "9999"
"""A time later than all, as text."""


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


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A row of ``files``: what is known of a photo or an attachment before it is fetched."""

    url_key: str
    source: str
    url: str
    kind: FileKind
    due_at: str | None
    outcome: str | None
    etag: str | None
    last_modified: str | None
    digest: str | None
    attempts: int

    @property
    def is_check(self) -> bool:
        """Whether it is only to be compared with what is stored: it does not wait to be fetched."""
        return self.due_at is None

    @property
    def can_be_compared(self) -> bool:
        """Whether its server can be asked for it only if it changed."""
        return self.digest is not None and bool(self.etag or self.last_modified)


COLUMNS = ", ".join(FileRecord.__dataclass_fields__)


def due_files(
    db: Database,
    source: str,
    kind: FileKind,
    moment: datetime,
    after: FileRecord | None,
    limit: int,
) -> list[FileRecord]:
    """Return files that are due at a moment, the latest first, from behind ``after``."""
    last = (after.due_at or "", after.url_key) if after else (FAR_FUTURE, "")
    rows = db.execute(
        f"SELECT {COLUMNS} FROM files WHERE source = ? AND kind = ? AND due_at <= ?"
        " AND (due_at, url_key) < (?, ?) ORDER BY due_at DESC, url_key DESC LIMIT ?",
        [source, kind, to_utc_iso(moment), *last, limit],
    )
    return [_record(row) for row in rows.fetchall()]


def due_checks(
    db: Database, source: str, kinds: Iterable[FileKind], moment: datetime, limit: int
) -> list[FileRecord]:
    """Return stored files that are to be compared with their site again, the latest due first.

    Those that wait to be fetched for another reason are left out.
    """
    found: list[FileRecord] = []
    for kind in kinds:
        rows = db.execute(
            f"SELECT {COLUMNS} FROM files WHERE source = ? AND kind = ? AND check_at <= ?"
            " AND due_at IS NULL AND capture IS NOT NULL ORDER BY check_at DESC LIMIT ?",
            [source, kind, to_utc_iso(moment), limit - len(found)],
        )
        found += [_record(row) for row in rows.fetchall()]
    return found


def requeue_allowed(
    db: Database, source: str, kind: FileKind, limit: int, moment: datetime
) -> None:
    """Queue the files that were too large for a limit which has been raised since.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE files SET due_at = :now, attempts = 0 WHERE source = :source AND kind = :kind"
        " AND outcome = 'refused' AND reason = 'too_large' AND due_at IS NULL"
        " AND coalesce(max_bytes, 0) < :limit",
        {"now": to_utc_iso(moment), "source": source, "kind": kind, "limit": limit},
    )


def count_due_files(
    db: Database, source: str, kind: FileKind, moment: datetime, after: FileRecord | None = None
) -> int:
    """Return how many files are due at a moment, counted from behind ``after``."""
    last = (after.due_at or "", after.url_key) if after else (FAR_FUTURE, "")
    row = db.execute(
        "SELECT count(*) FROM files WHERE source = ? AND kind = ? AND due_at <= ?"
        " AND (due_at, url_key) < (?, ?)",
        [source, kind, to_utc_iso(moment), *last],
    ).fetchone()
    return int(row[0])


def adopt_files(db: Database, source: str) -> int:
    """Take over the files that wait for a source which is no longer crawled; returns how many.

    Only files that articles of this source name, too: they would wait forever otherwise. The
    caller holds the transaction.
    """
    named = " UNION ALL ".join(
        f"SELECT 1 FROM {table} AS named JOIN articles ON articles.id = named.article"
        " WHERE named.url = files.url AND articles.source = :source"
        for table in ("article_files", "photos")
    )
    return int(
        db.execute(
            "UPDATE files SET source = :source WHERE due_at IS NOT NULL AND source <> :source"
            f" AND source IN (SELECT slug FROM sources WHERE NOT enabled) AND EXISTS ({named})",
            {"source": source},
        ).rowcount
    )


def requeue_article_files(db: Database, article: int) -> None:
    """Have the files of an article fetched again, which changed. The caller holds the transaction.

    They are due from the time at which the article was last seen. Photos that are stored are only
    compared, so those whose server cannot be asked for changes are left out, and those that were
    deleted from the archive.
    """
    db.execute(
        "UPDATE files SET attempts = 0,"
        " due_at = (SELECT last_seen_at FROM articles WHERE articles.id = :article)"
        " WHERE outcome IS NOT NULL AND url_key IN"
        " (SELECT :prefix || url FROM article_files WHERE article_files.article = :article UNION"
        " SELECT :prefix || url FROM photos WHERE photos.article = :article AND url IS NOT NULL)"
        " AND (kind = :attachment OR digest IS NULL"
        " OR (capture IS NOT NULL AND coalesce(etag, last_modified) IS NOT NULL))",
        {"article": article, "attachment": FileKind.ATTACHMENT, "prefix": KEY_PREFIX},
    )


def _record(row: tuple[Any, ...]) -> FileRecord:
    record = FileRecord(*row)
    return replace(record, kind=FileKind(record.kind))
