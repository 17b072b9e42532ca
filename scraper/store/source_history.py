"""Queries for a source's health record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.base.source import State
from scraper.store.article_fill import read_fills, spam_share
from scraper.store.content_history import (
    articles_by_run,
    count_seen,
    count_unread,
    has_articles,
    missed_texts,
    most_repeated,
    silence,
    turned_articles,
)
from scraper.store.source_record import Record, SourceRun

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


def read_record(db: Database, slug: str, moment: datetime) -> Record:
    """Return the record of a source up to a time; a source without a row has no runs."""
    sql = "SELECT state, state_since, name FROM sources WHERE slug = ?"
    state, since, name = db.execute(sql, [slug]).fetchone() or (State.UNKNOWN, None, "")
    newest, nights = _news(db, slug), read_nights(db, slug)
    by_run = articles_by_run(db, slug, nights)
    fill_now, fill_before, arrived, earlier, latest = read_fills(
        db, newest, _before(db, slug, newest), *by_run
    )
    rewritten, emptied = turned_articles(db, slug, moment - FORTNIGHT)
    notices, texts_expected = missed_texts(db, slug, moment)
    silent_weeks, spoken_weekly = silence(db, slug, moment)
    return Record(
        state=state,
        nights=nights,
        recent=_published(db, slug, moment - FORTNIGHT, moment),
        weekly=_published(db, slug, moment - FORTNIGHT - HALF_YEAR, moment - FORTNIGHT) / 26,
        fill_now=fill_now,
        fill_before=fill_before,
        names=site_names(db, slug),
        registered=name,
        found=_found(db, slug, moment - WEEK),
        unread=count_unread(db, slug, moment - WEEK),
        has_articles=has_articles(db, slug),
        arrived=arrived and replace(arrived, spam=spam_share(db, by_run[0])),
        earlier=earlier,
        newest=latest,
        rewritten=rewritten,
        emptied=emptied,
        seen=count_seen(db, slug, moment - FORTNIGHT) if rewritten or emptied else 0,
        repeated=most_repeated(db, slug, moment - WEEK),
        notices=notices,
        texts_expected=texts_expected,
        silent_weeks=silent_weeks,
        spoken_weekly=spoken_weekly,
        state_since=datetime.fromisoformat(since) if since else None,
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


NIGHT = """
SELECT started_at, each."new" + each.updated + unchanged + duplicate + listing, blocked,
    each.failed + broken, each.error, site_name, listing, not_article + soft_404 + broken, deferred,
    state = 'interrupted', names_articles, missing, silence, moved_to, moved_status
FROM run_sources AS each JOIN runs ON runs.id = run WHERE source = ? AND state <> 'running'
ORDER BY run DESC LIMIT ?
"""
"""The fields of SourceRun, in their order."""


def read_nights(db: Database, slug: str) -> list[SourceRun]:
    """Return what the latest runs recorded of a source, the latest first."""
    rows = db.execute(NIGHT, [slug, NIGHTS])
    return [SourceRun(datetime.fromisoformat(row[0]), *row[1:]) for row in rows]


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


def site_names(db: Database, slug: str) -> list[str]:
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
