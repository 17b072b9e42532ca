"""What the store and the registry know of a source, in the form that the extraction takes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from pipelines.extraction import SourceProfile
from pipelines.extraction.repeated_blocks import RecurringBlock
from pipelines.text import fold
from scraper.base.source import Source
from scraper.base.urls import UrlRules
from scraper.store.block_occurrences import learned_blocks
from scraper.store.frontier import stored_contents
from scraper.store.sources import known_platform
from spiders.discovery.url_classifier import learn_ignored_params
from spiders.platforms import platform_named


def profile_of(db: Database, source: Source) -> SourceProfile:
    """The learned boilerplate of a source, its name, and the layout that its site has now."""
    return profile_with(source, learned_blocks(db, source.slug))


def profile_with(source: Source, blocks: Iterable[RecurringBlock]) -> SourceProfile:
    """What is known of a source of which these blocks were learned."""
    current = [layout for layout in source.layouts if layout.until is None]
    quarters = {block.hash: frozenset(block.quarters) for block in blocks if block.is_boilerplate}
    return SourceProfile(
        boilerplate=frozenset(quarters),
        site_name=source.name,
        layout=current[0] if current else None,
        quarters=quarters,
        keep=tuple(" ".join(fold(text).split()) for text in source.keep),
    )


def url_rules_of(db: Database, source: Source) -> UrlRules:
    """What is known of a source's addresses: by its platform, and by what was fetched of it."""
    platform = platform_named(source.platform or known_platform(db, source.slug))
    return UrlRules(platform.url_identity, learn_ignored_params(stored_contents(db, source.slug)))
