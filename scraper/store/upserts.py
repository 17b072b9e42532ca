"""Parts of SQL that write the rows of a shard, attached as ``shard``, if they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlite_utils import Database

CHUNK = 20_000
"""Rows that are written in one transaction."""


def key_ranges(db: Database, table: str, key: str) -> Iterator[tuple[object, object]]:
    """Yield the first and last keys of so many staged rows at a time."""
    after: object = "" if key == "url_key" else 0
    while True:
        row = db.execute(
            f"SELECT min({key}), max({key}) FROM (SELECT {key} FROM shard.{table}"
            f" WHERE {key} > ? ORDER BY {key} LIMIT ?)",
            [after, CHUNK],
        ).fetchone()
        if row[0] is None:
            return
        yield row
        after = row[1]


def write_rows(db: Database, sql: str, values: dict[str, Any]) -> int:
    """Execute a statement; returns how many rows it wrote."""
    return max(db.execute(sql, values).rowcount, 0)


def column_names(columns: Sequence[str]) -> str:
    """Return columns as SQL names them."""
    return ", ".join(f'"{name}"' for name in columns)


def columns_in(table: str, columns: Sequence[str]) -> str:
    """Return columns of a table, or of another name for it."""
    return ", ".join(f'{table}."{name}"' for name in columns)


def assignments(columns: Sequence[str]) -> str:
    """Return what an upsert sets to the values of the shard."""
    return ", ".join(f'"{name}" = excluded."{name}"' for name in columns)


def is_other(table: str, columns: Sequence[str]) -> str:
    """Return the condition that the row of the shard is not the one that is stored."""
    return f"({columns_in('excluded', columns)}) IS NOT ({columns_in(table, columns)})"
