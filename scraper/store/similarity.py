"""Finding the same text elsewhere: exactly the same by its hash, nearly the same by MinHash.

A province's paper and a district's portal run one piece, each with its own cuts. Articles share a
bucket when a band of their MinHash signatures agrees (locality-sensitive hashing, Leskovec et
al., Mining of Massive Datasets, 3.4). A bucket only nominates: whether two articles are the same
is decided by comparing their texts.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from rensa import RMinHash
from sqlite_utils import Database

from pipelines.article import Article
from scraper.store.fulltext import folded

WORD = re.compile(r"[^\W_]+")

MIN_SHINGLES = 20
"""Shorter texts (a line under a photo, a notice of two sentences) are the same only exactly."""

SAME = 0.7
"""The share of shingles in common (Jaccard) from which two texts are one: a piece reprinted with
one word in twenty changed, or with its last fifth cut, has 0.7 to 0.8."""

BANDS = 12
ROWS = 4
"""Of texts that share 0.7 of their shingles 96 % share a bucket (1 - (1 - 0.7⁴)¹²), of those that
share 0.8 all but two in a thousand, of those that share 0.1 (the phrases of office) one."""

UNLIKE = 0.05
"""The share of the shorter text's shingles below which nothing of one is in the other: phrases of
office alone give more."""

MAX_CANDIDATES = 20
"""How many texts are compared at most: a form letter sent out 1,000 times fills a bucket."""


class _Sketch(NamedTuple):
    shingles: frozenset[str]
    buckets: list[int]


def remember(db: Database, row_id: int, article: Article) -> None:
    """Note the buckets of an article, so that later ones are found to be like it.

    The caller holds the article's transaction.
    """
    db.conn.executemany(
        "INSERT OR IGNORE INTO signatures (bucket, article) VALUES (?, ?)",
        [(bucket, row_id) for bucket in _sketch(article.body).buckets],
    )


def find_twin(db: Database, article: Article, source: str, row_id: int | None = None) -> int | None:
    """The id of the earliest article with the same text: exactly, at another source, or nearly.

    ``row_id`` is the article's own, where it has one already; only earlier ones are then found.
    """
    before = row_id if row_id is not None else 1 << 62
    exact = db.execute(
        "SELECT min(id) FROM articles WHERE content_hash = ? AND source <> ? AND id < ?",
        [article.content_hash, source, before],
    ).fetchone()[0]
    sketch = _sketch(article.body)
    near = (
        candidate
        for candidate, body in _candidates(db, sketch.buckets, before)
        if _alike(sketch.shingles, _shingles(body))
    )
    return min(filter(None, [exact, *near]), default=None)


def is_another_text(one: str, other: str) -> bool:
    """Whether two bodies, long enough to tell, have hardly a phrase in common."""
    some, others = _shingles(one), _shingles(other)
    shorter = min(len(some), len(others))
    return shorter >= MIN_SHINGLES and len(some & others) < UNLIKE * shorter


def _candidates(db: Database, buckets: list[int], before: int) -> Iterator[tuple[int, str]]:
    """Earlier articles that share a bucket, those that share most of them first."""
    marks = ", ".join("?" * len(buckets))
    rows = db.execute(
        f"SELECT article FROM signatures WHERE bucket IN ({marks}) AND article < ?"
        " GROUP BY article ORDER BY count(*) DESC, article LIMIT ?",
        [*buckets, before, MAX_CANDIDATES],
    ).fetchall()
    for (article,) in rows:
        body = db.execute("SELECT body FROM articles WHERE id = ?", [article]).fetchone()[0]
        yield article, body


# An article is looked up and then remembered: its sketch is made once.
@lru_cache(maxsize=1)
def _sketch(body: str) -> _Sketch:
    shingles = _shingles(body)
    return _Sketch(shingles, list(_buckets(shingles)))


def _shingles(body: str) -> frozenset[str]:
    """Every three words in a row, folded and without punctuation."""
    words = WORD.findall(folded(body))
    return frozenset(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def _buckets(shingles: frozenset[str]) -> Iterator[int]:
    """The buckets of a text, none for a short one, as integers that SQLite holds.

    They depend on the version of rensa's algorithm: after a change of it texts kept before and
    after are no longer nominated for each other, and nothing worse happens.
    """
    if len(shingles) < MIN_SHINGLES:
        return
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=1)
    minhash.update(shingles)
    signature = minhash.digest()
    for band in range(BANDS):
        rows = signature[band * ROWS : (band + 1) * ROWS]
        digest = blake2b(struct.pack(f"<B{ROWS}I", band, *rows), digest_size=8).digest()
        yield int.from_bytes(digest, "little", signed=True)


def _alike(some: frozenset[str], others: frozenset[str]) -> bool:
    return len(some & others) >= SAME * len(some | others)
