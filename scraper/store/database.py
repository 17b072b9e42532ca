"""Opening the database, its owner and schema; write transactions; a consistent copy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from scraper.base.errors import StoreError, describe_file_error
from scraper.store.schema import APPLICATION_ID, SCHEMA

BUSY_TIMEOUT_SECONDS = 30
"""How long a writer waits for another one (a reprocess during a crawl) before it gives up."""


MAX_COPY_BYTES = 1024**3
"""The largest database that is copied to be read. Measured: 0.4 s of processor time for 140 MB."""

CACHE_KIBIBYTES = 24_576
CHECKPOINT_PAGES = 8_000
"""An article touches some 40 pages all over the full-text index and the signatures: the cache
holds the inner ones, and a log of 32 MB lets many articles share the writing of a page. Measured
at 100,000 articles: a quarter more stored a second, one transaction each."""


def open_database(path: Path) -> Database:
    """Open the database for reading and writing, creating it or bringing its schema up to date.

    Raises StoreError if the file is another program's, damaged, read-only or of a newer
    schema; the file is then left exactly as it was.
    """
    with translated_errors(path):
        _refuse_folder(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        db = Database(sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS))
        _check_owner(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
        db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        bring_up_to_date(db)
    return db


def open_scratch() -> Database:
    """Open an empty database with all tables that ends with its connection."""
    db = Database(sqlite3.connect(":memory:"))
    bring_up_to_date(db)
    return db


def open_for_reading(path: Path) -> Database:
    """Open an existing database without the right to write.

    One of an older schema is brought up to date first, or, if it cannot be written, a copy of it
    that ends with the connection. Raises StoreError if it does not exist, is not ours, is of a
    newer schema, or is of an older one, cannot be written and is too large to be copied.
    """
    with translated_errors(path):
        _refuse_absent(path)
        db = connect_to_read(path)
        if SCHEMA.pending(db):
            db.close()
            db = _migrate_to_read(path)
    return db


def open_existing(path: Path) -> Database:
    """Open a database for reading and writing that is there already.

    Raises StoreError if there is none, and for what `open_database` does.
    """
    with translated_errors(path):
        _refuse_absent(path)
    return open_database(path)


def connect_to_read(path: Path) -> Database:
    """Open a database for reading. Raises StoreError if it is not one of ours."""
    db = Database(sqlite3.connect(reading_uri(path), uri=True, timeout=BUSY_TIMEOUT_SECONDS))
    try:
        _check_owner(db, path)
    except StoreError:
        db.close()
        raise
    return db


def is_outdated(path: Path) -> bool:
    """Whether a database has an older schema: after `open_for_reading`, it cannot be written."""
    with closing(connect_to_read(path).conn) as connection:
        return bool(SCHEMA.pending(Database(connection)))


def _migrate_to_read(path: Path) -> Database:
    """Bring the schema of a database up to date, or of a copy of it, and open that for reading."""
    try:
        open_database(path).close()
    except StoreError as error:
        if path.stat().st_size > MAX_COPY_BYTES:
            raise StoreError(
                f"{path} has an older schema and cannot be brought up to date here "
                f"({error.__cause__ or error}): run any command as its owner once, "
                "or name a copy of it with --db"
            ) from error
        return _migrated_copy(path)
    return connect_to_read(path)


def _migrated_copy(path: Path) -> Database:
    """Copy a database into a temporary one, which SQLite deletes at the end of the connection."""
    copy = Database(sqlite3.connect(""))
    with closing(connect_to_read(path).conn) as connection:
        connection.backup(copy.conn)
    bring_up_to_date(copy)
    copy.execute("PRAGMA query_only = ON")
    return copy


def _refuse_absent(path: Path) -> None:
    """Raise StoreError if there is no database at a path."""
    _refuse_folder(path)
    first = "run `tinhuyen crawl` or `tinhuyen demo` first"
    if not path.exists():
        raise StoreError(f"no database at {path}: {first}")
    if path.stat().st_size == 0:
        raise StoreError(f"{path} is an empty file: {first}, or name another with --db")


def reading_uri(path: Path) -> str:
    """Return the URI with which SQLite opens a database for reading only.

    A database in WAL mode is read through a file of shared memory next to it. If that can neither
    be opened nor created, the file is opened as one that nobody changes. This is right only if no
    log is there, whose content would be missed, and never while another program holds the file,
    which may be half written. Raises sqlite3.Error if it cannot be read.
    """
    address = path.absolute().as_uri()
    try:
        _try_to_read(f"{address}?mode=ro")
    except sqlite3.OperationalError as error:
        is_held = "locked" in str(error)
        if is_held or not os.access(path, os.R_OK) or any(map(_holds_changes, _logs_of(path))):
            raise
        _try_to_read(f"{address}?immutable=1")
        return f"{address}?immutable=1"
    return f"{address}?mode=ro"


def _logs_of(path: Path) -> list[Path]:
    """Return where SQLite keeps changes that are not in the file yet, or are to be rolled back."""
    return [path.with_name(f"{path.name}{end}") for end in ("-wal", "-journal")]


def _holds_changes(log: Path) -> bool:
    """Whether a log exists and is not empty."""
    return log.exists() and log.stat().st_size > 0


def is_read_as_fixed(path: Path) -> bool:
    """Whether a database can be read only as one that nobody changes."""
    return reading_uri(path).endswith("?immutable=1")


def _try_to_read(uri: str) -> None:
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder: name a database file with --db")


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Raise errors of SQLite and of the file system as StoreError, with what to do about them."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(explanation(path, error)) from error
    except OSError as error:
        raise StoreError(describe_file_error(error, path)) from error


ROW_ERRORS = (sqlite3.DataError, sqlite3.IntegrityError)
"""Errors of the values that one page gives: the file itself can be written."""


@contextmanager
def write_transaction(db: Database) -> Iterator[Database]:
    """Hold one write transaction from the start, so that a read inside cannot go stale.

    sqlite-utils' own ``atomic`` begins deferred: a read followed by a write during another write
    fails with SQLITE_BUSY without waiting.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.conn.commit()
    except BaseException:
        db.conn.rollback()
        raise


@contextmanager
def trial_transaction(db: Database) -> Iterator[Database]:
    """Hold a write transaction of which nothing stays."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
    finally:
        db.conn.rollback()


def wal_warning(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str | None:
    """Return a warning about an SQLite version with the WAL-reset bug, None for a safe version.

    Two connections that write and checkpoint at the same instant can damage the file (rare; all
    of 3.7.0 to 3.51.2 but the repaired 3.44.6 and 3.50.7): https://sqlite.org/wal.html#walresetbug
    """
    repaired = (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)
    if repaired or version >= (3, 51, 3):
        return None
    return (
        f"SQLite {'.'.join(map(str, version))} has a rare bug that can damage a database while two "
        "programs write to it: let one end before the other begins, run `tinhuyen backup` now and "
        "then, and update SQLite to 3.51.3 or later, which a newer Python brings along"
    )


def bring_up_to_date(db: Database) -> None:
    """Apply what is pending, all or nothing, even if two processes open a new file at once."""
    if SCHEMA.pending(db):
        with write_transaction(db):
            SCHEMA.apply(db)


def _check_owner(db: Database, path: Path) -> None:
    """Raise StoreError if a database is another program's, or that of a newer version."""
    tables = db.table_names()  # first: another process may just be creating both
    application = db.execute("PRAGMA application_id").fetchone()[0]
    if application == 0 and not tables:
        return
    if application != APPLICATION_ID:
        raise StoreError(
            f"{path} is another program's database, nothing was changed: name another with --db"
        )
    known = {migration.name for migration in SCHEMA.pending(Database(memory=True))}
    newer = {migration.name for migration in SCHEMA.applied(db)} - known
    if newer:
        raise StoreError(
            f"{path} was written by a newer tinhuyen (schema {max(newer)}): update tinhuyen, "
            "or name another file"
        )


def explanation(path: Path, error: sqlite3.Error) -> str:
    """Return what is wrong with a database, by SQLite's message, and what to do about it."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return (
            f"{path} is damaged or no SQLite file ({text}): restore it from a backup, or use --db"
        )
    if "unable to open" in text and os.access(path, os.F_OK) and not os.access(path, os.R_OK):
        return f"{path} cannot be read: give yourself read permission, or use --db"
    if "readonly" in text or "unable to open" in text:
        return f"{path} cannot be written ({text}): give the folder write permission, or use --db"
    if "full" in text or "disk I/O" in text:
        return f"{path}: the disk is full or refuses ({text}); free some space, nothing was lost"
    if "locked" in text:
        return (
            f"{path} is held by another program ({text}): end it, then try again; nothing was lost"
        )
    return f"{path}: {text}"
