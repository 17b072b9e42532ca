"""Where the archives of shards hold each answer: captures, as a reading database has them.

A capture is identified by its place, the name of the WARC file and the offset in it.
"""

from __future__ import annotations

from sqlite_utils import Database

from scraper.store.database import write_transaction
from scraper.store.upserts import key_ranges, write_rows


def collect_captures(db: Database, shard: int) -> int:
    """Take over where answers are archived; returns how many are new.

    Leaves the numbers of captures here by those of the shard in the table ``temp.captured``.
    """
    db.execute("DROP TABLE IF EXISTS temp.captured")
    db.execute("CREATE TABLE temp.captured (number INTEGER PRIMARY KEY, capture INTEGER NOT NULL)")
    taken = 0
    for first, last in key_ranges(db, "captures", "id"):
        values = {"shard": shard, "first": first, "last": last}
        with write_transaction(db):
            taken += write_rows(db, NEW_CAPTURES, values)
            db.execute(CAPTURED, values)
            db.execute(
                "INSERT OR IGNORE INTO revisits (capture, fetched_at)"
                " SELECT captured.capture, revisits.fetched_at FROM shard.revisits"
                " JOIN temp.captured ON number = revisits.capture"
                " WHERE number BETWEEN :first AND :last",
                values,
            )
            db.execute(
                "INSERT OR IGNORE INTO capture_origins (capture, fetched_at, service, url)"
                " SELECT captured.capture, own.fetched_at, own.service, own.url"
                " FROM shard.capture_origins AS own JOIN temp.captured ON number = own.capture"
                " WHERE number BETWEEN :first AND :last",
                values,
            )
    return taken


NEW_CAPTURES = """
INSERT OR IGNORE INTO captures
    (url_key, fetched_at, http_status, body_hash, warc_file, warc_offset)
SELECT url_key, fetched_at, http_status, body_hash, shard_warc_files.warc_file, warc_offset
FROM shard.captures JOIN shard_warc_files ON shard = :shard AND name = captures.warc_file
WHERE id BETWEEN :first AND :last ORDER BY id
"""
CAPTURED = """
INSERT INTO temp.captured (number, capture)
SELECT own.id, ours.id FROM shard.captures AS own
JOIN shard_warc_files ON shard = :shard AND name = own.warc_file
JOIN main.captures AS ours
    ON ours.warc_file = shard_warc_files.warc_file AND ours.warc_offset = own.warc_offset
WHERE own.id BETWEEN :first AND :last
"""


def forget_captures(db: Database, shard: int) -> int:
    """Delete the captures that were deleted in their shard, as those of old photos.

    Returns how many. A WARC file that another shard has too is left alone.
    """
    with write_transaction(db):
        gone = (
            "SELECT id FROM main.captures AS ours JOIN shard_warc_files USING (warc_file)"
            " WHERE shard = :shard AND NOT EXISTS (SELECT 1 FROM shard.captures AS own"
            " WHERE own.warc_file = name AND own.warc_offset = ours.warc_offset)"
            " AND NOT EXISTS (SELECT 1 FROM shard_warc_files AS other"
            " WHERE other.warc_file = ours.warc_file AND other.shard <> :shard)"
        )
        values = {"shard": shard}
        for table in ("revisits", "capture_origins"):
            db.execute(f"DELETE FROM {table} WHERE capture IN ({gone})", values)
        db.execute(f"UPDATE archived_captures SET capture = NULL WHERE capture IN ({gone})", values)
        return write_rows(db, f"DELETE FROM main.captures WHERE id IN ({gone})", values)


def link_captures(db: Database, shard: int) -> None:
    """Store which article each capture shows."""
    for first, last in key_ranges(db, "captures", "id"):
        with write_transaction(db):
            db.execute(
                "UPDATE main.captures SET article = shown.article FROM"
                " (SELECT captured.capture, shard_articles.article FROM shard.captures AS own"
                " JOIN temp.captured ON captured.number = own.id JOIN shard_articles"
                " ON shard = :shard AND shard_articles.number = own.article"
                " WHERE own.id BETWEEN :first AND :last) AS shown"
                " WHERE captures.id = shown.capture AND captures.article IS NOT shown.article",
                {"shard": shard, "first": first, "last": last},
            )
