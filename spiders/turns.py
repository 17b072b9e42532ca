"""Whose turn it is: among the pages of a source, and between long work and everything else.

Pages of one source are fetched class by class, each class by its weight. Otherwise a sitemap index
or a section without an end takes the pages of the whole night, and the articles that the lists name
are never fetched. Long work in the crawling process is done in slices of time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from scraper.store.turns import Turn

WEIGHTS = {
    Turn.ARTICLE: 4,
    Turn.LISTING: 2,
    Turn.BACKLOG: 2,
    Turn.FEED: 1,
    Turn.SITEMAP: 1,
    Turn.RECHECK: 1,
    Turn.GUESS: 1,
}
"""Pages of each class in one round, if all of them have pages waiting."""

SHARES = {Turn.SITEMAP: 0.25, Turn.RECHECK: 0.1, Turn.GUESS: 0.1}
"""The part of the pages of a run that a class may take at most; it has one page at least."""

SLICE_SECONDS = 0.05
"""How long requests, answers and signals wait at most for the work in hand."""

Item = TypeVar("Item")


@dataclass(slots=True)
class Turns:
    """The turns of one source in one run (self-clocked fair queueing).

    A class that has pages waiting holds a tag, the time of its next turn; the earliest tag is
    served, and ``clock`` is the tag served last. A class that had nothing waiting saves up no
    turns.
    """

    pages: int
    clock: float = 0.0
    tags: dict[Turn, float] = field(default_factory=dict)
    taken: Counter[Turn] = field(default_factory=Counter)

    def has_spent(self, turn: Turn) -> bool:
        """Whether a class has had its share of the run."""
        share = SHARES.get(turn)
        return share is not None and self.taken[turn] >= max(1, int(share * self.pages))

    def choose(self, waiting: Collection[Turn]) -> Turn | None:
        """The class whose turn it is among those that have pages waiting, None if none has."""
        if Turn.HOME in waiting:
            return Turn.HOME
        self.tags = {
            turn: self.tags.get(turn, self.clock + 1 / weight)
            for turn, weight in WEIGHTS.items()
            if turn in waiting
        }
        return min(self.tags, key=self.tags.__getitem__, default=None)

    def take(self, turn: Turn) -> None:
        """Count a page of a class that is fetched."""
        self.taken[turn] += 1
        if turn in self.tags:
            self.clock = self.tags[turn]
            self.tags[turn] += 1 / WEIGHTS[turn]


async def in_turns(items: Iterable[Item]) -> AsyncIterator[Item]:
    """The items, with a turn for all others whenever a slice of time is spent.

    No transaction may be open while they are taken.
    """
    began = monotonic()
    for item in items:
        yield item
        if monotonic() - began > SLICE_SECONDS:
            await asyncio.sleep(0)
            began = monotonic()


def portions(items: Sequence[Item], size: int = 500) -> Iterator[Sequence[Item]]:
    """The items in portions that are dealt with in one step each; none of no items."""
    return (items[start : start + size] for start in range(0, len(items), size))
