"""A consistent copy of a live database, its archive and the user's sources, stopping nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from scraper.archive.pushed_files import places_of, pushed_files, record_pushed
from scraper.base.atomic_file import atomic_write, remove_abandoned
from scraper.base.errors import ArchiveError, StoreError, UsageError, describe_file_error
from scraper.store.archived_records import named_warc_files
from scraper.store.copying import copy_database
from scraper.store.database import open_for_reading
from scraper.transfer.pulling import fetch_pushed

SOURCES_FILE = "sources.toml"
"""The name of the user's own sources in a backup."""

MAX_COPIES = 3
"""How often the database is copied if photos are pruned at the same time."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied where; files that were there already in full are not counted.

    ``sources`` is the copy of the user's own sources, None if there are none. ``missing`` are WARC
    files that the database names and the archive does not have. Those that were pushed and removed
    here are fetched from there; ``unfetched`` are those that could not be, with the ``problem``.
    """

    database: Path
    articles: int
    warc_files: int
    warc_bytes: int
    sources: Path | None
    missing: list[str]
    unfetched: list[str]
    problem: str | None = None


def back_up(
    database: Path, archive: Path, target: Path, sources_file: Path | None = None
) -> Backup:
    """Copy database, archive and ``sources_file`` into the folder ``target``, over an earlier one.

    The database comes first: the archive then holds whatever it refers to. Raises StoreError if
    the copy is not whole or cannot be written, UsageError if the target is no folder; an earlier
    backup is then still there.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file: a backup is a folder, name another")
    own_sources = _read(sources_file)
    try:
        (target / "archive").mkdir(parents=True, exist_ok=True)
        copy = target / database.name
        if copy.exists() and copy.samefile(database):
            raise UsageError(f"{target} is where the database is: name another folder")
        remove_abandoned(target / "archive")
        articles, copied, missing = _copy_all(database, archive, copy)
        _copy_pushed(archive, copy.parent / "archive")
        unfetched, problem = _fetch_missing(archive, copy.parent / "archive", copied, missing)
        if own_sources is not None:
            with atomic_write(target / SOURCES_FILE) as out:
                out.write(own_sources)
    except OSError as error:
        raise StoreError(
            f"{target} cannot be written ({error.strerror}): nothing is lost, "
            "back up to another folder"
        ) from error
    return Backup(
        database=copy,
        articles=articles,
        warc_files=len(copied),
        warc_bytes=sum(copied),
        sources=target / SOURCES_FILE if own_sources is not None else None,
        missing=sorted(missing),
        unfetched=unfetched,
        problem=problem,
    )


def _read(sources_file: Path | None) -> bytes | None:
    try:
        return sources_file.read_bytes() if sources_file and sources_file.is_file() else None
    except OSError as error:
        raise StoreError(describe_file_error(error)) from error


def _copy_all(database: Path, archive: Path, copy: Path) -> tuple[int, list[int], set[str]]:
    """Copy database and archive; returns the articles, the bytes of each file, and what is missing.

    A prune deletes WARC files that an earlier copy of the database names: it is then made again.
    """
    copied: list[int] = []
    for _ in range(MAX_COPIES):
        articles = _copy_database(database, copy)
        copied += filter(None, (_copy_file(path, copy.parent / "archive") for path in _of(archive)))
        missing = _named_in(copy) - {path.name for path in _of(copy.parent / "archive")}
        if missing <= (_named_in(database) if missing else set()):
            break
    return articles, copied, missing


def _copy_pushed(archive: Path, folder: Path) -> None:
    """Copy what says where files were pushed to: who restores the backup can read them there."""
    for url, files in pushed_files(archive).items():
        record_pushed(folder, url, files)


def _fetch_missing(
    archive: Path, folder: Path, copied: list[int], missing: set[str]
) -> tuple[list[str], str | None]:
    """Fetch the missing files that were pushed, which are then not missing.

    Returns the names of those that could not be fetched, and the last problem.
    """
    unfetched, problem = [], None
    for name in sorted(missing):
        if any(places_of(archive, name)):
            missing.remove(name)
            try:
                copied.append(fetch_pushed(archive, name, folder / name))
            except ArchiveError as error:
                unfetched.append(name)
                problem = str(error)
    return unfetched, problem


def _of(archive: Path) -> list[Path]:
    return list(archive.glob("*.warc.gz"))


def _named_in(database: Path) -> set[str]:
    db = open_for_reading(database)
    try:
        return named_warc_files(db)
    finally:
        db.close()


def _copy_database(database: Path, copy: Path) -> int:
    """Put a copy of the database in place of an earlier one; returns how many articles it has."""
    partial = copy.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    articles = copy_database(database, partial)
    partial.replace(copy)
    return articles


def _copy_file(path: Path, folder: Path) -> int:
    """Copy a WARC file that is not there at this length; returns the bytes copied.

    These files only grow, so one of the same length is the same. One that a prune deletes at this
    moment is left out.
    """
    copy = folder / path.name
    try:
        original = path.open("rb")
    except FileNotFoundError:
        return 0
    with original:
        if copy.exists() and copy.stat().st_size >= os.fstat(original.fileno()).st_size:
            return 0
        with atomic_write(copy) as out:
            shutil.copyfileobj(original, out)
    return copy.stat().st_size
