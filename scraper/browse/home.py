"""The home page: what came last night, a year of articles, and how the sources are."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from scraper.browse.charts import year_of_bars
from scraper.browse.pages import read, show
from scraper.browse.stats import (
    articles_and_notices,
    articles_by_day,
    last_day,
    sources_with_health,
)
from scraper.store.search import newest

SOURCES_SHOWN = 12
ARTICLES_SHOWN = 6
NEWEST_SHOWN = 12
SECTIONS_SHOWN = 8
LOOKED_AT = 2_000
"""Articles of a run that its sections are counted in, and those of a source that are ordered: a
first run may have brought a million."""


async def page(datasette: Datasette, request: Request) -> Response:
    """Show the home page."""
    return await show(datasette, request, "home.html", await read(datasette, read_home))


def read_home(db: Database) -> dict[str, Any]:
    """What the home page shows."""
    last = last_day(db)
    counts = articles_by_day(db, last)
    run = _last_run(db)
    articles, notices = articles_and_notices(db)
    return {
        "articles": articles,
        "notices": notices,
        "run": run,
        "arrivals": _arrivals(db, run) if run else [],
        "newest": newest(db, limit=NEWEST_SHOWN),
        "sections": _sections(db, run["started_at"]) if run else [],
        "bars": year_of_bars(counts, last),
        "most": max(counts.values(), default=0),
        "sources": sources_with_health(db),
        "names": dict(db.execute("SELECT slug, name FROM sources").fetchall()),
    }


def _last_run(db: Database) -> dict[str, Any] | None:
    """The latest run that brought something."""
    sql = (
        'SELECT runs.*, (SELECT sum("new") FROM run_sources WHERE run = id) AS arrived FROM runs'
        ' WHERE EXISTS (SELECT 1 FROM run_sources WHERE run = id AND "new" > 0)'
        " ORDER BY id DESC LIMIT 1"
    )
    return next(iter(db.query(sql)), None)


def _arrivals(db: Database, run: dict[str, Any]) -> list[dict[str, Any]]:
    """The sources that brought most in a run, each with its newest articles."""
    sources = db.query(
        'SELECT slug, name, "new" AS count FROM run_sources JOIN sources ON slug = source'
        ' WHERE run = ? AND "new" > 0 ORDER BY "new" DESC, name LIMIT ?',
        [run["id"], SOURCES_SHOWN],
    )
    return [
        source | {"articles": _newest(db, source["slug"], run["started_at"])}
        for source in list(sources)
    ]


def _newest(db: Database, source: str, since: str) -> list[dict[str, Any]]:
    return list(
        db.query(
            "SELECT id, kind, title, section, published_at FROM articles WHERE id IN ("
            " SELECT id FROM (SELECT id, published_at FROM articles"
            "  WHERE source = ? AND first_seen_at >= ? LIMIT ?)"
            " ORDER BY published_at DESC LIMIT ?) ORDER BY published_at DESC",
            [source, since, LOOKED_AT, ARTICLES_SHOWN],
        )
    )


def _sections(db: Database, since: str) -> list[str]:
    """The sections that most of the articles since a time stand in."""
    rows = db.execute(
        "SELECT section FROM (SELECT section FROM articles WHERE first_seen_at >= ? LIMIT ?)"
        " WHERE section IS NOT NULL GROUP BY section ORDER BY count(*) DESC, section LIMIT ?",
        [since, LOOKED_AT, SECTIONS_SHOWN],
    )
    return [row[0] for row in rows]
