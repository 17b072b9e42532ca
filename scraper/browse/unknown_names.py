"""The answer to a name that is in a URL and not in the database: the nearest ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasette.app import Datasette
from datasette.utils import path_with_replaced_args
from datasette.utils.asgi import Base400, Request, Response
from sqlite_utils import Database

from scraper.base.errors import did_you_mean
from scraper.browse.middleware import error_body
from scraper.store.nearest_names import nearest_names, nearest_sources
from scraper.store.search_filters import Filters
from scraper.store.sources import source_places


class UnknownNameError(Base400):  # type: ignore[misc]
    """A name of a kind (source, province, district) that is not known.

    ``near`` are those most like it, and how a reader calls them. It is an error of the request:
    Datasette writes no traceback.
    """

    status = 404

    def __init__(self, kind: str, name: str, near: dict[str, str]) -> None:
        super().__init__(f"no {kind} `{name}`: {did_you_mean(near, 'see /sources')}")
        self.kind, self.name, self.near = kind, name, near


def check_names(db: Database, filters: Filters) -> None:
    """Raise UnknownNameError if the source, province or district of a search is not known."""
    places = source_places(db)
    if filters.source is not None:
        check_source(filters.source, {row["slug"]: row["name"] for row in places})
    for kind, name in (("province", filters.province), ("district", filters.district)):
        known = {row[kind] for row in places if row[kind]}
        if name is not None and name not in known:
            near = nearest_names(name, ((each, each) for each in known))
            raise UnknownNameError(kind, name, {each: each for each in near})


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
        return f"/sources/{near}"
    return str(path_with_replaced_args(request, {error.kind: near, "page": None}))
