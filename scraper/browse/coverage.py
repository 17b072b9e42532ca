"""The pages of coverage: all provinces in numbers, and one with its units and their portals."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from pipelines.gazetteer.units import Unit, find_province, similar_provinces, units
from scraper.base.clock import now
from scraper.browse.unknown_names import UnknownNameError
from scraper.browse.views import read, show
from scraper.store.coverage import cover, cover_province, rows_of, total_of
from scraper.store.known_portals import known_portals


async def page(datasette: Datasette, request: Request) -> Response:
    """Show how each province is covered."""
    context = await read(datasette, _context)
    return await show(datasette, request, "coverage.html", context)


async def province_page(datasette: Datasette, request: Request) -> Response:
    """Show the units of a province, named by its code or its name, with their portals."""
    province = _province(unquote(request.url_vars["name"]))
    context = await read(datasette, lambda db: _province_context(db, province))
    return await show(datasette, request, "province.html", context)


def _province(name: str) -> Unit:
    by_code = units().get(name)
    found = by_code if by_code and by_code.is_province else find_province(name)
    if found is None:
        near = {each: each for each in similar_provinces(name)}
        raise UnknownNameError("province", name, near)
    return found


def _context(db: Database) -> dict[str, Any]:
    covered, elsewhere = cover(known_portals(db, now()))
    rows = rows_of(covered)
    return {"rows": rows, "total": total_of(rows), "elsewhere": len(elsewhere)}


def _province_context(db: Database, province: Unit) -> dict[str, Any]:
    found = cover_province(province, known_portals(db, now()))
    (row,) = rows_of([found])
    return {"province": province, "row": row, "covered": found}
