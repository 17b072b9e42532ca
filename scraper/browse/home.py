"""The home page: what came and changed, a year, a week, the health of the sources."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from scraper.browse.charts import axis_of, draw_bars, months_of, year_of_bars
from scraper.browse.health_cache import HealthCache
from scraper.browse.highlights import unusual, week
from scraper.browse.views import articles_by_day, health_of, last_day, read, show
from scraper.store.changes import Change, ChangeFilter, list_changes
from scraper.store.previews import previews_of_articles
from scraper.store.search import newest
from scraper.store.sources import source_names
from scraper.store.stats import (
    count_articles_and_notices,
    frequent_sections,
    last_productive_run,
    newest_since,
    sources_with_new,
)

SOURCES_SHOWN = 12
ARTICLES_SHOWN = 6
NEWEST_SHOWN = 12
SECTIONS_SHOWN = 8
CHANGES_SHOWN = 8
CHANGED = ChangeFilter((Change.EDITED, Change.REMOVED))
LOOKED_AT = 2_000
"""Articles of a run whose sections are counted, and articles of a source that are sorted: a first
run may have found a million."""


async def page(datasette: Datasette, request: Request) -> Response:
    """Show the home page."""
    health = health_of(datasette)
    context = await read(datasette, lambda db: _context(db, health))
    return await show(datasette, request, "home.html", context)


def _context(db: Database, health: HealthCache) -> dict[str, Any]:
    last = last_day(db)
    counts = articles_by_day(db, last)
    run = last_productive_run(db)
    articles, notices = count_articles_and_notices(db)
    since = run["started_at"] if run else ""
    arrivals = _arrivals(db, run) if run else []
    latest = newest(db, limit=NEWEST_SHOWN)
    watched, bars = health.sources(db), year_of_bars(counts, last)
    return {
        "articles": articles,
        "notices": notices,
        "run": run,
        "arrivals": arrivals,
        "newest": latest,
        "changes": list_changes(db, CHANGED, CHANGES_SHOWN),
        "pictures": _pictures(db, arrivals, [hit.id for hit in latest]),
        "sections": frequent_sections(db, since, LOOKED_AT, SECTIONS_SHOWN) if run else [],
        "bars": bars,
        "months": months_of(bars),
        "axis": axis_of(counts.values()),
        "draw_bars": draw_bars,
        "most": max(counts.values(), default=0),
        "week": week(db),
        "unusual": unusual(db, watched.known),
        "sources": watched.known,
        "unjudged": watched.unjudged,
        "names": source_names(db),
    }


def _pictures(
    db: Database, arrivals: list[dict[str, Any]], newest_ids: list[int]
) -> dict[int, dict[str, Any]]:
    """Return the previews of the first article of each source, and of the newest ones."""
    first = [source["articles"][0]["id"] for source in arrivals if source["articles"]]
    return previews_of_articles(db, [*first, *newest_ids])


def _arrivals(db: Database, run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sources with most new articles in a run, each with its newest ones."""
    return [
        source
        | {
            "articles": newest_since(
                db, source["slug"], run["started_at"], LOOKED_AT, ARTICLES_SHOWN
            )
        }
        for source in sources_with_new(db, run["id"], SOURCES_SHOWN)
    ]
