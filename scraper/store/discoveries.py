"""The tables ``discoveries`` and ``link_lists``: runs of `sources discover`, and what they read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.store.database import write_transaction

RECORD_LINK_LIST = """
INSERT INTO link_lists (
    url, province_code, links, reason, fingerprint, read_at, due_at, attempts, run
) VALUES (
    :url, :province_code, :links, :reason, :fingerprint, :read_at, :due_at, 1, :run
) ON CONFLICT (url) DO UPDATE SET
    province_code = excluded.province_code,
    links = iif(excluded.reason IS NULL, excluded.links, links),
    fingerprint = coalesce(excluded.fingerprint, fingerprint),
    attempts = iif((reason IS NULL) = (excluded.reason IS NULL), attempts + 1, 1),
    reason = excluded.reason,
    read_at = excluded.read_at,
    due_at = excluded.due_at,
    run = excluded.run
"""


def start_discovery(db: Database, provinces: Iterable[str], moment: datetime) -> int:
    """Open a discovery in some provinces (codes) and return its id.

    One that a kill left open is closed first. The caller holds the lock of the database.
    """
    with write_transaction(db):
        db.execute(
            "UPDATE discoveries SET state = 'interrupted', finished_at = ?,"
            " error = 'the process was killed' WHERE state = 'running'",
            [to_utc_iso(moment)],
        )
        row = {
            "started_at": to_utc_iso(moment),
            "state": "running",
            "scope": " ".join(provinces),
        }
        run = db.table("discoveries").insert(row).last_rowid
    assert run is not None
    return run


def finish_discovery(
    db: Database, run: int, state: str, moment: datetime, error: str | None = None
) -> None:
    """Close a discovery as done, partial, failed or interrupted."""
    with write_transaction(db):
        db.execute(
            "UPDATE discoveries SET state = ?, finished_at = ?, error = ? WHERE id = ?",
            [state, to_utc_iso(moment), error, run],
        )


def count_costs(db: Database, run: int, lookups: int, requests: int, size: int) -> None:
    """Store what a discovery has cost so far. The caller holds the transaction."""
    db.execute(
        "UPDATE discoveries SET lookups = ?, requests = ?, bytes = ? WHERE id = ?",
        [lookups, requests, size, run],
    )


def note_guesses_left(db: Database, run: int, count: int) -> None:
    """Store how many usual names were left to another night."""
    with write_transaction(db):
        db.execute("UPDATE discoveries SET guesses_left = ? WHERE id = ?", [count, run])


def read_discovery(db: Database, run: int) -> dict[str, Any]:
    """Return the row of a discovery."""
    return next(iter(db.query("SELECT * FROM discoveries WHERE id = ?", [run])))


def last_discovery(db: Database) -> dict[str, Any] | None:
    """Return the row of the latest discovery, None if there is none."""
    return next(iter(db.query("SELECT * FROM discoveries ORDER BY id DESC LIMIT 1")), None)


def record_link_list(db: Database, row: Mapping[str, Any]) -> None:
    """Store how the reading of a portal's or paper's links ended. The caller holds the transaction.

    A list that can no longer be read keeps the number of links that it had.
    """
    db.execute(RECORD_LINK_LIST, dict(row))


def link_lists(db: Database, urls: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the rows of link lists by URL; those never read are left out."""
    rows = db.query("SELECT * FROM link_lists")
    return {row["url"]: row for row in rows if row["url"] in urls}


def list_urls(db: Database) -> dict[str, str]:
    """Return the URLs of link lists by the fingerprint of their home page."""
    rows = db.execute("SELECT fingerprint, url FROM link_lists WHERE fingerprint NOT NULL")
    return dict(rows.fetchall())
