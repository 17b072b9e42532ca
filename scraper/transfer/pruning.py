"""Deletes the bodies of old photos from the archive: the only way in which anything is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from scraper.archive.opening import is_held
from scraper.archive.rewriting import plan_rewriting, predecessor_of, rewrite, successor_of
from scraper.base.atomic_file import sync_folder
from scraper.base.clock import to_utc_iso
from scraper.base.errors import StoreError, describe_file_error
from scraper.store.archived_records import named_records, named_warc_files, record_spans
from scraper.store.database import write_transaction
from scraper.store.pruning import forget_photos, prunable_photos, sync_every_commit

PHOTO_FILES = "photos-*.warc.gz"


@dataclass(slots=True)
class Pruning:
    """What a prune deletes: photos, and bytes of WARC files that are deleted or rewritten.

    ``elsewhere`` are photos that stay, since their files were pushed and are not here.
    """

    photos: int = 0
    deleted_files: int = 0
    rewritten_files: int = 0
    freed_bytes: int = 0
    elsewhere: int = 0


def plan_pruning(db: Database, archive: Path, before: datetime) -> Pruning:
    """Return what a prune would delete. The bytes are those of the answers with their requests."""
    photos, elsewhere = _photos_here(db, archive, before)
    plan = Pruning(photos=sum(map(len, photos.values())), elsewhere=elsewhere)
    staying = set()
    for _, _, name, offset, following in record_spans(db):
        if offset not in photos.get(name, ()):
            staying.add(name)
        elif (archive / name).exists():
            end = following if following is not None else (archive / name).stat().st_size
            plan.freed_bytes += max(end - offset, 0)
    plan.rewritten_files = len(photos.keys() & staying)
    plan.deleted_files = len(photos.keys() - staying)
    for path in _leftovers(archive, named_warc_files(db), before):
        plan.deleted_files += 1
        plan.freed_bytes += path.stat().st_size
    return plan


def prune_photos(db: Database, archive: Path, before: datetime) -> Iterator[Pruning]:
    """Delete the bodies of the photos fetched before a time; yields the sum after each WARC file.

    A file of which something stays is written again under a new name, and the database refers to
    the new file before the old one is deleted. The latest files come first: a WARC revisit goes
    before the body that it refers to. A repeated prune completes one that was killed. The caller
    holds the lock of the database. Raises StoreError if the disk is full; what was not deleted yet
    is then intact.
    """
    sync_every_commit(db)
    done = Pruning()
    try:
        for draft in archive.glob(f"{PHOTO_FILES}.*.new"):
            draft.unlink()  # no other process writes photos while the lock is held
        for path in _leftovers(archive, named_warc_files(db), before):
            _delete(path, done)
            yield done
        photos, done.elsewhere = _photos_here(db, archive, before)
        for name in sorted(photos, reverse=True):
            _prune_file(db, archive / name, photos[name], before, done)
            yield done
    except OSError as error:
        raise StoreError(describe_file_error(error, archive)) from error
    yield done


def _photos_here(db: Database, archive: Path, before: datetime) -> tuple[dict[str, set[int]], int]:
    """Return the photos to delete by WARC file, and how many are in files that are elsewhere."""
    photos = prunable_photos(db, before)
    removed = {name for name in photos if not (archive / name).exists() and is_held(archive, name)}
    elsewhere = sum(len(photos.pop(name)) for name in removed)
    return photos, elsewhere


def _prune_file(
    db: Database, path: Path, pruned: set[int], before: datetime, done: Pruning
) -> None:
    successor, moved = path.with_name(successor_of(path.name)), {}
    while named_records(db, successor.name):
        successor = path.with_name(successor_of(successor.name))
    if path.exists():
        staying = named_records(db, path.name).keys() - pruned
        parts = plan_rewriting(path, staying, pruned, to_utc_iso(before))
        if any(part.stays and part.is_primary for part in parts):
            moved = rewrite(path, parts, successor)
            sync_folder(path.parent)
    with write_transaction(db):
        forget_photos(db, path.name, pruned, successor.name, moved)
    done.photos += len(pruned)
    if moved:
        done.rewritten_files += 1
        done.freed_bytes += path.stat().st_size - successor.stat().st_size
        path.unlink()
    elif path.exists():
        _delete(path, done)


def _leftovers(archive: Path, named: set[str], before: datetime) -> list[Path]:
    """Return the files of photos that the database does not name and that a prune may delete.

    They are those of a prune that was killed, if the file before or after is there and named, and
    those in which every answer is older than ``before``.
    """
    names = {path.name for path in archive.glob(PHOTO_FILES)}
    return [
        archive / name
        for name in sorted(names - named)
        if {predecessor_of(name), successor_of(name)} & names & named
        or _is_older(archive / name, before)
    ]


def _is_older(path: Path, before: datetime) -> bool:
    parts = plan_rewriting(path, (), (), to_utc_iso(before))
    return not any(part.stays and part.is_primary for part in parts)


def _delete(path: Path, done: Pruning) -> None:
    done.freed_bytes += path.stat().st_size
    done.deleted_files += 1
    path.unlink()
