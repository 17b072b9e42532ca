"""How far the recovery of a source from web archives is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class RecoveryProgress:
    """The plan of a source in numbers: ``waiting`` + ``settled`` = ``captures``.

    ``queries`` of the indexes of web archives were sent, ``unfinished`` of them have more lines.
    """

    captures: int
    waiting: int
    queries: int
    unfinished: int

    @property
    def settled(self) -> int:
        """The captures that have an outcome."""
        return self.captures - self.waiting


def read_recovery(db: Database, source: str) -> RecoveryProgress | None:
    """Return how far the recovery of a source is, None if nobody asked for one."""
    queries, unfinished = db.execute(
        "SELECT count(*), count(*) - count(finished_at) FROM recovery_queries WHERE source = ?",
        [source],
    ).fetchone()
    if not queries:
        return None
    captures, waiting = db.execute(
        "SELECT count(*), count(*) - count(outcome) FROM archived_captures WHERE source = ?",
        [source],
    ).fetchone()
    return RecoveryProgress(captures, waiting, queries, unfinished)


def count_recovery_outcomes(db: Database, source: str) -> list[dict[str, Any]]:
    """Count the captures of a source by ``outcome`` and ``reason``; those that wait have none."""
    sql = (
        "SELECT outcome, reason, count(*) AS captures FROM archived_captures WHERE source = ?"
        " GROUP BY outcome, reason ORDER BY outcome, captures DESC"
    )
    return list(db.query(sql, [source]))


def open_recoveries(db: Database) -> Mapping[str, RecoveryProgress]:
    """Return how far each recovery is that has begun and is not at its end, by source."""
    rows = db.execute(
        "SELECT source FROM recovery_queries WHERE finished_at IS NULL"
        " UNION SELECT slug FROM sources WHERE EXISTS (SELECT 1 FROM archived_captures"
        " WHERE source = slug AND outcome IS NULL) ORDER BY 1"
    )
    found = {slug: read_recovery(db, slug) for (slug,) in rows.fetchall()}
    return {slug: progress for slug, progress in found.items() if progress is not None}
