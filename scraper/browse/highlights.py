"""What the home page shows of the week: sections, places, and what is unusual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import VIETNAM, now, to_utc_iso
from scraper.store.source_record import Health, Verdict
from scraper.store.stats import last_published
from scraper.store.week import (
    WEEK,
    last_seen_new,
    many_removals,
    places_of_week,
    sections_of_week,
    shared_texts,
)

SHOWN = 8
LOOKED_AT = 2_000
"""Articles that are looked at, the latest ones: a first run may have found a million."""

SHARING_SOURCES = 5
"""A text that so many sources have is unusual: a press release, or a campaign."""

REMOVED_ARTICLES = 10
"""So many articles that a source removed in a week are unusual."""


def week(db: Database) -> dict[str, Any]:
    """Return the week to the last day with articles, and its sections and places."""
    today = now().astimezone(VIETNAM).date()
    last: date = last_published(db, today + timedelta(days=1)) or today
    return {
        "first": (last - WEEK + timedelta(days=1)).isoformat(),
        "last": last.isoformat(),
        "sections": sections_of_week(db, last, LOOKED_AT, SHOWN),
        "places": places_of_week(db, last, SHOWN),
    }


def unusual(db: Database, sources: Sequence[tuple[dict[str, Any], Health]]) -> dict[str, Any]:
    """Return silent sources, texts that many sources share, and sources with many removals.

    ``sources`` are those that are watched, with their health. The week is the last in which there
    was anything new.
    """
    since = to_utc_iso(_last_seen(db) - WEEK)
    return {
        "silent": [pair for pair in sources if pair[1].verdict is Verdict.QUIET][:SHOWN],
        "shared": shared_texts(db, since, LOOKED_AT, SHARING_SOURCES, SHOWN),
        "removals": many_removals(db, since, LOOKED_AT, REMOVED_ARTICLES, SHOWN),
    }


def _last_seen(db: Database) -> datetime:
    seen = last_seen_new(db)
    return min(datetime.fromisoformat(seen), now()) if seen else now()
