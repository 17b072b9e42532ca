"""Addresses that only newer versions of Datasette have, such as ``/demo/-/query``: what is said."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from scraper.browse.language import TEXTS, Translator, reader_language
from scraper.browse.middleware import error_body

OURS = ("watches", "files", "previews", "changes")
NEWER = re.compile(rf"/-/(?!(?:{'|'.join(OURS)})(?:[/.]|$)).+|(?:/[^/]+){{1,3}}/-/.+")


def is_newer(path: str) -> bool:
    """Whether a path looks like those of Datasette's own pages, and none of our pages has it."""
    return NEWER.fullmatch(path) is not None


def answer(datasette: Datasette, request: Request) -> Callable[[], Awaitable[Response]]:
    """Return what answers 404: a page, or an object, that says where SQL is run."""

    async def respond() -> Response:
        database = datasette.get_database()
        may_run = await datasette.permission_allowed(
            request.actor, "execute-sql", resource=database.name, default=True
        )
        url = datasette.urls.database(database.name)
        sql = f"{url}?{urlencode({'sql': request.args.get('sql') or ''})}"
        if request.path.endswith(".json"):
            sentences = [
                TEXTS["newer_address"]["en"],
                TEXTS["sql_is_at" if may_run else "sql_is_off"]["en"],
            ]
            text = " ".join([*sentences, *([sql] if may_run else [])])
            content_type, body = error_body(request.path, 404, text)
            return Response(body, 404, content_type=content_type)
        t = Translator(reader_language.get())
        context = {
            "status": 404,
            "heading": "not_found",
            "error": t("newer_address"),
            "note": t("sql_is_at" if may_run else "sql_is_off"),
            "link": sql if may_run else None,
        }
        html = await datasette.render_template("error.html", context, request=request)
        return Response.html(html, status=404)

    return respond
