"""The pages of past runs, of one run, and of what is failing now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.browse.health_cache import HealthCache
from scraper.browse.views import health_of, read, show
from scraper.store.file_counts import count_file_troubles, files_of_run
from scraper.store.runs import add_reasons, list_runs, read_run
from scraper.store.seen_again import seen_again_between
from scraper.store.sources import source_names
from scraper.store.stats import count_troubles

RUNS_SHOWN = 60
FAILURES_SHOWN = 200


async def list_page(datasette: Datasette, request: Request) -> Response:
    """Show the past runs."""
    runs = await read(datasette, lambda db: list_runs(db, RUNS_SHOWN))
    return await show(datasette, request, "runs.html", {"runs": runs})


async def page(datasette: Datasette, request: Request) -> Response:
    """Show one run, a row a source."""
    number = int(request.url_vars["id"])
    context = await read(datasette, lambda db: _context(db, number))
    return await show(datasette, request, "run.html", context)


async def failures_page(datasette: Datasette, request: Request) -> Response:
    """Show the sources that are not well, and what could not be read, by its reason."""
    health = health_of(datasette)
    context = await read(datasette, lambda db: _failures(db, health))
    return await show(datasette, request, "failures.html", context)


def _failures(db: Database, health: HealthCache) -> dict[str, Any]:
    watched = health.sources(db)
    return {
        "sources": [pair for pair in watched.known if not pair[1].verdict.is_well],
        "unjudged": watched.unjudged,
        "groups": count_troubles(db, FAILURES_SHOWN),
        "files": count_file_troubles(db, FAILURES_SHOWN),
    }


def _context(db: Database, number: int) -> dict[str, Any]:
    run = read_run(db, number)
    if run is None:
        raise NotFound(f"there is no run {number}")
    add_reasons(db, number, run["sources"])
    return {
        "run": run,
        "names": source_names(db),
        "outcomes": [outcome.value for outcome in Outcome],
        "files": files_of_run(db, number),
        "reasons": list(_reasons(run["sources"])),
        "again": seen_again_between(db, run["started_at"], run["finished_at"]),
    }


def _reasons(sources: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return why pages ended as they did: a row for each source, outcome and reason."""
    for row in sources:
        for outcome, reasons in row["reasons"].items():
            for reason, count in reasons.items():
                yield {
                    "source": row["source"],
                    "outcome": outcome,
                    "reason": reason,
                    "count": count,
                }
