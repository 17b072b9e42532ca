"""Telling whether two texts are one: MinHash signatures nominate, the texts decide.

A province's paper and a district's portal run one piece, each with its own cuts. Texts share a
bucket when a band of their MinHash signatures agrees (locality-sensitive hashing, Leskovec et
al., Mining of Massive Datasets, 3.4).
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from hashlib import blake2b

from rensa import RMinHash

from pipelines.text import fold

WORD = re.compile(r"[^\W_]+")

MIN_SHINGLES = 20
"""Shorter texts (a line under a photo, a notice of two sentences) are the same only exactly."""

MIN_JACCARD = 0.7
"""The share of shingles in common (Jaccard) from which two texts are one: a piece reprinted with
one word in twenty changed, or with its last fifth cut, has 0.7 to 0.8."""

BANDS = 12
ROWS = 4
"""Of texts that share 0.7 of their shingles 96 % share a bucket (1 - (1 - 0.7⁴)¹²), of those that
share 0.8 all but two in a thousand, of those that share 0.1 (the phrases of office) one."""

MAX_UNRELATED_SHARE = 0.05
"""The share of the shorter text's shingles below which nothing of one is in the other: phrases of
office alone give more."""


# A text is looked up and then remembered.
@lru_cache(maxsize=1)
def buckets_of(body: str) -> tuple[int, ...]:
    """The buckets of a text, none for a short one, as integers that SQLite holds.

    They depend on the version of rensa's algorithm: after a change of it texts kept before and
    after are no longer nominated for each other, and nothing worse happens.
    """
    shingles = _shingles(body)
    if len(shingles) < MIN_SHINGLES:
        return ()
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=1)
    minhash.update(shingles)
    signature = minhash.digest()
    return tuple(_bucket(band, signature[band * ROWS :][:ROWS]) for band in range(BANDS))


def are_alike(one: str, other: str) -> bool:
    """Whether two bodies are the same text, but for a few words; empty ones are not."""
    some, others = _shingles(one), _shingles(other)
    return bool(some & others) and len(some & others) >= MIN_JACCARD * len(some | others)


def are_unrelated(one: str, other: str) -> bool:
    """Whether two bodies, long enough to tell, have hardly a phrase in common."""
    some, others = _shingles(one), _shingles(other)
    shorter = min(len(some), len(others))
    return shorter >= MIN_SHINGLES and len(some & others) < MAX_UNRELATED_SHARE * shorter


def _bucket(band: int, rows: list[int]) -> int:
    digest = blake2b(struct.pack(f"<B{ROWS}I", band, *rows), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


# One text is compared with several.
@lru_cache(maxsize=2)
def _shingles(body: str) -> frozenset[str]:
    """Every three words in a row, folded and without punctuation."""
    words = WORD.findall(fold(body))
    return frozenset(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
