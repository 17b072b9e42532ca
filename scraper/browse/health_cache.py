"""The verdicts on all sources, kept between requests."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from scraper.base.clock import now
from scraper.monitoring.health import assess
from scraper.store.runs import list_runs
from scraper.store.source_history import read_record
from scraper.store.source_record import Health
from scraper.store.sources import enabled_sources


class HealthCache:
    """The verdicts of one database: judged again after a run, each hour, and for new sources.

    A verdict reads some hundred rows of its source, which adds up if there are many sources.
    """

    def __init__(self) -> None:
        self._judged: tuple[tuple[object, ...], dict[str, Health]] = ((), {})

    def sources(self, db: Database) -> list[tuple[dict[str, Any], Health]]:
        """Return the watched sources and their health, those that need attention first."""
        rows = enabled_sources(db)
        health = self._health(db, [row["slug"] for row in rows])
        judged = [(row, health[row["slug"]]) for row in rows]
        return sorted(judged, key=lambda pair: pair[1].verdict.is_well)

    def _health(self, db: Database, slugs: list[str]) -> dict[str, Health]:
        runs = [(run["id"], run["state"]) for run in list_runs(db, 1)]
        key = (*runs, now().replace(minute=0, second=0, microsecond=0), *slugs)
        known, judged = self._judged
        if key != known:
            judged = {slug: assess(read_record(db, slug, now())) for slug in slugs}
            self._judged = key, judged
        return judged
