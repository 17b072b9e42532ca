"""The errors that end a command, each with its exit code and a message that says what to do."""

from __future__ import annotations

import errno
from pathlib import Path

NEXT_STEPS = {
    errno.ENOSPC: "free some space, what is stored is whole",
    errno.EDQUOT: "free some space, what is stored is whole",
    errno.EFBIG: "raise the limit on the size of files, what is stored is whole",
    errno.EACCES: "give this user the permission, or name another place with --db or TINHUYEN_HOME",
    errno.EPERM: "give this user the permission, or name another place with --db or TINHUYEN_HOME",
    errno.EROFS: "name another place with --db or TINHUYEN_HOME",
    errno.ENOTDIR: "a part of the path is no folder, name another place",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
}


def describe_file_error(error: OSError, place: Path | None = None) -> str:
    """What the operating system refused, where, and what to do about it, in one line."""
    where = error.filename or place or "a file"
    step = NEXT_STEPS.get(error.errno or 0, "look at the path and its permissions")
    return f"{where}: {error.strerror or error}: {step}"


class TinhuyenError(Exception):
    """The work could not be done (exit 1). The message names the thing and the next step."""

    exit_code = 1


class UsageError(TinhuyenError):
    """Wrong usage or configuration (exit 2)."""

    exit_code = 2


class StoreError(TinhuyenError):
    """The database cannot be used as it is; nothing was written to it (exit 1)."""


class ArchiveError(TinhuyenError):
    """A page cannot be read from the archive (exit 1)."""


class LockedError(TinhuyenError):
    """Another run holds this database (exit 4)."""

    exit_code = 4
