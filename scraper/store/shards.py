"""Which shard of a crawl a database is: that of its last run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from scraper.base.shard import WHOLE, Shard

LAST_SHARD = (
    "SELECT shard FROM runs WHERE shard NOT NULL"
    " OR EXISTS (SELECT 1 FROM run_sources WHERE run = runs.id) ORDER BY id DESC LIMIT 1"
)
"""A run that was skipped has neither: it says nothing of the shard."""


def recorded_shard(database: Path) -> Shard | None:
    """Return the shard that a database last was, ``1/1`` for a whole crawl.

    Returns None if no run has been made, or the file cannot be read: whatever needs it says so.
    Nothing is written: a database of an older version has no shard yet.
    """
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
            row = db.execute(LAST_SHARD).fetchone()
    except sqlite3.Error as error:
        is_older = "no such column" in str(error)
        return WHOLE if is_older else None
    if row is None:
        return None
    return Shard.parse(row[0]) if row[0] else WHOLE
