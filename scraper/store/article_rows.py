"""Rows of ``articles`` as JSON objects with their photos and attachments, however many they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from pipelines.article import COLUMNS, Article, plain_value
from pipelines.blocks import as_json, paragraph_blocks, with_every_file
from scraper.store.file_search import EVERY_ARTICLE, articles_with
from scraper.store.search_terms import FILE_FOLDED, FOLDED, match_expression

READ = [name for name in COLUMNS if name != "content_hash"]
TIMES = "first_seen_at, last_seen_at, changed_at, gone_at, same_as"
PHOTO_KEYS = ("url", "caption", "credit", "alt")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles to read: those that meet everything that is given.

    ``since`` is an ISO 8601 day or time of publication; ``words`` a search as people type it.
    """

    source: str | None = None
    since: str | None = None
    section: str | None = None
    words: str | None = None


def read_selection(db: Database, selection: Selection) -> Iterator[dict[str, Any]]:
    """Return the selected articles, by id, with ``id``, ``source``, photos and attachments."""
    wanted = {
        "source = ?": selection.source,
        "published_at >= ?": selection.since,
        "section = ?": selection.section,
    }
    given = {condition: value for condition, value in wanted.items() if value is not None}
    conditions = list(given)
    if selection.words is not None:
        conditions.append(f"id IN (SELECT id FROM {_note_matches(db, selection.words)})")
    return _read(db, " AND ".join(conditions) or "1", list(given.values()))


def read_by_ids(db: Database, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Return the articles with these ids, by id; ids without a row are left out."""
    return _read(db, "id IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))])


def read_article(db: Database, row_id: int) -> dict[str, Any]:
    """Return one article. Raises KeyError if there is none with this id."""
    for article in _read(db, "id = ?", [row_id]):
        return article
    raise KeyError(row_id)


def read_article_times(db: Database, row_id: int) -> dict[str, Any]:
    """Return when an article was seen, changed and gone, and ``same_as``."""
    return next(iter(db.query(f"SELECT {TIMES} FROM articles WHERE id = ?", [row_id])))


def column_values(article: Article) -> dict[str, Any]:
    """Return the values of an article's columns; lists and mappings as JSON."""
    return {name: _stored_value(plain_value(getattr(article, name))) for name in COLUMNS}


def _note_matches(db: Database, words: str) -> str:
    """Put the ids of all matches into a temporary table: there may be more than memory holds.

    Returns the table's name; its column is ``id``.
    """
    db.execute("DROP TABLE IF EXISTS temp.found")
    db.execute("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY)")
    if match := match_expression(words, FOLDED):
        db.execute(
            "INSERT INTO temp.found SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?",
            [match],
        )
        files = articles_with(db, match_expression(words, FILE_FOLDED), EVERY_ARTICLE)
        db.execute("INSERT OR IGNORE INTO temp.found SELECT value FROM json_each(?)", [str(files)])
    return "temp.found"


def _stored_value(value: Any) -> Any:
    is_structured = isinstance(value, (list, dict))
    return json.dumps(value, ensure_ascii=False) if is_structured else value


def _read(db: Database, condition: str, values: Sequence[object] = ()) -> Iterator[dict[str, Any]]:
    """Return the articles that meet an SQL condition.

    They are read in chunks, each complete in itself: memory stays flat, and no read transaction
    stays open for longer than a chunk, so that the write-ahead log of a crawl that runs at the
    same time can be emptied.
    """
    last = 0
    while True:
        rows = list(
            db.query(
                f"SELECT id, source, {', '.join(READ)}, changed_at FROM articles"
                f" WHERE id > ? AND {condition} ORDER BY id LIMIT ?",
                [last, *values, CHUNK],
            )
        )
        if not rows:
            return
        yield from _complete(db, rows)
        last = rows[-1]["id"]


def _complete(db: Database, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    photos = _listed(db, "photos", PHOTO_KEYS, ids)
    attachments = _listed(db, "article_files", ("url", "name"), ids)
    for row in rows:
        own = {
            "paragraphs": row["body"].split("\n\n") if row["body"] else [],
            "photos": photos.get(row["id"], []),
            "attachments": attachments.get(row["id"], []),
        }
        yield (
            row
            | own
            | {
                "blocks": json.loads(row["blocks"]) or _unshaped(own),
                "tags": json.loads(row["tags"]),
                "provenance": json.loads(row["provenance"]),
            }
        )


def _unshaped(article: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return the blocks of an article that was stored before its shape was read."""
    text = paragraph_blocks(article["paragraphs"])
    files = len(article["photos"]), len(article["attachments"])
    return [as_json(block) for block in with_every_file(text, *files)]


def _listed(
    db: Database, table: str, columns: tuple[str, ...], ids: list[int]
) -> dict[int, list[dict[str, str | None]]]:
    """Return the rows that a table has for each of the articles, in their order."""
    marks = ", ".join("?" * len(ids))
    found: dict[int, list[dict[str, str | None]]] = {}
    for article, *values in db.execute(
        f"SELECT article, {', '.join(columns)} FROM {table} WHERE article IN ({marks})"
        " ORDER BY article, position",
        ids,
    ):
        found.setdefault(article, []).append(dict(zip(columns, values, strict=True)))
    return found
