"""Rows of revisions, photos and attachments, each with the article that it belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlite_utils import Database

from scraper.store.article_rows import Selection, selected_ids

CHUNK = 50
"""Articles of which all rows are read at a time."""

OF_ARTICLE = (
    "articles.url AS article_url, articles.title AS article_title, articles.source,"
    " sources.name AS source_name"
)
JOINED = "JOIN articles ON articles.id = own.article LEFT JOIN sources ON slug = articles.source"
SELECTED = "WHERE own.article IN (SELECT value FROM json_each(:ids)) ORDER BY own.article"

REVISIONS = f"""
SELECT own.id, own.article, {OF_ARTICLE}, own.seen_at, (
        SELECT json_group_array(seen_at) FROM (
            SELECT seen_at FROM returns WHERE revision = own.id ORDER BY seen_at
        )
    ) AS seen_again_at,
    own.title, own.lede, own.body, own.author, own.published_at, own.modified_at, own.section,
    own.tags, own.photos, coalesce(own.attachments, 'null') AS attachments, own.blocks,
    own.content_hash
FROM revisions AS own {JOINED} {SELECTED}, own.seen_at, own.id
"""
PHOTOS = f"""
SELECT own.article, {OF_ARTICLE}, own.position, own.url, own.caption, own.credit, own.alt,
    files.media_type, files.size, files.width, files.height, files.digest, files.fetched_at,
    files.outcome, files.reason
FROM photos AS own {JOINED} LEFT JOIN files ON files.url_key = 'file:' || own.url
{SELECTED}, own.position
"""
ATTACHMENTS = f"""
SELECT own.article, {OF_ARTICLE}, own.position, own.url, own.name, files.media_type, files.size,
    files.digest, files.fetched_at, own.pages, own.outcome, own.reason{{text}}
FROM attachments AS own {JOINED} LEFT JOIN files ON files.url_key = 'file:' || own.url
{SELECTED}, own.position
"""
STATEMENTS = {"revisions": REVISIONS, "photos": PHOTOS, "attachments": ATTACHMENTS}
JSON_COLUMNS = ("seen_again_at", "tags", "photos", "attachments", "blocks")


def read_table(
    db: Database, table: str, selection: Selection, *, with_text: bool = True
) -> Iterator[dict[str, Any]]:
    """Return the revisions, photos or attachments of the selected articles, in their order.

    Lists are read from their JSON. Attachments have their text, which can be long, only with
    ``with_text``. Like articles, they are read in chunks.
    """
    for ids in selected_ids(db, selection, CHUNK):
        yield from rows_of_articles(db, table, ids, with_text=with_text)


def rows_of_articles(
    db: Database, table: str, ids: Sequence[int], *, with_text: bool = False
) -> list[dict[str, Any]]:
    """Return the revisions, photos or attachments of some articles."""
    sql = STATEMENTS[table]
    if table == "attachments":
        sql = sql.format(text=", own.text" if with_text else "")
    rows = list(db.query(sql, {"ids": json.dumps(list(ids))}))
    for row in rows if table == "revisions" else ():
        row |= {name: json.loads(row[name]) for name in JSON_COLUMNS}
    return rows
