"""Rows of ``articles`` as JSON objects with their photos and attachments, however many they are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlite_utils import Database

from pipelines.article import COLUMNS, Article, plain_value
from pipelines.blocks import as_json, paragraph_blocks, with_every_file
from scraper.store.file_search import EVERY_ARTICLE, articles_with
from scraper.store.search_terms import FILE_FOLDED, FOLDED, match_expression

READ = [name for name in COLUMNS if name != "content_hash"]
TIMES = "first_seen_at, last_seen_at, changed_at, gone_at, same_as"
PLACE = "sources.name AS source_name, level, province, district"
ARTICLES = "articles LEFT JOIN sources ON sources.slug = articles.source"
PHOTO_KEYS = ("url", "caption", "credit", "alt")
CHUNK = 500


_numbers = count()
"""Numbers of temporary tables: several selections can be read at the same time."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles to read: those that meet everything that is given.

    ``slugs`` are sources, a list in JSON: one of them has published each article. ``since`` and
    ``until`` are ISO 8601 days of publication, both included; ``words`` is a search
    as people type it. ``changed_after`` is a time in UTC: articles that were new, changed or gone
    after it.
    """

    source: str | None = None
    since: str | None = None
    section: str | None = None
    words: str | None = None
    until: str | None = None
    changed_after: str | None = None
    slugs: str | None = None


CHANGED_AFTER = """
SELECT id FROM articles WHERE first_seen_at > :changed_after
UNION ALL SELECT id FROM articles WHERE changed_at > first_seen_at AND changed_at > :changed_after
UNION ALL SELECT id FROM articles WHERE gone_at IS NOT NULL AND gone_at > :changed_after
"""
"""Each part reads an index, if there is one."""

CONDITIONS = {
    "source": "source = :source",
    "slugs": "source IN (SELECT value FROM json_each(:slugs))",
    "since": "published_at >= :since",
    "until": "published_at < date(:until, '+1 day')",
    "section": "section = :section",
    "changed_after": f"id IN ({CHANGED_AFTER})",
}


def read_selection(db: Database, selection: Selection) -> Iterator[dict[str, Any]]:
    """Return the selected articles, by id, with ``id``, ``source``, photos and attachments."""
    with _selected(db, selection) as (condition, values):
        yield from _read(db, condition, values)


def selected_ids(db: Database, selection: Selection, chunk: int) -> Iterator[list[int]]:
    """Return the ids of the selected articles, in order, so many at a time."""
    with _selected(db, selection) as (condition, values):
        last = 0
        while True:
            rows = db.execute(
                f"SELECT id FROM articles WHERE id > :last AND {condition} ORDER BY id"
                " LIMIT :chunk",
                {"last": last, "chunk": chunk, **values},
            ).fetchall()
            if not rows:
                return
            yield [row[0] for row in rows]
            last = rows[-1][0]


def read_by_ids(db: Database, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Return the articles with these ids, by id; ids without a row are left out."""
    return _read(db, "id IN (SELECT value FROM json_each(:ids))", {"ids": json.dumps(list(ids))})


def read_article_facts(db: Database, source: str) -> list[dict[str, Any]]:
    """Return what is stored of a source's articles besides what their pages say, by id."""
    return list(
        db.query(
            f"SELECT id, source, url, {TIMES}, {PLACE} FROM {ARTICLES}"
            " WHERE source = :source ORDER BY id",
            {"source": source},
        )
    )


def ids_without_page(db: Database, source: str) -> list[int]:
    """Return the articles (ids) of a source that no archived page of their own shows."""
    rows = db.execute(
        "SELECT id FROM articles WHERE source = :source AND (NOT EXISTS (SELECT 1 FROM pages"
        " JOIN captures ON captures.id = pages.capture WHERE pages.url_key = articles.page"
        " AND pages.source = :source)"
        " OR id > (SELECT min(id) FROM articles AS other WHERE other.page = articles.page))",
        {"source": source},
    )
    return [row[0] for row in rows.fetchall()]


def read_article(db: Database, row_id: int) -> dict[str, Any]:
    """Return one article. Raises KeyError if there is none with this id."""
    for article in _read(db, "id = :id", {"id": row_id}):
        return article
    raise KeyError(row_id)


def read_article_times(db: Database, row_id: int) -> dict[str, Any]:
    """Return when an article was seen, changed and gone, and ``same_as``."""
    return next(iter(db.query(f"SELECT {TIMES} FROM articles WHERE id = ?", [row_id])))


def column_values(article: Article) -> dict[str, Any]:
    """Return the values of an article's columns; lists and mappings as JSON."""
    return {name: _stored_value(plain_value(getattr(article, name))) for name in COLUMNS}


@contextmanager
def _selected(db: Database, selection: Selection) -> Iterator[tuple[str, dict[str, str]]]:
    """Note the ids of a selection in a temporary table: there may be more than memory holds.

    Yields the SQL condition that a row of ``articles`` is one of them, and its values. Without the
    table, each chunk would look at all articles of a source again.
    """
    given = {name: value for name in CONDITIONS if (value := getattr(selection, name)) is not None}
    table = f"temp.selected_{next(_numbers)}"
    if not given and selection.words is None:
        yield "1", {}
        return
    try:
        with temporary_tables(db):
            _note_selection(db, table, given, selection.words)
        yield f"id IN (SELECT id FROM {table} WHERE id > :last ORDER BY id LIMIT :chunk)", {}
    finally:
        # A reader who stopped early may have closed the database.
        with suppress(sqlite3.Error), temporary_tables(db):
            db.execute(f"DROP TABLE IF EXISTS {table}")


@contextmanager
def temporary_tables(db: Database) -> Iterator[None]:
    """Let a copy of an older database, which takes no writes, have temporary tables."""
    [is_query_only] = db.execute("PRAGMA query_only").fetchone()
    db.execute("PRAGMA query_only = OFF")
    try:
        yield
    finally:
        db.execute(f"PRAGMA query_only = {is_query_only}")


def _note_selection(db: Database, table: str, given: dict[str, str], words: str | None) -> None:
    """Put the ids of the articles that meet everything that is given into a temporary table."""
    db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
    conditions = [CONDITIONS[name] for name in given]
    if words is not None:
        _note_matches(db, f"{table}_words", words)
        conditions.append(f"id IN (SELECT id FROM {table}_words)")
    where = " AND ".join(conditions)
    db.execute(f"INSERT INTO {table} SELECT id FROM articles WHERE {where}", given)
    db.execute(f"DROP TABLE IF EXISTS {table}_words")


def _note_matches(db: Database, table: str, words: str) -> None:
    """Put the ids of all matches of a search into a temporary table."""
    db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
    if match := match_expression(words, FOLDED):
        db.execute(
            f"INSERT INTO {table} SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?",
            [match],
        )
        files = articles_with(db, match_expression(words, FILE_FOLDED), EVERY_ARTICLE)
        db.execute(f"INSERT OR IGNORE INTO {table} SELECT value FROM json_each(?)", [str(files)])


def _stored_value(value: Any) -> Any:
    is_structured = isinstance(value, (list, dict))
    return json.dumps(value, ensure_ascii=False) if is_structured else value


def _read(
    db: Database, condition: str, values: Mapping[str, object] | None = None
) -> Iterator[dict[str, Any]]:
    """Return the articles that meet an SQL condition.

    They are read in chunks, each complete in itself: memory stays flat, and no read transaction
    stays open for longer than a chunk, so that the write-ahead log of a crawl that runs at the
    same time can be emptied.
    """
    last = 0
    while True:
        rows = list(
            db.query(
                f"SELECT id, source, {', '.join(READ)}, {TIMES}, {PLACE} FROM {ARTICLES}"
                f" WHERE id > :last AND {condition} ORDER BY id LIMIT :chunk",
                {"last": last, "chunk": CHUNK, **(values or {})},
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
