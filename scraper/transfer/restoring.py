"""Puts a backup back where there is no database, completely or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Set
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from scraper.archive.pushed_files import pushed_files, record_pushed
from scraper.archive.reader import is_readable
from scraper.base.atomic_file import atomic_write, sync_folder
from scraper.base.errors import ArchiveError, StoreError, UsageError, describe_file_error
from scraper.base.lock import lock
from scraper.store.archived_records import named_records, named_warc_files
from scraper.store.copying import copy_backup
from scraper.store.database import open_for_reading
from scraper.transfer.backup import SOURCES_FILE

LOGS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, and would apply to another one in its place."""

SAMPLED_RECORDS = 5
"""Records of each WARC file whose digests are checked before anything is put back."""

BLOCK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back; ``sources`` says what became of the user's own sources.

    ``remote`` counts the WARC files that the backup lacks and that are read where they were pushed.
    """

    database: Path
    articles: int
    warc_files: int
    warc_bytes: int
    sources: str
    remote: int = 0


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a restore puts things, and where it prepares them, on the same file systems."""

    database: Path
    archive: Path

    @property
    def new_database(self) -> Path:
        return self.database.with_name(f"{self.database.name}.restore")

    @property
    def new_archive(self) -> Path:
        name = "restore" if self.archive.exists() else f"{self.archive.name}.restore"
        return self.archive / name if self.archive.exists() else self.archive.with_name(name)

    def clear(self) -> None:
        """Remove what an earlier restore prepared."""
        for end in ("", *LOGS):
            Path(f"{self.new_database}{end}").unlink(missing_ok=True)
        shutil.rmtree(self.new_archive, ignore_errors=True)


def restore(backup: Path, database: Path, archive: Path, sources_file: Path) -> Restored:
    """Put the backup in the folder ``backup`` back, checked, and ``sources_file`` if there is none.

    The database comes last: it is there only if everything else is. What a killed restore prepared
    is used by the next one. Raises UsageError if there is a database already, LockedError if a run
    or a daemon holds it, and StoreError if the backup is damaged or cannot be copied; nothing is
    changed then.
    """
    found = _database_in(backup, database.name)
    _refuse_to_overwrite(database)
    places = _Places(database, archive)
    with ExitStack() as stack:
        for whose in ("run", "daemon"):
            stack.enter_context(lock(database, whose))
        _refuse_to_overwrite(database)
        try:
            return _restore(found, places, sources_file)
        except OSError as error:
            places.clear()
            raise StoreError(f"{describe_file_error(error)}; nothing was restored") from error
        except (StoreError, ArchiveError) as error:
            places.clear()
            raise StoreError(f"{error}; nothing was restored") from error


def _restore(backup: Path, places: _Places, sources_file: Path) -> Restored:
    warc_files = sorted((backup.parent / "archive").glob("*.warc.gz"))
    wanted = [path for path in warc_files if not _is_there(path, places.archive / path.name)]
    _require_space(backup, wanted, places)
    for end in ("", *LOGS):
        Path(f"{places.new_database}{end}").unlink(missing_ok=True)
    articles = copy_backup(backup, places.new_database)
    pushed = pushed_files(backup.parent / "archive")
    elsewhere = {name for files in pushed.values() for name in files}
    with closing(open_for_reading(places.new_database)) as db:
        files = {path.name: path for path in (*_held(places.archive), *warc_files)}
        remote = _check(db, files, elsewhere, backup)
    sizes = [_prepare(path, places.new_archive) for path in wanted]
    _put_archive(places)
    for url, stored in pushed.items():
        record_pushed(places.archive, url, stored)
    sources = _put_sources(backup.parent / SOURCES_FILE, sources_file)
    places.new_database.rename(places.database)
    sync_folder(places.database.parent)
    return Restored(places.database, articles, len(sizes), sum(sizes), sources, remote)


# Checks: nothing is changed yet.


def _database_in(backup: Path, name: str) -> Path:
    """Return the database of a backup: the one of the usual name, or else the only one."""
    if not backup.is_dir():
        raise UsageError(f"{backup} is no folder: name the one that `tinhuyen backup` wrote")
    databases = sorted(path for path in backup.glob("*.db") if path.is_file())
    named = [path for path in databases if path.name == name]
    if len(named or databases) != 1:
        problem = "has more than one database" if databases else "has no database"
        names = ", ".join(path.name for path in databases)
        raise UsageError(
            f"{backup} {problem} ({names or '*.db'}): name the folder that `tinhuyen backup` wrote"
            + (", and with --db the name of one of them" if databases else "")
        )
    return (named or databases)[0]


def _refuse_to_overwrite(database: Path) -> None:
    for end in ("", *LOGS):
        path = Path(f"{database}{end}")
        if path.exists():
            raise UsageError(
                f"{path} is there, and a restore overwrites nothing: stop whatever uses it, then "
                f"move {database.name}* and archive/ to another folder, or name a new place with "
                "--db"
            )


def _is_there(path: Path, place: Path) -> bool:
    """Whether a WARC file is in place, perhaps grown. Raises StoreError if it is another."""
    if not place.exists():
        return False
    with path.open("rb") as copy, place.open("rb") as held:
        while block := copy.read(BLOCK_BYTES):
            if held.read(len(block)) != block:
                raise StoreError(
                    f"{place} is another file than that of the backup: move {place.parent} away"
                )
    return True


def _require_space(backup: Path, wanted: list[Path], places: _Places) -> None:
    needed = backup.stat().st_size + sum(path.stat().st_size for path in wanted)
    if places.new_archive.exists():
        needed -= sum(path.stat().st_size for path in _held(places.new_archive))
    free = shutil.disk_usage(places.database.parent).free
    if needed > free:
        raise StoreError(
            f"{places.database.parent}: {needed} bytes are needed and {free} are free: free some "
            "space, or name another place with --db"
        )


def _check(db: Database, files: dict[str, Path], elsewhere: Set[str], backup: Path) -> int:
    """Raise StoreError unless the archive has what the database names, as far as samples tell.

    Returns how many files are only ``elsewhere``, where they were pushed to.
    """
    named = sorted(named_warc_files(db))
    if missing := [name for name in named if name not in files and name not in elsewhere]:
        raise StoreError(
            f"{backup.parent} lacks {len(missing)} of {len(named)} WARC files ({missing[0]}): "
            f"restore another backup, or put them into {backup.parent / 'archive'}"
        )
    for name in (name for name in named if name in files):
        for offset in _sample(sorted(named_records(db, name))):
            if not is_readable(files[name], offset):
                raise StoreError(
                    f"{files[name]} is damaged at {offset}: restore another backup, or put a whole "
                    "copy of this file there"
                )
    return sum(name not in files for name in named)


def _sample(offsets: list[int]) -> list[int]:
    """Return the first and the last of the offsets, and some between them."""
    step = max((len(offsets) - 1) / (SAMPLED_RECORDS - 1), 1)
    places = {min(round(number * step), len(offsets) - 1) for number in range(SAMPLED_RECORDS)}
    return [offsets[place] for place in sorted(places)]


# Copies.


def _held(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.warc.gz")


def _prepare(path: Path, folder: Path) -> int:
    """Copy a WARC file of the backup, unless a killed restore did; returns its size."""
    copy, size = folder / path.name, path.stat().st_size
    if not copy.exists() or copy.stat().st_size != size:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as original, atomic_write(copy) as out:
            shutil.copyfileobj(original, out)
    return size


def _put_archive(places: _Places) -> None:
    prepared = places.new_archive
    if not prepared.exists():
        return
    if places.archive.exists():
        for path in _held(prepared):
            path.rename(places.archive / path.name)
        shutil.rmtree(prepared)
    else:
        prepared.rename(places.archive)
    sync_folder(places.archive)


def _put_sources(copy: Path, sources_file: Path) -> str:
    """Put the user's own sources back if there are none; returns what was done."""
    if not copy.is_file():
        return "none in this backup"
    if sources_file.exists():
        is_same = sources_file.read_bytes() == copy.read_bytes()
        return "there already" if is_same else f"left as they are; those of the backup are {copy}"
    try:
        sources_file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(sources_file) as out:
            out.write(copy.read_bytes())
    except OSError as error:
        return f"not put back ({error.strerror}): copy {copy} to {sources_file}"
    return f"put back to {sources_file}"
