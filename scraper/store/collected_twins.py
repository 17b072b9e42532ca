"""``same_as`` across shards: which article is the same as an earlier one of another shard.

Two articles are compared with the texts that they had when the later one was first seen, as a
crawl compares them. The earlier one is that which was seen first, whatever their numbers are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from pipelines.extraction.similarity import are_alike, buckets_of
from scraper.store.database import write_transaction
from scraper.store.signatures import MAX_CANDIDATES
from scraper.store.states import STATES

CHUNK = 100
"""Articles that are compared in one transaction."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an article stands among all: the order in which they were first seen."""

    first_seen_at: str
    source: str
    id: int


def compare_articles(db: Database) -> Iterator[int]:
    """Find the twins of all articles that were not compared yet; yields how many were compared."""
    done = 0
    [shards] = db.execute("SELECT count(*) FROM shards").fetchone()
    while True:
        waiting = db.execute(
            "SELECT article FROM shard_articles WHERE NOT is_compared"
            " ORDER BY shard, number LIMIT ?",
            [CHUNK],
        ).fetchall()
        if not waiting:
            return
        with write_transaction(db):
            for (article,) in waiting:
                _compare(db, article, is_alone=shards == 1)
                db.execute("UPDATE shard_articles SET is_compared = 1 WHERE article = ?", [article])
        done += len(waiting)
        yield done


def _compare(db: Database, article: int, *, is_alone: bool) -> None:
    """Set the twin of an article, and make it the twin of later ones that are the same.

    If there is one shard (``is_alone``), it has compared all articles itself.
    """
    own = _place(db, article)
    earlier = [_place(db, twin) for twin in _twins_in_shards(db, article)]
    for candidate in () if is_alone else _candidates(db, article):
        other = _place(db, candidate)
        first, later = sorted((own, other))
        if _are_same(db, first, later):
            if later == own:
                earlier.append(other)
            else:
                _offer(db, other, own)
    earlier = [place for place in earlier if place < own]
    twin = min(earlier, default=None)
    _set_twin(db, article, twin)
    for (follower,) in db.execute(
        "SELECT id FROM articles WHERE same_as = ?", [article]
    ).fetchall():
        place = _place(db, follower)
        if twin is not None and _are_same(db, twin, place):
            _offer(db, place, twin)


def _offer(db: Database, later: Place, earlier: Place) -> None:
    """Make an article the twin of a later one, unless that has a still earlier twin."""
    [stored] = db.execute("SELECT same_as FROM articles WHERE id = ?", [later.id]).fetchone()
    if stored is None or earlier < _place(db, stored):
        _set_twin(db, later.id, earlier)


def _set_twin(db: Database, article: int, twin: Place | None) -> None:
    db.execute(
        "UPDATE articles SET same_as = :twin WHERE id = :id AND same_as IS NOT :twin",
        {"id": article, "twin": twin.id if twin else None},
    )


def _place(db: Database, article: int) -> Place:
    row = db.execute(
        "SELECT first_seen_at, source, id FROM articles WHERE id = ?", [article]
    ).fetchone()
    return Place(*row)


def _twins_in_shards(db: Database, article: int) -> list[int]:
    """Return the twins of an article as its shards found them, as far as they are here."""
    rows = db.execute(
        "SELECT twin.article FROM shard_articles AS own JOIN shard_articles AS twin"
        " ON twin.shard = own.shard AND twin.number = own.same_as WHERE own.article = :id"
        " UNION SELECT same_as FROM articles WHERE id = :id AND same_as IS NOT NULL",
        {"id": article},
    )
    return [row[0] for row in rows.fetchall() if row[0] != article]


def _candidates(db: Database, article: int) -> list[int]:
    """Return articles of other shards that may have the text of an article.

    Those that share most buckets come first, and of texts that are exactly the same, the earliest.
    """
    elsewhere = (
        "NOT EXISTS (SELECT 1 FROM shard_articles AS own JOIN shard_articles AS other"
        " ON other.shard = own.shard WHERE own.article = :id AND other.article = articles.id)"
    )
    bodies = db.execute(
        "SELECT body FROM articles WHERE id = :id AND body <> ''"
        " UNION SELECT body FROM revisions WHERE article = :id AND body <> ''",
        {"id": article},
    ).fetchall()
    buckets = sorted({bucket for (body,) in bodies for bucket in buckets_of(body)})
    marks = ", ".join(map(str, buckets))
    rows = db.execute(
        f"SELECT article FROM signatures JOIN articles ON articles.id = article"
        f" WHERE bucket IN ({marks}) AND {elsewhere}"
        " GROUP BY article ORDER BY count(*) DESC, first_seen_at, article LIMIT :most",
        {"id": article, "most": MAX_CANDIDATES},
    ).fetchall()
    exact = db.execute(
        "SELECT id FROM articles WHERE content_hash ="
        f" (SELECT content_hash FROM articles WHERE id = :id) AND body <> '' AND {elsewhere}"
        " ORDER BY first_seen_at, id LIMIT 1",
        {"id": article},
    ).fetchall()
    return sorted({row[0] for row in (*rows, *exact)})


def _are_same(db: Database, first: Place, later: Place) -> bool:
    """Whether two articles had the same text when the later one was first seen."""
    moment = later.first_seen_at
    one, other = _text_at(db, first.id, moment), _text_at(db, later.id, moment)
    return bool(one) and (one == other or are_alike(one, other))


def _text_at(db: Database, article: int, moment: str) -> str:
    """Return the body that an article had at a time, or, before it was seen, its first one."""
    row = db.execute(
        f"SELECT body FROM ({STATES}) AS state JOIN revisions ON revisions.id = revision"
        " WHERE state.seen_at >= :moment ORDER BY state.seen_at, is_return LIMIT 1",
        {"id": article, "moment": moment},
    ).fetchone()
    row = row or db.execute("SELECT body FROM articles WHERE id = ?", [article]).fetchone()
    return str(row[0])
