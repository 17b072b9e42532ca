"""What earlier runs have learned about a source."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlite_utils import Database

from scraper.base.source import Source
from scraper.store.frontier import learned_kinds, stored_contents
from scraper.store.sources import known_platform
from spiders.discovery.url_classifier import UrlClassifier, learn_ignored_params
from spiders.platforms import GENERIC, platform_named
from spiders.platforms.base import Platform


@dataclass(slots=True)
class SourceHistory:
    """What earlier runs have learned about a source."""

    platform: Platform = GENERIC
    ignored_params: frozenset[str] = frozenset()
    url_classifier: UrlClassifier = field(default_factory=UrlClassifier)


def read_history(db: Database, source: Source) -> SourceHistory:
    """Return what earlier runs learned about a source. A platform in the registry has priority."""
    return SourceHistory(
        platform_named(source.platform or known_platform(db, source.slug)),
        learn_ignored_params(stored_contents(db, source.slug)),
        UrlClassifier(learned_kinds(db, source.slug)),
    )
