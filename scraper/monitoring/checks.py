"""The checks of every watched source, and of the nightly run itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from statistics import median_low
from typing import Any

from sqlite_utils import Database

from scraper.config.registry import Catalogue
from scraper.monitoring.health import assess
from scraper.store.source_history import read_record
from scraper.store.source_record import Health, Record, Verdict
from scraper.store.sources import enabled_slugs

NIGHTLY_RUN = "*"
"""What stands for the nightly run itself among the sources."""

DAY = timedelta(days=1)
MAX_DELAY = timedelta(hours=12)
"""A run is missing if the time since the last one exceeds the usual time between runs, or a day,
by more than this."""


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


def check_runs(runs: Sequence[Mapping[str, Any]], moment: datetime) -> Health:
    """How the nightly run is up to a moment, from runs that ended, the latest first.

    Whether it came, whether it ended, and whether it could read anything.
    """
    if not runs:
        return Health(Verdict.NEW, "no run yet")
    bad = list(takewhile(lambda run: run["state"] == "failed" or run["error"], runs))
    if bad:
        since = datetime.fromisoformat(bad[-1]["started_at"])
        return Health(Verdict.BROKEN, bad[0]["error"] or "no source could be read", since)
    if runs[0]["trigger"] != "manual" and (missing := _missing_since(runs, moment)):
        return Health(Verdict.BROKEN, "no run since then: is the daemon or timer on?", missing)
    return Health(Verdict.FINE, f"run {runs[0]['id']} ended {runs[0]['state']}")


def _missing_since(runs: Sequence[Mapping[str, Any]], moment: datetime) -> datetime | None:
    """When the last run began, if that is longer ago than runs usually are apart.

    Usually is the median: by the mean or the maximum, one outage would excuse the next one.
    """
    starts = sorted(datetime.fromisoformat(run["started_at"]) for run in runs)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    usual = median_low(gaps) if gaps else DAY
    return starts[-1] if moment - starts[-1] > max(usual, DAY) + MAX_DELAY else None
