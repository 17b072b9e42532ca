"""Find copies of a text: MinHash signatures propose pairs, the texts themselves decide.

The newspaper of a province and the portal of a district publish one text, each with its own cuts.
Two texts share a bucket if a band of their MinHash signatures is equal (locality-sensitive hashing;
Leskovec et al., Mining of Massive Datasets, 3.4).
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
"""Shorter texts (a line under a photo, a notice of two sentences) are copies only if equal."""

MIN_JACCARD = 0.7
"""Jaccard similarity of shingles from which two texts are copies. A reprint with one word in twenty
changed, or without its last fifth, has 0.7 to 0.8."""

BANDS = 12
ROWS = 4
"""Rows per band. Of texts with a similarity of 0.7, 96 % share a bucket (1 - (1 - 0.7⁴)¹²); of
those with 0.8, all but two in a thousand; of those with 0.1 (official phrases), one in a thousand.
"""

MAX_UNRELATED_SHARE = 0.05
"""Share of the shorter text's shingles below which two texts are unrelated. Texts that share only
official phrases have a larger share."""


def buckets_of(body: str) -> tuple[int, ...]:
    """Return the buckets of a text as integers for SQLite; none for a short text.

    They depend on the version of rensa's algorithm. If it changes, texts stored before and after
    the change are not compared with each other any more.
    """
    shingles = _shingles(body)
    if len(shingles) < MIN_SHINGLES:
        return ()
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=1)
    minhash.update(shingles)
    signature = minhash.digest()
    return tuple(_bucket(band, signature[band * ROWS :][:ROWS]) for band in range(BANDS))


def are_alike(one: str, other: str) -> bool:
    """Whether two bodies are the same text except for a few words. Empty bodies are not."""
    some, others = _shingles(one), _shingles(other)
    return bool(some & others) and len(some & others) >= MIN_JACCARD * len(some | others)


def are_unrelated(one: str, other: str) -> bool:
    """Whether two bodies are long enough to compare and share hardly a phrase."""
    some, others = _shingles(one), _shingles(other)
    shorter = min(len(some), len(others))
    return shorter >= MIN_SHINGLES and len(some & others) < MAX_UNRELATED_SHARE * shorter


def _bucket(band: int, rows: list[int]) -> int:
    digest = blake2b(struct.pack(f"<B{ROWS}I", band, *rows), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


# One text is compared with several.
@lru_cache(maxsize=2)
def _shingles(body: str) -> frozenset[str]:
    """Return every three words in a row, folded and without punctuation."""
    words = WORD.findall(fold(body))
    return frozenset(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
