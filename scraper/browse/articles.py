"""An article's page, its versions compared, and the page as it was archived."""

from __future__ import annotations

from asyncio import to_thread
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from pipelines.article import Use, names_of
from scraper.archive.reader import read_page
from scraper.base.errors import ArchiveError
from scraper.browse.diff import Budget, changes, paragraphs, whole, words
from scraper.browse.pages import read, show
from scraper.store.article_rows import read_article

TWINS_SHOWN = 20
COMPARED = names_of(Use.SHOWN_IN_DIFF)

SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
"""An archived page is a stranger's: it is shown without script, forms, and other hosts."""


async def page(datasette: Datasette, request: Request) -> Response:
    """Show an article."""
    row_id = int(request.url_vars["id"])
    return await show(
        datasette, request, "article.html", await read(datasette, lambda db: _context(db, row_id))
    )


async def comparison_page(datasette: Datasette, request: Request) -> Response:
    """Show what changed between two versions (``old``, ``new``: their numbers, 0 is today's)."""
    row_id = int(request.url_vars["id"])
    chosen = [request.args.get(name) for name in ("old", "new")]
    context = await read(datasette, lambda db: _comparison(db, row_id, chosen))
    return await show(datasette, request, "comparison.html", context)


async def archived_page(datasette: Datasette, request: Request) -> Response:
    """Show the page as the archive holds it."""
    row_id = int(request.url_vars["id"])
    place = await read(datasette, lambda db: _capture(db, row_id))
    folder = Path(datasette.get_database().path).parent / "archive"
    try:
        kept = await to_thread(read_page, folder, *place)
    except ArchiveError as error:
        raise NotFound(str(error)) from error
    kind = kept.headers.get("content-type", "text/html")
    headers = {"content-security-policy": SANDBOX}
    return Response(kept.body, headers=headers, content_type=kind)


def version_of(db: Database, row_id: int, version: dict[str, Any]) -> dict[str, Any]:
    """A version of an article in full; number 0 is how it stands now."""
    if version["number"] == 0:
        return _article(db, row_id) | version
    columns = ", ".join((*COMPARED, "body", "published_at"))
    sql = f"SELECT {columns} FROM revisions WHERE article = ? AND id = ?"
    return next(iter(db.query(sql, [row_id, version["number"]]))) | version


def versions_of(db: Database, row_id: int) -> list[dict[str, Any]]:
    """The numbers of an article's versions, newest first; number 0 is how it stands now.

    ``until`` is when a version was last seen, None for the one that stands; ``again`` when it was
    last seen to stand again after another one, if it did.
    """
    return [{"number": 0, "until": None, "again": None}, *_earlier(db, row_id)]


def _earlier(db: Database, row_id: int) -> list[dict[str, Any]]:
    """The numbers and times of an article's earlier versions, newest first."""
    sql = (
        "SELECT id AS number, seen_at AS until,"
        " (SELECT max(seen_at) FROM returns WHERE revision = revisions.id) AS again"
        " FROM revisions WHERE article = ?"
        " ORDER BY seen_at DESC, id DESC"
    )
    return list(db.query(sql, [row_id]))


def _context(db: Database, row_id: int) -> dict[str, Any]:
    article = _article(db, row_id)
    source = next(iter(db.query("SELECT * FROM sources WHERE slug = ?", [article["source"]])))
    older, newer = _neighbours(db, article)
    return {
        "article": article,
        "source": source,
        "versions": versions_of(db, row_id),
        "twins": _twins(db, article),
        "older": older,
        "newer": newer,
        "is_archived": _captured(db, row_id) is not None,
    }


def _article(db: Database, row_id: int) -> dict[str, Any]:
    more = "first_seen_at, last_seen_at, changed_at, gone_at, same_as"
    try:
        article = read_article(db, row_id)
    except KeyError as error:
        raise NotFound(f"article {row_id}") from error
    times = next(iter(db.query(f"SELECT {more} FROM articles WHERE id = ?", [row_id])))
    return article | times


def _neighbours(
    db: Database, article: dict[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The articles of the source that were published next before and next after."""
    place = [article["source"], article["published_at"], article["id"]]
    older, newer = (
        next(
            iter(
                db.query(
                    "SELECT id, title, published_at FROM articles WHERE source = ?"
                    f" AND (published_at, id) {sign} (?, ?)"
                    f" ORDER BY published_at {order}, id {order} LIMIT 1",
                    place,
                )
            ),
            None,
        )
        for sign, order in (("<", "DESC"), (">", "ASC"))
    )
    return older, newer


def _twins(db: Database, article: dict[str, Any]) -> list[dict[str, Any]]:
    """The articles where the same text stands too, the earliest first."""
    first = article["same_as"] or article["id"]
    return list(
        db.query(
            "SELECT articles.id, title, published_at, slug, name FROM articles"
            " JOIN sources ON slug = source WHERE articles.id IN"
            " (SELECT ? UNION ALL SELECT id FROM articles WHERE same_as = ?) AND articles.id <> ?"
            " ORDER BY published_at LIMIT ?",
            [first, first, article["id"], TWINS_SHOWN],
        )
    )


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
    compared = changes(paragraphs(old), paragraphs(new), budget)
    return {
        "article": _article(db, row_id),
        "versions": versions,
        "old": old,
        "new": new,
        "fields": fields,
        "published": whole(old["published_at"] or "", new["published_at"] or ""),
        "paragraphs": compared,
        "is_too_long": budget.is_spent,
    }


def _captured(db: Database, row_id: int) -> tuple[str, int] | None:
    """Where the archive holds the latest page of an article."""
    row = db.execute(
        "SELECT warc_file, warc_offset FROM articles JOIN pages ON pages.url_key = articles.page"
        " JOIN captures ON captures.id = pages.capture WHERE articles.id = ?",
        [row_id],
    ).fetchone()
    return tuple(row) if row else None


def _capture(db: Database, row_id: int) -> tuple[str, int]:
    place = _captured(db, row_id)
    if place is None:
        raise NotFound(f"article {row_id} is not in the archive")
    return place
