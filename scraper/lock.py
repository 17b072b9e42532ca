"""One run at a time on a database: a lock of the operating system, which kill -9 also releases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from scraper.errors import LockedError


@contextmanager
def hold(database: Path) -> Iterator[None]:
    """Hold the right to crawl into the database.

    Raises LockedError at once where another process holds it.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(database.with_suffix(".lock"))
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout as error:
        raise LockedError(
            f"another run holds {database}: wait for it, or stop it (see `tinhuyen runs`)"
        ) from error
