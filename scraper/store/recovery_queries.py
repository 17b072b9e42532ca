"""The table ``recovery_queries``: what the indexes of web archives are asked for, and how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso

ASK_AGAIN_AFTER = timedelta(days=30)
"""An index that was read to its end is read again after this time: archives grow."""


@dataclass(frozen=True, slots=True)
class WaitingQuery:
    """A query that was not read to its end; ``since`` and ``until`` are "" without limit.

    ``asked_at`` is None if it was never sent.
    """

    id: int
    service: str
    collection: str
    url: str
    match: str
    since: str
    until: str
    named_by: str | None
    resume_at: str | None
    asked_at: str | None


@dataclass(frozen=True, slots=True)
class QueryProgress:
    """What a batch of lines adds to a query; ``resume_at`` is None after the last one."""

    lines: int
    broken: int
    repeated: int
    outside: int
    resume_at: str | None


WAITING_COLUMNS = ", ".join(one.name for one in fields(WaitingQuery))


@dataclass(frozen=True, slots=True)
class QueryKey:
    """What a query asks of which index."""

    source: str
    service: str
    url: str
    match: str
    collection: str = ""
    since: str = ""
    until: str = ""


def add_query(db: Database, key: QueryKey, named_by: str | None = None) -> None:
    """Add a query to the plan, unless it is there. The caller holds the transaction."""
    db.execute(
        "INSERT OR IGNORE INTO recovery_queries"
        " (source, service, url, match, collection, since, until, named_by) VALUES"
        " (:source, :service, :url, :match, :collection, :since, :until, :named_by)",
        asdict(key) | {"named_by": named_by},
    )


def reopen_queries(db: Database, source: str, moment: datetime) -> None:
    """Let queries of whole sites that were answered long ago be sent again.

    One of a collection among several is not: such a collection does not grow. The caller holds
    the transaction.
    """
    db.execute(
        "UPDATE recovery_queries SET finished_at = NULL, resume_at = NULL, asked_at = NULL"
        " WHERE source = ? AND finished_at < ? AND named_by IS NULL AND collection = ''",
        [source, to_utc_iso(moment - ASK_AGAIN_AFTER)],
    )


def next_query(
    db: Database,
    source: str,
    services: Sequence[str],
    span: tuple[str, str],
    *,
    is_named: bool,
    has_failed: bool = False,
) -> WaitingQuery | None:
    """Return a query of one of the services that was not read to its end, or None.

    ``is_named`` selects those that pages of the archive led to, else those of whole sites, and
    ``has_failed`` those that could not be answered the last time. ``span`` are the times that are
    asked for now.
    """
    marks = ", ".join("?" * len(services))
    named = "IS NOT NULL" if is_named else "IS NULL"
    failed = "IS NOT NULL" if has_failed else "IS NULL"
    row = db.execute(
        f"SELECT {WAITING_COLUMNS} FROM recovery_queries WHERE source = ? AND finished_at IS NULL"
        f" AND service IN ({marks}) AND named_by {named} AND reason {failed}"
        " AND since = ? AND until = ?"
        " ORDER BY id LIMIT 1",
        [source, *services, *span],
    ).fetchone()
    return WaitingQuery(*row) if row else None


def note_batch(db: Database, query: int, progress: QueryProgress, moment: datetime) -> None:
    """Store how far a query was read. The caller holds the transaction of its captures."""
    db.execute(
        "UPDATE recovery_queries SET lines = lines + :lines, broken = broken + :broken,"
        " repeated = repeated + :repeated, outside = outside + :outside, resume_at = :resume_at,"
        " asked_at = :moment, finished_at = iif(:resume_at IS NULL, :moment, NULL), reason = NULL"
        " WHERE id = :id",
        {
            "lines": progress.lines,
            "broken": progress.broken,
            "repeated": progress.repeated,
            "outside": progress.outside,
            "resume_at": progress.resume_at,
            "moment": to_utc_iso(moment),
            "id": query,
        },
    )


def finish_query(db: Database, query: int, moment: datetime) -> None:
    """Store that a query needs no answer: others ask the same. The caller holds the transaction."""
    db.execute(
        "UPDATE recovery_queries SET asked_at = :moment, finished_at = :moment WHERE id = :id",
        {"moment": to_utc_iso(moment), "id": query},
    )


def note_problem(db: Database, query: int, reason: str) -> None:
    """Store why a query could not be read to its end. The caller holds the transaction."""
    db.execute("UPDATE recovery_queries SET reason = ? WHERE id = ?", [reason, query])
