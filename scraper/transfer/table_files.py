"""The tables of one database as Parquet files in a shared folder, for other machines to read.

``tables/tables.json`` names the files of one state of the database and is written last: who reads
by it never meets a mix of two states. The files of a table hold ranges of its rows and are named by
their content, so that what did not change is neither written nor read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from itertools import groupby
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from sqlite_utils import Database

from scraper.archive.storage import Storage
from scraper.base.errors import ArchiveError, UsageError
from scraper.store.gathered_tables import (
    GATHERED,
    NUMBERED,
    columns_of,
    read_gathered,
    schema_version,
    snapshot,
)

FOLDER = "tables"
LIST_FILE = f"{FOLDER}/tables.json"
ROWS_OF_FILE = 50_000
"""Rows of a table in one file: those with the numbers from 0 to 49,999, and so on."""

ROWS_OF_GROUP = 10_000
CHARS_OF_GROUP = 16_000_000
"""Rows, and characters of their texts, that are in memory at a time."""

NAME_DIGITS = 16

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file with rows of a table; ``sha256`` is its digest in hexadecimal."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TableFiles:
    """The files of one state of a database: its schema, and the files of each table in order."""

    schema: str
    tables: dict[str, list[TableFile]] = field(default_factory=dict)

    @property
    def snapshot(self) -> str:
        """A name of the state: the same for the same rows."""
        digests = {name: [each.sha256 for each in files] for name, files in self.tables.items()}
        return sha256(json.dumps([self.schema, digests]).encode()).hexdigest()

    @property
    def names(self) -> set[str]:
        """The names of all files."""
        return {each.name for files in self.tables.values() for each in files}


def write_tables(db: Database, storage: Storage) -> TableFiles:
    """Write the tables of a database in one state, in memory that does not grow with them.

    The database may be written meanwhile. Files of an earlier state are removed at the end. Raises
    ArchiveError if the storage cannot be written, UsageError if pyarrow is not installed.
    """
    _require_pyarrow()
    before = read_table_list(storage)
    known = before.names if before else set()
    with snapshot(db):
        written = TableFiles(
            schema_version(db),
            {table: list(_write_table(db, table, storage, known)) for table in GATHERED},
        )
    content = {"schema": written.schema, "snapshot": written.snapshot}
    listed = {name: [asdict(each) for each in files] for name, files in written.tables.items()}
    text = json.dumps(content | {"tables": listed}, indent=1)
    storage.write(LIST_FILE, text.encode())
    for name in storage.names(FOLDER):
        if name != LIST_FILE and name not in written.names:
            storage.remove(name)
    return written


def read_table_list(storage: Storage) -> TableFiles | None:
    """Return the files of the present state, None if no tables were written there.

    Raises ArchiveError if the list cannot be read.
    """
    if storage.size(LIST_FILE) is None:
        return None
    try:
        content = json.loads(storage.read(LIST_FILE))
        tables = {
            name: [TableFile(**each) for each in files] for name, files in content["tables"].items()
        }
        listed = TableFiles(content["schema"], tables)
        if any(".." in name.split("/") or "\\" in name for name in listed.names):
            raise ValueError("a name leads out of the folder")
        return listed
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(
            f"{storage.url}/{LIST_FILE} is damaged ({error!r}): push the database again"
        ) from error


def read_table_file(
    storage: Storage, file: TableFile, columns: list[str] | None = None
) -> Iterator[dict[str, list[Any]]]:
    """Return the rows of a file, some at a time, as lists of values by column.

    Raises ArchiveError if the file is not the one that was written: nothing of it is returned then.
    """
    _require_pyarrow()
    from pyarrow import parquet

    with TemporaryFile() as copy, storage.open(file.name) as original:
        _copy(original, copy)
        copy.seek(0)
        if file_digest(copy, "sha256").hexdigest() != file.sha256:
            raise ArchiveError(
                f"{storage.url}/{file.name} is not the file that was pushed: push the database"
                " again"
            )
        for batch in parquet.ParquetFile(copy).iter_batches(ROWS_OF_GROUP, columns=columns):
            yield batch.to_pydict()


def _write_table(
    db: Database, table: str, storage: Storage, known: set[str]
) -> Iterator[TableFile]:
    """Write the files of a table that are not there yet; at least one, which may have no rows."""
    import pyarrow

    kinds = {"INTEGER": pyarrow.int64(), "REAL": pyarrow.float64()}
    columns = columns_of(db, table)
    schema = pyarrow.schema(
        [(name, kinds.get(kind, pyarrow.string())) for name, kind in columns.items()]
    )
    numbered = enumerate(read_gathered(db, table))
    is_numbered = table in NUMBERED
    ranges = groupby(numbered, lambda one: (one[1][0] if is_numbered else one[0]) // ROWS_OF_FILE)
    is_empty = True
    for number, rows in ranges:
        is_empty = False
        yield _write_file(storage, table, number, (row for _, row in rows), schema, known)
    if is_empty:
        yield _write_file(storage, table, 0, iter(()), schema, known)


def _write_file(
    storage: Storage, table: str, number: int, rows: Iterator[Row], schema: Any, known: set[str]
) -> TableFile:
    from pyarrow import parquet

    with TemporaryFile() as draft:
        count = 0
        with parquet.ParquetWriter(draft, schema, compression="zstd") as writer:
            for group in _groups(rows):
                writer.write_table(_table_of(group, schema))
                count += len(group)
        size = draft.tell()
        draft.seek(0)
        digest = file_digest(draft, "sha256").hexdigest()
        name = f"{FOLDER}/{table}/{number:06d}-{digest[:NAME_DIGITS]}.parquet"
        if name not in known or storage.size(name) != size:
            draft.seek(0)
            storage.write_from(name, draft)
    return TableFile(name, count, size, digest)


def _groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Yield rows in groups that are neither too many nor too large."""
    group: list[Row] = []
    chars = 0
    for row in rows:
        group.append(row)
        chars += sum(len(value) for value in row if isinstance(value, str))
        if len(group) == ROWS_OF_GROUP or chars >= CHARS_OF_GROUP:
            yield group
            group, chars = [], 0
    if group:
        yield group


def _table_of(rows: list[Row], schema: Any) -> Any:
    import pyarrow

    values = zip(*rows, strict=True)
    arrays = [pyarrow.array(column, kind.type) for column, kind in zip(values, schema, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def _copy(original: BinaryIO, copy: Any) -> None:
    from shutil import copyfileobj

    copyfileobj(original, copy, 1 << 20)


def _require_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "tables for other machines need pyarrow: pip install 'tinhuyen[cluster]'"
        ) from error
