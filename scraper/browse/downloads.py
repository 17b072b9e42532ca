"""Downloads of a search: the newest hits as an Atom feed (RFC 4287), or all as CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, AsgiWriter, Request, Response
from sqlite_utils import Database

from scraper.base.clock import now, to_utc_iso
from scraper.browse.atom import FORBIDDEN, NAMESPACE, add_text, as_xml
from scraper.browse.bounded import AnswerTooLarge, weighed
from scraper.browse.search_page import Query, find, read_query
from scraper.browse.unknown_names import check_names
from scraper.browse.views import read
from scraper.store.article_rows import read_by_ids
from scraper.store.exported_files import add_file_facts
from scraper.store.file_rows import attachments_of_article
from scraper.store.file_search import places_outside_articles
from scraper.store.search import every_match
from scraper.transfer.exporting import KEYS, Row, csv_header, csv_text

FED = 50
"""Articles of a feed, the newest ones: a subscriber has read the others before."""

PLACE = ("attachment", "page")
"""Where a file has the words, if the article itself does not; else null."""

PORTION = 20
"""Articles that are read at a time: memory stays flat, however many are found."""


async def feed(datasette: Datasette, request: Request) -> Response:
    """Return the newest articles that a search finds as a feed."""
    query = read_query(request.args)
    newest = Query(query.words, query.filters, True, 1)
    hits = await read(datasette, lambda db: find(db, newest, FED).hits)
    rows = await complete_articles(datasette, [hit.id for hit in hits])
    await read(datasette, lambda db: add_files(db, rows))
    body = atom(rows, f"{request.scheme}://{request.host}", query.address(), query.words)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def _every_match(db: Database, query: Query) -> list[int]:
    check_names(db, query.filters)
    return every_match(db, query.words, query.filters, newest_first=query.newest_first)


def add_files(db: Database, rows: Sequence[Row]) -> None:
    """Give the attachments of articles what is known of their files."""
    for row in rows:
        row["attachments"] = attachments_of_article(db, row["id"])


async def file(datasette: Datasette, request: Request) -> AsgiStream:
    """Return all articles that a search finds, in the format that the URL ends with."""
    query = read_query(request.args)
    ids = await read(datasette, lambda db: _every_match(db, query))
    form = FORMS[request.url_vars["form"]]

    async def write(out: AsgiWriter) -> None:
        await out.write(form.start)
        between = ""
        async for rows in _portions(datasette, ids, query.words):
            if rows:
                await out.write(between + form.text(rows))
                between = form.between
        if form.end:
            await out.write(form.end)

    return AsgiStream(write, content_type=f"{form.kind}; charset=utf-8")


async def _portions(
    datasette: Datasette, ids: Sequence[int], words: str
) -> AsyncIterator[list[Row]]:
    """Return the articles in their order, one by one if they are too large together."""
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        try:
            rows = await _with_places(datasette, portion, words)
        except AnswerTooLarge:
            for one in portion:
                yield await _with_places(datasette, [one], words)
        else:
            yield rows


async def _with_places(datasette: Datasette, ids: Sequence[int], words: str) -> list[Row]:
    """Return articles with ``attachment`` and ``page``, if only a file of theirs has the words."""
    rows = await complete_articles(datasette, ids)
    places = await read(datasette, lambda db: places_outside_articles(db, words, ids))
    for row in rows:
        place = places.get(row["id"])
        row["attachment"] = place.attachment if place else None
        row["page"] = place.page if place else None
    return rows


async def complete_articles(datasette: Datasette, ids: Sequence[int]) -> list[Row]:
    """Return articles as they are exported, in the order of the ids; deleted ones are left out."""

    def complete(db: Database) -> list[Row]:
        read = (add_file_facts(db, row, with_text=False) for row in read_by_ids(db, ids))
        rows = {row["id"]: row for row in weighed(read)}
        return [rows[row_id] for row_id in ids if row_id in rows]

    return await read(datasette, complete)


def _json_text(rows: Sequence[Row]) -> str:
    return ",\n".join(
        json.dumps({key: row[key] for key in (*KEYS, *PLACE)}, ensure_ascii=False) for row in rows
    )


@dataclass(frozen=True, slots=True)
class Form:
    """How articles are written in pieces, of which each of CSV is whole lines."""

    kind: str
    start: str
    text: Callable[[Sequence[Row]], str]
    between: str = ""
    end: str = ""


FORMS = {
    "csv": Form("text/csv", csv_header(*PLACE), lambda rows: csv_text(rows, *PLACE)),
    "json": Form("application/json", "[\n", _json_text, ",\n", "\n]\n"),
}


def atom(
    rows: list[dict[str, Any]], here: str, address: str, words: str, own: str | None = None
) -> bytes:
    """The articles as a feed; ``here`` is our own origin, ``address`` that of the search page.

    ``own`` is the address of a feed that is not a search's.

    The attachments of a row have ``digest`` and ``is_kept``: those of the archive are ours.
    """
    feed = Element("feed", xmlns=NAMESPACE)
    add_text(feed, "id", here + address)
    add_text(feed, "title", f"Tin huyện: {words}" if words else "Tin huyện")
    add_text(feed, "updated", max(row["changed_at"] for row in rows) if rows else to_utc_iso(now()))
    SubElement(feed, "link", rel="alternate", href=here + address)
    own = own or address.replace("/search", "/search.atom")
    SubElement(feed, "link", rel="self", href=here + own)
    for row in rows:
        _entry(feed, row, here)
    return as_xml(feed)


def _entry(feed: Element, row: dict[str, Any], here: str) -> None:
    entry = SubElement(feed, "entry")
    page = f"{here}/articles/{row['id']}"
    add_text(entry, "id", row["url"] or page)
    add_text(entry, "title", row["title"] or "")
    add_text(entry, "updated", row["changed_at"])
    add_text(entry, "published", _moment(row))
    SubElement(entry, "link", rel="alternate", href=page)
    add_text(SubElement(entry, "author"), "name", row["author"] or row["source"])
    add_text(entry, "summary", row["lede"] or (row["paragraphs"][0] if row["body"] else ""))
    add_text(entry, "content", row["body"] or _names(row), type="text")
    for file in row["attachments"]:
        address = f"{here}/-/files/{file['digest']}" if file["is_kept"] else file["url"]
        if address.startswith(("http://", "https://")):
            title = FORBIDDEN.sub("", file["name"] or "")
            SubElement(entry, "link", rel="enclosure", href=address, title=title)


def _names(row: dict[str, Any]) -> str:
    """The names of an article's attachments, a line each: the content of a notice."""
    return "\n".join(file["name"] or file["url"] for file in row["attachments"])


def _moment(row: dict[str, Any]) -> str:
    """When the article was published, as RFC 3339 wants it; undated ones begin the era."""
    published: str = row["published_at"] or "1970-01-01"
    return published if "T" in published else f"{published}T00:00:00+07:00"
