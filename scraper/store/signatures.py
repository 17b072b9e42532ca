"""The table ``signatures``: finding the same text elsewhere, by its hash or by MinHash buckets.

A bucket only nominates: whether two articles are the same is decided by comparing their texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from pipelines.article import Article
from pipelines.extraction.similarity import are_alike, buckets_of

MAX_CANDIDATES = 20
"""How many texts are compared at most: a form letter that was sent 1,000 times fills a bucket."""


def remember(db: Database, row_id: int, buckets: Sequence[int]) -> None:
    """Store the buckets of an article, so that later articles are compared with it.

    The caller holds the article's transaction.
    """
    db.conn.executemany(
        "INSERT OR IGNORE INTO signatures (bucket, article) VALUES (?, ?)",
        [(bucket, row_id) for bucket in buckets],
    )


def find_twin(
    db: Database,
    article: Article,
    source: str,
    buckets: Sequence[int] | None = None,
) -> int | None:
    """The id of the earliest article with the same text: exactly, at another source, or nearly.

    An article without a body is the same as no other: its title and lede are not enough.
    ``buckets`` are those of its body, if they are known.
    """
    if not article.body:
        return None
    exact = db.execute(
        "SELECT min(id) FROM articles WHERE content_hash = ? AND source <> ?",
        [article.content_hash, source],
    ).fetchone()[0]
    shared = buckets_of(article.body) if buckets is None else buckets
    near = (
        candidate for candidate, body in _candidates(db, shared) if are_alike(article.body, body)
    )
    return min(filter(None, [exact, *near]), default=None)


def _candidates(db: Database, buckets: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Articles that share a bucket, those that share most of them first."""
    marks = ", ".join("?" * len(buckets))
    rows = db.execute(
        f"SELECT article FROM signatures WHERE bucket IN ({marks})"
        " GROUP BY article ORDER BY count(*) DESC, article LIMIT ?",
        [*buckets, MAX_CANDIDATES],
    ).fetchall()
    for (article,) in rows:
        body = db.execute("SELECT body FROM articles WHERE id = ?", [article]).fetchone()[0]
        yield article, body
