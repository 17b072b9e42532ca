"""Queries for a source's health record."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from statistics import median

from sqlite_utils import Database

from pipelines.article import Use, names_of
from pipelines.extraction.vietnamese.spam import is_spam
from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.base.source import State
from scraper.store.content_history import (
    TELLING,
    articles_by_run,
    count_seen,
    count_unread,
    has_articles,
    missed_texts,
    most_repeated,
    silence,
    turned_articles,
)
from scraper.store.source_record import Fill, Record, SourceRun

NIGHTS = 400
NEWEST = 10
EARLIER = 200
"""Runs, and articles of either age, that a verdict looks at."""

WEEK = timedelta(weeks=1)
FORTNIGHT = timedelta(weeks=2)
HALF_YEAR = timedelta(weeks=26)
FIRST_DAYS = timedelta(days=2)
"""The time in which a new source's old articles are read, before what comes is news."""

NEWS_DAYS = 30
"""An article that was found later than this many days after its publication is not news."""
SAMPLE = 3_000
"""Characters of a body that are looked at for what it offers."""

COUNTED = names_of(Use.COUNTED)


def read_record(db: Database, slug: str, moment: datetime) -> Record:
    """Return the record of a source up to a time; a source without a row has no runs."""
    found = db.execute("SELECT state, name FROM sources WHERE slug = ?", [slug]).fetchone()
    state, name = found or (State.UNKNOWN, "")
    newest, nights = _news(db, slug), _nights(db, slug)
    arrived, earlier, latest = articles_by_run(db, slug, nights)
    rewritten, emptied = turned_articles(db, slug, moment - FORTNIGHT)
    notices, texts_expected = missed_texts(db, slug, moment)
    silent_weeks, spoken_weekly = silence(db, slug, moment)
    return Record(
        state=state,
        nights=nights,
        recent=_published(db, slug, moment - FORTNIGHT, moment),
        weekly=_published(db, slug, moment - FORTNIGHT - HALF_YEAR, moment - FORTNIGHT) / 26,
        fill_now=_fill(db, newest),
        fill_before=_fill(db, _before(db, slug, newest)),
        names=_names(db, slug),
        registered=name,
        found=_found(db, slug, moment - WEEK),
        unread=count_unread(db, slug, moment - WEEK),
        has_articles=has_articles(db, slug),
        arrived=_fill(db, arrived),
        earlier=_fill(db, earlier),
        newest=_fill(db, latest),
        rewritten=rewritten,
        emptied=emptied,
        seen=count_seen(db, slug, moment - FORTNIGHT) if rewritten or emptied else 0,
        repeated=most_repeated(db, slug, moment - WEEK),
        notices=notices,
        texts_expected=texts_expected,
        silent_weeks=silent_weeks,
        spoken_weekly=spoken_weekly,
    )


def last_success(db: Database, slug: str) -> str | None:
    """Return when a run last read the site, as stored; None if no run did."""
    sql = "SELECT last_success_at FROM sources WHERE slug = ?"
    row = db.execute(sql, [slug]).fetchone()
    return row[0] if row else None


def last_outcomes(db: Database, slug: str) -> dict[str, int]:
    """How many addresses of a source had each outcome in its latest run, those with none left."""
    sql = "SELECT * FROM run_sources WHERE source = ? ORDER BY run DESC LIMIT 1"
    row = next(iter(db.query(sql, [slug])), {})
    return {outcome: row[outcome] for outcome in Outcome if row.get(outcome)}


def _nights(db: Database, slug: str) -> list[SourceRun]:
    rows = db.query(
        "SELECT runs.started_at, runs.state, run_sources.* FROM run_sources"
        " JOIN runs ON runs.id = run WHERE source = ? AND state <> 'running'"
        " ORDER BY run DESC LIMIT ?",
        [slug, NIGHTS],
    )
    return [
        SourceRun(
            started_at=datetime.fromisoformat(row["started_at"]),
            read=row["new"] + row["updated"] + row["unchanged"] + row["duplicate"] + row["listing"],
            blocked=row["blocked"],
            failed=row["failed"] + row["broken"],
            error=row["error"],
            site_name=row["site_name"],
            lists=row["listing"],
            refused=row["not_article"] + row["soft_404"] + row["broken"],
            deferred=row["deferred"],
            was_cut=row["state"] == "interrupted",
            names_articles=row["names_articles"],
            missing=row["missing"],
        )
        for row in rows
    ]


def _published(db: Database, slug: str, start: datetime, end: datetime) -> int:
    """Count the articles of all kinds published in a span; undated ones by when first seen."""
    span = [slug, to_utc_iso(start), to_utc_iso(end)]
    count: int = db.execute(
        "SELECT (SELECT count(*) FROM articles"
        " WHERE source = ? AND published_at >= ? AND published_at < ?)"
        " + (SELECT count(*) FROM articles WHERE source = ? AND published_at IS NULL"
        " AND first_seen_at >= ? AND first_seen_at < ?)",
        [*span, *span],
    ).fetchone()[0]
    return count


def _names(db: Database, slug: str) -> list[str]:
    """What the site called itself in all its runs, the latest name first."""
    rows = db.execute(
        "SELECT site_name FROM run_sources WHERE source = ? AND site_name IS NOT NULL"
        " GROUP BY site_name ORDER BY max(run) DESC",
        [slug],
    )
    return [row[0] for row in rows.fetchall()]


def _found(db: Database, slug: str, start: datetime) -> int:
    """Articles of all kinds first seen since a moment."""
    sql = "SELECT count(*) FROM articles WHERE source = ? AND first_seen_at >= ?"
    return int(db.execute(sql, [slug, to_utc_iso(start)]).fetchone()[0])


def _news(db: Database, slug: str) -> list[int]:
    """Return the newest articles (ids) that were found soon after publication, or have no date.

    Only those with text of their own (kind article): notices have no body and no lede to miss.
    """
    first = db.execute(
        "SELECT min(first_seen_at) FROM articles WHERE source = ?", [slug]
    ).fetchone()[0]
    if first is None:
        return []
    rows = db.execute(
        "SELECT id FROM articles WHERE source = ? AND kind = 'article' AND first_seen_at >= ?"
        " AND (published_at IS NULL"
        f" OR published_at >= date(first_seen_at, '-{NEWS_DAYS} days'))"
        " ORDER BY first_seen_at DESC, published_at DESC LIMIT ?",
        [slug, to_utc_iso(datetime.fromisoformat(first) + FIRST_DAYS), NEWEST],
    )
    return [row[0] for row in rows.fetchall()]


def _before(db: Database, slug: str, newest: list[int]) -> list[int]:
    """Articles (ids), of kind article, that were found before the newest ones."""
    rows = db.execute(
        "SELECT id FROM articles WHERE source = ? AND kind = 'article'"
        " AND NOT id IN (SELECT value FROM json_each(?))"
        " ORDER BY first_seen_at DESC, published_at DESC LIMIT ?",
        [slug, json.dumps(newest), EARLIER],
    )
    return [row[0] for row in rows.fetchall()]


def _fill(db: Database, articles: list[int]) -> Fill | None:
    names = ", ".join(f"{field} IS NOT NULL" for field in COUNTED)
    rows = db.execute(
        f"SELECT length(body), {names}, title, substr(body, 1, {SAMPLE}), language FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(articles)],
    ).fetchall()
    if not rows:
        return None
    titles = Counter(row[-3] for row in rows if row[-3])
    shares = {
        field: sum(row[column] for row in rows) / len(rows)
        for column, field in enumerate(COUNTED, 1)
    }
    languages = [row[-1] for row in rows if row[-1] or row[0] >= TELLING]
    return Fill(
        articles=len(rows),
        shares=shares,
        median_body=median(row[0] for row in rows),
        vietnamese=languages.count("vi") / len(languages) if languages else None,
        spam=sum(is_spam(row[-3] or "", row[-2]) for row in rows) / len(rows),
        same_title=max(titles.values(), default=0) / len(rows),
    )
