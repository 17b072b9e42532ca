"""The rows of ``pages`` that an import compares with and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso


@dataclass(frozen=True, slots=True)
class LastState:
    """When an address was last seen (ISO 8601, UTC; "" if never), and the hash of its body.

    ``is_pending`` is True if a run discovered it and has not fetched it.
    """

    seen_at: str
    body_hash: str
    is_pending: bool


def last_state(db: Database, url_key: str) -> LastState | None:
    """Return when an address, or the article that it shows, was last seen; None if unknown."""
    row = db.execute(
        "SELECT outcome, run, settled_at, fetched_at, body_hash, last_seen_at FROM pages"
        " LEFT JOIN articles ON articles.id = pages.article WHERE url_key = ?",
        [url_key],
    ).fetchone()
    if row is None:
        return None
    outcome, run, settled_at, fetched_at, body_hash, last_seen_at = row
    is_pending = outcome in (None, Outcome.DEFERRED) and run is not None
    settled = settled_at if run is not None else fetched_at
    return LastState(max(settled or "", last_seen_at or ""), body_hash or "", is_pending)


def set_import_times(db: Database, url_key: str, moment: datetime, *, keeps_due: bool) -> None:
    """Set when an imported page was first seen; an import is settled when the page was fetched.

    A page whose address nobody knows is never due (``keeps_due`` False).
    """
    db.execute(
        "UPDATE pages SET first_seen_at = min(first_seen_at, ?),"
        " settled_at = iif(run IS NULL, fetched_at, settled_at),"
        " due_at = iif(?, due_at, NULL) WHERE url_key = ?",
        [to_utc_iso(moment), keeps_due, url_key],
    )
