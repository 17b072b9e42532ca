"""Every watched source and how it is."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from scraper.config.registry import Catalogue
from scraper.monitoring.health import assess
from scraper.store.source_history import read_record
from scraper.store.source_record import Health, Record, Verdict
from scraper.store.sources import enabled_slugs


def check_sources(
    db: Database, moment: datetime, catalogue: Catalogue
) -> dict[str, tuple[Record, Health]]:
    """The record of each watched source up to a moment, and how it is, by slug.

    Watched are the enabled ones of the registry, those whose entry cannot be used, and those that
    only the database knows, such as the demo's.
    """
    problems = catalogue.problems
    watched = {slug for slug in enabled_slugs(db) if slug not in catalogue.sources}
    watched |= {source.slug for source in catalogue.enabled} | set(problems)
    records = {slug: read_record(db, slug, moment) for slug in sorted(watched)}
    return {
        slug: (
            record,
            Health(Verdict.BROKEN, problems[slug]) if slug in problems else assess(record),
        )
        for slug, record in records.items()
    }
