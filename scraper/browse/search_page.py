"""The search page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup, escape
from sqlite_utils import Database

from pipelines.gazetteer.lookup import place_of
from scraper.base.source import Level, State
from scraper.browse.language import Translator
from scraper.browse.source_filters import read_place_filters
from scraper.browse.unknown_names import check_names
from scraper.browse.views import page_number, read, read_day, show
from scraper.store.changes import MARKED
from scraper.store.match_counts import count_matches
from scraper.store.narrowing import Narrowing, narrow
from scraper.store.search import Found, Hit, newest, search
from scraper.store.search_filters import EVERYTHING, Filters
from scraper.store.source_choices import (
    SOURCES_OFFERED,
    districts_of_sources,
    offered_sources,
    source_choices,
)
from scraper.store.source_conditions import PLACE_FIELDS, SourceConditions
from scraper.store.sources import source_names
from scraper.store.stats import list_sections

PAGE = 20
REACH = 200
"""Hits that can be paged through: a reader who needs more narrows the search or downloads all."""

COUNTED = 10_000
"""Hits that are counted: beyond, a page says "more than"."""

MARKS = ("\x01", "\x02")
"""Around the words in a snippet: characters that no extracted text holds."""

SECTIONS_OFFERED = 300

FIELDS = tuple(name for name in Filters.__dataclass_fields__ if name != "slugs")


@dataclass(frozen=True, slots=True)
class Query:
    """A search as its URL states it."""

    words: str
    filters: Filters
    newest_first: bool
    page: int

    def address(self, form: str = "", **changed: object) -> str:
        """Return the URL of this search, with some of its arguments changed."""
        arguments: dict[str, object] = {
            "q": self.words,
            **asdict(self.filters),
            "order": "newest" if self.newest_first else None,
            **changed,
        }
        query = urlencode({name: value for name, value in arguments.items() if value})
        return f"/search{form}?{query}"


async def page(datasette: Datasette, request: Request) -> Response:
    """Show what a search finds."""
    query = read_query(request.args)
    context = await read(datasette, lambda db: _context(db, query))
    return await show(datasette, request, "search.html", context)


def read_query(arguments: Mapping[str, str]) -> Query:
    """Return the search that arguments ask for; what cannot be parsed is left out."""
    given = {name: (arguments.get(name) or "").strip() or None for name in FIELDS}
    given |= read_place_filters(arguments)
    for name in ("since", "until"):
        day = read_day(given[name])
        given[name] = day.isoformat() if day else None
    if given["change"] not in MARKED:
        given["change"] = None
    return Query(
        words=(arguments.get("q") or "").strip(),
        filters=Filters(**given),
        newest_first=arguments.get("order") == "newest",
        page=page_number(arguments.get("page"), REACH // PAGE),
    )


def find(
    db: Database, query: Query, limit: int, offset: int = 0, narrowing: Narrowing | None = None
) -> Found:
    """The hits of a query; without words the newest articles that meet its filters.

    ``narrowing`` is that of the filters, if the caller has it.
    Raises UnknownNameError if it names a source or a place that there is not.
    """
    check_names(db, query.filters)
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
        narrowing=narrowing,
    )


def highlighted(snippet: str) -> Markup:
    """A snippet with its marked words in <mark>; everything else in it stays text."""
    start, end = MARKS
    safe = str(escape(snippet))
    return Markup(safe.replace(start, "<mark>").replace(end, "</mark>"))


def found_in_file(t: Translator, urls: Any, hit: Hit) -> Markup:
    """Say in which attachment the words are, with a link to our copy of it."""
    link = Markup('<a href="{}" rel="nofollow">{}</a>').format(
        urls.path(f"/-/files/{hit.digest}"), hit.attachment
    )
    before, after = t("found_in_file", name="\x00", page=hit.page).split("\x00")
    return escape(before) + link + escape(after)


def _context(db: Database, query: Query) -> dict[str, Any]:
    offset = (query.page - 1) * PAGE
    narrowing = narrow(db, query.filters) if query.words else None
    found = find(db, query, PAGE + 1, offset, narrowing)
    place = SourceConditions(**{name: getattr(query.filters, name) for name in PLACE_FIELDS})
    has_more, is_last = len(found.hits) > PAGE, query.page == REACH // PAGE
    return {
        "query": query,
        "found": found,
        "total": count_matches(
            db, query.words, query.filters, COUNTED, narrowing=narrowing, known=found.bounded
        ),
        "changes": MARKED,
        "hits": found.hits[:PAGE],
        "highlighted": highlighted,
        "found_in_file": found_in_file,
        "narrowed": query.filters != EVERYTHING,
        "next_page": query.address(page=query.page + 1) if has_more and not is_last else None,
        "reach": REACH if has_more and is_last else None,
        "previous_page": query.address(page=query.page - 1) if query.page > 1 else None,
        "first": offset + 1,
        "names": source_names(db),
        "offered": offered_sources(db, SOURCES_OFFERED, query.filters.source, place),
        "districts": districts_of_sources(db),
        "sections": list_sections(db, SECTIONS_OFFERED),
        "choices": source_choices(db),
        "levels": list(Level),
        "states": list(State),
        "unit": place_of(query.filters.unit) if query.filters.unit else None,
    }
