"""Fair queueing of the pages of a source, and time slices for long work.

The classes of pages of a source take turns by weight. Otherwise, an endless sitemap index or
section would use up all pages of a run, and the articles that lists name would never be fetched.
Long work in the crawling process is divided into slices of time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from scraper.store.pages import Turn

WEIGHTS = {
    Turn.ARTICLE: 4,
    Turn.LISTING: 2,
    Turn.BACKLOG: 2,
    Turn.FEED: 1,
    Turn.SITEMAP: 1,
    Turn.RECHECK: 1,
    Turn.GUESS: 1,
}
"""Pages of each class in one round, if all classes have pages waiting."""

SHARES = {Turn.SITEMAP: 0.25, Turn.RECHECK: 0.1, Turn.GUESS: 0.1}
"""The largest share of the pages of a run for a class. Each class gets at least one page."""

SLICE_SECONDS = 0.05
"""How long work in the crawling process may delay requests, responses and signals."""

Item = TypeVar("Item")


@dataclass(slots=True)
class Turns:
    """The turns of one source in one run (self-clocked fair queueing).

    A class that has pages waiting has a tag, the virtual time of its next turn. The class with the
    earliest tag is served, and ``clock`` is the tag served last. A class without waiting pages
    saves up no turns.
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
        """Return the class whose turn it is among those with pages waiting, or None."""
        if Turn.HOME in waiting:
            return Turn.HOME
        self.tags = {
            turn: self.tags.get(turn, self.clock + 1 / weight)
            for turn, weight in WEIGHTS.items()
            if turn in waiting
        }
        return min(self.tags, key=self.tags.__getitem__, default=None)

    def take(self, turn: Turn) -> None:
        """Count a page of a class that is requested."""
        self.taken[turn] += 1
        if turn in self.tags:
            self.clock = self.tags[turn]
            self.tags[turn] += 1 / WEIGHTS[turn]


async def in_turns(items: Iterable[Item]) -> AsyncIterator[Item]:
    """Yield the items, and let other tasks run whenever a slice of time is used up.

    No transaction may be open during the iteration.
    """
    began = monotonic()
    for item in items:
        yield item
        if monotonic() - began > SLICE_SECONDS:
            await asyncio.sleep(0)
            began = monotonic()


def portions(items: Sequence[Item], size: int = 500) -> Iterator[Sequence[Item]]:
    """Yield the items in portions of ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))
