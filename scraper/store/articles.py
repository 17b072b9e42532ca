"""The table ``articles``: each article as it is now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION, Article
from pipelines.extraction.similarity import buckets_of
from scraper.base.clock import to_utc_iso
from scraper.store.article_changes import note_new_article
from scraper.store.article_files import (
    file_urls,
    insert_files,
    read_attachments,
    replace_files,
)
from scraper.store.article_rows import column_values
from scraper.store.earlier_files import loses_files
from scraper.store.files import requeue_article_files
from scraper.store.fulltext import TEXT_COLUMNS, index_text, unindex_text
from scraper.store.revisions import keep_revision
from scraper.store.signatures import remember


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """The columns of an article that a decision about a new reading of it needs."""

    id: int
    source: str
    url: str | None
    content_hash: str
    extractor: int
    page: str | None
    title: str | None
    body: str
    kind: str
    first_seen_at: str
    last_seen_at: str


GONE_BEFORE = "gone_at = iif(gone_at > :seen_at, gone_at, NULL)"
"""Clears ``gone_at`` of an article that was seen again later."""

STORED_COLUMNS = ", ".join(ArticleRow.__dataclass_fields__)


def stored_by_url(db: Database, url: str) -> ArticleRow | None:
    """Return the article with this canonical URL, or None."""
    return _stored(db, "url = ?", [url])


def stored_by_id(db: Database, article: int) -> ArticleRow | None:
    """Return the article with this id, or None."""
    return _stored(db, "id = ?", [article])


def stored_by_page(db: Database, url_key: str) -> ArticleRow | None:
    """Return the article that was read from a page, or None."""
    return _stored(db, "page = ? ORDER BY id DESC LIMIT 1", [url_key])


def stored_by_content(db: Database, source: str, content_hash: str) -> ArticleRow | None:
    """Return the first article of the source with exactly this content, or None."""
    return _stored(
        db, "source = ? AND content_hash = ? ORDER BY id LIMIT 1", [source, content_hash]
    )


def stored_duplicate(db: Database, source: str, article: Article) -> ArticleRow | None:
    """Return the first article of the source that is the same as this one, or None.

    Two articles with a body are the same if their content is. Without a body, title, lede and day
    must be the same and the files too: an empty text identifies nothing.
    """
    if article.body:
        return stored_by_content(db, source, article.content_hash)
    if not (article.lede or article.file_urls):
        return None
    same = _without_body(db, source, article)
    twins = [row_id for row_id in same if file_urls(db, row_id) == article.file_urls]
    return stored_by_id(db, twins[0]) if twins else None


def published_at(db: Database, article: int | None) -> str | None:
    """Return when an article was published, None if there is no such article or no date."""
    row = db.execute("SELECT published_at FROM articles WHERE id = ?", [article]).fetchone()
    return row[0] if row else None


def insert_article(
    db: Database,
    source: str,
    article: Article,
    moment: datetime,
    *,
    page: str | None = None,
    same_as: int | None = None,
    buckets: Sequence[int] | None = None,
) -> int:
    """Store a new article with its photos and attachments, and index it; returns its id.

    ``moment`` is when it was seen; ``buckets`` are those of its body, if they are known. The
    caller holds the transaction.
    """
    values = column_values(article) | {
        "source": source,
        "first_seen_at": to_utc_iso(moment),
        "last_seen_at": to_utc_iso(moment),
        "changed_at": to_utc_iso(moment),
        "page": page,
        "same_as": same_as,
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    row_id = db.execute(f"INSERT INTO articles ({names}) VALUES ({marks})", values).lastrowid
    assert row_id is not None
    note_new_article(db, row_id)
    insert_files(db, row_id, article.photos, article.attachments)
    index_text(db, row_id, article.title, article.lede, article.body)
    remember(db, row_id, buckets_of(article.body) if buckets is None else buckets)
    return row_id


def revise_article(
    db: Database, row_id: int, article: Article, moment: datetime, capture: int | None
) -> None:
    """Store the current state as a revision and write the new one; ``capture`` is the old page's.

    The revision is of the moment at which the old state was last seen, the article of ``moment``.
    Its files are fetched again if they changed.
    The caller holds the transaction.
    """
    [last_seen_at] = db.execute(
        "SELECT last_seen_at FROM articles WHERE id = ?", [row_id]
    ).fetchone()
    keep_revision(db, row_id, last_seen_at, capture)
    rewrite_article(db, row_id, article)
    db.execute(
        f"UPDATE articles SET changed_at = :seen_at, last_seen_at = :seen_at, {GONE_BEFORE}"
        " WHERE id = :id",
        {"seen_at": to_utc_iso(moment), "id": row_id},
    )
    requeue_article_files(db, row_id)


def rewrite_article(db: Database, row_id: int, article: Article) -> None:
    """Write a new reading of the same page: the rules changed, the publisher changed nothing.

    The caller holds the transaction.
    """
    values = column_values(article)
    values.pop("url")
    row = db.execute(f"SELECT {', '.join(values)} FROM articles WHERE id = ?", [row_id]).fetchone()
    stored = dict(zip(values, row, strict=True))
    is_reworded = any(stored[name] != values[name] for name in TEXT_COLUMNS)
    if is_reworded:
        unindex_text(db, row_id, *(stored[name] for name in TEXT_COLUMNS))
    # SQLite writes the entries of an index again if its columns are assigned what they hold.
    others = [name for name in values if stored[name] != values[name]]
    if others:
        assignments = ", ".join(f"{name} = :{name}" for name in others)
        db.execute(f"UPDATE articles SET {assignments} WHERE id = :id", values | {"id": row_id})
    if is_reworded:
        index_text(db, row_id, article.title, article.lede, article.body)
        remember(db, row_id, buckets_of(article.body))
    replace_files(db, row_id, article.photos, article.attachments)


def set_extractor_version(db: Database, row_id: int, article: Article) -> None:
    """Store that the current rules read the article as it is.

    The caller holds the transaction.
    """
    provenance = json.dumps(article.provenance, ensure_ascii=False)
    db.execute(
        "UPDATE articles SET extractor = ?, provenance = ? WHERE id = ?",
        [EXTRACTOR_VERSION, provenance, row_id],
    )


def touch_article(db: Database, row_id: int, moment: datetime) -> None:
    """Store that the article was seen unchanged. The caller holds the transaction."""
    db.execute(
        f"UPDATE articles SET last_seen_at = max(last_seen_at, :seen_at), {GONE_BEFORE}"
        " WHERE id = :id",
        {"seen_at": to_utc_iso(moment), "id": row_id},
    )


def mark_gone(db: Database, row_id: int, moment: datetime) -> None:
    """Store that the site no longer serves the article; its text stays.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE articles SET gone_at = coalesce(gone_at, ?) WHERE id = ?",
        [to_utc_iso(moment), row_id],
    )


def set_page(db: Database, row_id: int, url_key: str) -> None:
    """Store which page the article is read from. The caller holds the transaction."""
    db.execute("UPDATE articles SET page = ? WHERE id = ?", [url_key, row_id])


def detach_page(db: Database, row_id: int, moment: datetime) -> None:
    """Store that the page of an article shows another one now; its text stays.

    The caller holds the transaction.
    """
    mark_gone(db, row_id, moment)
    db.execute("UPDATE articles SET page = NULL WHERE id = ?", [row_id])


def has_other_attachments(db: Database, stored: ArticleRow, article: Article) -> bool:
    """Whether the stored kind or attachments of an article differ from a new reading of it."""
    return stored.kind != article.kind or read_attachments(db, stored.id) != article.attachments


def would_lose_files(db: Database, stored: ArticleRow, article: Article) -> bool:
    """Whether the stored state has attachments that a new reading has not."""
    return loses_files(read_attachments(db, stored.id), article.attachments)


def _without_body(db: Database, source: str, article: Article) -> list[int]:
    """Return the articles (ids) of a source without a body and with this title, lede and day."""
    day = article.published_at[:10] if article.published_at else None
    dated = "published_at BETWEEN :day AND :day || '~'" if day else "published_at IS NULL"
    rows = db.execute(
        f"SELECT id FROM articles WHERE source = :source AND {dated}"
        " AND title IS :title AND lede IS :lede AND body = '' ORDER BY id",
        {"source": source, "day": day, "title": article.title, "lede": article.lede},
    )
    return [row[0] for row in rows.fetchall()]


def _stored(db: Database, condition: str, values: list[Any]) -> ArticleRow | None:
    row = db.execute(f"SELECT {STORED_COLUMNS} FROM articles WHERE {condition}", values).fetchone()
    return ArticleRow(*row) if row else None
