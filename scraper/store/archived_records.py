"""What the database names in the archive: captures of pages and files, and previews."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

# The kind of a record is that of its file; a capture of no file is a page. A photo can be that of
# several sources: its preview counts for one of them.
NAMED = """
SELECT coalesce(files.kind, 'page') AS kind, coalesce(pages.source, files.source, '') AS source,
    CASE WHEN files.url_key IS NOT NULL THEN captures.body_hash END AS digest,
    warc_file, warc_offset
FROM captures
LEFT JOIN pages ON pages.url_key = captures.url_key
LEFT JOIN files ON files.url_key = captures.url_key
UNION ALL
SELECT 'preview', coalesce((SELECT min(source) FROM files WHERE files.digest = previews.digest),
    ''), NULL, warc_file, warc_offset
FROM previews
"""


def named_warc_files(db: Database) -> set[str]:
    """Return the names of the WARC files that captures and previews lie in."""
    rows = db.execute("SELECT warc_file FROM captures UNION SELECT warc_file FROM previews")
    return {row[0] for row in rows.fetchall()}


def named_records(db: Database, warc_file: str) -> dict[int, str | None]:
    """Return the offsets of the records that the database names in a WARC file.

    Each has the SHA-256 in hex that its body must have, or None if that is not known.
    """
    rows = db.execute(f"SELECT warc_offset, digest FROM ({NAMED}) WHERE warc_file = ?", [warc_file])
    return dict(rows.fetchall())


def record_spans(db: Database) -> Iterator[tuple[str, str, str, int, int | None]]:
    """Return kind, source, WARC file and offset of each record, and the offset of the next one.

    The source is "" if no page or file names the record; the last record of a file has no next one.
    """
    rows = db.execute(
        "SELECT kind, source, warc_file, warc_offset,"
        " lead(warc_offset) OVER (PARTITION BY warc_file ORDER BY warc_offset)"
        f" FROM ({NAMED})"
    )
    yield from rows
