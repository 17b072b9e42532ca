"""The registry as one shard of a crawl sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scraper.base.errors import UsageError
from scraper.base.hosts import hosts_of
from scraper.base.shard import Shard, shards_of
from scraper.base.source import Source
from scraper.config.registry import Catalogue


@dataclass(frozen=True, slots=True)
class Move:
    """How many enabled sources a database gains and loses if it becomes another shard."""

    coming: int
    going: int


def of_shard(catalogue: Catalogue, shard: Shard | None) -> Catalogue:
    """Return the registry with the sources that other shards crawl; None for the whole crawl."""
    if shard is None or shard.is_whole:
        return catalogue
    shards = shards_of(catalogue.sources.values(), shard.count)
    return replace(
        catalogue,
        shard=shard,
        elsewhere={slug: one for slug, one in shards.items() if one != shard},
    )


def move_between(catalogue: Catalogue, before: Shard, after: Shard) -> Move:
    """Return how many enabled sources come and go if a database becomes another shard."""
    own = {source.slug for source in of_shard(catalogue, after).enabled}
    former = {source.slug for source in of_shard(catalogue, before).enabled}
    return Move(len(own - former), len(former - own))


def hosts_elsewhere(catalogue: Catalogue) -> frozenset[str]:
    """Return the hosts at which other shards ask their enabled sources."""
    sources = (catalogue.sources[slug] for slug in catalogue.elsewhere)
    return frozenset(host for source in sources if source.enabled for host in hosts_of(source))


def require_own(catalogue: Catalogue, source: Source) -> None:
    """Raise UsageError if another shard crawls a source, which may not be registered yet."""
    if catalogue.shard is None:
        return
    sources = {**catalogue.sources, source.slug: source}
    shard = shards_of(sources.values(), catalogue.shard.count)[source.slug]
    if shard != catalogue.shard:
        raise UsageError(
            f"{source.slug} is a source of shard {shard} and this is shard {catalogue.shard}: "
            "crawl it there"
        )
