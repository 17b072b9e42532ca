"""Counts and short lists of files: how they ended in a run, what waits, and what failed and why."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.store.pages import outcomes_in_sql

TROUBLE = outcomes_in_sql(lambda outcome: outcome.is_trouble)


def files_of_run(db: Database, run: int) -> list[dict[str, Any]]:
    """Return how the files of a run ended: rows of ``run_files``."""
    sql = "SELECT * FROM run_files WHERE run = ? ORDER BY source, kind, files DESC, outcome, reason"
    return list(db.query(sql, [run]))


def add_file_counts(db: Database, run: int, sources: list[dict[str, Any]]) -> None:
    """Give each row of ``run_sources`` its ``files``: rows of ``run_files`` of this run."""
    counted: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in files_of_run(db, run):
        del row["run"]
        counted[row.pop("source")].append(row)
    for source in sources:
        source["files"] = counted.get(source["source"], [])


def waiting_files(db: Database, moment: datetime) -> dict[str, dict[str, int]]:
    """Return how many files of each source are due at a moment, by kind."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    rows = db.execute(
        "SELECT source, kind, count(*) FROM files WHERE due_at <= ? GROUP BY source, kind",
        [to_utc_iso(moment)],
    )
    for source, kind, count in rows.fetchall():
        found[source][kind] = count
    return dict(found)


def count_files(db: Database, source: str) -> list[dict[str, Any]]:
    """Count the files of a source by kind, outcome (None: waiting) and reason, the most first."""
    sql = (
        "SELECT kind, outcome, reason, count(*) AS files FROM files WHERE source = ?"
        " GROUP BY kind, outcome, reason ORDER BY kind, files DESC"
    )
    return list(db.query(sql, [source]))


def count_texts(db: Database, source: str) -> list[dict[str, Any]]:
    """Count the attachments of a source whose text is missing or incomplete, by reason."""
    sql = (
        "SELECT file_texts.reason, count(*) AS files FROM files JOIN file_texts USING (digest)"
        " WHERE source = ? AND kind = 'attachment' AND file_texts.reason IS NOT NULL"
        " GROUP BY 1 ORDER BY files DESC"
    )
    return list(db.query(sql, [source]))


def list_file_troubles(db: Database, source: str, limit: int) -> list[dict[str, Any]]:
    """Return files of a source that could not be fetched or read."""
    sql = (
        "SELECT url, kind, article, outcome, reason, http_status, fetched_at FROM files"
        f" WHERE source = ? AND outcome IN {TROUBLE} LIMIT ?"
    )
    return list(db.query(sql, [source, limit]))


def count_file_troubles(db: Database, limit: int) -> list[dict[str, Any]]:
    """Count the files that could not be fetched or read by source, kind, outcome and reason."""
    sql = (
        "SELECT source, name, files.kind, outcome, reason, count(*) AS files"
        f" FROM files JOIN sources ON slug = source WHERE outcome IN {TROUBLE}"
        " GROUP BY source, files.kind, outcome, reason ORDER BY count(*) DESC LIMIT ?"
    )
    return list(db.query(sql, [limit]))
