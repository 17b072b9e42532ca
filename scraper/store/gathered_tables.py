"""Tables that describe what was gathered, read as a whole: for copies in other formats.

What is left out is derived from them (full-text index, signatures), serves the learning of one
machine (sightings), or concerns the reports of one machine (watches, alerts).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database

from scraper.store.schema import SCHEMA

GATHERED = (
    "sources",
    "runs",
    "run_sources",
    "run_files",
    "skipped_sources",
    "captures",
    "revisits",
    "capture_origins",
    "pages",
    "articles",
    "photos",
    "article_files",
    "revisions",
    "returns",
    "blocks",
    "files",
    "file_texts",
    "earlier_files",
    "previews",
)
"""The tables, in an order in which rows come after those that they refer to, but for cycles."""

NUMBERED = {"runs", "captures", "articles", "revisions", "file_texts"}
"""The tables whose rows have numbers, the later row the higher one."""


@contextmanager
def snapshot(db: Database) -> Iterator[None]:
    """Read one state of a database in all that follows, whatever is written meanwhile."""
    db.execute("BEGIN")
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield
    finally:
        db.conn.rollback()


def schema_version(db: Database) -> str:
    """Return the name of the last migration that was applied."""
    return max(migration.name for migration in SCHEMA.applied(db))


def columns_of(db: Database, table: str) -> dict[str, str]:
    """Return the columns of a table that hold something, with their SQL types."""
    rows = db.execute("SELECT name, type FROM pragma_table_info(?)", [table])
    return dict(rows.fetchall())


def read_gathered(db: Database, table: str) -> Iterator[tuple[Any, ...]]:
    """Return all rows of a table by primary key, with `columns_of` as their columns."""
    columns = ", ".join(f'"{name}"' for name in columns_of(db, table))
    keys = db.execute(
        "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", [table]
    ).fetchall()
    yield from db.execute(
        f"SELECT {columns} FROM {table} ORDER BY {', '.join(name for (name,) in keys)}"
    )
