"""The page that tries the selectors of a layout on a stored page, and then writes them."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from pipelines.extraction.source_profile import SELECTORS
from scraper.base.errors import UsageError
from scraper.base.source import Layout, Source
from scraper.browse.management import Management, management_of
from scraper.browse.managing import catalogue_of, registered, show_form, told
from scraper.browse.views import archive_of, read
from scraper.config.layouts import layout_from, write_layout
from scraper.reprocessing.layout_trial import StoredPage, stored_page, try_layout
from scraper.reprocessing.profiles import current_layout

LARGEST_ID = 2**63 - 1


async def page(datasette: Datasette, request: Request) -> Response:
    """Show the form, what the selectors select, and after saving where they were written."""
    management = management_of(datasette)
    catalogue = await catalogue_of(management)
    source = registered(catalogue, request.url_vars["slug"])
    present = current_layout(source)
    given = {key: getattr(present, key) or "" for key in SELECTORS} if present else {}
    context: dict[str, Any] = {"source": source, "keys": SELECTORS, "file": management.sources_file}
    if request.method == "POST":
        given = await management.forms.read(request)
        try:
            context |= await _act(datasette, management, source, given)
        except UsageError as error:
            context["error"] = str(error)
    return await show_form(datasette, request, "manage_layout.html", {**context, "given": given})


async def _act(
    datasette: Datasette, management: Management, source: Source, given: dict[str, str]
) -> dict[str, Any]:
    """Try the selectors that were filled in, or write them. Raises UsageError."""
    layout = layout_from({key: given.get(key, "") for key in SELECTORS})
    if given.get("action") == "save":
        error = await told(write_layout, management.sources_file, source.slug, layout)
        return {"error": error, "saved": error is None}
    tried = source.model_copy(update={"layouts": (layout,)})
    archive, article = archive_of(datasette), _article(given.get("article", ""))

    def chosen(db: Database) -> StoredPage:
        return stored_page(db, archive, tried, article)

    stored = await read(datasette, chosen)
    return {"trial": await asyncio.to_thread(_try_alone, management, stored, layout)}


def _try_alone(management: Management, stored: StoredPage, layout: Layout) -> dict[str, Any]:
    """Try a layout unless another one is being tried. Raises UsageError."""
    if not management.trials.acquire(blocking=False):
        raise UsageError("another layout is being tried: wait a little")
    try:
        return try_layout(stored, layout)
    finally:
        management.trials.release()


def _article(text: str) -> int | None:
    number = text.strip().rpartition("/")[2]
    if number and not (number.isdecimal() and int(number) <= LARGEST_ID):
        raise UsageError(f"{text!r} is no article: its number is at the end of its address here")
    return int(number) if number else None
