"""The files that the archive holds: which have to be read again, and which another archive has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.store.captures import Capture, add_capture
from scraper.store.earlier_files import add_earlier_body
from scraper.store.file_outcomes import FileBody, FileDescription, file_with_digest, set_body
from scraper.store.file_texts import FileText, save_text, stored_text
from scraper.store.files import FileKind, file_key
from scraper.store.previews import Preview, add_preview

CHUNK = 200

# Each body once. A photo is read again only if it never was; an attachment also if the rules that
# read it are older.
UNREAD = """
SELECT files.digest, files.kind, files.url, captures.warc_file, captures.warc_offset
FROM files JOIN captures ON captures.id = files.capture
LEFT JOIN file_texts ON file_texts.digest = files.digest
LEFT JOIN previews ON previews.digest = files.digest
WHERE files.digest > :after AND files.source IN ({sources}) AND CASE files.kind
    WHEN 'photo' THEN previews.digest IS NULL AND files.width IS NULL AND files.reason IS NULL
    ELSE file_texts.digest IS NULL OR file_texts.reader < :reader END
GROUP BY files.digest, files.kind ORDER BY files.digest, files.kind LIMIT {chunk}
"""


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A body of a file in the archive, with one of the addresses that had it."""

    digest: str
    kind: FileKind
    url: str
    warc_file: str
    warc_offset: int


def unread_files(db: Database, sources: Sequence[str], reader: int) -> Iterator[UnreadFile]:
    """Return the archived files of the sources that were not read, or by older rules than these."""
    marks = ", ".join(f":source{number}" for number in range(len(sources)))
    values = {f"source{number}": source for number, source in enumerate(sources)}
    sql, after = UNREAD.format(sources=marks, chunk=CHUNK), ""
    while True:
        rows = db.execute(sql, {**values, "reader": reader, "after": after}).fetchall()
        if len(rows) == CHUNK:  # a digest can have a row of each kind: both belong to one chunk
            rows = [row for row in rows if row[0] != rows[-1][0]]
        for digest, kind, *rest in rows:
            yield UnreadFile(digest, FileKind(kind), *rest)
        if not rows:
            return
        after = rows[-1][0]


def replace_text(db: Database, digest: str, text: FileText) -> bool:
    """Store the text of a file over the one that it had; returns whether it is another.

    The caller holds the transaction.
    """
    before = stored_text(db, digest)
    save_text(db, digest, text)
    db.execute(
        "UPDATE files SET media_type = :media_type,"
        " reason = CASE WHEN reason IS :before THEN :reason ELSE reason END"
        " WHERE digest = :digest AND kind = :kind",
        {
            "media_type": text.media_type,
            "before": before.reason if before else None,
            "reason": text.reason,
            "digest": digest,
            "kind": FileKind.ATTACHMENT,
        },
    )
    if before is None:
        return True
    return (before.text, before.reason) != (text.text, text.reason)


def describe_photo(
    db: Database,
    digest: str,
    description: FileDescription,
    reason: str | None,
    preview: Preview | None,
) -> None:
    """Store what a photo is, and where its preview is. The caller holds the transaction."""
    db.execute(
        "UPDATE files SET media_type = ?, width = ?, height = ?, reason = coalesce(?, reason)"
        " WHERE digest = ? AND kind = ?",
        [*astuple(description), reason, digest, FileKind.PHOTO],
    )
    if preview is not None:
        add_preview(db, digest, preview)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that an article names; ``digest`` is that of its body, None if none was ever kept.

    ``is_pruned`` is true if its body was deleted from the archive on purpose.
    """

    kind: FileKind
    digest: str | None
    is_pruned: bool


def known_file(db: Database, url: str) -> KnownFile | None:
    """Return what is known of a file, or None if no article names this address."""
    row = db.execute(
        "SELECT kind, digest, reason IS 'pruned' FROM files WHERE url_key = ?", [file_key(url)]
    ).fetchone()
    return KnownFile(FileKind(row[0]), row[1], bool(row[2])) if row else None


def has_files(db: Database) -> bool:
    """Whether articles name any file."""
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM files)").fetchone()[0])


def had_body(db: Database, url: str, digest: str) -> bool:
    """Whether a file had a body before that is stored as an earlier one."""
    row = db.execute(
        "SELECT 1 FROM earlier_files WHERE url_key = ? AND digest = ?", [file_key(url), digest]
    ).fetchone()
    return row is not None


def save_imported_file(
    db: Database,
    url: str,
    size: int,
    capture: Capture,
    description: FileDescription,
    reason: str | None,
) -> None:
    """Store the body of a file that came another way. The caller holds the transaction.

    If the archive holds the same body for another address, that capture is named. A body that is
    older than the stored one becomes an earlier body of the file.
    """
    fetched_at, digest = db.execute(
        "SELECT fetched_at, digest FROM files WHERE url_key = ?", [file_key(url)]
    ).fetchone()
    if digest is not None and to_utc_iso(capture.fetched_at) <= (fetched_at or ""):
        add_capture(db, file_key(url), capture)
        add_earlier_body(db, file_key(url), capture, description.media_type, size)
        return
    twin = file_with_digest(db, capture.body_hash)
    body = FileBody(capture.body_hash, size, description, twin[0] if twin else capture)
    set_body(db, file_key(url), body)
    db.execute(
        "UPDATE files SET outcome = ?, reason = ?, http_status = ?, fetched_at = ?, due_at = NULL,"
        " attempts = 0 WHERE url_key = ?",
        [
            Outcome.UPDATED if digest else Outcome.DUPLICATE if twin else Outcome.NEW,
            reason,
            capture.http_status,
            to_utc_iso(capture.fetched_at),
            file_key(url),
        ],
    )
