"""Which photos of the archive may be deleted, and how the database forgets where they were."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso

PRUNED = "pruned"
"""The reason of a file whose body was deleted from the archive on purpose."""

# The digests whose bodies stay: those of pages and attachments, those outside the series of
# photos, and those that any address had at a time or later. A capture can be a WARC revisit of the
# body of another address, therefore bodies are kept or deleted by digest.
STAYING = """
SELECT body_hash FROM captures LEFT JOIN files ON files.url_key = captures.url_key
WHERE files.kind IS NOT 'photo' OR files.url IN (SELECT url FROM article_files)
    OR warc_file NOT GLOB 'photos-*' OR captures.fetched_at >= :before
    OR EXISTS (SELECT 1 FROM revisits
        WHERE revisits.capture = captures.id AND revisits.fetched_at >= :before)
UNION
SELECT digest FROM files WHERE digest IS NOT NULL
    AND (kind <> 'photo' OR fetched_at >= :before OR url IN (SELECT url FROM article_files))
"""


def prunable_photos(db: Database, before: datetime) -> dict[str, set[int]]:
    """Return the offsets of the captures of photos fetched before a time, by WARC file.

    A photo that is also an attachment, or that was fetched again later, is not among them.
    """
    rows = db.execute(
        "SELECT warc_file, warc_offset FROM captures"
        " JOIN files ON files.url_key = captures.url_key"
        f" WHERE warc_file GLOB 'photos-*' AND body_hash NOT IN ({STAYING})",
        {"before": to_utc_iso(before)},
    )
    found: dict[str, set[int]] = defaultdict(set)
    for warc_file, offset in rows.fetchall():
        found[warc_file].add(offset)
    return found


def sync_every_commit(db: Database) -> None:
    """Have each transaction on disk before the next statement, also after a power failure."""
    db.execute("PRAGMA synchronous = FULL")


def forget_photos(
    db: Database, warc_file: str, pruned: Iterable[int], successor: str, moved: Mapping[int, int]
) -> None:
    """Delete the captures of photos in a WARC file.

    ``moved`` are the records that stay, with their offsets in the file ``successor``. The files
    keep their outcome and digest, are marked as pruned and are not due again. The caller holds the
    transaction.
    """
    offsets = {"file": warc_file, "offsets": json.dumps(sorted(pruned))}
    ids = (
        "SELECT id FROM captures WHERE warc_file = :file"
        " AND warc_offset IN (SELECT value FROM json_each(:offsets))"
    )
    db.execute(
        "UPDATE files SET capture = NULL, due_at = NULL, reason = :reason"
        f" WHERE capture IN ({ids})",
        offsets | {"reason": PRUNED},
    )
    for statement in (
        f"DELETE FROM revisits WHERE capture IN ({ids})",
        f"DELETE FROM capture_origins WHERE capture IN ({ids})",
        f"UPDATE archived_captures SET capture = NULL WHERE capture IN ({ids})",
        f"DELETE FROM captures WHERE id IN ({ids})",
    ):
        db.execute(statement, offsets)
    for table in ("captures", "previews"):
        for old, new in moved.items():
            db.execute(
                f"UPDATE {table} SET warc_file = ?, warc_offset = ?"
                " WHERE warc_file = ? AND warc_offset = ?",
                [successor, new, warc_file, old],
            )
