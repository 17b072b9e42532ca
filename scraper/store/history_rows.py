"""Histories of articles, read from the rows of a database and written to them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from sqlite_utils import Database

from pipelines.extraction.similarity import buckets_of
from scraper.store.article_changes import note_new_article
from scraper.store.fulltext import index_text, unindex_text
from scraper.store.gathered_tables import columns_of
from scraper.store.histories import History, Row
from scraper.store.revisions import REVISION_COLUMNS
from scraper.store.signatures import remember

Schema = Literal["main", "shard"]

NOT_OF_HISTORY = {"id", "same_as"}
PHOTO_COLUMNS = ("url", "caption", "credit", "alt")
FILE_COLUMNS = ("url", "name")
STATE_COLUMNS = tuple(name for name in REVISION_COLUMNS if name != "article")
TEXT_COLUMNS = ("title", "lede", "body")

CAPTURE = {
    "main": "{0}",
    "shard": "(SELECT capture FROM temp.captured WHERE number = {0})",
}
"""The number here of a capture of each schema."""


def read_histories(db: Database, schema: Schema, ids: Sequence[int]) -> dict[int, History]:
    """Return the histories of some articles by their numbers, of a shard or of this database."""
    capture, of_ids = CAPTURE[schema], "IN (SELECT value FROM json_each(:ids))"
    values = {"ids": json.dumps(list(ids))}
    photos = _children(db, f"{schema}.photos", PHOTO_COLUMNS, of_ids, values)
    files = _children(db, f"{schema}.article_files", FILE_COLUMNS, of_ids, values)
    revisions = _revisions(db, schema, of_ids, values)
    columns = [name for name in columns_of(db, "articles") if name not in NOT_OF_HISTORY]
    found = {}
    for row in db.query(
        f"SELECT articles.*, {capture.format('pages.capture')} AS own_capture"
        f" FROM {schema}.articles LEFT JOIN {schema}.pages ON url_key = articles.page"
        f" WHERE articles.id {of_ids} ORDER BY articles.id",
        values,
    ):
        number = row["id"]
        found[number] = History(
            {name: row[name] for name in columns},
            photos[number],
            files[number],
            revisions[number],
            row["own_capture"],
        )
    return found


def insert_history(db: Database, history: History) -> int:
    """Store an article with its history; returns its id. The caller holds the transaction."""
    names = ", ".join(history.article)
    marks = ", ".join(f":{name}" for name in history.article)
    row_id = db.execute(
        f"INSERT INTO main.articles ({names}) VALUES ({marks})", history.article
    ).lastrowid
    assert row_id is not None
    note_new_article(db, row_id)
    index_text(db, row_id, *_texts(history.article))
    _write_files(db, row_id, history)
    for revision in history.revisions:
        _insert_revision(db, row_id, revision)
    for body in _bodies(history):
        remember(db, row_id, buckets_of(body))
    return row_id


def replace_history(db: Database, row_id: int, history: History) -> None:
    """Store the history of an article over that which it had. The caller holds the transaction.

    Revisions that stay have their ids.
    """
    before = read_histories(db, "main", [row_id])[row_id]
    old, new = _texts(before.article), _texts(history.article)
    if old != new:
        unindex_text(db, row_id, *old)
    assignments = ", ".join(f"{name} = :{name}" for name in history.article)
    db.execute(
        f"UPDATE main.articles SET {assignments} WHERE id = :id", history.article | {"id": row_id}
    )
    if old != new:
        index_text(db, row_id, *new)
    if (before.photos, before.files) != (history.photos, history.files):
        db.execute("DELETE FROM main.photos WHERE article = ?", [row_id])
        db.execute("DELETE FROM main.article_files WHERE article = ?", [row_id])
        _write_files(db, row_id, history)
    if before.revisions != history.revisions:
        _replace_revisions(db, row_id, history.revisions)
    for body in _bodies(history) - _bodies(before):
        remember(db, row_id, buckets_of(body))


def _texts(article: Row) -> list[Any]:
    return [article[name] for name in TEXT_COLUMNS]


def _bodies(history: History) -> set[str]:
    states = (history.article, *history.revisions)
    return {state["body"] for state in states if state["body"]}


def _children(
    db: Database, table: str, columns: Sequence[str], of_ids: str, values: dict[str, str]
) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    rows = db.execute(
        f"SELECT article, {', '.join(columns)} FROM {table} WHERE article {of_ids}"
        " ORDER BY article, position",
        values,
    )
    for article, *row in rows.fetchall():
        found[article].append(dict(zip(columns, row, strict=True)))
    return found


def _revisions(
    db: Database, schema: Schema, of_ids: str, values: dict[str, str]
) -> dict[int, list[Row]]:
    capture = CAPTURE[schema]
    key = f"(SELECT url_key FROM {schema}.captures WHERE captures.id = states.capture)"
    own = ", ".join(
        f"{capture.format('states.capture')} AS capture" if name == "capture" else f"states.{name}"
        for name in STATE_COLUMNS
    )
    rows = db.query(
        f"SELECT states.id, states.article, {own}, {key} AS url_key"
        f" FROM {schema}.revisions AS states WHERE states.article {of_ids}"
        " ORDER BY states.article, states.seen_at, states.id",
        values,
    )
    found: dict[int, list[Row]] = defaultdict(list)
    by_number = {row.pop("id"): row for row in rows}
    for row in by_number.values():
        row["returns"] = []
        found[row.pop("article")].append(row)
    again = db.execute(
        f"SELECT revision, seen_at, {capture.format('returns.capture')} FROM {schema}.returns"
        " WHERE revision IN (SELECT value FROM json_each(?)) ORDER BY revision, seen_at",
        [json.dumps(list(by_number))],
    )
    for number, seen_at, returned in again.fetchall():
        by_number[number]["returns"].append([seen_at, returned])
    return found


def _write_files(db: Database, row_id: int, history: History) -> None:
    for table, columns, rows in (
        ("photos", PHOTO_COLUMNS, history.photos),
        ("article_files", FILE_COLUMNS, history.files),
    ):
        marks = ", ".join("?" * (2 + len(columns)))
        db.conn.executemany(
            f"INSERT INTO main.{table} (article, position, {', '.join(columns)}) VALUES ({marks})",
            [
                (row_id, position, *(row[name] for name in columns))
                for position, row in enumerate(rows)
            ],
        )


def _insert_revision(db: Database, row_id: int, revision: Row) -> None:
    values = {name: revision[name] for name in STATE_COLUMNS} | {"article": row_id}
    marks = ", ".join(f":{name}" for name in values)
    number = db.execute(
        f"INSERT INTO main.revisions ({', '.join(values)}) VALUES ({marks})", values
    ).lastrowid
    assert number is not None
    _write_returns(db, number, revision["returns"])


def _replace_revisions(db: Database, row_id: int, revisions: Iterable[Row]) -> None:
    """Write revisions; one with a text that is stored already keeps its id."""
    ids: dict[str, list[int]] = defaultdict(list)
    for number, content_hash in db.execute(
        "SELECT id, content_hash FROM main.revisions WHERE article = ? ORDER BY seen_at, id",
        [row_id],
    ).fetchall():
        ids[content_hash].append(number)
    for revision in revisions:
        known = ids[revision["content_hash"]]
        if not known:
            _insert_revision(db, row_id, revision)
            continue
        values = {name: revision[name] for name in STATE_COLUMNS}
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        number = known.pop(0)
        db.execute(
            f"UPDATE main.revisions SET {assignments} WHERE id = :id", values | {"id": number}
        )
        db.execute("DELETE FROM main.returns WHERE revision = ?", [number])
        _write_returns(db, number, revision["returns"])
    for number in (left for numbers in ids.values() for left in numbers):
        db.execute("DELETE FROM main.returns WHERE revision = ?", [number])
        db.execute("DELETE FROM main.revisions WHERE id = ?", [number])


def _write_returns(db: Database, number: int, returns: Iterable[Sequence[Any]]) -> None:
    db.conn.executemany(
        "INSERT OR IGNORE INTO main.returns (revision, seen_at, capture) VALUES (?, ?, ?)",
        [(number, *each) for each in returns],
    )
