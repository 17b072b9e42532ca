"""Boilerplate that no list names: blocks that stand at the same place on many pages of a source.

A block's hash is its folded text with digits masked, together with its place. Places are ``head``
(above the running text), ``body`` (among it) and ``tail`` (below it). The rule, replayable and
independent of the order of pages: a block is boilerplate when it stands in the head or tail of at
least MIN_PAGES articles of a source and of MIN_SHARE of those that were looked at. What stands in
the running text is kept, however often an editor repeats it, and so is a standing lede.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.text import fold

MIN_PAGES = 5
"""Fewer sightings may be a series of articles on one matter."""

MIN_SHARE = 0.1
"""A closing formula that one author uses stays below; furniture of a template lies far above."""

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class BlockSighting:
    """A block that was seen once on a page: its hash, its place and its text."""

    hash: str
    place: str
    text: str


def sighting(text: str, place: str) -> BlockSighting:
    """The sighting of a text at a place (``head``, ``body`` or ``tail``)."""
    key = f"{place}\x1e{_DIGITS.sub('0', fold(text))}"
    return BlockSighting(hashlib.sha256(key.encode()).hexdigest()[:32], place, text)


def learn(pages: Iterable[Iterable[BlockSighting]]) -> frozenset[str]:
    """The hashes of boilerplate, from the sightings of each article page of one source."""
    counts: dict[str, int] = defaultdict(int)
    total = 0
    for page in pages:
        total += 1
        for block_hash in {each.hash for each in page if each.place != "body"}:
            counts[block_hash] += 1
    need = max(MIN_PAGES, MIN_SHARE * total)
    return frozenset(block_hash for block_hash, count in counts.items() if count >= need)
