"""Readings of pages by their keys, in a database that lasts as long as its connection.

SQLite keeps it in a file without a name, which the system removes when the process ends.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]


class SpooledReadings:
    """Rows that are put in in any order, and asked for by the key of a page."""

    def __init__(self) -> None:
        self.db = Database(sqlite3.connect(""))
        self.db.execute("PRAGMA journal_mode = OFF")
        self.db.execute("CREATE TABLE readings (url_key TEXT NOT NULL, row TEXT NOT NULL)")
        self.is_indexed = False

    def add(self, rows: Iterable[Row]) -> None:
        """Put rows in; each has a ``url_key``."""
        self.db.conn.executemany(
            "INSERT INTO readings VALUES (?, ?)",
            ((row["url_key"], json.dumps(row)) for row in rows),
        )
        self.db.conn.commit()

    def of_page(self, url_key: str) -> list[Row]:
        """Return the rows of a page in the order in which they were put in."""
        if not self.is_indexed:
            self.db.execute("CREATE INDEX readings_page ON readings(url_key)")
            self.is_indexed = True
        found = self.db.execute(
            "SELECT row FROM readings WHERE url_key = ? ORDER BY rowid", [url_key]
        )
        return [json.loads(row) for (row,) in found.fetchall()]
