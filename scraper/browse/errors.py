"""Error pages in the language of the reader; those who ask for JSON get Datasette's own answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError

from scraper.base.messages import ENGLISH
from scraper.browse import newer_addresses
from scraper.browse.bounded import AnswerTooLarge
from scraper.browse.language import TEXTS, Translator, reader_language
from scraper.browse.middleware import error_body

logger = logging.getLogger(__name__)

HEADINGS = {400: "bad_request", 403: "forbidden", 404: "not_found"}

Answer = Callable[[], Awaitable[Response]]


def answer_to(datasette: Datasette, request: Request, exception: Exception) -> Answer | None:
    """Return what answers a request that failed, or None if Datasette is to answer it.

    An answer that is too large is refused in plain text or JSON, which take little memory.
    """
    t = Translator(reader_language.get())
    is_json = request.path.endswith(".json")
    if isinstance(exception, AnswerTooLarge | MemoryError):
        return _plain(request.path, TEXTS["answer_too_large"][ENGLISH if is_json else t.language])
    if isinstance(exception, Base400 | DatasetteError) and newer_addresses.is_newer(request.path):
        return newer_addresses.answer(datasette, request)
    if is_json:
        return None
    if isinstance(exception, Base400):
        return _page(datasette, request, exception.status, str(exception.args[0]))
    if isinstance(exception, DatasetteError):
        text = t("query_too_slow") if exception.message_is_html else exception.message
        return _page(datasette, request, exception.status, str(text))
    logger.error("page failed path=%r", request.path, exc_info=exception)
    return _page(datasette, request, 500, t("error_unexpected"))


def refusal(datasette: Datasette, request: Request, permission: str) -> Answer:
    """Return the answer to a request that a permission is missing for."""
    text = Translator(reader_language.get()).known("permission", permission)
    return _page(datasette, request, 403, text)


def _plain(path: str, text: str) -> Answer:
    async def answer() -> Response:
        content_type, body = error_body(path, 413, text)
        return Response(body, 413, content_type=content_type)

    return answer


def _page(datasette: Datasette, request: Request, status: int, text: str) -> Answer:
    context: dict[str, Any] = {
        "status": status,
        "heading": HEADINGS.get(status, "went_wrong"),
        "error": text,
    }

    async def answer() -> Response:
        body = await datasette.render_template("error.html", context, request=request)
        return Response.html(body, status=status)

    return answer
