"""Articles as they stand now, their photos and attachments, and their earlier revisions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from pipelines.article import (
    COLUMNS,
    EXTRACTOR_VERSION,
    Article,
    Attachment,
    Photo,
    Use,
    names_of,
)
from pipelines.extraction.similarity import buckets_of
from scraper.base.clock import to_utc_iso
from scraper.store.fulltext import index_text, unindex_text
from scraper.store.similarity import remember


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article in the database, as far as a decision about a new reading of it needs it."""

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


REVISED = names_of(Use.REVISIONED)
REVISION_COLUMNS = ("article", "seen_at", *REVISED, "capture")

GONE_BEFORE = "gone_at = iif(gone_at > ?, gone_at, NULL)"
"""An article that was seen after it was found gone is back."""

STORED_COLUMNS = ", ".join(ArticleRow.__dataclass_fields__)


def stored_by_url(db: Database, url: str) -> ArticleRow | None:
    """The article with this canonical URL, or None."""
    return _stored(db, "url = ?", [url])


def stored_by_id(db: Database, article: int) -> ArticleRow | None:
    """The article with this id, or None."""
    return _stored(db, "id = ?", [article])


def stored_by_page(db: Database, url_key: str) -> ArticleRow | None:
    """The article that was read from a page, or None."""
    return _stored(db, "page = ? ORDER BY id DESC LIMIT 1", [url_key])


def stored_by_content(db: Database, source: str, content_hash: str) -> ArticleRow | None:
    """The first article of the source with exactly this content, or None."""
    return _stored(
        db, "source = ? AND content_hash = ? ORDER BY id LIMIT 1", [source, content_hash]
    )


def stored_duplicate(db: Database, source: str, article: Article) -> ArticleRow | None:
    """The first article of the source that is the same as this one, or None.

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
    """When an article says it was published, None where it is none or does not say."""
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
    values = _columns(article) | {
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
    _write_photos(db, row_id, article.photos)
    _write_attachments(db, row_id, article.attachments)
    index_text(db, row_id, article.title, article.lede, article.body)
    remember(db, row_id, buckets_of(article.body) if buckets is None else buckets)
    return row_id


def revise_article(
    db: Database, row_id: int, article: Article, moment: datetime, capture: int | None
) -> None:
    """Keep the present state as a revision and write the new one; ``capture`` is the old page's.

    The revision is of the moment at which the old state was last seen, the article of ``moment``.
    The caller holds the transaction.
    """
    [last_seen_at] = db.execute(
        "SELECT last_seen_at FROM articles WHERE id = ?", [row_id]
    ).fetchone()
    keep_revision(db, row_id, last_seen_at, capture)
    rewrite_article(db, row_id, article)
    db.execute(
        f"UPDATE articles SET changed_at = ?, last_seen_at = ?, {GONE_BEFORE} WHERE id = ?",
        [to_utc_iso(moment), to_utc_iso(moment), to_utc_iso(moment), row_id],
    )


def rewrite_article(db: Database, row_id: int, article: Article) -> None:
    """Write a new reading of the same page: our rules changed, the publisher did nothing.

    The caller holds the transaction.
    """
    values = _columns(article)
    values.pop("url")
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    texts = db.execute("SELECT title, lede, body FROM articles WHERE id = ?", [row_id]).fetchone()
    is_reworded = texts != (article.title, article.lede, article.body)
    if is_reworded:
        unindex_text(db, row_id, *texts)
    db.execute(f"UPDATE articles SET {assignments} WHERE id = :id", values | {"id": row_id})
    if is_reworded:
        index_text(db, row_id, article.title, article.lede, article.body)
        remember(db, row_id, buckets_of(article.body))
    db.execute("DELETE FROM photos WHERE article = ?", [row_id])
    _write_photos(db, row_id, article.photos)
    db.execute("DELETE FROM attachments WHERE article = ?", [row_id])
    _write_attachments(db, row_id, article.attachments)


def set_extractor_version(db: Database, row_id: int, article: Article) -> None:
    """Note that today's rules read the article as it is.

    The caller holds the transaction.
    """
    provenance = json.dumps(article.provenance, ensure_ascii=False)
    db.execute(
        "UPDATE articles SET extractor = ?, provenance = ? WHERE id = ?",
        [EXTRACTOR_VERSION, provenance, row_id],
    )


def touch_article(db: Database, row_id: int, moment: datetime) -> None:
    """Note that the article was seen unchanged. The caller holds the transaction."""
    db.execute(
        f"UPDATE articles SET last_seen_at = max(last_seen_at, ?), {GONE_BEFORE} WHERE id = ?",
        [to_utc_iso(moment), to_utc_iso(moment), row_id],
    )


def mark_gone(db: Database, row_id: int, moment: datetime) -> None:
    """Note that the site serves the article no more; its text stays.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE articles SET gone_at = coalesce(gone_at, ?) WHERE id = ?",
        [to_utc_iso(moment), row_id],
    )


def set_page(db: Database, row_id: int, url_key: str) -> None:
    """Note which page the article is read from. The caller holds the transaction."""
    db.execute("UPDATE articles SET page = ? WHERE id = ?", [url_key, row_id])


def detach_page(db: Database, row_id: int, moment: datetime) -> None:
    """Note that the page of an article shows another one now; its text stays.

    The caller holds the transaction.
    """
    mark_gone(db, row_id, moment)
    db.execute("UPDATE articles SET page = NULL WHERE id = ?", [row_id])


def keep_revision(db: Database, row_id: int, seen_at: str, capture: int | None) -> None:
    """Keep the present state as a revision that was last seen at a moment.

    A state that is a revision already is not stored again, only when it was last seen.
    The caller holds the transaction.
    """
    photos = _photos_json(read_photos(db, row_id))
    known = db.execute(
        "SELECT revisions.id FROM revisions JOIN articles ON articles.id = article"
        " WHERE article = ? AND revisions.content_hash = articles.content_hash"
        " AND revisions.body = articles.body AND revisions.title IS articles.title"
        " AND revisions.lede IS articles.lede AND revisions.author IS articles.author"
        " AND revisions.photos = ? ORDER BY revisions.id LIMIT 1",
        [row_id, photos],
    ).fetchone()
    if known is not None:
        db.execute(
            "INSERT OR IGNORE INTO returns (revision, seen_at, capture) VALUES (?, ?, ?)",
            [known[0], seen_at, capture],
        )
        return
    values = {"seen_at": seen_at, "photos": photos, "capture": capture, "article": row_id}
    state = ", ".join(name if name in COLUMNS else f":{name}" for name in REVISED)
    db.execute(
        f"INSERT INTO revisions ({', '.join(REVISION_COLUMNS)})"
        f" SELECT id, :seen_at, {state}, :capture FROM articles WHERE id = :article",
        values,
    )


def add_revision(
    db: Database, row_id: int, article: Article, seen_at: datetime, capture: int | None
) -> None:
    """Add a version that another page shows, unless it reads like one that is known.

    The caller holds the transaction.
    """
    known = db.execute(
        "SELECT content_hash FROM articles WHERE id = :id"
        " UNION SELECT content_hash FROM revisions WHERE article = :id",
        {"id": row_id},
    ).fetchall()
    if (article.content_hash,) not in known:
        add_state(db, row_id, article, to_utc_iso(seen_at), capture)


def add_state(
    db: Database, row_id: int, article: Article, seen_at: str, capture: int | None
) -> None:
    """Add an earlier state that was found later. The caller holds the transaction."""
    values = _columns(article)
    values |= {"article": row_id, "seen_at": seen_at, "capture": capture}
    values["photos"] = _photos_json(article.photos)
    names = ", ".join(REVISION_COLUMNS)
    marks = ", ".join(f":{name}" for name in REVISION_COLUMNS)
    kept = {name: values[name] for name in REVISION_COLUMNS}
    db.execute(f"INSERT INTO revisions ({names}) VALUES ({marks})", kept)


def read_photos(db: Database, row_id: int) -> list[Photo]:
    """The photos of an article in their order."""
    rows = db.execute(
        "SELECT url, caption, credit FROM photos WHERE article = ? ORDER BY position", [row_id]
    )
    return [Photo(*row) for row in rows]


def read_attachments(db: Database, row_id: int) -> list[Attachment]:
    """The attachments of an article in their order."""
    rows = db.execute(
        "SELECT url, name FROM attachments WHERE article = ? ORDER BY position", [row_id]
    )
    return [Attachment(*row) for row in rows]


def has_other_attachments(db: Database, stored: ArticleRow, article: Article) -> bool:
    """Whether the stored kind or attachments of an article differ from a new reading of it."""
    return stored.kind != article.kind or read_attachments(db, stored.id) != article.attachments


def file_urls(db: Database, row_id: int) -> set[str]:
    """The addresses of an article's attachments and photos."""
    rows = db.execute(
        "SELECT url FROM attachments WHERE article = :id"
        " UNION SELECT url FROM photos WHERE article = :id AND url IS NOT NULL",
        {"id": row_id},
    )
    return {row[0] for row in rows.fetchall()}


def _without_body(db: Database, source: str, article: Article) -> list[int]:
    """The articles (ids) of a source without a body and with the same title, lede and day."""
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


def _columns(article: Article) -> dict[str, Any]:
    """The values of an article's columns; lists and mappings as JSON."""
    return {name: _stored_value(getattr(article, name)) for name in COLUMNS}


def _stored_value(value: Any) -> Any:
    is_structured = isinstance(value, (list, dict))
    return json.dumps(value, ensure_ascii=False) if is_structured else value


def _write_photos(db: Database, row_id: int, photos: list[Photo]) -> None:
    for position, photo in enumerate(photos):
        db.execute(
            "INSERT INTO photos (article, position, url, caption, credit) VALUES (?, ?, ?, ?, ?)",
            [row_id, position, photo.url, photo.caption, photo.credit],
        )


def _write_attachments(db: Database, row_id: int, attachments: list[Attachment]) -> None:
    for position, attachment in enumerate(attachments):
        db.execute(
            "INSERT INTO attachments (article, position, url, name) VALUES (?, ?, ?, ?)",
            [row_id, position, attachment.url, attachment.name],
        )


def _photos_json(photos: list[Photo]) -> str:
    return json.dumps([asdict(photo) for photo in photos], ensure_ascii=False)
