"""The page of what changed, by night and source, and its feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from scraper.base.clock import VIETNAM, to_utc_iso
from scraper.browse.atom import Entry, feed_of
from scraper.browse.language import Translator
from scraper.browse.unknown_names import check_source
from scraper.browse.views import page_number, read, read_day, show
from scraper.store.changes import Change, ChangeFilter, list_changes
from scraper.store.source_choices import SOURCES_OFFERED, offered_sources
from scraper.store.sources import source_names

PAGE = 50
REACH = 1_000
"""Changes that can be paged through: a reader who needs more chooses a night, source or kind."""

FED = 50
"""Changes of a feed, the latest ones."""

EVERY = (Change.NEW, Change.EDITED, Change.REMOVED)
CHANGED = (Change.EDITED, Change.REMOVED)
"""What the feed has if no kind is asked for: new articles have a feed of their own."""


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """The changes that a URL asks for; ``night`` is a day in Vietnam."""

    kind: Change | None = None
    source: str | None = None
    night: date | None = None
    page: int = 1

    def address(self, form: str = "", **changed: object) -> str:
        """Return the URL of this list, with some of its arguments changed."""
        given = {"kind": self.kind, "source": self.source, "night": self.night, **changed}
        query = urlencode({name: str(value) for name, value in given.items() if value})
        return f"/-/changes{form}" + (f"?{query}" if query else "")

    def filter(self, usual: tuple[Change, ...] = EVERY) -> ChangeFilter:
        """Return what the store lists for it."""
        changes = (self.kind,) if self.kind else usual
        if self.night is None:
            return ChangeFilter(changes, self.source)
        start = datetime.combine(self.night, time(), VIETNAM)
        end = start + timedelta(days=1)
        return ChangeFilter(changes, self.source, to_utc_iso(start), to_utc_iso(end))


async def page(datasette: Datasette, request: Request) -> Response:
    """Show what changed."""
    query = read_query(request.args)
    context = await read(datasette, lambda db: _context(db, query))
    return await show(datasette, request, "changes.html", context)


async def feed(datasette: Datasette, request: Request) -> Response:
    """Return the latest changes as a feed; without a kind the edited and the removed ones."""
    query = read_query(request.args)
    rows, names = await read(datasette, lambda db: _fed(db, query))
    here = f"{request.scheme}://{request.host}"
    t = Translator("vi")
    title = f"Tin huyện: {t('change_' + query.kind) if query.kind else t('changes')}"
    entries = [_entry(t, row, names, here) for row in rows]
    body = feed_of(title, here, query.address(), query.address(".atom"), entries)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def read_query(arguments: Mapping[str, str]) -> ChangeQuery:
    """Return the changes that arguments ask for; what cannot be parsed is left out."""
    kind, night = arguments.get("kind"), read_day(arguments.get("night"))
    return ChangeQuery(
        kind=Change(kind) if kind in tuple(Change) else None,
        source=(arguments.get("source") or "").strip() or None,
        night=night if night and date.min < night < date.max else None,
        page=page_number(arguments.get("page"), REACH // PAGE),
    )


def by_night_and_source(rows: list[dict[str, Any]]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return changes grouped by night (a day in Vietnam), the latest first, and by source."""
    nights = groupby(rows, lambda row: night_of(row["moment"]))
    return [(night, _by_source(list(found))) for night, found in nights]


def night_of(moment: str) -> str:
    """Return the day in Vietnam of a stored time; an unreadable time as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone(VIETNAM).date().isoformat()
    except ValueError:
        return moment


def _by_source(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    sources: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        sources.setdefault(row["source"], []).append(row)
    return list(sources.items())


def _context(db: Database, query: ChangeQuery) -> dict[str, Any]:
    names = _checked_names(db, query)
    rows = list_changes(db, query.filter(), PAGE + 1, (query.page - 1) * PAGE)
    has_more, is_last = len(rows) > PAGE, query.page == REACH // PAGE
    return {
        "query": query,
        "kinds": list(Change),
        "names": names,
        "offered": offered_sources(db, SOURCES_OFFERED, query.source),
        "nights": by_night_and_source(rows[:PAGE]),
        "feeds": {kind: replace(query, kind=kind).address(".atom") for kind in CHANGED},
        "next_page": query.address(page=query.page + 1) if has_more and not is_last else None,
        "previous_page": query.address(page=query.page - 1) if query.page > 1 else None,
        "reach": REACH if has_more and is_last else None,
    }


def _fed(db: Database, query: ChangeQuery) -> tuple[list[dict[str, Any]], dict[str, str]]:
    names = _checked_names(db, query)
    return list_changes(db, query.filter(CHANGED), FED), names


def _checked_names(db: Database, query: ChangeQuery) -> dict[str, str]:
    names = source_names(db)
    if query.source is not None:
        check_source(query.source, names)
    return names


def _entry(t: Translator, row: dict[str, Any], names: Mapping[str, str], here: str) -> Entry:
    article = f"{here}/articles/{row['id']}"
    compares = row["change"] == Change.EDITED and row["has_versions"]
    said = t(f"change_{row['change']}")
    return Entry(
        id=f"{article}#{row['change']}-{row['moment']}",
        title=f"[{said}] {row['title'] or t('untitled')}",
        updated=row["moment"],
        link=f"{article}/compare" if compares else article,
        author=names.get(row["source"], row["source"]),
        summary=row["lede"] or said,
    )
