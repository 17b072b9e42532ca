"""Locks that allow one run and one daemon at a time on a database.

The kernel releases them when their process ends, even by kill -9, so a lock is never stale.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from scraper.base.errors import LockedError, StoreError, describe_file_error

LOCK_TIMEOUT_SECONDS = 1.0
"""Seconds to wait for a lock: ``is_held`` holds it for an instant when it checks."""

RECOVERY_TIMEOUT_SECONDS = 120.0
"""Seconds to wait for the lock of a run during a recovery from web archives. A recovery holds it
only while it stores a page, but the machine may be slow then."""


@contextmanager
def lock(database: Path, whose: str = "run", timeout: float | None = None) -> Iterator[None]:
    """Hold the lock of a database that allows a ``run``, the ``daemon`` or a ``recovery``.

    ``timeout`` is in seconds; by default it is short, but for a run that waits for a recovery.
    Raises LockedError if another process holds it, StoreError if the lock file cannot be opened.
    """
    lock = FileLock(_lock_file(database, whose))
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_timeout(database, whose) if timeout is None else timeout)
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
    """Return whether any process holds the lock now; False if its file cannot be opened."""
    try:
        file = _lock_file(database, whose).open("rb")
    except OSError:  # a user who may not read the lock file may not take the lock either
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _timeout(database: Path, whose: str) -> float:
    is_shared = whose == "run" and is_held(database, "recovery")
    return RECOVERY_TIMEOUT_SECONDS if is_shared else LOCK_TIMEOUT_SECONDS


def _lock_file(database: Path, whose: str) -> Path:
    return database.with_suffix(".lock" if whose == "run" else f".{whose}.lock")
