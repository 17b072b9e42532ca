"""Atomic file replacement: readers see the old file or the new one, never a part."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

DRAFT_NAME = re.compile(r".+\.\d+\.new")

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

ABANDONED_DRAFT_SECONDS = 3600
"""A draft that was not written to for so long belongs to a process that was killed."""


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a draft that replaces ``path`` after it is complete and synced to disk.

    A path that is not a regular file (a pipe, a device) is written directly. Raises OSError, with
    the path if there is no room; the old file is then unchanged.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as out:
            yield out
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with draft.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    except OSError as error:
        if error.errno in NO_ROOM and error.filename is None:
            error.filename = str(path)
        raise
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the names of new files in a folder on disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_abandoned(folder: Path) -> None:
    """Remove the drafts that killed processes left in a folder. Raises OSError."""
    latest = time.time() - ABANDONED_DRAFT_SECONDS
    for path in folder.iterdir():
        if DRAFT_NAME.fullmatch(path.name) and path.stat().st_mtime < latest:
            path.unlink(missing_ok=True)
