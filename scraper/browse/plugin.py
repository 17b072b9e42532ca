"""Our Datasette plugin: the pages, and what their templates know."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from sqlite3 import Connection
from typing import Any

from datasette.app import Datasette
from datasette.facets import Facet
from datasette.utils import path_with_replaced_args
from datasette.utils.asgi import Request, Response
from jinja2 import Environment
from markupsafe import Markup
from pluggy import HookimplMarker

from scraper.base.messages import LANGUAGES
from scraper.browse import (
    archived_files,
    archived_page,
    article_downloads,
    articles,
    changes,
    coverage,
    downloads,
    home,
    layout_form,
    managing,
    run_articles,
    runs,
    search_page,
    source_list,
    sources,
    table_pages,
    units,
    unknown_names,
    watches,
)
from scraper.browse.errors import answer_to, refusal
from scraper.browse.language import Translator, language_of, reader_language
from scraper.browse.middleware import Application, Message, Receive, Send
from scraper.browse.text_columns import without_language, without_texts
from scraper.store.search_terms import FOLDED, match_expression

hook = HookimplMarker("datasette")

View = Callable[..., Awaitable[Any]]

TIME_COLUMN = "_at"
OWN_PAGE = re.compile(r"/articles/\d+(/compare)?")
DIGEST_COLUMN = "digest"
DIGEST = re.compile(r"[0-9a-f]{64}")


@hook
def register_routes() -> list[tuple[str, View]]:
    """Register our pages; Datasette's own stay, except its index, which is at ``/.json``."""
    return [
        (r"^/$", home.page),
        (r"^/search$", search_page.page),
        (r"^/search\.atom$", downloads.feed),
        (r"^/search\.(?P<form>csv|json)$", downloads.file),
        (r"^/articles/(?P<id>\d{1,18})$", articles.page),
        (r"^/articles/(?P<id>\d{1,18})\.(?P<form>md|txt|docx|ris|bib)$", article_downloads.file),
        (r"^/articles/(?P<id>\d{1,18})/compare$", articles.comparison_page),
        (r"^/articles/(?P<id>\d{1,18})/archived$", archived_page.page),
        (r"^/sources$", source_list.page),
        (r"^/sources/(?P<slug>[^/]+)$", sources.page),
        (r"^/runs$", runs.list_page),
        (r"^/runs/(?P<id>\d{1,18})$", runs.page),
        (r"^/runs/(?P<id>\d{1,18})/articles$", run_articles.page),
        (r"^/-/changes$", changes.page),
        (r"^/-/changes\.atom$", changes.feed),
        (r"^/failures$", runs.failures_page),
        (r"^/manage$", managing.list_page),
        (r"^/manage/looks/(?P<id>[\w-]{1,40})$", managing.look_page),
        (r"^/manage/sources/(?P<slug>[a-z0-9-]+)/layout$", layout_form.page),
        (
            r"^/manage/sources/(?P<slug>[a-z0-9-]+)/(?P<action>enable|disable|check)$",
            managing.switch,
        ),
        (r"^/-/coverage$", coverage.page),
        (r"^/-/coverage/(?P<name>[^/]+)$", coverage.province_page),
        (r"^/-/unit/(?P<name>[^/]+)$", units.page),
        (r"^/-/watches$", watches.list_page),
        (r"^/-/watches/(?P<name>[^/]+)$", watches.page),
        (r"^/-/files/(?P<digest>[0-9a-f]{64})$", archived_files.file),
        (r"^/-/previews/(?P<digest>[0-9a-f]{64})$", archived_files.preview),
    ]


@hook
def asgi_wrapper(datasette: Datasette) -> Callable[[Application], Application]:
    """Note the reader's language, and leave the texts of files out of the pages of tables."""

    def wrap(application: Application) -> Application:
        async def answer(scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                reader_language.set(language_of(scope))
                scope = without_language(dict(scope), datasette.get_database().route)
            await application(without_texts(dict(scope)), receive, send)

        return answer

    return wrap


@hook
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """``t`` writes texts, dates and numbers; ``switch`` are the addresses in each language."""
    addresses = {
        language: path_with_replaced_args(request, {"lang": language})
        if request
        else f"?lang={language}"
        for language in LANGUAGES
    }
    return {
        "t": Translator(reader_language.get()),
        "switch": addresses,
        "table_pages": table_pages,
        "database_name": datasette.get_database().name,
        "is_managed": getattr(datasette.get_database(), "management", None) is not None,
    }


@hook
def skip_csrf(scope: Message) -> bool:
    """Leave our own forms to FormGuard, which is stricter than Datasette's check."""
    return str(scope["path"]).startswith("/manage")


@hook
def register_facet_classes() -> list[type[Facet]]:
    """Register the facets by time."""
    return [table_pages.TimeFacet]


@hook
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Set the same names for error pages, which Datasette renders without the request."""
    env.globals.update(extra_template_vars(datasette, None))


@hook
def prepare_connection(conn: Connection) -> None:
    """Register ``all_words(words)``, which makes a full-text expression of words, in SQL."""
    conn.create_function("all_words", 1, lambda words: match_expression(str(words or ""), FOLDED))


@hook
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Answer a request that failed in the reader's language, or with the nearest names."""
    if isinstance(exception, unknown_names.UnknownNameError):
        error = exception
        return lambda: unknown_names.answer(datasette, request, error)
    return answer_to(datasette, request, exception)


@hook
def forbidden(
    datasette: Datasette, request: Request, message: str
) -> Callable[[], Awaitable[Response]]:
    """Say in the reader's language what is not allowed."""
    return refusal(datasette, request, message)


@hook
def render_cell(value: object, column: str) -> Markup | None:
    """Render cells of Datasette's tables: times and values as people write them, and links."""
    if not isinstance(value, str):
        return None
    if column.endswith(TIME_COLUMN):
        written = Translator(reader_language.get()).date(value)
        return Markup('<time datetime="{}">{}</time>').format(value, written)
    if column == DIGEST_COLUMN and DIGEST.fullmatch(value):
        return Markup('<a href="/-/files/{0}">{0}</a>').format(value)
    if (word := Translator(reader_language.get()).value(column, value)) != value:
        return Markup('<data value="{}">{}</data>').format(value, word)
    if OWN_PAGE.fullmatch(value):
        return Markup('<a href="{0}">{0}</a>').format(value)
    return None
