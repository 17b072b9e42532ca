"""The answer to a name that is in a URL and not in the database: the nearest ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from datasette.app import Datasette
from datasette.utils import path_with_replaced_args
from datasette.utils.asgi import Base400, Request, Response
from sqlite_utils import Database

from pipelines.gazetteer.lookup import Place, described, find_places, similar_places
from pipelines.gazetteer.units import find_province, similar_provinces
from scraper.base.errors import did_you_mean, several_places
from scraper.browse.middleware import error_body
from scraper.store.nearest_names import nearest_names, nearest_sources
from scraper.store.search_filters import Filters
from scraper.store.source_choices import districts_of_sources, source_choices
from scraper.store.sources import source_names

PAGES = {"source": "/sources", "province": "/-/coverage", "unit": "/-/unit"}
"""Where each kind has a page of its own, the name last."""


class UnknownNameError(Base400):  # type: ignore[misc]
    """A name of a kind (source, province, district, unit) that is not known, or not clear.

    ``near`` are those most like it, or all that it may mean, and how a reader calls them. It is an
    error of the request: Datasette writes no traceback.
    """

    status = 404

    def __init__(
        self, kind: str, name: str, near: dict[str, str], *, is_ambiguous: bool = False
    ) -> None:
        if is_ambiguous:
            message = several_places(name, near.values())
        else:
            shown = near.values() if kind == "unit" else near
            message = f"no {kind} `{name}`: {did_you_mean(shown, 'see /sources')}"
        super().__init__(message)
        self.kind, self.name, self.near, self.is_ambiguous = kind, name, near, is_ambiguous


def check_names(db: Database, filters: Filters) -> None:
    """Raise UnknownNameError if the source, place or unit of a search is not known."""
    if filters.source is not None:
        check_source(filters.source, source_names(db))
    if filters.district is not None:
        check_district(filters.district, districts_of_sources(db))
    check_places(db, filters.province, filters.unit)


def check_places(db: Database, province: str | None, unit: str | None) -> None:
    """Raise UnknownNameError if a province is none, and no source's, or a unit is not known."""
    if province is not None and find_province(province) is None:
        choices = source_choices(db)
        if province not in choices.provinces:
            known = ((each, each) for each in choices.provinces)
            near = nearest_names(province, known) or similar_provinces(province)
            raise UnknownNameError("province", province, {each: each for each in near})
    if unit is not None:
        find_unit(unit)


def find_unit(name: str) -> Place:
    """Return the unit with a code or name.

    Raises UnknownNameError with all that it may mean, or, if there is none, with the nearest.
    """
    found = find_places(name)
    if len(found) == 1:
        return found[0]
    near = {place.code: described(place) for place in found or similar_places(name)}
    raise UnknownNameError("unit", name, near, is_ambiguous=bool(found))


def check_district(name: str, known: Collection[str]) -> None:
    """Raise UnknownNameError if a district is not among those of the sources."""
    if name not in known:
        near = nearest_names(name, ((each, each) for each in known))
        raise UnknownNameError("district", name, {each: each for each in near})


def check_source(slug: str, names: Mapping[str, str]) -> None:
    """Raise UnknownNameError if a slug is not among the names of sources by slug."""
    if slug not in names:
        near = nearest_sources(slug, dict(names))
        raise UnknownNameError("source", slug, {each: names[each] for each in near})


async def answer(datasette: Datasette, request: Request, error: UnknownNameError) -> Response:
    """Answer 404: a page with links to the nearest names, or a line where no page is read."""
    if request.path.endswith((".json", ".csv", ".atom")):
        content_type, text = error_body(request.path, error.status, str(error))
        return Response(text, error.status, content_type=content_type)
    links = {name: _instead(request, error, near) for near, name in error.near.items()}
    context: dict[str, Any] = {"unknown": error, "links": links}
    body = await datasette.render_template("unknown_name.html", context, request=request)
    return Response.html(body, status=404)


def _instead(request: Request, error: UnknownNameError, near: str) -> str:
    """Return the address of the same page with another name."""
    if error.kind not in request.args:
        return f"{PAGES[error.kind]}/{quote(near)}"
    return str(path_with_replaced_args(request, {error.kind: near, "page": None}))
