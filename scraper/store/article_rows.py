"""Reads stored articles back, as the JSON objects that are exported, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlite_utils import Database

from pipelines.article import COLUMNS

READ = [name for name in COLUMNS if name != "content_hash"]
CHUNK = 500


def read_articles(
    db: Database, condition: str = "1", values: Sequence[object] = ()
) -> Iterator[dict[str, Any]]:
    """The articles that meet an SQL condition, by id, with ``id``, ``source``, photos, attachments.

    Read in chunks, each complete in itself: memory stays flat, and no read transaction stays
    open for longer than a chunk, so that the write-ahead log of a crawl beside it can be emptied.
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


def read_article(db: Database, row_id: int) -> dict[str, Any]:
    """One article. Raises KeyError where there is none of this id."""
    for article in read_articles(db, "id = ?", [row_id]):
        return article
    raise KeyError(row_id)


def _complete(db: Database, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    photos = _listed(db, "photos", ("url", "caption", "credit"), ids)
    attachments = _listed(db, "attachments", ("url", "name"), ids)
    for row in rows:
        yield row | {
            "paragraphs": row["body"].split("\n\n") if row["body"] else [],
            "tags": json.loads(row["tags"]),
            "provenance": json.loads(row["provenance"]),
            "photos": photos.get(row["id"], []),
            "attachments": attachments.get(row["id"], []),
        }


def _listed(
    db: Database, table: str, columns: tuple[str, ...], ids: list[int]
) -> dict[int, list[dict[str, str | None]]]:
    """The rows that a table has for each of the articles, in their order."""
    marks = ", ".join("?" * len(ids))
    found: dict[int, list[dict[str, str | None]]] = {}
    for article, *values in db.execute(
        f"SELECT article, {', '.join(columns)} FROM {table} WHERE article IN ({marks})"
        " ORDER BY article, position",
        ids,
    ):
        found.setdefault(article, []).append(dict(zip(columns, values, strict=True)))
    return found
