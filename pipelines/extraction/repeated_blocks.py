"""Boilerplate that no list names: blocks that stand at the same end of many articles of a source.

A block's hash is its folded text together with its end of the article. Figures count: a bulletin
repeats its sentences every day with other figures, and the figures are what it says. Only the
digits of a line that is nothing but a counter ("Lượt xem: 123") are masked. For the same reason a
block is content if a page of the quarter that lacks it has the like at the same end, with other
figures, names or a few other words. Each sighting has a place: ``head`` (above the running text),
``opening`` (its first paragraphs, where a template's sentence looks like the author's, or like a
lede), ``ending`` (its last) and ``tail`` (below it); head and opening share a hash, as do ending
and tail. What stands in the midst of the running text is not looked at, however often an editor
repeats it, nor what another rule takes: captions, signatures, ledes that the page names so.

The rule: a block is boilerplate when of the articles of a quarter of a year at least MIN_PAGES have
it, and three in five outside the running text, or four in five there or among the first or last
paragraphs. Quarters of fewer articles are counted together, if no gap of more than a year parts
them. It holds in the quarters in which it was found. What was found in several holds between them,
too, and a year before and after, up to the next quarter that has articles enough to speak for
itself; what one quarter alone has outside of the running text, in the next. So the first articles
of a quarter are clean, and no article is cut for what another time printed. A template prints its
lines under every article, an editor writes a formula under some: the chance that a quarter loses a
short line that stands under three in ten articles is at most 0.7 %, of a sentence that ends four in
ten 0.3 % (binomial, at the worst number of articles; above fifty far less). Of each quarter a
sample of SAMPLE pages is counted, chosen by a hash of their addresses. So the same pages in any
order, or read again, give the same result.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.text import fold

RULE_VERSION = 3
"""Raised when hash or places change: what was seen before does not count any more."""

LEARNED = "learned boilerplate"
"""The rule behind all others: what they take needs no learning, but for what looks like a lede."""

MIN_PAGES = 10
"""Fewer sightings may be a series of articles on one matter."""

MIN_SHARE = 0.6
"""A line that some authors put under their texts ("Một số hình ảnh tại hội nghị:") stays below."""

MIN_EDGE_SHARE = 0.8
"""A closing formula ("Hội nghị kết thúc tốt đẹp.") is an editor's until nearly all have it."""

MAX_SAMPLE_PAGES = 100
"""Pages of a quarter: a share of 0.6 is then known to ±0.1 (95 %, binomial)."""

METADATA_TITLE = "claim"
"""Place of a title that a page claims: one that many pages share is the site's."""

PLACES_OUTSIDE_TEXT = frozenset({"head", "tail", METADATA_TITLE})
PLACES_ABOVE = frozenset({"head", "opening"})

QUARTERS_PER_YEAR = 4
"""Quarters over which what was found in several is believed to go on, or to be the same."""

MIN_SIMILARITY = 0.7
"""Share of common words (of all in either) from which two blocks vary one sentence."""

_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"\w+")
_COUNTER = re.compile(
    r"(?:(?:da|so|tong|luot|lan|xem|doc|nghe|tai|thich|chia se|binh luan|truy cap|dang online"
    r"|online|views?|hits?|comments?|likes?|shares?)\b|[\d\W_])+"
)
"""A folded line that is nothing but counters and their labels."""


@dataclass(frozen=True, slots=True)
class BlockOccurrence:
    """A block that was seen on a page: its hash, its place and its text."""

    hash: str
    place: str
    text: str


def block_occurrence(text: str, place: str) -> BlockOccurrence:
    """The sighting of a text at a place (``head``, ``opening``, ``ending``, ``tail``, ``claim``).

    The digits of a claimed title count: bulletins are told apart by their numbers.
    """
    if place == METADATA_TITLE:
        key = f"{METADATA_TITLE}\x1e{fold(text)}"
        return BlockOccurrence(hashlib.sha256(key.encode()).hexdigest()[:32], place, text)
    end = "head" if place in PLACES_ABOVE else "tail"
    key = f"{end}\x1e{_masked_counter(fold(text))}"
    return BlockOccurrence(hashlib.sha256(key.encode()).hexdigest()[:32], place, text)


def _masked_counter(folded: str) -> str:
    return _DIGITS.sub("0", folded) if _COUNTER.fullmatch(folded) else folded


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """What was seen on one article page; ``quarter`` as ``quarter_of`` gives it."""

    quarter: str
    block_occurrences: Sequence[BlockOccurrence]


@dataclass(frozen=True, slots=True)
class RecurringBlock:
    """A block that recurs: on how many of the pages, and in which quarters it is boilerplate."""

    hash: str
    text: str
    pages: int
    quarters: tuple[str, ...] = ()

    @property
    def is_boilerplate(self) -> bool:
        """Whether there is any quarter in which it is to be cut."""
        return bool(self.quarters)


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
    """Quarters in a row: ``2026-Q4`` is one more than ``2026-Q3``."""
    year, _, number = quarter.partition("-Q")
    return int(year) * QUARTERS_PER_YEAR + int(number) - 1


def _quarter_name(number: int) -> str:
    return f"{number // QUARTERS_PER_YEAR:04}-Q{number % QUARTERS_PER_YEAR + 1}"


def _boilerplate_quarters(quarters: Mapping[int, _QuarterCounts]) -> dict[str, set[int]]:
    """In which quarters each block was found to be boilerplate."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, counted in quarters.items():
        for block in counted.boilerplate():
            found[block].add(number)
    for group in _quarters_of_few_pages(quarters):
        for rest, blocks in _blocks_by_open_quarters(group, found, quarters).items():
            together = _QuarterCounts()
            for number in rest:
                for page in quarters[number].seen:
                    together.add(page)
            for block in blocks & together.boilerplate():
                found[block].update(number for number in rest if quarters[number].anywhere[block])
    return found


def _quarters_of_few_pages(quarters: Mapping[int, _QuarterCounts]) -> list[list[int]]:
    """Quarters of so few pages that they are counted together, a year apart at most."""
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
    """The blocks of a season by the quarters in which they were not found so far.

    A quarter that teaches a block alone says nothing about the others.
    """
    blocks: defaultdict[tuple[int, ...], set[str]] = defaultdict(set)
    for block in set().union(*(quarters[number].anywhere for number in group)):
        known = found.get(block, set())
        blocks[tuple(number for number in group if number not in known)].add(block)
    return dict(blocks)


def _quarters_to_cut(
    block: str, found: set[int], quarters: Mapping[int, _QuarterCounts]
) -> tuple[str, ...]:
    """The quarters in which a block is cut, by those in which it was found to be boilerplate."""
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
    """Quarters up to the first whose pages are enough to tell that they lack a block."""
    for number in numbers:
        if number in quarters and quarters[number].lacks(block):
            return
        yield number


class _QuarterCounts:
    """On how many pages each block was seen: anywhere, and outside the running text."""

    def __init__(self) -> None:
        self.pages = 0
        self.seen: list[Sequence[BlockOccurrence]] = []
        self.anywhere: Counter[str] = Counter()
        self.outside: Counter[str] = Counter()

    def add(self, page: Sequence[BlockOccurrence]) -> None:
        self.pages += 1
        self.seen.append(page)
        self.anywhere.update({each.hash for each in page})
        self.outside.update({each.hash for each in page if each.place in PLACES_OUTSIDE_TEXT})

    def is_outside(self, block: str) -> bool:
        """Whether as many as that have it outside the running text, where only templates print."""
        return self.outside[block] >= MIN_SHARE * self.pages

    def lacks(self, block: str) -> bool:
        """Whether the pages are enough, and too few of them have a block."""
        is_shared = self.is_outside(block) or self.anywhere[block] >= MIN_EDGE_SHARE * self.pages
        return self.pages >= MIN_PAGES and not is_shared

    def boilerplate(self) -> set[str]:
        """The blocks that enough of the pages have, and that do not vary among them."""
        at_edges = max(MIN_PAGES, MIN_EDGE_SHARE * self.pages)
        return {
            block
            for block, count in self.anywhere.items()
            if (count >= at_edges or (self.outside[block] >= MIN_PAGES and self.is_outside(block)))
            and not self.varies(block)
        }

    def varies(self, block: str) -> bool:
        """Whether a page that lacks a block has the like of it at the same end; not if none has."""
        if not self.anywhere[block]:
            return False
        shown = next(each for page in self.seen for each in page if each.hash == block)
        words, end = _words(shown.text), _end_of_article(shown.place)
        return any(
            _word_similarity(words, _words(each.text)) >= MIN_SIMILARITY
            for page in self.seen
            if all(each.hash != block for each in page)
            for each in page
            if _end_of_article(each.place) == end
        )


def _end_of_article(place: str) -> str:
    """The end of the article to which a place belongs; a claimed title has neither."""
    return (
        METADATA_TITLE if place == METADATA_TITLE else ("head" if place in PLACES_ABOVE else "tail")
    )


@lru_cache(maxsize=4096)
def _words(text: str) -> Counter[str]:
    """The words of a text with figures and names masked, which vary within one sentence."""
    first, *others = _WORDS.findall(_DIGITS.sub("0", text)) or [""]
    masked = [first, *("" if word[0].isupper() else word for word in others)]
    return Counter(fold(word) for word in masked if word)


def _word_similarity(one: Counter[str], other: Counter[str]) -> float:
    shared = (one & other).total()
    return shared / max(1, one.total() + other.total() - shared)
