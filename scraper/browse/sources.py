"""The sources: all of them, and one with its year, its nights and its troubles."""

from __future__ import annotations

from collections import Counter
from typing import Any

from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import now
from scraper.browse.charts import year_of_cells
from scraper.browse.pages import read, show
from scraper.browse.stats import (
    articles_and_notices,
    articles_by_day,
    last_day,
    sources_with_health,
)
from scraper.monitoring.health import assess
from scraper.store.block_occurrences import learned_blocks
from scraper.store.frontier import lists_by_script
from scraper.store.pages import outcomes_in_sql
from scraper.store.search import Filters, newest
from scraper.store.seen_again import count_seen_again
from scraper.store.source_history import read_record

TROUBLE = outcomes_in_sql(lambda outcome: outcome.is_trouble)
NIGHTS_SHOWN = 30
TROUBLES_SHOWN = 20
CUT_LISTS_SHOWN = 20


async def list_page(datasette: Datasette, request: Request) -> Response:
    """Show all sources that are watched."""
    sources = await read(datasette, sources_with_health)
    return await show(datasette, request, "sources.html", {"sources": sources})


async def page(datasette: Datasette, request: Request) -> Response:
    """Show one source."""
    slug = tilde_decode(request.url_vars["slug"])
    context = await read(datasette, lambda db: _context(db, slug))
    return await show(datasette, request, "source.html", context)


def _context(db: Database, slug: str) -> dict[str, Any]:
    source = next(iter(db.query("SELECT * FROM sources WHERE slug = ?", [slug])), None)
    if source is None:
        raise NotFound(f"source {slug}")
    last = last_day(db, slug)
    counts = articles_by_day(db, last, slug)
    articles, notices = articles_and_notices(db, slug)
    return {
        "source": source,
        "health": assess(read_record(db, slug, now())),
        "articles": articles,
        "notices": notices,
        "cells": year_of_cells(counts, last),
        "most": max(counts.values(), default=0),
        "months": by_month(counts),
        "nights": _nights(db, slug),
        "outcomes": [outcome.value for outcome in Outcome],
        "troubles": _troubles(db, slug),
        "again": count_seen_again(db, slug),
        "learned": learned_blocks(db, slug),
        "by_script": lists_by_script(db, slug),
        "newest": newest(db, Filters(source=slug), limit=10),
    }


def by_month(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Counts by day summed up by month (``2026-11``), the latest first."""
    months: Counter[str] = Counter()
    for day, count in counts.items():
        months[day[:7]] += count
    return sorted(months.items(), reverse=True)


def _nights(db: Database, slug: str) -> list[dict[str, Any]]:
    """What the latest runs found there, newest first."""
    return list(
        db.query(
            "SELECT runs.started_at, runs.state, run_sources.* FROM run_sources"
            " JOIN runs ON runs.id = run WHERE source = ? ORDER BY run DESC LIMIT ?",
            [slug, NIGHTS_SHOWN],
        )
    )


def _troubles(db: Database, slug: str) -> list[dict[str, Any]]:
    """The addresses that could not be read, the latest first."""
    return list(
        db.query(
            "SELECT url, outcome, reason, http_status, settled_at FROM pages"
            f" WHERE source = ? AND outcome IN {TROUBLE} ORDER BY settled_at DESC LIMIT ?",
            [slug, TROUBLES_SHOWN],
        )
    )
