"""Errors that end a command: each has an exit code and a message with the next step."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

ANOTHER_PATH = "choose another path with --db or TINHUYEN_HOME"
NEXT_STEPS = {
    errno.ENOSPC: "free some disk space; all stored data is intact",
    errno.EDQUOT: "free some disk space; all stored data is intact",
    errno.EFBIG: "raise the limit on file size (ulimit -f); all stored data is intact",
    errno.EACCES: f"give this user the permission, or {ANOTHER_PATH}",
    errno.EPERM: f"give this user the permission, or {ANOTHER_PATH}",
    errno.EROFS: ANOTHER_PATH,
    errno.ENOTDIR: "a part of the path is not a folder; choose another path",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
}


def describe_file_error(error: OSError, place: Path | None = None) -> str:
    """Return one line: the path (``place`` if the error has none), the error, and a next step."""
    where = error.filename or place or "a file"
    step = NEXT_STEPS.get(error.errno or 0, "check the path and its permissions")
    return f"{where}: {error.strerror or error}: {step}"


def did_you_mean(near: Iterable[str], otherwise: str) -> str:
    """Return the next step for a name that is not known: names like it, else ``otherwise``."""
    names = " or ".join(near)
    return f"did you mean {names}?" if names else otherwise


def several_places(name: str, choices: Iterable[str]) -> str:
    """Return the error of a name that several places have: these, with their codes."""
    return f"several places are called `{name}`, name one by its code: {'; '.join(choices)}"


class TinhuyenError(Exception):
    """The command failed (exit 1). The message names what failed and the next step.

    ``kind`` is what programs know it by, in the errors of ``--json``.
    """

    exit_code = 1
    kind = "failed"


class UsageError(TinhuyenError):
    """Wrong arguments or configuration (exit 2)."""

    exit_code = 2
    kind = "usage"


class StoreError(TinhuyenError):
    """The database cannot be opened, read or written (exit 1)."""

    kind = "database"


class ArchiveError(TinhuyenError):
    """A page cannot be read from the archive (exit 1)."""

    kind = "archive"


class DifferentFileError(ArchiveError):
    """A storage has another file than the one that was pushed (exit 1)."""


class LockedError(TinhuyenError):
    """Another run or daemon holds the lock of this database (exit 4)."""

    exit_code = 4
    kind = "locked"


class ClusterError(TinhuyenError):
    """The machines of a cluster cannot be used (exit 1)."""

    kind = "cluster"


class UnfitWorkerError(ClusterError):
    """A worker of a cluster cannot do any task as it is to be done (exit 1)."""
