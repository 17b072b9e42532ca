"""One run and one daemon at a time on a database: locks of the operating system.

The kernel holds them for a process, so kill -9 releases them and none can go stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from scraper.errors import LockedError

SECONDS = 1.0
"""How long a lock is waited for: those who only look whether it is held take it for an instant."""


@contextmanager
def hold(database: Path, whose: str = "run") -> Iterator[None]:
    """Hold the right to crawl into the database, or to be its ``daemon``.

    Raises LockedError where another process holds it.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(_place(database, whose)).acquire(timeout=SECONDS):
            yield
    except Timeout as error:
        raise LockedError(
            f"another {whose} holds {database}: wait for it, or stop it (see `tinhuyen status`)"
        ) from error


def is_held(database: Path, whose: str = "run") -> bool:
    """Whether some process holds that right now."""
    place = _place(database, whose)
    if not place.exists():
        return False
    try:
        with FileLock(place).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _place(database: Path, whose: str) -> Path:
    return database.with_suffix(".lock" if whose == "run" else f".{whose}.lock")
