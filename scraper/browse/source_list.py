"""The page of all sources, filtered by place, level, platform and state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from scraper.base.source import Level, State
from scraper.browse.health_cache import HealthCache
from scraper.browse.source_filters import read_place_filters
from scraper.browse.unknown_names import check_places
from scraper.browse.views import health_of, page_number, read, show
from scraper.store.source_choices import count_articles_of, filtered_sources, source_choices
from scraper.store.source_conditions import SourceConditions
from scraper.store.source_record import Health

PAGE = 100
LAST_PAGE = 1_000
Listed = tuple[dict[str, Any], Health | None]
"""A source, and its health if it is watched and known."""


@dataclass(frozen=True, slots=True)
class SourceQuery:
    """The sources that a URL asks for."""

    filters: SourceConditions
    page: int

    def arguments(self, **changed: object) -> dict[str, str]:
        """Return the arguments of the filters, some of them changed."""
        given = {**asdict(self.filters), **changed}
        return {name: str(value) for name, value in given.items() if value}

    def address(self, **changed: object) -> str:
        """Return the URL of this list, with some of its arguments changed."""
        query = urlencode(self.arguments(**changed))
        return "/sources" + (f"?{query}" if query else "")


async def page(datasette: Datasette, request: Request) -> Response:
    """Show the sources that meet the filters: all of them without any."""
    query = read_query(request.args)
    health = health_of(datasette)
    context = await read(datasette, lambda db: _context(db, health, query))
    return await show(datasette, request, "sources.html", context)


def read_query(arguments: Mapping[str, str]) -> SourceQuery:
    """Return the sources that arguments ask for; what cannot be parsed is left out."""
    filters = SourceConditions(**read_place_filters(arguments))
    return SourceQuery(filters, page_number(arguments.get("page"), LAST_PAGE))


def _context(db: Database, health: HealthCache, query: SourceQuery) -> dict[str, Any]:
    check_places(db, query.filters.province, query.filters.unit)
    rows = filtered_sources(db, query.filters)
    start = (query.page - 1) * PAGE
    return {
        "query": query,
        "choices": source_choices(db),
        "levels": list(Level),
        "states": list(State),
        "sources": _listed(db, health, rows, start),
        "sums": _sums(rows),
        "articles": count_articles_of(db, query.filters),
        "is_narrowed": query.filters != SourceConditions(),
        "next_page": query.address(page=query.page + 1) if len(rows) > start + PAGE else None,
        "previous_page": query.address(page=query.page - 1) if query.page > 1 else None,
    }


def _listed(
    db: Database, health: HealthCache, rows: list[dict[str, Any]], start: int
) -> list[Listed]:
    """Return the sources of a page: those that need attention first, those not watched last."""
    found = health.of(db, [row["slug"] for row in rows if row["enabled"]])

    def rank(row: dict[str, Any]) -> int:
        known = found.get(row["slug"])
        return known is None or known.verdict.is_well if row["enabled"] else 2

    shown = sorted(rows, key=rank)[start : start + PAGE]
    found |= health.of(db, [row["slug"] for row in shown if row["enabled"]])
    return [(row, found.get(row["slug"])) for row in shown]


def _sums(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Count sources by level and by state, most first; and those that are watched."""
    listed = list(rows)
    return {
        "count": len(listed),
        "watched": sum(bool(row["enabled"]) for row in listed),
        **{
            f"{name}s": Counter(row[name] for row in listed).most_common()
            for name in ("level", "state")
        },
    }
