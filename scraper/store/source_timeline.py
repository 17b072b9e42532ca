"""The life of a source by year: what it published, and which answers of it are known.

Counts of articles and of captures read an index alone. Those of recovered articles read the rows of
what was recovered of the source, so they cost nothing for a source that was only crawled.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from scraper.store.captures import SHOWING

CRAWLED = ""
"""Stands for the crawl among the names of services."""

UNDATED = ""
"""Stands for the year of articles without a date."""

YearCounts = dict[tuple[str, str], int]
"""Numbers by year (``2019``) and service."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The life of a source in numbers.

    ``articles`` counts them by the year of publication and by the service whose answer gave the
    text; those that were imported count as crawled. ``captures`` counts the answers that web
    archives list, and the addresses that runs took up, by the year of the answer. ``removed`` are
    the articles that the site has removed, by year. ``first_capture`` and ``last_capture`` are
    moments in UTC, None if no web archive was asked.
    """

    articles: YearCounts
    captures: YearCounts
    removed: dict[str, int]
    first_capture: str | None
    last_capture: str | None


def read_timeline(db: Database, source: str) -> Timeline:
    """Return the life of a source by year."""
    archived = db.execute(
        "SELECT substr(captured_at, 1, 4), service, count(*), min(captured_at), max(captured_at)"
        " FROM archived_captures WHERE source = ? GROUP BY 1, 2",
        [source],
    ).fetchall()
    captures = {(year, service): count for year, service, count, _, _ in archived}
    return Timeline(
        articles=_articles(db, source, has_recovered=bool(archived)),
        captures=captures | _crawled(db, source),
        removed=_removed(db, source),
        first_capture=min((row[3] for row in archived), default=None),
        last_capture=max((row[4] for row in archived), default=None),
    )


def _articles(db: Database, source: str, *, has_recovered: bool) -> YearCounts:
    """Count the articles by year and service."""
    rows = db.execute(
        f"SELECT {_YEAR}, count(*) FROM articles WHERE source = ? GROUP BY 1", [source]
    ).fetchall()
    counts = {(year, CRAWLED): count for year, count in rows}
    recovered = _recovered(db, source) if has_recovered else {}
    for (year, _), count in recovered.items():
        counts[year, CRAWLED] -= count
    return {key: count for key, count in (counts | recovered).items() if count}


def _recovered(db: Database, source: str) -> YearCounts:
    """Count the articles whose text came from a web archive."""
    showing = SHOWING.format(page="articles.page", article="articles.id")
    rows = db.execute(
        f"SELECT {_YEAR}, origins.service, count(DISTINCT articles.id)"
        " FROM archived_captures AS listed"
        " JOIN captures ON captures.id = listed.capture"
        " JOIN capture_origins AS origins ON origins.capture = captures.id"
        " AND origins.fetched_at = captures.fetched_at"
        " JOIN articles ON articles.id = captures.article AND articles.source = listed.source"
        " WHERE listed.source = ? AND listed.outcome = 'article'"
        f" AND captures.id = ({showing}) GROUP BY 1, 2",
        [source],
    ).fetchall()
    return {(year, service): count for year, service, count in rows}


def _crawled(db: Database, source: str) -> YearCounts:
    """Count the addresses that runs took up."""
    rows = db.execute(
        "SELECT substr(started_at, 1, 4), sum(run_sources.discovered) AS taken"
        " FROM run_sources JOIN runs ON runs.id = run WHERE source = ? GROUP BY 1 HAVING taken > 0",
        [source],
    ).fetchall()
    return {(year, CRAWLED): count for year, count in rows}


def _removed(db: Database, source: str) -> dict[str, int]:
    rows = db.execute(
        "SELECT substr(gone_at, 1, 4), count(*) FROM articles"
        " WHERE source = ? AND gone_at IS NOT NULL GROUP BY 1",
        [source],
    ).fetchall()
    return dict(rows)


_YEAR = f"coalesce(substr(articles.published_at, 1, 4), '{UNDATED}')"
