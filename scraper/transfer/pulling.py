"""Fetches WARC files that were pushed to a shared place back into a folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scraper.archive.manifest import FOLDER, MANIFEST, read_manifest
from scraper.archive.opening import differs, path_of, storage_of
from scraper.archive.pushed_files import StoredFile, digest_of, places_of
from scraper.archive.storage import Storage, open_storage
from scraper.base.atomic_file import sync_folder
from scraper.base.errors import ArchiveError, UsageError, describe_file_error
from scraper.base.lock import lock
from scraper.transfer.pushing import another_file

PART = ".part"
"""The end of the name of a file of which a part was fetched."""


@dataclass(slots=True)
class PulledFile:
    """What became of a WARC file.

    ``state`` is ``pulled``, ``present`` (it was here), ``differs`` (another file of this name is
    here) or ``failed``, the last two with an ``error``.
    """

    name: str
    state: str
    size: int
    error: str | None = None


@dataclass(slots=True)
class Pull:
    """What a pull did."""

    url: str
    files: list[PulledFile] = field(default_factory=list)

    def count(self, *states: str) -> int:
        """Return how many files are in one of some states."""
        return sum(file.state in states for file in self.files)


def pull(database: Path, archive: Path, url: str, names: Sequence[str] = ()) -> Iterator[Pull]:
    """Fetch the WARC files that were pushed to ``url``, or those named; yields after each.

    Raises ArchiveError if nothing was pushed there, UsageError if a name is not among the files,
    LockedError if another pull runs. It yields at least once.
    """
    storage = open_storage(url)
    manifest = read_manifest(storage)
    if manifest is None:
        raise ArchiveError(
            f"{url}/{MANIFEST} is not there: check the address, or `tinhuyen archive push` first"
        )
    if unknown := sorted(set(names) - manifest.files.keys()):
        raise UsageError(f"{url}/{FOLDER} has no file {unknown[0]}: leave the names out for all")
    done = Pull(url)
    with lock(database, "pull"):
        for name in sorted(names or manifest.files):
            done.files.append(_pull_file(storage, archive / name, manifest.files[name]))
            yield done
    yield done


def _pull_file(storage: Storage, path: Path, stored: StoredFile) -> PulledFile:
    name = f"{FOLDER}/{path.name}"
    try:
        if path.exists():
            is_same = path.stat().st_size == stored.size and digest_of(path) == stored
            problem = None if is_same else str(another_file(f"{storage.url}/{name}", path))
            return PulledFile(path.name, "present" if is_same else "differs", stored.size, problem)
        fetch(storage, name, stored, path)
    except OSError as error:
        problem = describe_file_error(error, path)
        return PulledFile(path.name, "failed", stored.size, problem)
    except ArchiveError as error:
        return PulledFile(path.name, "failed", stored.size, str(error))
    return PulledFile(path.name, "pulled", stored.size)


def fetch(storage: Storage, name: str, stored: StoredFile, path: Path) -> None:
    """Fetch a file to ``path``, where there is none, and verify it; goes on where one was cut off.

    One process at a time may fetch a file. Raises ArchiveError if the storage cannot be read, has
    another file, or the disk is full: what was fetched of it is then kept for the next call, except
    on a full disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}{PART}")
    begun = part.stat().st_size if part.exists() else 0
    _require_space(path, stored.size - begun)
    if _fetch_rest(storage, name, stored, part) != stored:
        part.unlink()
        # What an earlier call had fetched may have been damaged by a crash of the machine.
        if not begun or _fetch_rest(storage, name, stored, part) != stored:
            part.unlink(missing_ok=True)
            raise differs(f"{storage.url}/{name}")
    if path.exists():
        raise another_file(f"{storage.url}/{name}", path)
    part.rename(path)
    sync_folder(path.parent)


def fetch_pushed(archive: Path, warc_file: str, path: Path) -> int:
    """Fetch a file that was pushed from an archive; returns its size.

    Raises ArchiveError if no place has it, and as `fetch`.
    """
    error = ArchiveError(f"{path_of(archive, warc_file)} was not pushed")
    for url, stored in places_of(archive, warc_file):
        try:
            fetch(storage_of(url), warc_file, stored, path)
            return stored.size
        except ArchiveError as problem:
            error = problem
    raise error


def _fetch_rest(storage: Storage, name: str, stored: StoredFile, part: Path) -> StoredFile:
    """Append what is missing to a part; returns size and digest of all of it."""
    try:
        with part.open("ab") as out:
            if out.tell() > stored.size:
                out.truncate(0)
            out.writelines(storage.blocks(name, out.seek(0, os.SEEK_END)))
            out.flush()
            os.fsync(out.fileno())
        return digest_of(part)
    except OSError as error:
        part.unlink(missing_ok=True)  # a full disk is not kept full
        raise ArchiveError(describe_file_error(error, part)) from error


def _require_space(path: Path, needed: int) -> None:
    free = free_bytes(path.parent)
    if needed > free:
        raise ArchiveError(
            f"{path}: {needed} bytes are needed and {free} are free: free some disk space, then"
            " repeat the command"
        )


def free_bytes(folder: Path) -> int:
    """Return how many bytes can be written to the disk of a folder."""
    return shutil.disk_usage(folder).free
