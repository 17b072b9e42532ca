"""Counts for the charts and lists, each bounded or read from an index alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from pipelines.article import Kind
from scraper.base.clock import VIETNAM, now
from scraper.browse.charts import DAYS
from scraper.monitoring.health import assess
from scraper.store.source_history import read_record
from scraper.store.source_record import Health

CHOICES = 300
"""Sections that a list offers at most."""


def last_day(db: Database, source: str | None = None) -> date:
    """The day to which a chart reaches: today, or else the last one with articles.

    The latter where nothing was published in a year, so that a chart of an old site shows its end.
    """
    today = now().astimezone(VIETNAM).date()
    condition, values = ("source = ? AND", [source]) if source else ("", [])
    row = db.execute(
        f"SELECT max(published_at) FROM articles WHERE {condition} published_at < ?",
        [*values, (today + timedelta(days=1)).isoformat()],
    ).fetchone()
    newest = date.fromisoformat(row[0][:10]) if row[0] else today
    return newest if today - newest >= timedelta(days=DAYS) else today


def articles_and_notices(db: Database, source: str | None = None) -> tuple[int, int]:
    """How many articles there are, with or without photos only, and how many notices."""
    condition, values = ("WHERE source = ?", [source]) if source else ("", [])
    rows = db.execute(f"SELECT kind, count(*) FROM articles {condition} GROUP BY kind", values)
    counts = dict(rows.fetchall())
    notices = counts.pop(Kind.NOTICE, 0)
    return sum(counts.values()), notices


def articles_by_day(db: Database, last: date, source: str | None = None) -> dict[str, int]:
    """How many articles of all kinds were published on each day of the year to a day."""
    condition, values = ("source = ? AND", [source]) if source else ("", [])
    span = [last - timedelta(days=DAYS - 1), last + timedelta(days=1)]
    rows = db.execute(
        "SELECT substr(published_at, 1, 10) AS day, count(*) FROM articles"
        f" WHERE {condition} published_at >= ? AND published_at < ? GROUP BY day",
        [*values, *(day.isoformat() for day in span)],
    )
    return dict(rows.fetchall())


class HealthCache:
    """The verdicts on all sources: judged anew after a run and each hour, kept in between.

    A verdict reads some hundred rows of its source, which adds up where sources are many.
    """

    def __init__(self) -> None:
        self._moment: tuple[object, ...] = ()
        self._judged: dict[str, Health] = {}

    def health(self, db: Database) -> dict[str, Health]:
        """How each enabled source is, by its slug."""
        runs = db.execute("SELECT id, state FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        slugs = [row[0] for row in db.execute("SELECT slug FROM sources WHERE enabled")]
        moment = (*(runs or ()), now().replace(minute=0, second=0), *slugs)
        if moment != self._moment:
            self._judged = {slug: assess(read_record(db, slug, now())) for slug in slugs}
            self._moment = moment
        return self._judged


health_cache = HealthCache()


def sources_with_health(db: Database) -> list[tuple[dict[str, Any], Health]]:
    """The enabled sources and how they are, those that somebody should look at first."""
    health = health_cache.health(db)
    rows = db.query("SELECT * FROM sources WHERE enabled ORDER BY name")
    judged = [(row, health[row["slug"]]) for row in rows if row["slug"] in health]
    return sorted(judged, key=lambda pair: pair[1].verdict.is_well)


def sections(db: Database) -> list[str]:
    """The names of sections, in their order, at most CHOICES: one step in the index for each."""
    rows = db.execute(
        "WITH RECURSIVE found(name) AS ("
        " SELECT (SELECT min(section) FROM articles) UNION ALL"
        " SELECT (SELECT min(section) FROM articles WHERE section > name)"
        " FROM found WHERE name IS NOT NULL)"
        " SELECT name FROM found WHERE name IS NOT NULL LIMIT ?",
        [CHOICES],
    )
    return [row[0] for row in rows]
