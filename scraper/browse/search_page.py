"""The search page, and what it finds as a feed, a table or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup, escape
from sqlite_utils import Database

from scraper.browse.bounded import weighed
from scraper.browse.feed import atom
from scraper.browse.pages import read, show
from scraper.browse.stats import sections
from scraper.store.article_rows import read_articles
from scraper.store.search import EVERYTHING, Filters, Found, newest, search
from scraper.transfer.exporting import KEYS, WRITERS

PAGE = 20
REACH = 200
"""Hits that can be paged through: who has not found it by then narrows the search."""

TAKEN_AWAY = 1_000
"""Articles that a table or JSON holds at most; `tinhuyen export` gives any number."""

FED = 50

MARKS = ("\x01", "\x02")
"""Around the words in a snippet: characters that no extracted text holds."""

LONGEST_NUMBER = 9
"""Digits of a page number that are read: all beyond is beyond the last page anyway."""

FIELDS = tuple(Filters.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Query:
    """A search as its address tells it."""

    words: str
    filters: Filters
    newest_first: bool
    page: int

    def address(self, form: str = "", **changed: object) -> str:
        """The address of this search, with some of its arguments changed."""
        told: dict[str, object] = {
            "q": self.words,
            **asdict(self.filters),
            "order": "newest" if self.newest_first else None,
            **changed,
        }
        arguments = urlencode({name: value for name, value in told.items() if value})
        return f"/search{form}?{arguments}"


async def page(datasette: Datasette, request: Request) -> Response:
    """Show what a search finds, in the form that the address ends in."""
    query = read_query(request.args)
    form = request.url_vars.get("form")
    if form is None:
        context = await read(datasette, lambda db: _context(db, query))
        return await show(datasette, request, "search.html", context)
    rows = await read(datasette, lambda db: taken_away(db, query, form))
    here = f"{request.scheme}://{request.host}"
    body, kind = FORMS[form](rows, here, query)
    return Response(body, content_type=f"{kind}; charset=utf-8")


def read_query(arguments: Mapping[str, str]) -> Query:
    """The search that arguments ask for; what cannot be read is left out."""
    given = {name: (arguments.get(name) or "").strip() or None for name in FIELDS}
    for name in ("since", "until"):
        given[name] = _day(given[name])
    number = (arguments.get("page") or "")[:LONGEST_NUMBER]
    return Query(
        words=(arguments.get("q") or "").strip(),
        filters=Filters(**given),
        newest_first=arguments.get("order") == "newest",
        page=min(max(int(number), 1), REACH // PAGE) if number.isdecimal() else 1,
    )


def find(db: Database, query: Query, limit: int, offset: int = 0) -> Found:
    """The hits of a query; without words the newest articles that meet its filters."""
    if not query.words:
        return Found(newest(db, query.filters, limit=limit, offset=offset))
    return search(
        db,
        query.words,
        query.filters,
        newest_first=query.newest_first,
        limit=limit,
        offset=offset,
        marks=MARKS,
    )


def taken_away(db: Database, query: Query, form: str) -> list[dict[str, Any]]:
    """The articles that a query finds, complete, in its order; newest first for a feed."""
    if form == "atom":
        query = Query(query.words, query.filters, True, 1)
    ids = [hit.id for hit in find(db, query, FED if form == "atom" else TAKEN_AWAY).hits]
    marks = ", ".join("?" * len(ids))
    found = weighed(read_articles(db, f"id IN ({marks})", ids))
    rows = {row["id"]: row for row in found}
    return [rows[row_id] for row_id in ids]


def highlighted(snippet: str) -> Markup:
    """A snippet with its marked words in <mark>; everything else in it stays text."""
    start, end = MARKS
    safe = str(escape(snippet))
    return Markup(safe.replace(start, "<mark>").replace(end, "</mark>"))


def _context(db: Database, query: Query) -> dict[str, Any]:
    offset = (query.page - 1) * PAGE
    found = find(db, query, PAGE + 1, offset)
    sources = list(db.query("SELECT slug, name, province, district FROM sources ORDER BY name"))
    has_more = len(found.hits) > PAGE and query.page < REACH // PAGE
    return {
        "query": query,
        "found": found,
        "hits": found.hits[:PAGE],
        "highlighted": highlighted,
        "narrowed": query.filters != EVERYTHING,
        "next_page": query.address(page=query.page + 1) if has_more else None,
        "previous_page": query.address(page=query.page - 1) if query.page > 1 else None,
        "first": offset + 1,
        "sources": {row["slug"]: row["name"] for row in sources},
        "provinces": sorted({row["province"] for row in sources if row["province"]}),
        "districts": sorted({row["district"] for row in sources if row["district"]}),
        "sections": sections(db),
    }


def _day(text: str | None) -> str | None:
    """An ISO 8601 day, None where it is none."""
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        return None


def _as_atom(rows: list[dict[str, Any]], here: str, query: Query) -> tuple[bytes, str]:
    return atom(rows, here, query.address(), query.words), "application/atom+xml"


def _as_csv(rows: list[dict[str, Any]], here: str, query: Query) -> tuple[bytes, str]:
    out = BytesIO()
    WRITERS["csv"](_exported(rows), out)
    return out.getvalue(), "text/csv"


def _as_json(rows: list[dict[str, Any]], here: str, query: Query) -> tuple[bytes, str]:
    return json.dumps(list(_exported(rows)), ensure_ascii=False).encode(), "application/json"


def _exported(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return ({key: row[key] for key in KEYS} for row in rows)


FORMS: dict[str, Callable[[list[dict[str, Any]], str, Query], tuple[bytes, str]]] = {
    "atom": _as_atom,
    "csv": _as_csv,
    "json": _as_json,
}
