"""What commands say about the shard of a crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.base.messages import say

if TYPE_CHECKING:
    from scraper.commands.session import Session
    from scraper.config.registry import Catalogue

SHARD = (
    "shard {shard}: {own} of {all} enabled sources; "
    "registry {digest}, which must be the same for every shard"
)


def warn_of_new_shard(session: Session, catalogue: Catalogue) -> None:
    """Warn if the database was another shard, or crawled all sources, in its last run."""
    from scraper.base.shard import WHOLE
    from scraper.config.shards import move_between
    from scraper.store.shards import recorded_shard

    before = recorded_shard(session.configuration().database)
    after = catalogue.shard or WHOLE
    if before is None or before == after:
        return
    move = move_between(session.catalogue(), before, after)
    session.warn(
        f"this database was shard {before} and is now shard {after} ({move.coming} sources come, "
        f"{move.going} go): a machine that still crawls as a shard of {before.count} asks hosts "
        "that are now asked from here, too"
    )


def shard_line(catalogue: Catalogue) -> list[str]:
    """Return the line about the shard of this database; none if it is the whole crawl."""
    from scraper.base.shard import registry_digest

    if catalogue.shard is None:
        return []
    everywhere = sum(source.enabled for source in catalogue.sources.values())
    digest = registry_digest(catalogue.sources.values())
    values = {"shard": catalogue.shard, "own": len(catalogue.enabled)}
    return [say(SHARD, **values, all=everywhere, digest=digest)]


def shard_columns(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """Return the column ``shard`` of each source, by slug; nothing for the whole crawl."""
    if catalogue.shard is None:
        return {}
    own = str(catalogue.shard)
    return {slug: {"shard": str(catalogue.elsewhere.get(slug, own))} for slug in catalogue.sources}
