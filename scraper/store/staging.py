"""A shard's tables beside the reading database, attached to it as the schema ``shard``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import VIETNAM
from scraper.store.gathered_tables import GATHERED

LOGS = ("", "-wal", "-shm", "-journal")


@contextmanager
def staging(db: Database, path: Path) -> Iterator[None]:
    """Attach an empty copy of the gathered tables, in a file that is removed at the end."""
    _remove(path)
    db.execute("ATTACH ? AS shard", [str(path)])
    try:
        db.execute("PRAGMA shard.journal_mode = OFF")
        db.execute("PRAGMA shard.synchronous = OFF")
        for table in GATHERED:
            [statement] = db.execute(
                "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?", [table]
            ).fetchone()
            db.execute(statement.replace("CREATE TABLE ", "CREATE TABLE shard.", 1))
        db.conn.commit()
        yield
    finally:
        db.conn.rollback()
        db.execute("DETACH shard")
        _remove(path)


def stage_rows(
    db: Database, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Put rows of a shard into the attached copy of their table."""
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    db.conn.executemany(f"INSERT INTO shard.{table} ({names}) VALUES ({marks})", rows)
    db.conn.commit()


def empty_staged(db: Database, table: str) -> None:
    """Remove what was read of a state that is not there any more."""
    db.execute(f"DELETE FROM shard.{table}")
    db.conn.commit()


def index_staged(db: Database) -> None:
    """Index the attached copy after all rows are in it."""
    for name, table, columns in (
        ("staged_revisions", "revisions", "article"),
        ("staged_places", "captures", "warc_file, warc_offset"),
        ("staged_run_sources", "run_sources", "run"),
    ):
        db.execute(f"CREATE INDEX shard.{name} ON {table}({columns})")
    db.conn.commit()


PARTS = (
    "articles", "pages", "files", "run_sources", "run_files", "skipped_sources", "blocks",
)  # fmt: skip
"""The tables whose rows are of a source."""


def keep_part(db: Database, province: str | None, year: str | None) -> None:
    """Leave out of the attached copy what is not of a province, or not published in a year.

    An article without a day of publication counts by the day on which it was first seen.
    """
    if province is not None:
        _delete(db, "sources", "province IS NOT :part", province)
        for table in PARTS:
            _delete(db, table, "source NOT IN (SELECT slug FROM shard.sources)", province)
    if year is not None:
        _keep_year(db, year)
    if province is not None or year is not None:
        for table, condition in ORPHANS:
            _delete(db, table, condition, "")
        db.conn.commit()


def _keep_year(db: Database, year: str) -> None:
    day = f"substr(datetime(first_seen_at, '{_offset()}'), 1, 4)"
    local = f"substr(datetime(published_at, '{_offset()}'), 1, 4)"
    zoned = "published_at GLOB '*T*[-+Z]*'"
    published = f"iif({zoned}, {local}, substr(published_at, 1, 4))"
    _delete(db, "articles", f"coalesce({published}, {day}) <> :part", year)
    _delete(db, "pages", "article IS NULL OR article NOT IN (SELECT id FROM shard.articles)", year)


ORPHANS = (
    ("photos", "article NOT IN (SELECT id FROM shard.articles)"),
    ("article_files", "article NOT IN (SELECT id FROM shard.articles)"),
    ("revisions", "article NOT IN (SELECT id FROM shard.articles)"),
    ("returns", "revision NOT IN (SELECT id FROM shard.revisions)"),
    (
        "files",
        "article NOT IN (SELECT id FROM shard.articles)"
        " AND url NOT IN (SELECT url FROM shard.article_files)"
        " AND url NOT IN (SELECT url FROM shard.photos WHERE url IS NOT NULL)",
    ),
    ("earlier_files", "url_key NOT IN (SELECT url_key FROM shard.files)"),
    (
        "file_texts",
        "digest NOT IN (SELECT digest FROM shard.files WHERE digest IS NOT NULL"
        " UNION SELECT digest FROM shard.earlier_files)",
    ),
    (
        "previews",
        "digest NOT IN (SELECT digest FROM shard.files WHERE digest IS NOT NULL)",
    ),
    (
        "captures",
        "url_key NOT IN (SELECT url_key FROM shard.pages UNION SELECT url_key FROM shard.files)"
        " AND (article IS NULL OR article NOT IN (SELECT id FROM shard.articles))",
    ),
    ("revisits", "capture NOT IN (SELECT id FROM shard.captures)"),
    ("capture_origins", "capture NOT IN (SELECT id FROM shard.captures)"),
    ("runs", "id NOT IN (SELECT run FROM shard.run_sources)"),
    ("skipped_sources", "run NOT IN (SELECT id FROM shard.runs)"),
)
"""Rows that belong to nothing which is left, in an order in which each is looked at once."""


def _delete(db: Database, table: str, condition: str, part: str) -> None:
    db.execute(f"DELETE FROM shard.{table} WHERE {condition}", {"part": part})


def _offset() -> str:
    """Return the offset of Vietnam's time as SQLite's dates take it."""
    from datetime import datetime

    offset = datetime.now(VIETNAM).utcoffset()
    assert offset is not None
    return f"+{int(offset.total_seconds()) // 3600} hours"


def _remove(path: Path) -> None:
    for end in LOGS:
        Path(f"{path}{end}").unlink(missing_ok=True)
