"""What the store and the registry know of a source, and the recurring blocks that it learns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from pipelines.extraction import SourceProfile
from pipelines.extraction.repeated_blocks import RecurringBlock, learn
from pipelines.text import fold
from scraper.base.source import Layout, Source
from scraper.base.urls import UrlRules
from scraper.store.block_occurrences import (
    learned_blocks,
    sampled_pages,
    trim_block_occurrences,
)
from scraper.store.database import write_transaction
from scraper.store.frontier import stored_contents
from scraper.store.sources import known_platform
from spiders.discovery.url_classifier import learn_ignored_params
from spiders.platforms import platform_named


def profile_of(db: Database, source: Source) -> SourceProfile:
    """The profile of a source: its name, its present layout and its learned boilerplate."""
    return profile_with(source, learned_blocks(db, source.slug))


def profile_with(source: Source, blocks: Iterable[RecurringBlock]) -> SourceProfile:
    """The profile of a source on whose pages these blocks recur."""
    quarters = {block.hash: frozenset(block.quarters) for block in blocks if block.is_boilerplate}
    return SourceProfile(
        boilerplate=frozenset(quarters),
        site_name=source.name,
        layout=current_layout(source),
        quarters=quarters,
        keep=tuple(" ".join(fold(text).split()) for text in source.keep),
    )


def current_layout(source: Source) -> Layout | None:
    """The layout that the site has now, if one is declared."""
    return next((layout for layout in source.layouts if layout.until is None), None)


def layout_at(source: Source, moment: datetime) -> Layout | None:
    """The layout that the site had then: the next to be replaced, else the present one."""
    day = moment.date().isoformat()
    replaced = [layout for layout in source.layouts if layout.until and day < layout.until]
    return min(replaced, key=lambda layout: layout.until or "", default=current_layout(source))


def url_rules_of(db: Database, source: Source) -> UrlRules:
    """The URL rules of a source: those of its platform, and those learned from its pages."""
    platform = platform_named(source.platform or known_platform(db, source.slug))
    return UrlRules(platform.url_identity, learn_ignored_params(stored_contents(db, source.slug)))


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
