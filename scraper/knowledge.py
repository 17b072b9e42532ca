"""What the store and the registry know of a source, in the form that the extraction takes."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.extraction import Knowledge
from scraper.sources import Source


def knowledge_of(db: Database, source: Source) -> Knowledge:
    """The learned boilerplate of a source, its name, and the layout that its site has now."""
    hashes = db.execute(
        "SELECT block_hash FROM blocks WHERE source = ? AND is_boilerplate", [source.slug]
    )
    current = [layout for layout in source.layouts if layout.until is None]
    return Knowledge(
        boilerplate=frozenset(row[0] for row in hashes),
        site_name=source.name,
        layout=current[0] if current else None,
    )
