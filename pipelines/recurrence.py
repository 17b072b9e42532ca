"""Boilerplate that no list names: blocks that stand at the same place on many pages of a source.

A block's hash is its folded text with digits masked, together with its end of the article: ``head``
(above the running text), ``tail`` (below it) or ``ending`` (its last paragraphs, where a template's
sentence looks like the author's; it shares the hash of the tail). What stands in the midst of the
running text is not looked at, however often an editor repeats it; a lede is taken before.

The rule: a block is boilerplate when at least MIN_PAGES articles have it, and it stands outside the
running text of MIN_SHARE of all, or at the end of MIN_ENDING_SHARE of all. It depends on counts
only, so the same pages in any order, or read again, give the same result.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.text import fold

RULE_VERSION = 1
"""Raised when hash or rule change: what was learned before is learned anew."""

MIN_PAGES = 5
"""Fewer sightings may be a series of articles on one matter."""

MIN_SHARE = 0.2
"""A line that some authors put under their texts stays below; a template's lies far above."""

MIN_ENDING_SHARE = 0.6
"""A closing formula ("Hội nghị kết thúc tốt đẹp.") is an editor's until most articles have it."""

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class BlockSighting:
    """A block that was seen on a page: its hash, its place (head, tail, ending) and its text."""

    hash: str
    place: str
    text: str


def sighting(text: str, place: str) -> BlockSighting:
    """The sighting of a text at a place (``head``, ``tail`` or ``ending``)."""
    end = "head" if place == "head" else "tail"
    key = f"{end}\x1e{_DIGITS.sub('0', fold(text))}"
    return BlockSighting(hashlib.sha256(key.encode()).hexdigest()[:32], place, text)


def learn(pages: Iterable[Iterable[BlockSighting]]) -> frozenset[str]:
    """The hashes of boilerplate, from the sightings on each article page of one source."""
    outside: Counter[str] = Counter()
    anywhere: Counter[str] = Counter()
    total = 0
    for page in pages:
        total += 1
        seen = list(page)
        anywhere.update({each.hash for each in seen})
        outside.update({each.hash for each in seen if each.place != "ending"})
    return frozenset(
        block_hash
        for block_hash, count in anywhere.items()
        if outside[block_hash] >= max(MIN_PAGES, MIN_SHARE * total)
        or count >= max(MIN_PAGES, MIN_ENDING_SHARE * total)
    )
