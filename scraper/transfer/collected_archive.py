"""The archive of a reading database: it refers to the archives of the shards."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from scraper.archive.manifest import FOLDER, read_manifest
from scraper.archive.pushed_files import StoredFile, StoredFiles, pushed_files, record_pushed
from scraper.archive.storage import open_storage
from scraper.base.atomic_file import atomic_write
from scraper.base.errors import StoreError, describe_file_error
from scraper.store.collected_shards import warc_files_of
from scraper.transfer.shards import Shard


@dataclass(slots=True)
class PlacedFiles:
    """WARC files of a shard that are in the archive here now.

    ``linked`` are one with the shard's file on the disk, ``copied`` are copies, ``pushed`` are read
    where the shard was pushed to; ``missing`` are not in the shard's archive, such as one that is
    not closed and was not pushed yet.
    """

    linked: int = 0
    copied: int = 0
    pushed: int = 0
    missing: int = 0


def place_archive(db: Database, archive: Path, shard: Shard, number: int) -> PlacedFiles:
    """Have the archive of the reading database refer to the WARC files of a shard.

    Those on this machine are linked, or copied; of those in a shared place, only that is noted,
    unless the file has another name here. Raises StoreError or ArchiveError if the archive cannot
    be written or the shared place not be read.
    """
    done, elsewhere = PlacedFiles(), _elsewhere(shard)
    noted: dict[str, dict[str, StoredFile]] = defaultdict(dict)
    for name, warc_file in warc_files_of(db, number):
        original = shard.archive / name if shard.archive else None
        url = next((url for url, files in elsewhere.items() if name in files), None)
        try:
            if original is not None and original.is_file():
                _place(original, archive / warc_file, done)
            elif url is not None and name == warc_file:
                noted[url][name] = elsewhere[url][name]
                done.pushed += 1
            elif url is not None:
                _fetch(url, name, archive / warc_file, done)
            else:
                done.missing += not (archive / warc_file).exists()
        except OSError as error:
            raise StoreError(describe_file_error(error, archive / warc_file)) from error
    for url, files in noted.items():
        record_pushed(archive, url, files)
    return done


def _elsewhere(shard: Shard) -> Mapping[str, StoredFiles]:
    """Return the files of a shard that a shared place has, by the URL of the folder there."""
    if shard.storage is None:
        return pushed_files(shard.archive) if shard.archive else {}
    manifest = read_manifest(shard.storage)
    return {f"{shard.place}/{FOLDER}": manifest.files} if manifest else {}


def _fetch(url: str, name: str, target: Path, done: PlacedFiles) -> None:
    """Copy a file of a shared place, unless it is there."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_storage(url).open(name) as file, atomic_write(target) as out:
        shutil.copyfileobj(file, out)
    done.copied += 1


def _place(original: Path, target: Path, done: PlacedFiles) -> None:
    """Link or copy a file, unless it is there. These files only grow."""
    if target.exists():
        if target.samefile(original) or target.stat().st_size >= original.stat().st_size:
            return
        target.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(original, target)
        done.linked += 1
    except OSError:  # another disk, or one without links
        with original.open("rb") as file, atomic_write(target) as out:
            shutil.copyfileobj(file, out)
        done.copied += 1
