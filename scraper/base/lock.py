"""One run and one daemon at a time on a database: locks of the operating system.

The kernel holds them for a process, so kill -9 releases them and none can go stale.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from scraper.base.errors import LockedError, StoreError, describe_file_error

SECONDS = 1.0
"""How long a lock is waited for: those who only look whether it is held take it for an instant."""


@contextmanager
def lock(database: Path, whose: str = "run") -> Iterator[None]:
    """Hold the right to crawl into the database, or to be its ``daemon``.

    Raises LockedError where another process holds it, StoreError where the lock's file cannot be
    opened.
    """
    lock = FileLock(_place(database, whose))
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=SECONDS)
    except Timeout as error:
        raise LockedError(
            f"another {whose} holds {database}: wait for it, or stop it (see `tinhuyen status`)"
        ) from error
    except OSError as error:
        raise StoreError(describe_file_error(error, Path(lock.lock_file))) from error
    try:
        yield
    finally:
        lock.release()


def is_held(database: Path, whose: str = "run") -> bool:
    """Whether some process holds that right now."""
    try:
        place = _place(database, whose).open("rb")
    except OSError:  # who may not look at the lock may not take it either
        return False
    with place:
        try:
            fcntl.flock(place, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _place(database: Path, whose: str) -> Path:
    return database.with_suffix(".lock" if whose == "run" else f".{whose}.lock")
