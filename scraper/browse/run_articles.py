"""The page of the addresses and articles behind a number of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.browse.unknown_names import check_source
from scraper.browse.views import page_number, read, show
from scraper.store.run_articles import list_run_pages
from scraper.store.runs import read_run
from scraper.store.sources import source_names

PAGE = 50
REACH = 1_000
"""Addresses that can be paged through: the table ``pages`` has all of them."""


@dataclass(frozen=True, slots=True)
class RunQuery:
    """The addresses that a URL asks for: of a run, with an outcome, of one source or of all."""

    run: int
    outcome: Outcome
    source: str | None
    page: int

    def address(self, **changed: object) -> str:
        """Return the URL of this list, with some of its arguments changed."""
        given = {"outcome": self.outcome, "source": self.source, **changed}
        query = urlencode({name: str(value) for name, value in given.items() if value})
        return f"/runs/{self.run}/articles?{query}"


async def page(datasette: Datasette, request: Request) -> Response:
    """Show the addresses of a run that ended in one way."""
    query = read_query(int(request.url_vars["id"]), request.args)
    context = await read(datasette, lambda db: _context(db, query))
    return await show(datasette, request, "run_articles.html", context)


def read_query(run: int, arguments: Mapping[str, str]) -> RunQuery:
    """Return what arguments ask for; without an outcome that there is, new articles."""
    outcome = arguments.get("outcome")
    return RunQuery(
        run=run,
        outcome=Outcome(outcome) if outcome in tuple(Outcome) else Outcome.NEW,
        source=(arguments.get("source") or "").strip() or None,
        page=page_number(arguments.get("page"), REACH // PAGE),
    )


def _context(db: Database, query: RunQuery) -> dict[str, Any]:
    run, names = read_run(db, query.run), source_names(db)
    if run is None:
        raise NotFound(f"there is no run {query.run}")
    if query.source is not None:
        check_source(query.source, names)
    offset = (query.page - 1) * PAGE
    rows = list_run_pages(db, run, query.outcome, query.source, PAGE + 1, offset)
    counts = _counts(run, query.source)
    has_more, is_last = len(rows) > PAGE, query.page == REACH // PAGE
    is_whole = not has_more and offset + len(rows) < counts[query.outcome]
    return {
        "run": run,
        "query": query,
        "names": names,
        "rows": rows[:PAGE],
        "count": counts[query.outcome],
        "counts": {outcome: count for outcome, count in counts.items() if count},
        "missing": counts[query.outcome] - offset - len(rows) if is_whole else 0,
        "next_page": query.address(page=query.page + 1) if has_more and not is_last else None,
        "previous_page": query.address(page=query.page - 1) if query.page > 1 else None,
        "reach": REACH if has_more and is_last else None,
    }


def _counts(run: dict[str, Any], source: str | None) -> dict[Outcome, int]:
    """Return what the run counted, of one source or of all."""
    rows = [row for row in run["sources"] if source in (None, row["source"])]
    return {outcome: sum(row[outcome] for row in rows) for outcome in Outcome}
