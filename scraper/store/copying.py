"""Consistent copies of a database: into a backup, and back from one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from scraper.base.errors import StoreError
from scraper.store.database import (
    bring_up_to_date,
    connect_to_read,
    explanation,
    open_for_reading,
)
from scraper.store.schema import APPLICATION_ID


def copy_database(path: Path, copy: Path) -> int:
    """Copy a database as it is at this moment into a new file; returns how many articles it has.

    The copy is made in one step: it holds a read transaction, which in WAL mode keeps no writer
    waiting. In many steps every write in between would make the copy begin again. Raises
    StoreError if the copy cannot be written or the database is damaged.
    """
    source, written = open_for_reading(path), sqlite3.connect(copy)
    try:
        source.conn.backup(written)
        written.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = written.execute("PRAGMA quick_check").fetchone()
        (articles,) = written.execute("SELECT count(*) FROM articles").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{copy} cannot be written ({error}): free some space") from error
    finally:
        written.close()
        source.conn.close()
    if verdict != "ok":
        raise StoreError(
            f"{path} is damaged ({_in_a_line(verdict)}): keep the backups that you have"
        )
    return int(articles)


def copy_backup(backup: Path, copy: Path) -> int:
    """Copy the database of a backup into a new file; returns how many articles it has.

    The schema of the copy is brought up to date; the backup itself is only read. Raises StoreError
    if the backup is not a whole database of ours, or the copy cannot be written.
    """
    try:
        with closing(connect_to_read(backup).conn) as source, closing(sqlite3.connect(copy)) as to:
            source.backup(to)
            (application,) = to.execute("PRAGMA application_id").fetchone()
            (verdict,) = to.execute("PRAGMA quick_check").fetchone()
            if application != APPLICATION_ID or verdict != "ok":
                raise sqlite3.DatabaseError(_in_a_line(verdict) if application else "it is empty")
            to.execute("PRAGMA journal_mode = DELETE")
            bring_up_to_date(Database(to))
            return int(to.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.Error as error:
        text = str(error)
        if "full" in text or "disk I/O" in text:
            raise StoreError(f"{copy} cannot be written ({text}): free some space") from error
        if "locked" in text or "unable to open" in text:
            raise StoreError(explanation(backup, error)) from error
        raise StoreError(f"{backup} is damaged ({text}): restore another backup") from error


def _in_a_line(verdict: str) -> str:
    """Return what SQLite found wrong with a database, which can be many lines, in a short one."""
    return " ".join(verdict.split())[:200]
