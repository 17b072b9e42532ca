"""Writing a file as a whole: nobody reads half of it, and a failure leaves the one that was."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

DRAFT = re.compile(r".+\.\d+\.new")

ABANDONED_SECONDS = 3600
"""A draft to which nobody has written for so long is of a process that was killed."""


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of ``path`` once all is written and on the disk.

    What is no regular file (a pipe, a device) is written as it stands. Raises OSError.
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
    finally:
        draft.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> None:
    """Remove the drafts that killed processes left in a folder of our own. Raises OSError."""
    latest = time.time() - ABANDONED_SECONDS
    for path in folder.iterdir():
        if DRAFT.fullmatch(path.name) and path.stat().st_mtime < latest:
            path.unlink(missing_ok=True)
