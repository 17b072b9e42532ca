"""A read-only database whose queries cannot exhaust the memory of the machine.

SQLite bounds one value and its own heap; what Python holds of a result is bounded here. Each excess
raises one error that says what to do.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import escape_sqlite
from datasette.views.base import DatasetteError

from scraper.browse.health_cache import HealthCache
from scraper.browse.management import Management
from scraper.browse.table_pages import is_hidden

RESULT_BYTES = 32 * 1024**2
"""What the rows of one query may hold in memory: a thousand long articles."""

HEAP_BYTES = 256 * 1024**2
"""What SQLite may hold for all queries together: sorts, ``group_concat``, copies of values."""

VALUE_BYTES = 24_000_000
"""One value or row: larger than any article, since a page ends at 20 MB."""

RESULT_COLUMNS = 100
"""Columns of a result: Python copies each value of a row before the row can be weighed."""

TOO_LARGE = "the answer is too large: ask for fewer rows (_size, LIMIT) or columns (_col)"

answers_csv: ContextVar[bool] = ContextVar("answers_csv", default=False)
"""Whether the request is answered with CSV, in which Datasette cannot report an error."""

Result = TypeVar("Result")
Row = TypeVar("Row", bound=Iterable[object])


class AnswerTooLarge(sqlite3.OperationalError):
    """A result, or the work for it, needs more memory than an answer may take."""

    def __init__(self) -> None:
        super().__init__(TOO_LARGE)


def size_of(row: Iterable[object]) -> int:
    """The bytes that the values of a row take in memory."""
    return sum(map(sys.getsizeof, row))


class BoundedCursor(sqlite3.Cursor):
    """A cursor that raises AnswerTooLarge instead of MemoryError and beyond RESULT_BYTES."""

    spent = 0

    def execute(self, *arguments: Any) -> BoundedCursor:
        """Run a statement; its result counts from nothing."""
        self.spent = 0
        return _within_memory(lambda: super(BoundedCursor, self).execute(*arguments))

    def __next__(self) -> Any:
        """Return the next row."""
        row = _within_memory(super().__next__)
        self.spent += size_of(row)
        if self.spent > RESULT_BYTES:
            raise AnswerTooLarge
        return row

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return next(self, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows."""
        count = self.arraysize if size is None else size
        return [row for _, row in zip(range(count), self, strict=False)]

    def fetchall(self) -> list[Any]:
        """Return all further rows."""
        return list(self)


class BoundedConnection(sqlite3.Connection):
    """A connection of such cursors."""

    def cursor(self, factory: Any = BoundedCursor) -> Any:
        """Return a bounded cursor."""
        return super().cursor(factory)


class BoundedDatabase(Database):  # type: ignore[misc]
    """Datasette's database on bounded, read-only connections.

    With it come the health of its sources, the folder of the archive that it refers to, and what
    manages its sources, None if readers may not.
    """

    archive: Path
    management: Management | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.health = HealthCache()

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Open the file for reading; one that nobody can write to needs no lock."""
        access = "mode=ro" if self.is_mutable else "immutable=1"
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?{access}",
            uri=True,
            check_same_thread=False,
            factory=BoundedConnection,
        )
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, RESULT_COLUMNS)
        self._all_file_connections.append(connection)
        return connection

    async def execute(self, sql: str, *arguments: Any, **options: Any) -> Results:
        """Run a query. For CSV, rows that Datasette would omit silently are an error."""
        if not answers_csv.get():
            return await super().execute(sql, *arguments, **options)
        try:
            results = await super().execute(sql, *arguments, **options)
        except sqlite3.DatabaseError as error:
            raise DatasetteError(str(error), title="Invalid SQL", status=400) from error
        except QueryInterrupted as error:
            raise DatasetteError("the query took too long", status=400) from error
        if results.truncated:
            rows = f"more than {self.ds.max_returned_rows} rows"
            raise DatasetteError(f"{rows}: add a LIMIT, and an OFFSET for the rest", status=400)
        return results

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Return how many rows the tables have that are shown, None if that takes too long."""
        return {
            table: None if is_hidden(table) else await self._count_rows(table, limit)
            for table in await self.table_names()
        }

    async def _count_rows(self, table: str, limit: int) -> int | None:
        counted = f"SELECT count(*) FROM {escape_sqlite(table)}"
        try:
            results = await self.execute(counted, custom_time_limit=limit)
        except (QueryInterrupted, sqlite3.DatabaseError):
            return None
        return int(results.rows[0][0])

    async def latest_values(
        self, sql: str, parameters: Any, column: str, count: int, time_limit_ms: int
    ) -> list[Any]:
        """Return the greatest values of a column of a query, and how many rows have each."""
        name = escape_sqlite(column)
        counted = (
            f"SELECT {name} AS value, count(*) AS count FROM ({sql}) WHERE {name} IS NOT NULL"
            f" GROUP BY {name} ORDER BY {name} DESC LIMIT {count}"
        )
        results = await self.execute(
            counted, parameters, truncate=False, custom_time_limit=time_limit_ms
        )
        return list(results.rows)


def bound_heap() -> None:
    """Bound the heap of SQLite in this process; the bound can only be lowered."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA hard_heap_limit = {HEAP_BYTES}")
    connection.close()


def weighed(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return the rows. Raises AnswerTooLarge if they hold more than one answer may."""
    spent = 0
    for row in rows:
        spent += size_of(row.values())
        if spent > RESULT_BYTES:
            raise AnswerTooLarge
        yield row


def _within_memory(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except MemoryError as error:
        raise AnswerTooLarge from error
