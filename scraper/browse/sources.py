"""The page of one source, with its year, its runs and its failures."""

from __future__ import annotations

from collections import Counter
from typing import Any

from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from pipelines.gazetteer.lookup import place_of
from pipelines.items import Outcome
from scraper.base.clock import VIETNAM, now
from scraper.browse.charts import year_of_cells
from scraper.browse.origins import service_name
from scraper.browse.timeline import chart_of
from scraper.browse.unknown_names import check_source
from scraper.browse.views import articles_by_day, last_day, read, show
from scraper.monitoring.health import assess
from scraper.store.block_occurrences import learned_blocks
from scraper.store.file_counts import count_files, count_texts, list_file_troubles
from scraper.store.frontier import lists_by_script
from scraper.store.recovery_progress import count_recovery_outcomes, read_recovery
from scraper.store.runs import runs_of_source
from scraper.store.search import newest
from scraper.store.search_filters import Filters
from scraper.store.seen_again import seen_again_at
from scraper.store.source_history import read_record
from scraper.store.source_timeline import read_timeline
from scraper.store.sources import read_source, source_names
from scraper.store.stats import count_articles_and_notices, list_troubles

NIGHTS_SHOWN = 30
TROUBLES_SHOWN = 20


async def page(datasette: Datasette, request: Request) -> Response:
    """Show one source."""
    slug = tilde_decode(request.url_vars["slug"])
    context = await read(datasette, lambda db: _context(db, slug))
    return await show(datasette, request, "source.html", context)


def _context(db: Database, slug: str) -> dict[str, Any]:
    check_source(slug, source_names(db))
    source = read_source(db, slug)
    if source is None:
        raise NotFound(f"there is no source {slug}")
    last = last_day(db, slug)
    counts = articles_by_day(db, last, slug)
    articles, notices = count_articles_and_notices(db, slug)
    unit = place_of(source["unit_code"]) if source["unit_code"] else None
    today = now().astimezone(VIETNAM).date()
    return {
        "source": source,
        "unit": unit,
        "timeline": chart_of(read_timeline(db, slug), source, unit, today),
        "recovery": read_recovery(db, slug),
        "recovery_outcomes": count_recovery_outcomes(db, slug),
        "service_name": service_name,
        "health": assess(read_record(db, slug, now())),
        "articles": articles,
        "notices": notices,
        "cells": year_of_cells(counts, last),
        "most": max(counts.values(), default=0),
        "months": by_month(counts),
        "nights": runs_of_source(db, slug, NIGHTS_SHOWN),
        "outcomes": [outcome.value for outcome in Outcome],
        "troubles": list_troubles(db, slug, TROUBLES_SHOWN),
        "files": count_files(db, slug),
        "file_texts": count_texts(db, slug),
        "file_troubles": list_file_troubles(db, slug, TROUBLES_SHOWN),
        "again": seen_again_at(db, slug),
        "learned": learned_blocks(db, slug),
        "by_script": lists_by_script(db, slug),
        "newest": newest(db, Filters(source=slug), limit=10),
    }


def by_month(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Return counts by day summed up by month (``2026-11``), the latest first."""
    months: Counter[str] = Counter()
    for day, count in counts.items():
        months[day[:7]] += count
    return sorted(months.items(), reverse=True)
