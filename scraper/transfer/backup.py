"""A consistent copy of a live database and its archive, without stopping anything."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from scraper.base.atomic_file import atomic_write, remove_abandoned
from scraper.base.errors import StoreError, UsageError
from scraper.store.database import copy_database


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied where; files that were there already in full are not counted."""

    database: Path
    articles: int
    warc_files: int
    warc_bytes: int


def back_up(database: Path, archive: Path, target: Path) -> Backup:
    """Copy the database and its archive into the folder ``target``, over an earlier backup.

    The database comes first: the archive then holds whatever it refers to. Raises StoreError if
    the copy is not whole or cannot be written, UsageError if the target is no folder; an earlier
    backup is then still there.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file: a backup is a folder, name another")
    try:
        (target / "archive").mkdir(parents=True, exist_ok=True)
        copy = target / database.name
        if copy.exists() and copy.samefile(database):
            raise UsageError(f"{target} is where the database is: name another folder")
        remove_abandoned(target / "archive")
        articles = _copy_database(database, copy)
        copied = [_copy_file(path, target / "archive") for path in archive.glob("*.warc.gz")]
    except OSError as error:
        raise StoreError(
            f"{target} cannot be written ({error.strerror}): nothing is lost, "
            "back up to another folder"
        ) from error
    return Backup(copy, articles, len(list(filter(None, copied))), sum(copied))


def _copy_database(database: Path, copy: Path) -> int:
    """Put a copy of the database in place of an earlier one; returns how many articles it has."""
    partial = copy.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    articles = copy_database(database, partial)
    partial.replace(copy)
    return articles


def _copy_file(path: Path, folder: Path) -> int:
    """Copy a WARC file that is not there at this length; returns the bytes copied.

    These files only grow, so one of the same length is the same.
    """
    copy = folder / path.name
    if copy.exists() and copy.stat().st_size >= path.stat().st_size:
        return 0
    with path.open("rb") as original, atomic_write(copy) as out:
        shutil.copyfileobj(original, out)
    return copy.stat().st_size
