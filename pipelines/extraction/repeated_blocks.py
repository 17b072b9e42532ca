"""Learn boilerplate: blocks at the same end of many articles of a source.

A block is identified by the hash of its folded text and of its end of the article. Numbers count,
because the daily bulletins repeat the same sentences with other numbers, which are their content.
Only the digits of counters ("Lượt xem: 123") are masked. For the same reason, a block is content if
a page without it has a similar one at the same end, with other numbers, names or a few other words.

Each occurrence has a place: ``head`` (above the running text), ``opening`` (its first paragraphs,
where the sentence of a template looks like the author's), ``ending`` (its last paragraphs) or
``tail`` (below it). Head and opening share a hash, and so do ending and tail. Blocks in the middle
of the running text are ignored, and so are those that another rule removes: captions, signatures,
ledes with a class.

The rule: a block is boilerplate if at least MIN_PAGES articles of a quarter of a year have it, and
either 60 % of the articles have it outside of the running text or 80 % have it there or among the
first or last paragraphs. Quarters with few articles are counted together, if they are at most a
year apart.

Boilerplate is cut in the quarters in which it was found. If it was found in several, it is also cut
between them and for a year before and after, up to the next quarter with enough articles. If it was
found in one quarter and outside of the running text, it is also cut in the next quarter. Therefore,
the first articles of a quarter are clean, and no article loses what was printed at another time.

A template prints its lines under every article, an editor writes a formula under some. The
probability that a quarter loses a short line that is under 30 % of its articles is at most 0.7 %,
and for a sentence that ends 40 % of them it is 0.3 % (binomial, for the worst number of articles;
far less above fifty). A sample of MAX_SAMPLE_PAGES pages is counted per quarter, chosen by a hash
of their URLs, so that the result does not depend on the order of the pages.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extraction.block_occurrences import (
    DIGITS,
    PLACES_OUTSIDE_TEXT,
    BlockOccurrence,
    end_of_article,
)
from pipelines.text import fold

MIN_PAGES = 10
"""Fewer occurrences may be a series of articles on one subject."""

MIN_SHARE = 0.6
"""A line that only some authors add ("Một số hình ảnh tại hội nghị:") has a smaller share."""

MIN_EDGE_SHARE = 0.8
"""A closing sentence ("Hội nghị kết thúc tốt đẹp.") is an editor's if fewer articles have it."""

MAX_SAMPLE_PAGES = 100
"""Pages per quarter. A share of 0.6 is then known to ±0.1 (95 %, binomial)."""


QUARTERS_PER_YEAR = 4
"""Also the number of quarters for which boilerplate of several quarters is cut beyond them."""

MIN_SIMILARITY = 0.7
"""Share of common words from which two blocks are variants of one sentence."""

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """The blocks of one article page; ``quarter`` is that of ``quarter_of``."""

    quarter: str
    block_occurrences: Sequence[BlockOccurrence]


@dataclass(frozen=True, slots=True)
class RecurringBlock:
    """A block of several pages: on how many, and in which quarters it is cut."""

    hash: str
    text: str
    pages: int
    quarters: tuple[str, ...] = ()

    @property
    def is_boilerplate(self) -> bool:
        """Whether the block is cut in any quarter."""
        return bool(self.quarters)


def sample_rank(address: str) -> int:
    """Return the rank of a page in the sample of its quarter. The lowest ranks are counted."""
    return int.from_bytes(hashlib.sha256(address.encode()).digest()[:6])


def learn(pages: Iterable[PageBlocks]) -> list[RecurringBlock]:
    """Return the recurring blocks of the article pages of one source, ordered by hash."""
    texts: dict[str, str] = {}
    counts: Counter[str] = Counter()
    quarters: dict[int, _QuarterCounts] = defaultdict(_QuarterCounts)
    for page in pages:
        quarters[_quarter_number(page.quarter)].add(page.block_occurrences)
        counts.update({each.hash for each in page.block_occurrences})
        for each in page.block_occurrences:
            texts[each.hash] = min(each.text, texts.get(each.hash, each.text))
    found = _boilerplate_quarters(quarters)
    return [
        RecurringBlock(
            block, texts[block], count, _quarters_to_cut(block, found.get(block, set()), quarters)
        )
        for block, count in sorted(counts.items())
        if count >= MIN_PAGES
    ]


def _quarter_number(quarter: str) -> int:
    """Return the number of a quarter; ``2026-Q4`` is one more than ``2026-Q3``."""
    year, _, number = quarter.partition("-Q")
    return int(year) * QUARTERS_PER_YEAR + int(number) - 1


def _quarter_name(number: int) -> str:
    """Return the name of the quarter with a number."""
    return f"{number // QUARTERS_PER_YEAR:04}-Q{number % QUARTERS_PER_YEAR + 1}"


def _boilerplate_quarters(quarters: Mapping[int, _QuarterCounts]) -> dict[str, set[int]]:
    """Return the quarters in which each block was found to be boilerplate."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, counted in quarters.items():
        for block in counted.boilerplate():
            found[block].add(number)
    for group in _quarters_of_few_pages(quarters):
        for rest, blocks in _blocks_by_open_quarters(group, found, quarters).items():
            together = _QuarterCounts()
            for number in rest:
                for page in quarters[number].occurrences_by_page:
                    together.add(page)
            for block in blocks & together.boilerplate():
                found[block].update(number for number in rest if quarters[number].anywhere[block])
    return found


def _quarters_of_few_pages(quarters: Mapping[int, _QuarterCounts]) -> list[list[int]]:
    """Return groups of quarters with few pages, which are at most a year apart."""
    groups: list[list[int]] = []
    for number in sorted(quarters):
        if quarters[number].pages * MIN_SHARE >= MIN_PAGES:
            continue
        if not groups or number - groups[-1][-1] > QUARTERS_PER_YEAR:
            groups.append([])
        groups[-1].append(number)
    return groups


def _blocks_by_open_quarters(
    group: list[int], found: Mapping[str, set[int]], quarters: Mapping[int, _QuarterCounts]
) -> dict[tuple[int, ...], set[str]]:
    """Group blocks by the quarters of a group in which they were not found yet.

    A quarter in which a block was found alone says nothing about the other quarters.
    """
    blocks: defaultdict[tuple[int, ...], set[str]] = defaultdict(set)
    for block in set().union(*(quarters[number].anywhere for number in group)):
        known = found.get(block, set())
        blocks[tuple(number for number in group if number not in known)].add(block)
    return dict(blocks)


def _quarters_to_cut(
    block: str, found: set[int], quarters: Mapping[int, _QuarterCounts]
) -> tuple[str, ...]:
    """Return the quarters in which a block is cut; ``found`` are those in which it was found."""
    if not found:
        return ()
    first, last = min(found), max(found)
    cut = set(range(first, last + 1))
    if len(found) > 1:
        cut.update(
            _quarters_until_lacking(
                block, range(first - 1, first - 1 - QUARTERS_PER_YEAR, -1), quarters
            )
        )
        cut.update(
            _quarters_until_lacking(block, range(last + 1, last + 1 + QUARTERS_PER_YEAR), quarters)
        )
    elif quarters[last].is_outside(block):
        cut.update(_quarters_until_lacking(block, [last + 1], quarters))
    varying = {
        number for number in cut - found if number in quarters and quarters[number].varies(block)
    }
    return tuple(_quarter_name(number) for number in sorted(cut - varying))


def _quarters_until_lacking(
    block: str, numbers: Iterable[int], quarters: Mapping[int, _QuarterCounts]
) -> Iterator[int]:
    """Yield quarters up to the first one whose pages are enough and lack a block."""
    for number in numbers:
        if number in quarters and quarters[number].lacks(block):
            return
        yield number


class _QuarterCounts:
    """The pages of a quarter, and how many have each block anywhere or outside of the text."""

    def __init__(self) -> None:
        self.pages = 0
        self.occurrences_by_page: list[Sequence[BlockOccurrence]] = []
        self.anywhere: Counter[str] = Counter()
        self.outside: Counter[str] = Counter()

    def add(self, page: Sequence[BlockOccurrence]) -> None:
        """Count the blocks of a page."""
        self.pages += 1
        self.occurrences_by_page.append(page)
        self.anywhere.update({each.hash for each in page})
        self.outside.update({each.hash for each in page if each.place in PLACES_OUTSIDE_TEXT})

    def is_outside(self, block: str) -> bool:
        """Whether enough pages have a block outside of the running text."""
        return self.outside[block] >= MIN_SHARE * self.pages

    def lacks(self, block: str) -> bool:
        """Whether there are enough pages, and too few of them have a block."""
        is_shared = self.is_outside(block) or self.anywhere[block] >= MIN_EDGE_SHARE * self.pages
        return self.pages >= MIN_PAGES and not is_shared

    def boilerplate(self) -> set[str]:
        """Return the blocks that enough pages have and that do not vary."""
        at_edges = max(MIN_PAGES, MIN_EDGE_SHARE * self.pages)
        return {
            block
            for block, count in self.anywhere.items()
            if (count >= at_edges or (self.outside[block] >= MIN_PAGES and self.is_outside(block)))
            and not self.varies(block)
        }

    def varies(self, block: str) -> bool:
        """Whether a page without a block has a similar one at the same end.

        The result is False if no page has the block.
        """
        if not self.anywhere[block]:
            return False
        shown = next(
            each for page in self.occurrences_by_page for each in page if each.hash == block
        )
        words, end = _words(shown.text), end_of_article(shown.place)
        return any(
            _word_similarity(words, _words(each.text)) >= MIN_SIMILARITY
            for page in self.occurrences_by_page
            if all(each.hash != block for each in page)
            for each in page
            if end_of_article(each.place) == end
        )


@lru_cache(maxsize=4096)
def _words(text: str) -> Counter[str]:
    """Return the words of a text without numbers and names, which vary within one sentence."""
    first, *others = _WORDS.findall(DIGITS.sub("0", text)) or [""]
    masked = [first, *("" if word[0].isupper() else word for word in others)]
    return Counter(fold(word) for word in masked if word)


def _word_similarity(one: Counter[str], other: Counter[str]) -> float:
    """Return the Jaccard similarity of two bags of words."""
    shared = (one & other).total()
    return shared / max(1, one.total() + other.total() - shared)
