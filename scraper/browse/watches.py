"""The pages of watches: all of them, one with what it found, and its feed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from scraper.browse.downloads import FED, add_files, atom, complete_articles
from scraper.browse.views import read, show
from scraper.store.sources import source_names
from scraper.store.watches import active_watches, hits_of_watch

HITS_SHOWN = 50
FEED = ".atom"


async def list_page(datasette: Datasette, request: Request) -> Response:
    """Show all watches of the configuration."""
    context = await read(datasette, _list_context)
    return await show(datasette, request, "watches.html", context)


async def page(datasette: Datasette, request: Request) -> Response:
    """Show what a watch found, the latest first, or the same as a feed."""
    name = unquote(request.url_vars["name"])
    if name.endswith(FEED):
        return await _feed(datasette, request, name.removesuffix(FEED))
    context = await read(datasette, lambda db: _context(db, name))
    return await show(datasette, request, "watch.html", context)


def address(name: str) -> str:
    """Return the path of the page of a watch."""
    return f"/-/watches/{quote(name, safe='')}"


async def _feed(datasette: Datasette, request: Request, name: str) -> Response:
    hits = (await read(datasette, lambda db: _context(db, name)))["hits"][:FED]
    rows = await complete_articles(datasette, [hit["id"] for hit in hits])
    found_at = {hit["id"]: hit["found_at"] for hit in hits}
    for row in rows:
        row["changed_at"] = found_at[row["id"]]
    await read(datasette, lambda db: add_files(db, rows))
    here, path = f"{request.scheme}://{request.host}", address(name)
    body = atom(rows, here, path, name, path + FEED)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def _list_context(db: Database) -> dict[str, Any]:
    return {"watches": active_watches(db), "names": source_names(db), "address": address}


def _context(db: Database, name: str) -> dict[str, Any]:
    found = [watch for watch in active_watches(db) if watch["name"] == name]
    if not found:
        raise NotFound(f"there is no watch {name}")
    return {
        "watch": found[0],
        "hits": hits_of_watch(db, name, HITS_SHOWN),
        "names": source_names(db),
        "address": address,
        "shown": HITS_SHOWN,
    }
