"""How far a recovery from web archives is: counts of its plan, and an estimate of what is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from scraper.store.recovery import Span


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many captures of a service ended so; ``outcome`` is None for those that wait."""

    service: str
    outcome: str | None
    reason: str | None
    captures: int


@dataclass(frozen=True, slots=True)
class QueryCounts:
    """What the index of a service was asked for a source.

    ``captures`` is the number of rows that its lines added to the plan: ``lines`` less
    ``repeated`` and ``outside``. ``waiting`` counts queries that were not read to their end.
    """

    service: str
    queries: int
    waiting: int
    lines: int
    broken: int
    repeated: int
    outside: int
    captures: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is left to fetch from a service: captures, and the bytes of their records."""

    captures: int = 0
    size: int = 0


def outcome_counts(db: Database, source: str) -> Iterator[OutcomeCount]:
    """Count the captures of a source in the plan, by service, outcome and reason."""
    rows = db.execute(
        "SELECT service, outcome, iif(outcome IS NULL, NULL, reason) AS why, count(*)"
        " FROM archived_captures WHERE source = ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [source],
    )
    yield from (OutcomeCount(*row) for row in rows.fetchall())


def query_counts(db: Database, source: str) -> Iterator[QueryCounts]:
    """Count what the indexes were asked for a source, by service."""
    rows = db.execute(
        "SELECT service, count(*), total(finished_at IS NULL), total(lines), total(broken),"
        " total(repeated), total(outside), total(lines) - total(repeated) - total(outside)"
        " FROM recovery_queries WHERE source = ? GROUP BY 1 ORDER BY 1",
        [source],
    )
    yield from (QueryCounts(service, *map(int, rest)) for service, *rest in rows.fetchall())


def estimate(db: Database, source: str, service: str, span: Span) -> Estimate:
    """Return what a recovery would fetch from a service: each digest once, if it is not here."""
    captures, size = db.execute(
        "SELECT count(*), total(size) FROM (SELECT max(length) AS size FROM archived_captures"
        " WHERE source = :source AND service = :service AND outcome IS NULL"
        " AND captured_at BETWEEN :since AND :until AND (digest = '' OR rank = 0 OR digest NOT IN"
        " (SELECT digest FROM archived_captures WHERE source = :source AND capture IS NOT NULL))"
        " GROUP BY iif(digest = '' OR rank = 0, id, digest))",
        {"source": source, "service": service, "since": span.since, "until": span.until},
    ).fetchone()
    return Estimate(captures, int(size))


def waiting_counts(
    db: Database, source: str, service: str, span: Span, asked: tuple[str, str]
) -> tuple[int, int]:
    """Return how many captures, and how many queries of its index, wait for a service.

    ``asked`` are the times of the queries, as the plan has them.
    """
    row: tuple[int, int] = db.execute(
        "SELECT (SELECT count(*) FROM archived_captures WHERE source = :source"
        " AND service = :service AND outcome IS NULL AND captured_at BETWEEN :since AND :until),"
        " (SELECT count(*) FROM recovery_queries WHERE source = :source AND service = :service"
        " AND finished_at IS NULL AND since = :asked_since AND until = :asked_until)",
        {
            "source": source,
            "service": service,
            "since": span.since,
            "until": span.until,
            "asked_since": asked[0],
            "asked_until": asked[1],
        },
    ).fetchone()
    return row
