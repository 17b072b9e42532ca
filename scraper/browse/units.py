"""The page of a unit: its sources over time, and the newest articles of all of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from pipelines.gazetteer.lookup import Place, joined_codes, place_of, province_of
from scraper.browse.unknown_names import find_unit
from scraper.browse.views import read, show
from scraper.store.search import newest
from scraper.store.search_filters import Filters
from scraper.store.source_choices import articles_of_unit

NEWEST_SHOWN = 20


async def page(datasette: Datasette, request: Request) -> Response:
    """Show a unit, by its code or a name that only it has."""
    unit = find_unit(unquote(request.url_vars["name"]))
    context = await read(datasette, lambda db: _context(db, unit))
    return await show(datasette, request, "unit.html", context)


def _context(db: Database, unit: Place) -> dict[str, Any]:
    joined = [place for code in joined_codes(unit.code)[1:] if (place := place_of(code))]
    sources = articles_of_unit(db, unit.code)
    return {
        "unit": unit,
        "province": province_of(unit),
        "joined": joined,
        "is_commune": unit.code.isdigit() and unit.code != unit.province_code,
        "places": {place.code: place for place in (unit, *joined)},
        "sources": sources,
        "names": {source["slug"]: source["name"] for source in sources},
        "newest": newest(db, Filters(unit=unit.code), limit=NEWEST_SHOWN),
    }
