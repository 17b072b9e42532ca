"""The pages that add, check, enable and disable sources, by the code of the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from datasette.views.base import DatasetteError

from pipelines.gazetteer.units import provinces
from scraper.base.errors import TinhuyenError, UsageError, describe_file_error
from scraper.base.source import Source
from scraper.browse.language import chosen_language
from scraper.browse.looks import Look
from scraper.browse.management import Management, management_of
from scraper.config.registry import Catalogue, add_entry, can_write, load_catalogue, write_source
from scraper.config.source_filters import SourceFilters
from scraper.crawling.obstacles import OBSTACLE_TEXTS, Obstacle

WAIT_SECONDS = 2
"""After how many seconds the page of a running look is asked for again."""


async def list_page(datasette: Datasette, request: Request) -> Response:
    """Show sources of the registry, and the form that adds one; it begins with a look."""
    management, error = management_of(datasette), None
    given: dict[str, str] = {}
    if request.method == "POST":
        given = await management.forms.read(request)
        look, error = _begin(management, given.get("url", "").strip(), _add_arguments(given))
        if look is not None:
            return Response.redirect(datasette.urls.path(f"/manage/looks/{look.id}"), status=303)
    catalogue = await catalogue_of(management)
    province = request.args.get("province") or None
    context = {
        "sources": await asyncio.to_thread(listed, catalogue, province),
        "province": province,
        "provinces": [each.short_name for each in await asyncio.to_thread(provinces)],
        "problems": list(catalogue.problems.values()),
        "given": given,
        "error": error,
        "file": management.sources_file,
        "is_writable": await asyncio.to_thread(can_write, management.sources_file),
    }
    return await show_form(datasette, request, "manage.html", context)


def listed(catalogue: Catalogue, province: str | None) -> list[Source]:
    """Return the sources of a province; without one, those that are enabled or the user's own.

    Raises NotFound if there is no such province.
    """
    if province is None:
        watched = {source.slug: source for source in (*catalogue.enabled, *catalogue.own)}
        return list(watched.values())
    try:
        return SourceFilters(province=province).select(catalogue.sources, {})
    except UsageError as error:
        raise NotFound(str(error)) from error


async def look_page(datasette: Datasette, request: Request) -> Response:
    """Show a look: that it is running, its three articles, or why there are none."""
    management = management_of(datasette)
    look = management.looks.get(request.url_vars["id"])
    if look is None:
        raise NotFound("look")
    error = None
    if request.method == "POST":
        await management.forms.read(request)
        error = await _register(management, look)
    value = look.value or {}
    obstacle = value.get("obstacle")
    language = chosen_language(request.args, request.cookies)
    texts = OBSTACLE_TEXTS[Obstacle(obstacle)] if obstacle else {}
    context = {
        "look": look,
        "found": value,
        "entry": value.get("entry") or {},
        "obstacle": {part: told[language] for part, told in texts.items()},
        "error": error or look.error,
    }
    headers = {"refresh": str(WAIT_SECONDS)} if look.is_running else {}
    return await show_form(datasette, request, "manage_look.html", context, headers)


async def switch(datasette: Datasette, request: Request) -> Response:
    """Enable, disable or check a source."""
    management = management_of(datasette)
    slug, action = request.url_vars["slug"], request.url_vars["action"]
    if request.method != "POST":
        raise NotFound("form")
    await management.forms.read(request)
    catalogue, error = await catalogue_of(management), None
    source = registered(catalogue, slug)
    if action == "check":
        arguments = ["sources", "check", "--json", "--quiet", "--", slug]
        look, error = _begin(management, source.home_url, arguments)
        if look is not None:
            return Response.redirect(datasette.urls.path(f"/manage/looks/{look.id}"), status=303)
    else:
        values = {"enabled": action == "enable"}
        error = await told(write_source, management.sources_file, slug, values)
    if error:
        return await show_form(datasette, request, "manage_error.html", {"error": error})
    return Response.redirect(datasette.urls.path("/manage"), status=303)


async def catalogue_of(management: Management) -> Catalogue:
    """Read the registry. Raises DatasetteError if the user's file cannot be read."""
    try:
        return await asyncio.to_thread(load_catalogue, management.sources_file)
    except UsageError as error:
        raise DatasetteError(str(error), status=409) from error


def registered(catalogue: Catalogue, slug: str) -> Source:
    """Return a source of the registry. Raises NotFound."""
    if slug not in catalogue.sources:
        raise NotFound(f"there is no source {slug}")
    return catalogue.sources[slug]


async def told(function: Any, *values: object) -> str | None:
    """Call a function that changes a file, in a thread; return what went wrong, or None."""
    try:
        await asyncio.to_thread(function, *values)
    except TinhuyenError as error:
        return str(error)
    except OSError as error:
        return describe_file_error(error)
    return None


async def show_form(
    datasette: Datasette,
    request: Request,
    template: str,
    context: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a page with forms: with their token, its cookie, and an origin on what it sends."""
    forms = management_of(datasette).forms
    nonce = forms.nonce_of(request)
    filled = {**context, "token": forms.token(nonce)}
    html = await datasette.render_template(template, filled, request=request)
    own = {
        "referrer-policy": "same-origin",  # with no-referrer, forms would be sent without an origin
        "cache-control": "no-store",
        "set-cookie": forms.cookie(nonce, request.scheme),
    }
    return Response.html(
        html, status=400 if context.get("error") else 200, headers={**own, **(headers or {})}
    )


def _begin(
    management: Management, site: str, arguments: Sequence[str]
) -> tuple[Look | None, str | None]:
    """Begin a look, or return why there is none: ``busy``, or ``needed`` without an address."""
    if not site:
        return None, "needed"
    look = management.looks.start(site, arguments)
    return look, None if look else "busy"


def _add_arguments(given: dict[str, str]) -> list[str]:
    """The command line for what was filled in: no value can be taken for an option."""
    options = [
        f"--{name}={given[name].strip()}"
        for name in ("name", "delay")
        if given.get(name, "").strip()
    ]
    url = given.get("url", "").strip()
    return ["sources", "add", "--dry-run", "--json", "--quiet", *options, "--", url]


async def _register(management: Management, look: Look) -> str | None:
    """Register what a look has found; returns what went wrong, or None."""
    value = look.value or {}
    entry = value.get("entry")
    if not entry or look.registered:
        return None if look.registered else "nothing"
    source = value["source"]

    def write() -> None:
        look.registered = add_entry(
            management.sources_file, source["home_url"], entry, value["funnel"]
        )

    return await told(write)
