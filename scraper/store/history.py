"""What the tables tell of a source's past: the material of its verdict."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from sqlite_utils import Database

from pipelines.page import Outcome
from scraper.clock import stamp
from scraper.health import Fill, Night, Record

NIGHTS = 14
NEWEST = 20
EARLIER = 200
"""Runs, and articles of either age, that a verdict looks at."""

HALF_YEAR = timedelta(weeks=26)
FORTNIGHT = timedelta(weeks=2)
FIELDS = ("title", "lede", "author", "published_at", "section")


def read_record(db: Database, slug: str, moment: datetime) -> Record:
    """The record of a source up to a moment."""
    state = db.execute("SELECT state FROM sources WHERE slug = ?", [slug]).fetchone()
    return Record(
        state=state[0] if state else "unknown",
        nights=_nights(db, slug),
        recent=_published(db, slug, moment - FORTNIGHT, moment),
        weekly=_published(db, slug, moment - FORTNIGHT - HALF_YEAR, moment - FORTNIGHT) / 26,
        fill_now=_fill(db, slug, NEWEST, 0),
        fill_before=_fill(db, slug, EARLIER, NEWEST),
    )


def last_outcomes(db: Database, slug: str) -> dict[str, int]:
    """How many addresses of a source had each outcome in its latest run, those with none left."""
    sql = "SELECT * FROM run_sources WHERE source = ? ORDER BY run DESC LIMIT 1"
    row = next(iter(db.query(sql, [slug])), {})
    return {outcome: row[outcome] for outcome in Outcome if row.get(outcome)}


def _nights(db: Database, slug: str) -> list[Night]:
    rows = db.query(
        "SELECT runs.started_at, run_sources.* FROM run_sources JOIN runs ON runs.id = run"
        " WHERE source = ? AND state <> 'running' ORDER BY run DESC LIMIT ?",
        [slug, NIGHTS],
    )
    return [
        Night(
            started_at=datetime.fromisoformat(row["started_at"]),
            read=row["new"] + row["updated"] + row["unchanged"] + row["duplicate"] + row["listing"],
            listings=row["listing"],
            articles=row["new"] + row["updated"],
            blocked=row["blocked"],
            failed=row["failed"] + row["broken"],
            error=row["error"],
            site_name=row["site_name"],
        )
        for row in rows
    ]


def _published(db: Database, slug: str, start: datetime, end: datetime) -> int:
    """Articles published in a span; those without a date count when we first saw them."""
    span = [slug, stamp(start), stamp(end)]
    count: int = db.execute(
        "SELECT (SELECT count(*) FROM articles"
        " WHERE source = ? AND published_at >= ? AND published_at < ?)"
        " + (SELECT count(*) FROM articles WHERE source = ? AND published_at IS NULL"
        " AND first_seen_at >= ? AND first_seen_at < ?)",
        [*span, *span],
    ).fetchone()[0]
    return count


def _fill(db: Database, slug: str, count: int, skipped: int) -> Fill | None:
    names = ", ".join(f"{field} IS NOT NULL" for field in FIELDS)
    rows = db.execute(
        f"SELECT length(body), {names}, language FROM articles WHERE source = ?"
        " ORDER BY first_seen_at DESC, published_at DESC LIMIT ? OFFSET ?",
        [slug, count, skipped],
    ).fetchall()
    if not rows:
        return None
    shares = {
        field: sum(row[column] for row in rows) / len(rows)
        for column, field in enumerate(FIELDS, 1)
    }
    languages = [row[-1] for row in rows if row[-1] is not None]
    vietnamese = languages.count("vi") / len(languages) if languages else None
    return Fill(len(rows), shares, median(row[0] for row in rows), vietnamese)
