"""The runs: past ones, one in full, and what is failing now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.browse.pages import read, show
from scraper.browse.stats import sources_with_health
from scraper.store.pages import outcomes_in_sql
from scraper.store.runs import add_reasons, list_runs, read_run
from scraper.store.seen_again import count_seen_again

TROUBLE = outcomes_in_sql(lambda outcome: outcome.is_trouble)
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
    return await show(datasette, request, "failures.html", await read(datasette, read_failures))


def read_failures(db: Database) -> dict[str, Any]:
    """What is failing: sources with their verdicts, addresses counted by source and reason."""
    groups = db.query(
        "SELECT source, name, outcome, reason, count(*) AS count, max(settled_at) AS last"
        " FROM pages JOIN sources ON slug = source"
        f" WHERE outcome IN {TROUBLE}"
        " GROUP BY source, outcome, reason ORDER BY last DESC LIMIT ?",
        [FAILURES_SHOWN],
    )
    unwell = [pair for pair in sources_with_health(db) if not pair[1].verdict.is_well]
    return {"sources": unwell, "groups": list(groups)}


def _context(db: Database, number: int) -> dict[str, Any]:
    run = read_run(db, number)
    if run is None:
        raise NotFound(f"run {number}")
    add_reasons(db, number, run["sources"])
    names = {row["slug"]: row["name"] for row in db.query("SELECT slug, name FROM sources")}
    return {
        "run": run,
        "names": names,
        "outcomes": [outcome.value for outcome in Outcome],
        "reasons": list(_reasons(run["sources"])),
        "again": count_seen_again(db, since=run["started_at"], until=run["finished_at"]),
    }


def _reasons(sources: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Why pages ended as they did, a row a source, outcome and reason."""
    for row in sources:
        for outcome, reasons in row["reasons"].items():
            for reason, count in reasons.items():
                yield {
                    "source": row["source"],
                    "outcome": outcome,
                    "reason": reason,
                    "count": count,
                }
