"""A shard: a data folder with a database, or a place to which one was pushed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from pipelines.text import fold
from scraper.archive.storage import DiskStorage, Storage, open_storage
from scraper.base.errors import ArchiveError, StoreError, UsageError, did_you_mean
from scraper.store.database import connect_to_read, explanation
from scraper.store.gathered_tables import GATHERED, columns_of, read_gathered, snapshot
from scraper.store.nearest_names import nearest_names
from scraper.store.schema import SCHEMA
from scraper.store.sources import source_places
from scraper.store.staging import empty_staged, stage_rows
from scraper.transfer.table_files import TableFile, TableFiles, read_table_file, read_table_list

DATABASE = "tinhuyen.db"
ATTEMPTS = 3
"""How often tables are read that are pushed again meanwhile."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Where a shard is: its database, or the storage that has its tables.

    ``place`` names it in the reading database.
    """

    place: str
    database: Path | None = None
    storage: Storage | None = None

    @property
    def archive(self) -> Path | None:
        """The folder of its archive, None if that is in object storage."""
        if self.database is not None:
            return self.database.parent / "archive"
        is_folder = isinstance(self.storage, DiskStorage)
        return Path(self.place) / "archive" if is_folder else None

    def state(self) -> str | None:
        """Return a name of the present state of its tables, None if only a look can tell."""
        return _tables_of(self.storage).snapshot if self.storage else None


def find_shard(place: str) -> Shard:
    """Return the shard at a path or URL. Raises UsageError if there is none."""
    if "://" in place and not place.startswith("file:"):
        url = place.rstrip("/")
        return _pushed(url, open_storage(url))
    path = Path(urlsplit(place).path if place.startswith("file:") else place).resolve()
    if path.is_file():
        return Shard(str(path.parent), database=path)
    if (path / DATABASE).is_file():
        return Shard(str(path), database=path / DATABASE)
    return _pushed(str(path), open_storage(str(path)))


def find_province(shards: Sequence[Shard], name: str) -> str:
    """Return the province of that name, of which accents and case do not count.

    Raises UsageError, with the nearest names, if no shard has a source of it.
    """
    known = {province for shard in shards for province in _provinces(shard)}
    spelled = {fold(province): province for province in sorted(known)}
    if name in known:
        return name
    if fold(name) in spelled:
        return spelled[fold(name)]
    near = nearest_names(name, [(province, province) for province in sorted(known)])
    hint = did_you_mean(near, "see `tinhuyen sources list`")
    raise UsageError(f"no source of the province `{name}` in these shards: {hint}")


def stage_shard(db: Database, shard: Shard) -> str | None:
    """Read one state of the tables of a shard into the attached copy; returns the state's name.

    Raises StoreError or ArchiveError if it cannot be read.
    """
    if shard.database is not None:
        _stage_database(db, shard.database)
        return None
    assert shard.storage is not None
    for attempt in range(ATTEMPTS):
        tables = _tables_of(shard.storage)
        try:
            for table in GATHERED:
                empty_staged(db, table)
                _stage(db, table, _rows(shard.storage, tables.tables.get(table, [])))
            return tables.snapshot
        except ArchiveError:
            if attempt + 1 == ATTEMPTS or _tables_of(shard.storage) == tables:
                raise
    raise AssertionError("the last attempt raises")


def _provinces(shard: Shard) -> Iterator[str]:
    if shard.database is not None:
        with closing(connect_to_read(shard.database).conn) as connection:
            places = source_places(Database(connection))
            yield from (place["province"] for place in places if place["province"])
        return
    assert shard.storage is not None
    for columns, rows in _rows(shard.storage, _tables_of(shard.storage).tables["sources"]):
        at = columns.index("province")
        yield from (row[at] for row in rows if row[at])


def _pushed(place: str, storage: Storage) -> Shard:
    if read_table_list(storage) is None:
        raise UsageError(
            f"{place} is no shard: name a data folder with {DATABASE}, or a place to which"
            " `tinhuyen archive push` has pushed one"
        )
    return Shard(place, storage=storage)


def _tables_of(storage: Storage) -> TableFiles:
    tables = read_table_list(storage)
    if tables is None:
        raise ArchiveError(f"{storage.url} has no tables any more: push the database again")
    newest = max(migration.name for migration in SCHEMA.pending(Database(memory=True)))
    if tables.schema > newest:
        raise StoreError(
            f"{storage.url} was pushed by a newer tinhuyen (schema {tables.schema}): update"
            " tinhuyen"
        )
    return tables


Batch = tuple[list[str], Iterator[Sequence[Any]]]


def _rows(storage: Storage, files: Sequence[TableFile]) -> Iterator[Batch]:
    for file in files:
        for batch in read_table_file(storage, file):
            yield list(batch), zip(*batch.values(), strict=True)


def _stage_database(db: Database, path: Path) -> None:
    with closing(connect_to_read(path).conn) as connection:
        own = Database(connection)
        try:
            with snapshot(own):
                for table in GATHERED:
                    columns = list(columns_of(own, table))
                    if columns:
                        _stage(db, table, iter([(columns, read_gathered(own, table))]))
        except sqlite3.DatabaseError as error:
            raise StoreError(explanation(path, error)) from error


def _stage(db: Database, table: str, batches: Iterator[Batch]) -> None:
    """Put rows into the attached copy; columns that this version does not know are left out."""
    known = columns_of(db, table)
    for columns, rows in batches:
        places = [place for place, name in enumerate(columns) if name in known]
        chosen = ([row[place] for place in places] for row in rows)
        stage_rows(db, table, [columns[place] for place in places], chosen)
