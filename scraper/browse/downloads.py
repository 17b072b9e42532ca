"""Downloads of a search: the newest hits as a feed, or all of them as CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, AsgiWriter, Request, Response
from sqlite_utils import Database

from scraper.browse.bounded import AnswerTooLarge, weighed
from scraper.browse.feed import atom
from scraper.browse.search_page import Query, find, read_query
from scraper.browse.views import read
from scraper.store.article_rows import read_by_ids
from scraper.store.search import every_match
from scraper.transfer.exporting import CSV_HEADER, KEYS, Row, csv_text

FED = 50
"""Articles of a feed, the newest ones: a subscriber has read the others before."""

PORTION = 20
"""Articles that are read at a time: memory stays flat, however many are found."""


async def feed(datasette: Datasette, request: Request) -> Response:
    """Return the newest articles that a search finds as a feed."""
    query = read_query(request.args)
    newest = Query(query.words, query.filters, True, 1)
    hits = await read(datasette, lambda db: find(db, newest, FED).hits)
    rows = await _complete(datasette, [hit.id for hit in hits])
    body = atom(rows, f"{request.scheme}://{request.host}", query.address(), query.words)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


async def file(datasette: Datasette, request: Request) -> AsgiStream:
    """Return all articles that a search finds, in the format that the URL ends with."""
    query = read_query(request.args)
    ids = await read(
        datasette,
        lambda db: every_match(db, query.words, query.filters, newest_first=query.newest_first),
    )
    form = FORMS[request.url_vars["form"]]

    async def write(out: AsgiWriter) -> None:
        await out.write(form.start)
        between = ""
        async for rows in _portions(datasette, ids):
            if rows:
                await out.write(between + form.text(rows))
                between = form.between
        if form.end:
            await out.write(form.end)

    return AsgiStream(write, content_type=f"{form.kind}; charset=utf-8")


async def _portions(datasette: Datasette, ids: Sequence[int]) -> AsyncIterator[list[Row]]:
    """Return the articles in their order, one by one if they are too large together."""
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        try:
            rows = await _complete(datasette, portion)
        except AnswerTooLarge:
            for one in portion:
                yield await _complete(datasette, [one])
        else:
            yield rows


async def _complete(datasette: Datasette, ids: Sequence[int]) -> list[Row]:
    """Return articles as they are exported, in the order of the ids; deleted ones are left out."""

    def complete(db: Database) -> list[Row]:
        rows = {row["id"]: row for row in weighed(read_by_ids(db, ids))}
        return [rows[row_id] for row_id in ids if row_id in rows]

    return await read(datasette, complete)


def _json_text(rows: Sequence[Row]) -> str:
    return ",\n".join(
        json.dumps({key: row[key] for key in KEYS}, ensure_ascii=False) for row in rows
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
    "csv": Form("text/csv", CSV_HEADER, csv_text),
    "json": Form("application/json", "[\n", _json_text, ",\n", "\n]\n"),
}
