"""What the store and the registry know of a source, in the form that the extraction takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from pipelines.extraction import SourceProfile
from pipelines.extraction.repeated_blocks import RecurringBlock
from pipelines.text import fold
from scraper.base.source import Layout, Source
from scraper.base.urls import UrlRules
from scraper.store.block_occurrences import learned_blocks
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
