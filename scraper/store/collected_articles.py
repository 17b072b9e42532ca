"""Articles of a shard, attached as ``shard``, into the reading database.

An article that one shard has is stored as it is there. If several have it, as after a source was
handed over, their histories are merged (``scraper.store.histories``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlite_utils import Database

from pipelines.article import Article, Attachment, Kind, Photo
from scraper.store.articles import stored_duplicate
from scraper.store.database import write_transaction
from scraper.store.histories import History, merge_histories
from scraper.store.history_rows import insert_history, read_histories, replace_history

CHUNK = 100
"""Articles that are stored in one transaction."""


@dataclass(slots=True)
class CollectedArticles:
    """How many articles of a shard were new, changed, merged with another shard's, in conflict.

    ``conflicts`` have the URL of another article, and are stored without a URL.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    merged: int = 0
    conflicts: int = 0

    @property
    def total(self) -> int:
        """All articles that were looked at."""
        return self.new + self.changed + self.unchanged + self.merged


def collect_articles(db: Database, shard: int) -> Iterator[CollectedArticles]:
    """Take over the articles that are new or changed; yields the counts after each transaction."""
    counts, after = CollectedArticles(), 0
    while True:
        rows = db.execute(
            "SELECT own.id, own.same_as, known.article, known.digest, known.same_as"
            " FROM shard.articles AS own LEFT JOIN shard_articles AS known"
            " ON known.shard = :shard AND known.number = own.id"
            " WHERE own.id > :after ORDER BY own.id LIMIT :chunk",
            {"shard": shard, "after": after, "chunk": CHUNK},
        ).fetchall()
        if not rows:
            return
        histories = read_histories(db, "shard", [row[0] for row in rows])
        with write_transaction(db):
            for number, same_as, *known in rows:
                _collect(db, shard, number, same_as, known, histories[number], counts)
        after = rows[-1][0]
        yield counts


def _collect(
    db: Database,
    shard: int,
    number: int,
    same_as: int | None,
    known: list[Any],
    history: History,
    counts: CollectedArticles,
) -> None:
    article, stored_digest, stored_same_as = known
    digest = _digest(history)
    if digest == stored_digest and same_as == stored_same_as:
        counts.unchanged += 1
        return
    if article is None and (article := _find(db, shard, history)) is None:
        _free_url(db, shard, None, history, counts)
        article = insert_history(db, history)
        counts.new += 1
    elif digest != stored_digest:
        is_merged = _store(db, shard, article, history, digest, counts)
        counts.merged += is_merged
        counts.changed += not is_merged
    else:
        counts.changed += 1
    values = {"number": number, "article": article, "digest": digest, "same_as": same_as}
    db.execute(NOTE_ARTICLE, values | {"shard": shard})


NOTE_ARTICLE = """
INSERT INTO shard_articles (shard, number, article, digest, same_as)
VALUES (:shard, :number, :article, :digest, :same_as)
ON CONFLICT (shard, number) DO UPDATE SET
    digest = excluded.digest, same_as = excluded.same_as, is_compared = 0
"""


def _digest(history: History) -> str:
    return sha256(json.dumps(history.as_json(), ensure_ascii=False).encode()).hexdigest()


def _find(db: Database, shard: int, history: History) -> int | None:
    """Return the article of another shard that is the same: by its URL, else by its content.

    One without a URL has the same page, if it has one.
    """
    own = history.article
    if own["url"] is not None:
        row = db.execute("SELECT id FROM main.articles WHERE url = ?", [own["url"]]).fetchone()
        if row is not None:
            return None if _is_of_shard(db, row[0], shard) else int(row[0])
    row = db.execute(
        "SELECT id FROM main.articles WHERE (source, content_hash) = (:source, :content_hash)"
        f" AND body <> '' AND NOT {OF_SHARD} UNION ALL"
        " SELECT id FROM main.articles WHERE page = :page AND url IS NULL AND :url IS NULL"
        f" AND NOT {OF_SHARD} LIMIT 1",
        {"shard": shard, **{name: own[name] for name in ("source", "content_hash", "page", "url")}},
    ).fetchone()
    if row is not None or own["body"]:
        return row[0] if row else None
    twin = stored_duplicate(db, own["source"], _without_body(history))
    return None if twin is None or _is_of_shard(db, twin.id, shard) else twin.id


OF_SHARD = """
EXISTS (SELECT 1 FROM shard_articles WHERE article = articles.id AND shard_articles.shard = :shard)
"""


def _without_body(history: History) -> Article:
    """Return what identifies an article that has no body."""
    own = history.article
    return Article(
        kind=Kind(own["kind"]),
        title=own["title"],
        lede=own["lede"],
        published_at=own["published_at"],
        photos=[Photo(**each) for each in history.photos],
        attachments=[Attachment(**each) for each in history.files],
    )


def _is_of_shard(db: Database, article: int, shard: int) -> bool:
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM shard_articles WHERE article = ? AND shard = ?)",
        [article, shard],
    ).fetchone()
    return bool(row[0])


def _free_url(
    db: Database, shard: int, article: int | None, history: History, counts: CollectedArticles
) -> None:
    """See that no other article has the URL under which one is to be stored.

    One of the same shard has lost it there, and gets its own when its turn comes. If one of another
    shard has it, the article is stored without a URL.
    """
    row = db.execute(
        "SELECT id, (SELECT max(shard <> :shard) FROM shard_articles WHERE article = articles.id)"
        " FROM main.articles WHERE url = :url AND id IS NOT :id",
        {"shard": shard, "url": history.article["url"], "id": article},
    ).fetchone()
    if row is None:
        return
    other, is_of_others = row
    if is_of_others:
        history.article["url"] = None
        counts.conflicts += 1
    else:
        db.execute("UPDATE main.articles SET url = NULL WHERE id = ?", [other])


def _store(
    db: Database,
    shard: int,
    article: int,
    history: History,
    digest: str,
    counts: CollectedArticles,
) -> bool:
    """Write an article that is here; returns whether several shards have it.

    What each of them stores about it is kept, unless it is the same, as in a copied database.
    """
    others = dict(
        db.execute(
            "SELECT shard, digest FROM shard_articles WHERE article = ? AND shard <> ?",
            [article, shard],
        ).fetchall()
    )
    kept = _kept(db, article)
    if not kept and others and set(others.values()) == {digest}:
        return True
    if others:
        if not kept:
            known = read_histories(db, "main", [article])[article]
            for other in others:
                _keep(db, article, other, known)
        _keep(db, article, shard, history)
        history = merge_histories(_kept(db, article))
    _free_url(db, shard, article, history, counts)
    replace_history(db, article, history)
    return bool(others)


def _kept(db: Database, article: int) -> list[History]:
    rows = db.execute(
        "SELECT history FROM shard_histories WHERE article = ? ORDER BY shard", [article]
    )
    return [History(**json.loads(history)) for (history,) in rows.fetchall()]


def _keep(db: Database, article: int, shard: int, history: History) -> None:
    db.execute(
        "INSERT INTO shard_histories (article, shard, history) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET history = excluded.history",
        [article, shard, json.dumps(history.as_json(), ensure_ascii=False)],
    )
