"""Runs: when each began and ended, and what it did for each source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from scraper.clock import stamp
from scraper.store.database import writing
from scraper.store.pages import defer_pending


def start_run(db: Database, trigger: str, sources: Iterable[str], moment: datetime) -> int:
    """Open a run over the sources (slugs) and return its id.

    ``trigger`` is manual, schedule or catch-up. A run that a kill left open is closed first, as
    interrupted. The caller holds the lock of the database, so none can really be running.
    """
    with writing(db):
        for (left_open,) in db.execute("SELECT id FROM runs WHERE state = 'running'").fetchall():
            _close(db, left_open, "interrupted", moment, "the process was killed")
        run = db.execute(
            "INSERT INTO runs (started_at, trigger, state) VALUES (?, ?, 'running')",
            [stamp(moment), trigger],
        ).lastrowid
        assert run is not None
        for slug in sources:
            db.execute("INSERT INTO run_sources (run, source) VALUES (?, ?)", [run, slug])
    return run


def finish_run(
    db: Database, run: int, state: str, moment: datetime, error: str | None = None
) -> None:
    """Close a run as done, partial, failed or interrupted; what is pending becomes deferred."""
    with writing(db):
        _close(db, run, state, moment, error)


def count_traffic(
    db: Database, run: int, source: str, requests: int, size: int, seconds: float
) -> None:
    """Add what a source cost in this run: requests sent, bytes received, seconds taken."""
    with writing(db):
        db.execute(
            "UPDATE run_sources SET requests = requests + ?, bytes = bytes + ?,"
            " seconds = seconds + ? WHERE run = ? AND source = ?",
            [requests, size, seconds, run, source],
        )


def set_source_error(db: Database, run: int, source: str, error: str) -> None:
    """Record why a source could not be crawled in this run."""
    with writing(db):
        db.execute(
            "UPDATE run_sources SET error = ? WHERE run = ? AND source = ?", [error, run, source]
        )


def list_runs(db: Database, limit: int = 20) -> list[dict[str, Any]]:
    """The latest runs, newest first, each as a row of ``runs``."""
    return list(db.query("SELECT * FROM runs ORDER BY id DESC LIMIT ?", [limit]))


def read_run(db: Database, run: int) -> dict[str, Any] | None:
    """One run as a row of ``runs`` with its ``sources`` (rows of ``run_sources``), or None."""
    row = next(iter(db.query("SELECT * FROM runs WHERE id = ?", [run])), None)
    if row is not None:
        row["sources"] = list(
            db.query("SELECT * FROM run_sources WHERE run = ? ORDER BY source", [run])
        )
    return row


def last_start(db: Database) -> datetime | None:
    """When the latest run began, aware, in UTC; None where none ever did."""
    row = db.execute("SELECT max(started_at) FROM runs").fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def record_skip(db: Database, trigger: str, reason: str, moment: datetime) -> None:
    """Record a run that was due and did not take place, as a failed one without sources."""
    with writing(db):
        db.execute(
            "INSERT INTO runs (started_at, finished_at, trigger, state, error)"
            " VALUES (?, ?, ?, 'failed', ?)",
            [stamp(moment), stamp(moment), trigger, reason],
        )


def _close(db: Database, run: int, state: str, moment: datetime, error: str | None) -> None:
    defer_pending(db, run, "interrupted" if state == "interrupted" else "budget", moment)
    db.execute(
        "UPDATE runs SET state = ?, finished_at = ?, error = ?,"
        " (discovered, new, updated, failed) = (SELECT coalesce(sum(discovered), 0),"
        ' coalesce(sum("new"), 0), coalesce(sum(updated), 0), coalesce(sum(failed), 0)'
        " FROM run_sources WHERE run = runs.id) WHERE id = ?",
        [state, stamp(moment), error, run],
    )
