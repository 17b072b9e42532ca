"""Boilerplate that no list names: blocks that stand at the same place on many pages of a source.

A block's hash is its folded text with digits masked, together with its end of the article: ``head``
(above the running text), ``tail`` (below it) or ``ending`` (its last paragraphs, where a template's
sentence looks like the author's; it shares the hash of the tail). What stands in the midst of the
running text is not looked at, however often an editor repeats it, nor what another rule takes:
ledes, captions, signatures.

The rule: a block is boilerplate when in any quarter of a year at least MIN_PAGES articles have it,
and it stands outside the running text of MIN_SHARE of that quarter's, or at the end of
MIN_ENDING_SHARE of them. Quarters, so that a redesign is noticed among however many older pages,
and what an older design had is not forgotten. Of each quarter a sample of SAMPLE pages is counted,
chosen by a hash of their addresses. So the same pages in any order, or read again, give the same
result.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.text import fold

RULE_VERSION = 1
"""Raised when hash or places change: what was seen before does not count any more."""

MIN_PAGES = 5
"""Fewer sightings may be a series of articles on one matter."""

MIN_SHARE = 0.2
"""A line that some authors put under their texts stays below; a template's lies far above."""

MIN_ENDING_SHARE = 0.6
"""A closing formula ("Hội nghị kết thúc tốt đẹp.") is an editor's until most articles have it."""

SAMPLE = 100
"""Pages of a quarter: a share of 0.2 is then known to ±0.08 (95 %, binomial)."""

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


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """What was seen on one article page; ``quarter`` as ``quarter_of`` gives it."""

    quarter: str
    sightings: Sequence[BlockSighting]


@dataclass(frozen=True, slots=True)
class RecurringBlock:
    """A block that recurs: on how many of the pages, and whether it is boilerplate."""

    hash: str
    text: str
    pages: int
    is_boilerplate: bool


def quarter_of(published_at: str | None) -> str:
    """The quarter of a time in ISO 8601 (``2026-Q4``), empty where the time is not known."""
    if not published_at:
        return ""
    return f"{published_at[:4]}-Q{(int(published_at[5:7]) + 2) // 3}"


def sample_rank(address: str) -> int:
    """By which a page is chosen for the sample of its quarter: the lowest ranks are taken."""
    return int.from_bytes(hashlib.sha256(address.encode()).digest()[:6])


def learn(pages: Iterable[PageBlocks]) -> list[RecurringBlock]:
    """The blocks that recur on the article pages of one source, in the order of their hashes."""
    quarters: dict[str, list[Sequence[BlockSighting]]] = defaultdict(list)
    for page in pages:
        quarters[page.quarter].append(page.sightings)
    found: dict[str, RecurringBlock] = {}
    for sightings in quarters.values():
        for block in _recurring(sightings):
            before = found.get(block.hash)
            found[block.hash] = _merged(before, block) if before else block
    return sorted(found.values(), key=lambda block: block.hash)


def _recurring(pages: Sequence[Sequence[BlockSighting]]) -> Iterator[RecurringBlock]:
    """The blocks that recur within a quarter."""
    texts: dict[str, str] = {}
    outside: Counter[str] = Counter()
    anywhere: Counter[str] = Counter()
    for page in pages:
        anywhere.update({each.hash for each in page})
        outside.update({each.hash for each in page if each.place != "ending"})
        for each in page:
            texts[each.hash] = min(each.text, texts.get(each.hash, each.text))
    for block_hash, count in anywhere.items():
        if count >= MIN_PAGES:
            is_boilerplate = outside[block_hash] >= max(
                MIN_PAGES, MIN_SHARE * len(pages)
            ) or count >= MIN_ENDING_SHARE * len(pages)
            yield RecurringBlock(block_hash, texts[block_hash], count, is_boilerplate)


def _merged(one: RecurringBlock, other: RecurringBlock) -> RecurringBlock:
    return RecurringBlock(
        one.hash,
        min(one.text, other.text),
        one.pages + other.pages,
        one.is_boilerplate or other.is_boilerplate,
    )
