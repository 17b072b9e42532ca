"""The errors that end a command, each with its exit code and a message that says what to do."""

from __future__ import annotations


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
