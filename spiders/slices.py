"""Long work in the crawling process, done in slices: between them the others have their turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from time import monotonic
from typing import TypeVar

SLICE_SECONDS = 0.05
"""How long requests, answers and signals wait at most for the work in hand."""

Item = TypeVar("Item")


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
