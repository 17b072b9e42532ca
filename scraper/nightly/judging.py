"""Every watched source and how it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from scraper.nightly.health import Health, Record, Verdict, judge
from scraper.store.history import read_record


def judge_sources(
    db: Database, moment: datetime, problems: Mapping[str, str]
) -> dict[str, tuple[Record, Health]]:
    """The record of each enabled source up to a moment, and how it is, by slug.

    ``problems`` are what is wrong with entries of the registry: their sources are not crawled.
    """
    slugs = [row[0] for row in db.execute("SELECT slug FROM sources WHERE enabled ORDER BY slug")]
    records = {slug: read_record(db, slug, moment) for slug in slugs}
    return {
        slug: (
            record,
            Health(Verdict.BROKEN, problems[slug]) if slug in problems else judge(record),
        )
        for slug, record in records.items()
    }
