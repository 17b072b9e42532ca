"""WARC files that are locked as long as their writer has them open."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def create_locked(folder: Path, stem: str) -> BinaryIO:
    """Create a file with a name that is not used, even by a process that runs at the same time.

    It is unbuffered, so that its position is the end of what was written, and locked as long as it
    is open: see `is_closed`.
    """
    serial = 0
    while True:
        try:
            file = (folder / f"{stem}-{serial:05}.warc.gz").open("xb", buffering=0)
        except FileExistsError:
            serial += 1
            continue
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(file, fcntl.LOCK_EX)
        return file


def is_closed(path: Path) -> bool:
    """Return whether nobody will write to a WARC file any more: its writer closed it or has died.

    The kernel ends the lock of a writer with its process. An empty file may be about to be locked.
    Raises OSError if the file cannot be opened, or its file system has no locks.
    """
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return os.fstat(file.fileno()).st_size > 0
