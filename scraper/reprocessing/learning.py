"""Which blocks recur on the pages of a source, and which of them have changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlite_utils import Database

from pipelines.extraction.repeated_blocks import RecurringBlock, learn
from scraper.store.block_occurrences import (
    learned_blocks,
    sampled_pages,
    trim_block_occurrences,
)
from scraper.store.database import write_transaction


@dataclass(frozen=True, slots=True)
class LearnedBlocks:
    """The recurring blocks of a source.

    ``changed`` are those that have become boilerplate, or are no longer, each with the quarters
    for which this is so.
    """

    blocks: list[RecurringBlock]
    changed: list[RecurringBlock]


def learn_blocks(db: Database, slug: str) -> LearnedBlocks:
    """Learn from the sampled pages of a source. What is learned is not stored yet."""
    with write_transaction(db):
        trim_block_occurrences(db, slug)
    blocks = learn(sampled_pages(db, slug))
    return LearnedBlocks(blocks, _changed(learned_blocks(db, slug), blocks))


def _changed(before: list[RecurringBlock], after: list[RecurringBlock]) -> list[RecurringBlock]:
    """The blocks that are boilerplate in other quarters now, each with only these quarters."""
    old, new = ({block.hash: block for block in blocks} for blocks in (before, after))
    changed = []
    for name, block in sorted((old | new).items()):
        quarters = [set(each[name].quarters if name in each else ()) for each in (old, new)]
        if differing := quarters[0] ^ quarters[1]:
            changed.append(replace(block, quarters=tuple(sorted(differing))))
    return changed
