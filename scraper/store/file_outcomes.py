"""How files ended in a run: stores their outcomes in ``files`` and counts them in ``run_files``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.store.captures import Capture, add_capture
from scraper.store.earlier_files import keep_body
from scraper.store.files import FileKind, FileRecord


@dataclass(frozen=True, slots=True)
class FileDescription:
    """What the bytes of a file are: their media type, and the pixels of a photo."""

    media_type: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class FileBody:
    """The body of a file. ``capture`` is its new place in the archive, or its id there."""

    digest: str
    size: int
    description: FileDescription
    capture: Capture | int


@dataclass(frozen=True, slots=True)
class FileResult:
    """How one file ended in a run.

    ``received`` is the number of bytes that came for it. ``body`` is None if no other body came
    than the one on record. ``fetched_at`` is when a body, or the news that it is the same, came.
    ``check_at`` is when a stored file is compared with its site again. ``max_bytes`` is the limit
    over which a file was too large.
    """

    run: int
    known: FileRecord
    outcome: Outcome
    reason: str | None = None
    received: int = 0
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None
    due_at: datetime | None = None
    check_at: datetime | None = None
    max_bytes: int | None = None
    body: FileBody | None = None


@dataclass(frozen=True, slots=True)
class FileCount:
    """How many files of a kind ended so in a run, and the bytes that came for them."""

    kind: FileKind
    outcome: Outcome
    reason: str | None
    files: int = 1
    size: int = 0


SET_OUTCOME = """
UPDATE files SET
    outcome = :outcome,
    reason = :reason,
    http_status = :http_status,
    etag = iif(:is_read, :etag, etag),
    last_modified = iif(:is_read, :last_modified, last_modified),
    fetched_at = coalesce(:fetched_at, fetched_at),
    due_at = :due_at,
    check_at = :check_at,
    max_bytes = :max_bytes,
    attempts = iif(:is_missed, attempts + 1, 0)
WHERE url_key = :url_key
"""

SET_BODY = """
UPDATE files SET digest = :digest, media_type = :media_type, size = :size, width = :width,
    height = :height, capture = :capture
WHERE url_key = :url_key
"""


def record_file(db: Database, end: FileResult) -> None:
    """Store the outcome of a file and count it once. The caller holds the write transaction."""
    if end.body is not None:  # first, as the time at which the former body came is still there
        set_body(db, end.known.url_key, end.body)
    db.execute(
        SET_OUTCOME,
        {
            "url_key": end.known.url_key,
            "outcome": end.outcome,
            "reason": end.reason,
            "http_status": end.http_status,
            "is_read": end.outcome.is_stored,
            "etag": end.etag or end.known.etag if end.body is None else end.etag,
            "last_modified": end.last_modified or end.known.last_modified
            if end.body is None
            else end.last_modified,
            "fetched_at": to_utc_iso(end.fetched_at) if end.fetched_at else None,
            "due_at": to_utc_iso(end.due_at) if end.due_at else None,
            "check_at": to_utc_iso(end.check_at) if end.check_at else None,
            "max_bytes": end.max_bytes,
            "is_missed": end.outcome.is_retried or end.outcome.is_absent,
        },
    )
    count = FileCount(end.known.kind, end.outcome, end.reason, 1, end.received)
    add_file_count(db, end.run, end.known.source, count)


def add_file_count(db: Database, run: int, source: str, count: FileCount) -> None:
    """Add to the counts of a source's files in a run. The caller holds the transaction."""
    db.execute(
        "INSERT INTO run_files (run, source, kind, outcome, reason, files, bytes)"
        " VALUES (:run, :source, :kind, :outcome, :reason, :files, :bytes) ON CONFLICT DO UPDATE"
        " SET files = files + excluded.files, bytes = bytes + excluded.bytes",
        {
            "run": run,
            "source": source,
            "kind": count.kind,
            "outcome": count.outcome,
            "reason": count.reason or "",
            "files": count.files,
            "bytes": count.size,
        },
    )


def file_with_digest(db: Database, digest: str) -> tuple[int, str, int] | None:
    """Return id, WARC file and offset of the capture of a file with these bytes, or None."""
    return db.execute(  # type: ignore[no-any-return]
        "SELECT captures.id, warc_file, warc_offset"
        " FROM files JOIN captures ON captures.id = files.capture WHERE digest = ? LIMIT 1",
        [digest],
    ).fetchone()


def body_since(db: Database, url_key: str) -> str | None:
    """Return when the archived body of a file came first, or None."""
    row = db.execute(
        "SELECT captures.fetched_at FROM files JOIN captures ON captures.id = files.capture"
        " WHERE files.url_key = ?",
        [url_key],
    ).fetchone()
    return row[0] if row else None


def photo_with_digest(db: Database, digest: str) -> FileDescription | None:
    """Return what is known of a photo with these bytes, or None."""
    row = db.execute(
        "SELECT media_type, width, height FROM files WHERE digest = ? AND kind = ? LIMIT 1",
        [digest, FileKind.PHOTO],
    ).fetchone()
    return FileDescription(*row) if row else None


def set_body(db: Database, url_key: str, body: FileBody) -> None:
    """Store what the body of a file is and where it is. The caller holds the transaction."""
    capture = body.capture
    keep_body(db, url_key, body.digest)
    if isinstance(capture, Capture):
        capture = add_capture(db, url_key, capture)
    db.execute(
        SET_BODY,
        {
            "url_key": url_key,
            "digest": body.digest,
            "media_type": body.description.media_type,
            "size": body.size,
            "width": body.description.width,
            "height": body.description.height,
            "capture": capture,
        },
    )
