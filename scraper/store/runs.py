"""The tables ``runs`` and ``run_sources``: each run, and its counts for each source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.base.errors import UsageError
from scraper.base.shard import Shard
from scraper.store.database import write_transaction
from scraper.store.outcomes import defer_pending

ZERO_ITEMS = "zero_items"
"""The error of a run whose lists linked to no article, for a source that has articles."""


def start_run(
    db: Database,
    trigger: str,
    sources: Iterable[str],
    moment: datetime,
    shard: Shard | None = None,
) -> int:
    """Open a run over the sources (slugs) and return its id.

    ``trigger`` is manual, schedule or catch-up; ``shard`` is None for a whole crawl. A run that a
    kill left open is closed first, as interrupted. The caller holds the lock of the database, so
    none can really be running.
    """
    close_left_open(db, moment, "the process was killed")
    with write_transaction(db):
        row = {
            "started_at": to_utc_iso(moment),
            "trigger": trigger,
            "state": "running",
            "shard": str(shard) if shard else None,
        }
        run = db.table("runs").insert(row).last_rowid
        assert run is not None
        db.table("run_sources").insert_all({"run": run, "source": slug} for slug in sources)
    return run


def close_left_open(db: Database, moment: datetime, error: str | None) -> None:
    """Close what a killed process left open, as interrupted. The caller holds the lock."""
    with write_transaction(db):
        for (run,) in db.execute("SELECT id FROM runs WHERE state = 'running'").fetchall():
            _close(db, run, "interrupted", moment, error)


def finish_run(
    db: Database, run: int, state: str, moment: datetime, error: str | None = None
) -> None:
    """Close a run as done, partial, failed or interrupted; what is pending becomes deferred."""
    with write_transaction(db):
        _close(db, run, state, moment, error)


def set_run_error(db: Database, run: int | None, error: str) -> None:
    """Store why a run ended early, if the run itself stored no error."""
    with write_transaction(db):
        db.execute("UPDATE runs SET error = coalesce(error, ?) WHERE id = ?", [error, run])


def count_traffic(
    db: Database, run: int, source: str, requests: int, size: int, seconds: float
) -> None:
    """Add requests sent, bytes received and seconds taken to a source's counts of this run."""
    with write_transaction(db):
        db.execute(
            "UPDATE run_sources SET requests = requests + ?, bytes = bytes + ?,"
            " seconds = seconds + ? WHERE run = ? AND source = ?",
            [requests, size, seconds, run, source],
        )


def set_source_error(db: Database, run: int, source: str, error: str) -> None:
    """Record why a source could not be crawled in this run."""
    with write_transaction(db):
        db.execute(
            "UPDATE run_sources SET error = ? WHERE run = ? AND source = ?", [error, run, source]
        )


def note_zero_items(db: Database, run: int, source: str) -> None:
    """Store an error for lists without links to articles, if the source has only old ones."""
    with write_transaction(db):
        db.execute(
            "UPDATE run_sources SET error = coalesce(error, ?) WHERE run = ? AND source = ?"
            ' AND "new" = 0 AND EXISTS (SELECT 1 FROM articles WHERE articles.source = ?)',
            [ZERO_ITEMS, run, source, source],
        )


def note_yield(
    db: Database, run: int, source: str, names_articles: bool, missing: str | None
) -> None:
    """Store whether lists linked to articles, and which parts of the source's entry found nothing.

    ``missing`` is None if that was not checked.
    """
    with write_transaction(db):
        db.execute(
            "UPDATE run_sources SET names_articles = ?, missing = ? WHERE run = ? AND source = ?",
            [names_articles, missing, run, source],
        )


def add_missing(db: Database, run: int, source: str, missing: str) -> None:
    """Add a part of a source's entry that found nothing in a run."""
    with write_transaction(db):
        db.execute(
            "UPDATE run_sources SET missing = iif(coalesce(missing, '') = '', ?2,"
            " missing || '; ' || ?2) WHERE run = ?3 AND source = ?1",
            [source, missing, run],
        )


def set_site_name(db: Database, run: int, source: str, name: str) -> None:
    """Record what the site called itself in this run. The caller holds the transaction."""
    db.execute(
        "UPDATE run_sources SET site_name = ? WHERE run = ? AND source = ?", [name, run, source]
    )


def list_runs(db: Database, limit: int = 20) -> list[dict[str, Any]]:
    """The latest runs, newest first, each as a row of ``runs`` with ``found``.

    ``found`` counts the articles that the run saw, once each.
    """
    sql = (
        'SELECT runs.*, (SELECT coalesce(sum("new" + updated + unchanged), 0)'
        " FROM run_sources WHERE run = id) AS found FROM runs ORDER BY id DESC LIMIT ?"
    )
    return list(db.query(sql, [limit]))


def first_start(db: Database) -> datetime | None:
    """When the first run began; None if there was none."""
    row = db.execute("SELECT started_at FROM runs ORDER BY id LIMIT 1").fetchone()
    return datetime.fromisoformat(row[0]) if row else None


def nightly_runs(db: Database) -> list[dict[str, Any]]:
    """The 20 runs that ended last, the latest first, as rows of ``runs``.

    Manual runs are among them only if there is no other.
    """
    sql = (
        "SELECT * FROM runs WHERE finished_at IS NOT NULL AND (trigger <> 'manual' OR NOT EXISTS"
        " (SELECT 1 FROM runs WHERE finished_at IS NOT NULL AND trigger <> 'manual'))"
        " ORDER BY finished_at DESC, id DESC LIMIT 20"
    )
    return list(db.query(sql))


def last_ended(db: Database) -> dict[str, Any] | None:
    """Return the run that ended last, whatever triggered it, as a row of ``runs``."""
    sql = "SELECT * FROM runs WHERE finished_at IS NOT NULL ORDER BY finished_at DESC, id DESC"
    return next(iter(db.query(f"{sql} LIMIT 1")), None)


def read_run(db: Database, run: int) -> dict[str, Any] | None:
    """One run as a row of ``runs`` with its ``sources`` (rows of ``run_sources``), or None.

    ``found`` of the run and of each source counts the articles that it saw, once each.
    """
    row = next(iter(db.query("SELECT * FROM runs WHERE id = ?", [run])), None)
    if row is not None:
        row["sources"] = list(
            db.query("SELECT * FROM run_sources WHERE run = ? ORDER BY source", [run])
        )
        for source in row["sources"]:
            source["found"] = source["new"] + source["updated"] + source["unchanged"]
        row["found"] = sum(source["found"] for source in row["sources"])
    return row


def end_of_run(db: Database, run: int) -> str:
    """Return when a run ended. Raises UsageError if there is no such run, or it has not ended."""
    row = db.execute("SELECT finished_at FROM runs WHERE id = ?", [run]).fetchone()
    if row is None:
        raise UsageError(f"there is no run {run}: `tinhuyen runs` lists them")
    if row[0] is None:
        raise UsageError(f"run {run} has not ended: name an earlier one")
    return str(row[0])


def latest_run_sources(db: Database) -> list[dict[str, Any]]:
    """Return the rows of ``run_sources`` of the latest run."""
    sql = "SELECT * FROM run_sources WHERE run = (SELECT max(run) FROM run_sources)"
    return list(db.query(sql))


def runs_of_source(db: Database, slug: str, limit: int) -> list[dict[str, Any]]:
    """Return the latest rows of ``run_sources`` of a source with ``started_at`` and ``state``."""
    sql = (
        "SELECT runs.started_at, runs.state, run_sources.* FROM run_sources"
        " JOIN runs ON runs.id = run WHERE source = ? ORDER BY run DESC LIMIT ?"
    )
    return list(db.query(sql, [slug, limit]))


def add_reasons(db: Database, run: int, sources: Iterable[dict[str, Any]]) -> None:
    """Give each row of ``run_sources`` its ``reasons``: outcome → reason → pages, most first.

    Only outcomes that stored nothing have them. Pages that a later run has settled again count as
    ``settled_again``, since a page keeps only its latest reason; lists, of which most have none
    and all are read in each run, are left out then.
    """
    counted: dict[str, dict[str, dict[str | None, int]]] = {}
    rows = db.execute(
        "SELECT source, outcome, reason, count(*) FROM pages WHERE run = ?"
        " AND outcome NOT IN ('new', 'updated', 'unchanged', 'duplicate')"  # as in pages_reasons
        " AND reason IS NOT 'guessed'"
        " GROUP BY source, outcome, reason"
        " ORDER BY count(*) DESC, reason",
        [run],
    ).fetchall()
    for source, outcome, reason, count in rows:
        counted.setdefault(source, {}).setdefault(outcome, {})[reason] = count
    for row in sources:
        row["reasons"] = {}
        for outcome in Outcome:
            if outcome.is_stored or not row[outcome]:
                continue
            reasons = counted.get(row["source"], {}).get(outcome, {})
            later = row[outcome] - sum(reasons.values())
            named = {reason: count for reason, count in reasons.items() if reason is not None}
            if later > 0 and outcome is not Outcome.LISTING:
                named["settled_again"] = later
            if named:
                row["reasons"][outcome.value] = named


def latest_runs(db: Database) -> dict[str, datetime]:
    """When each source's latest run that came to an end began, by slug; aware, in UTC.

    A source whose runs were all interrupted has its first one long ago: it is due again. A run that
    left a dark source out counts: the source is not due again before the next start.
    """
    rows = db.execute(
        "SELECT source, max(CASE WHEN state IN ('done', 'partial', 'failed')"
        " THEN started_at ELSE '1970-01-01T00:00:00Z' END)"
        " FROM (SELECT run, source FROM run_sources"
        " UNION ALL SELECT run, source FROM skipped_sources)"
        " JOIN runs ON runs.id = run GROUP BY source"
    )
    return {slug: datetime.fromisoformat(started) for slug, started in rows.fetchall()}


def last_activity(db: Database) -> datetime | None:
    """Return when a run last began or ended; aware, in UTC. None if there is no run."""
    latest = db.execute("SELECT max(coalesce(finished_at, started_at)) FROM runs").fetchone()[0]
    return datetime.fromisoformat(latest) if latest else None


def record_skip(db: Database, trigger: str, reason: str, start: datetime, end: datetime) -> None:
    """Record that a run was due and did not take place, as a failed one without sources."""
    with write_transaction(db):
        db.table("runs").insert(
            {
                "started_at": to_utc_iso(start),
                "finished_at": to_utc_iso(end),
                "trigger": trigger,
                "state": "failed",
                "error": reason,
            }
        )


def _close(db: Database, run: int, state: str, moment: datetime, error: str | None) -> None:
    defer_pending(db, run, "interrupted" if state == "interrupted" else "budget", moment)
    db.execute(
        "UPDATE runs SET state = ?, finished_at = ?, error = ?,"
        " (discovered, new, updated, failed) = (SELECT coalesce(sum(discovered), 0),"
        ' coalesce(sum("new"), 0), coalesce(sum(updated), 0), coalesce(sum(failed), 0)'
        " FROM run_sources WHERE run = runs.id) WHERE id = ?",
        [state, to_utc_iso(moment), error, run],
    )
