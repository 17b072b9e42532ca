"""An article's page, and its versions compared."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from pipelines.article import Use, names_of
from pipelines.gazetteer.lookup import place_of
from scraper.browse.article_shape import (
    paragraph_parts,
    parts,
    shown_attachment,
    shown_photo,
    without_place,
)
from scraper.browse.citation import citation_of
from scraper.browse.diff import Budget, Kind, changes, paragraphs, whole, words
from scraper.browse.origins import shown_origin, with_origins
from scraper.browse.shape_diff import parts_of, shape_changes
from scraper.browse.views import absolute_address, read, show
from scraper.store.article_rows import read_article, read_article_times
from scraper.store.capture_origins import (
    archived_copies,
    origin_of_article,
    origins_of_revisions,
)
from scraper.store.captures import archived_at
from scraper.store.earlier_files import earlier_files, known_files
from scraper.store.file_rows import attachments_of_article, photos_of_article, read_shape
from scraper.store.revisions import earlier_versions, read_revision
from scraper.store.sources import read_source
from scraper.store.stats import adjacent_articles, same_articles

TWINS_SHOWN = 20
COPIES_SHOWN = 20
COMPARED = names_of(Use.SHOWN_IN_DIFF)

UNKNOWN_FILE = dict.fromkeys(("digest", "media_type", "size", "outcome", "reason", "is_kept"))


async def page(datasette: Datasette, request: Request) -> Response:
    """Show an article."""
    row_id = int(request.url_vars["id"])
    context = await read(datasette, lambda db: _context(db, row_id))
    address = absolute_address(datasette, request, f"/articles/{row_id}")
    context["citation"] = citation_of(context["article"], context["source"], address)
    return await show(datasette, request, "article.html", context)


async def comparison_page(datasette: Datasette, request: Request) -> Response:
    """Show what changed between two versions (numbers ``old``, ``new``; 0 is current)."""
    row_id = int(request.url_vars["id"])
    chosen = [request.args.get(name) for name in ("old", "new")]
    context = await read(datasette, lambda db: _comparison(db, row_id, chosen))
    return await show(datasette, request, "comparison.html", context)


def version_of(db: Database, row_id: int, version: dict[str, Any]) -> dict[str, Any]:
    """Return a version of an article in full; number 0 is the current one."""
    if version["number"] == 0:
        return _article(db, row_id) | version | {"are_files_known": True}
    return read_revision(db, row_id, version["number"]) | version


def versions_of(db: Database, row_id: int) -> list[dict[str, Any]]:
    """Return the versions of an article, newest first, with the keys of `earlier_versions`.

    Number 0 is the current version, which has no ``until``.
    """
    return [{"number": 0, "until": None, "again": None}, *earlier_versions(db, row_id)]


def _context(db: Database, row_id: int) -> dict[str, Any]:
    article = _article(db, row_id)
    older, newer = adjacent_articles(db, article)
    blocks = article["blocks"]
    photos = [shown_photo(row, number) for number, row in enumerate(article["photos"], 1)]
    attachments = [shown_attachment(row) for row in article["attachments"]]
    source = read_source(db, article["source"])
    code = source["unit_code"] if source else None
    origin, earlier = origin_of_article(db, row_id), origins_of_revisions(db, row_id)
    return {
        "article": article,
        "parts": parts(blocks or paragraph_parts(article["paragraphs"]), photos, attachments),
        "photos": without_place(photos, blocks, "photo"),
        "attachments": attachments,
        "earlier_files": [shown_attachment(row) for row in earlier_files(db, row_id)],
        "source": source,
        "unit": place_of(code) if code else None,
        "origin": origin,
        "copies": archived_copies(db, row_id, COPIES_SHOWN),
        "shown_origin": shown_origin,
        "versions": with_origins(versions_of(db, row_id), origin, earlier),
        "twins": same_articles(db, article, TWINS_SHOWN),
        "older": older,
        "newer": newer,
        "is_archived": archived_at(db, row_id) is not None,
    }


def _article(db: Database, row_id: int) -> dict[str, Any]:
    try:
        article = read_article(db, row_id)
    except KeyError as error:
        raise NotFound(f"there is no article {row_id}") from error
    files = {
        "blocks": read_shape(db, row_id),
        "photos": photos_of_article(db, row_id),
        "attachments": attachments_of_article(db, row_id),
    }
    return article | files | read_article_times(db, row_id)


def _comparison(db: Database, row_id: int, chosen: list[str | None]) -> dict[str, Any]:
    """Two versions and their difference; by default the last two."""
    versions = versions_of(db, row_id)
    if len(versions) < 2:
        raise NotFound("no earlier version")
    numbers = {str(version["number"]): version for version in versions}
    old = version_of(db, row_id, numbers.get(chosen[0] or "", versions[1]))
    new = version_of(db, row_id, numbers.get(chosen[1] or "", versions[0]))
    budget = Budget()
    fields = {name: words(old[name] or "", new[name] or "", budget) for name in COMPARED}
    has_shapes = bool(old["blocks"] and new["blocks"])
    return {
        "article": _article(db, row_id),
        "versions": versions,
        "old": old,
        "new": new,
        "fields": fields,
        "published": whole(old["published_at"] or "", new["published_at"] or ""),
        "paragraphs": [] if has_shapes else changes(paragraphs(old), paragraphs(new), budget),
        "shape": shape_changes(parts_of(old), parts_of(new), budget) if has_shapes else [],
        "files": _other_files(db, old, new),
        "is_too_long": budget.is_spent,
    }


def _other_files(
    db: Database, old: dict[str, Any], new: dict[str, Any]
) -> list[tuple[Kind, dict[str, Any]]]:
    """Return the attachments that only one of two versions has, as far as both are known."""
    if not (old["are_files_known"] and new["are_files_known"]):
        return []
    urls = [{file["url"] for file in version["attachments"]} for version in (old, new)]
    known = known_files(db, urls[0] ^ urls[1])
    return [
        (kind, shown_attachment({**UNKNOWN_FILE, **known.get(file["url"], {}), **_named(file)}))
        for kind, version, others in ((Kind.REMOVED, old, urls[1]), (Kind.ADDED, new, urls[0]))
        for file in version["attachments"]
        if file["url"] not in others
    ]


def _named(file: dict[str, Any]) -> dict[str, Any]:
    return {"url": file["url"], "name": file["name"]}
