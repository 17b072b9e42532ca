"""Copies closed WARC files and the tables into a shared place, verifies them there, and removes.

In this order: files, tables, the manifest, what is recorded here, and only then are files removed.
A push that is killed between two of them loses nothing, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from os import stat_result
from pathlib import Path

from sqlite_utils import Database

from scraper.archive.file_locks import is_closed
from scraper.archive.manifest import FOLDER, Manifest, merge_manifest, read_manifest
from scraper.archive.pushed_files import (
    StoredFile,
    StoredFiles,
    digest_of,
    pushed_files,
    record_pushed,
)
from scraper.archive.storage import DiskStorage, Storage, open_storage
from scraper.base.atomic_file import sync_folder
from scraper.base.errors import ArchiveError, LockedError, UsageError, describe_file_error
from scraper.base.lock import lock
from scraper.transfer.table_files import write_tables

MAX_FAILURES = 3
"""Files that fail one after the other, after which the others are not tried."""


@dataclass(slots=True)
class PushedFile:
    """What became of a WARC file.

    ``state`` is ``pushed``, ``present`` (it was there), ``open`` (it is still written to),
    ``removed`` (it is there, and no longer here), ``differs`` (another file of this name is there)
    or ``failed``, the last two with an ``error``. ``is_new`` says of a file that is there whether
    this push has written it, None if it is not there.
    """

    name: str
    state: str
    size: int
    sha256: str | None = None
    error: str | None = None
    is_new: bool | None = None


@dataclass(slots=True)
class Push:
    """What a push did. ``tables`` counts the files of tables that are there now."""

    url: str
    files: list[PushedFile] = field(default_factory=list)
    tables: int = 0
    problem: str | None = None

    def count(self, *states: str) -> int:
        """Return how many files are in one of some states."""
        return sum(file.state in states for file in self.files)

    def size(self, *states: str) -> int:
        """Return the bytes of the files in one of some states."""
        return sum(file.size for file in self.files if file.state in states)


def push(
    db: Database, database: Path, archive: Path, url: str, *, remove: bool = False
) -> Iterator[Push]:
    """Push closed WARC files and the tables to ``url``; yields after each file and at the end.

    With ``remove``, files whose copy was read back in this call are removed here. Raises
    ArchiveError if the storage cannot be used, LockedError if another push runs, or if files are to
    be removed while a run holds the database: what was pushed then stays pushed.
    """
    storage = open_storage(url)
    _refuse_own_folder(storage, archive)
    done = Push(url)
    with lock(database, "push"):
        manifest = read_manifest(storage) or Manifest()
        known = pushed_files(archive).get(f"{url}/{FOLDER}", {})
        verified: dict[str, tuple[StoredFile, stat_result]] = {}
        for path in sorted(archive.glob("*.warc.gz")):
            kept = None if remove else known.get(path.name)
            file = _push_file(storage, path, manifest, kept, verified)
            if file is not None:
                done.files.append(file)
                yield done
            if [one.state for one in done.files[-MAX_FAILURES:]] == ["failed"] * MAX_FAILURES:
                raise ArchiveError(done.files[-1].error or "")
        tables = _push_tables(db, storage, manifest)
        done.tables = len(tables)
        stored = {name: file for name, (file, _) in verified.items()}
        merge_manifest(storage, stored, tables)
        _record(archive, f"{url}/{FOLDER}", {**manifest.files, **stored})
        if remove:
            _remove(database, archive, verified, done)
    yield done


def _refuse_own_folder(storage: Storage, archive: Path) -> None:
    """Raise UsageError if the shared place is where the archive is: its files are no copies."""
    if isinstance(storage, DiskStorage):
        there = (storage.folder / FOLDER).resolve()
        if there == archive.resolve():
            raise UsageError(f"{there} is the archive itself: name another folder")


def _push_file(
    storage: Storage,
    path: Path,
    manifest: Manifest,
    kept: StoredFile | None,
    verified: dict[str, tuple[StoredFile, stat_result]],
) -> PushedFile | None:
    """Push a file if it is closed; returns None if there is nothing in it, or no such file.

    One that was pushed earlier (``kept``) and has its size in both places is not read again.
    """
    name = f"{FOLDER}/{path.name}"
    try:
        state = path.stat()
        if not state.st_size:
            return None
        if not is_closed(path):
            return PushedFile(path.name, "open", state.st_size)
        listed = manifest.files.get(path.name)
        if kept is not None and kept == listed and kept.size == state.st_size == storage.size(name):
            return PushedFile(path.name, "present", kept.size, kept.sha256, is_new=False)
        own = digest_of(path)
        pushed = _store(storage, name, path, own, listed)
    except FileNotFoundError:
        return None  # a prune has just deleted it
    except OSError as error:
        return PushedFile(path.name, "failed", state.st_size, error=describe_file_error(error))
    except ArchiveError as error:
        return PushedFile(path.name, "failed", state.st_size, error=str(error))
    if pushed == "differs":
        problem = str(another_file(f"{storage.url}/{name}", path))
        return PushedFile(path.name, pushed, own.size, own.sha256, problem)
    verified[path.name] = own, state
    return PushedFile(path.name, pushed, own.size, own.sha256, is_new=pushed == "pushed")


def another_file(place: str, path: Path) -> ArchiveError:
    """Return the error for a file in a storage that is not the one of this name here."""
    return ArchiveError(
        f"{place} is another file than {path}: nothing was overwritten; move one of them away, or"
        " use another place"
    )


def _store(
    storage: Storage, name: str, path: Path, own: StoredFile, listed: StoredFile | None
) -> str:
    """Have a file in the storage, and read it back there; returns the ``state`` of it.

    A file of the same name is replaced only if nothing is lost with it: it is a beginning of this
    one, or the manifest says that this one belongs there. Raises ArchiveError.
    """
    size = storage.size(name)
    if size is None:
        with path.open("rb") as file:
            storage.create_from(name, file)
    found = _read_back(storage, name)
    if found == own:
        return "pushed" if size is None else "present"
    if listed != own and (size is None or digest_of(path, found.size) != found):
        return "differs"
    with path.open("rb") as file:
        storage.write_from(name, file)
    return "pushed" if _read_back(storage, name) == own else "differs"


def _read_back(storage: Storage, name: str) -> StoredFile:
    """Read a file in the storage; returns its size and digest. Raises ArchiveError."""
    digest, size = sha256(), 0
    for block in storage.blocks(name):
        digest.update(block)
        size += len(block)
    return StoredFile(size, digest.hexdigest())


def _push_tables(db: Database, storage: Storage, manifest: Manifest) -> StoredFiles:
    """Write the tables, and read back what the manifest does not have yet. Raises ArchiveError."""
    written = write_tables(db, storage)
    files = {
        file.name: StoredFile(file.size, file.sha256)
        for table in written.tables.values()
        for file in table
    }
    for name, file in files.items():
        if manifest.tables.get(name) != file and _read_back(storage, name) != file:
            storage.remove(name)  # the next push writes it again
            raise ArchiveError(
                f"{storage.url}/{name} is not what was written: check the storage, then repeat the"
                " command"
            )
    return files


def _record(archive: Path, url: str, files: StoredFiles) -> None:
    try:
        record_pushed(archive, url, files)
    except OSError as error:
        raise ArchiveError(describe_file_error(error, archive)) from error


def _remove(
    database: Path,
    archive: Path,
    verified: dict[str, tuple[StoredFile, stat_result]],
    done: Push,
) -> None:
    """Remove the files whose copies were verified and that are still what was copied."""
    files = {file.name: file for file in done.files}
    try:
        with lock(database):
            for name, (_, state) in verified.items():
                path = archive / name
                if path.exists() and _is_same(path.stat(), state) and is_closed(path):
                    path.unlink()
                    files[name].state = "removed"
            sync_folder(archive)
    except LockedError as error:
        raise LockedError(
            f"{error}; everything was pushed, nothing was removed here: repeat the command"
        ) from error
    except OSError as error:
        done.problem = describe_file_error(error, archive)


def _is_same(state: stat_result, earlier: stat_result) -> bool:
    return (state.st_ino, state.st_size, state.st_mtime_ns) == (
        earlier.st_ino,
        earlier.st_size,
        earlier.st_mtime_ns,
    )
