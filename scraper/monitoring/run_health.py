"""Whether the nightly run itself is well: did it come, did it end, could it read anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from statistics import median_low
from typing import Any

from scraper.store.source_record import Health, Verdict

DAY = timedelta(days=1)
LATENESS = timedelta(hours=12)
"""By how much a night may be later than the longest time that lay between two of the last ones,
or than a day, before it counts as missing."""


def check_runs(runs: Sequence[Mapping[str, Any]], moment: datetime) -> Health:
    """How the nightly run itself is up to a moment, from runs that ended, the latest first."""
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
    """When the last run began, where it is longer ago than runs are apart as a rule.

    As a rule: the median, since one outage would else excuse the next one.
    """
    starts = sorted(datetime.fromisoformat(run["started_at"]) for run in runs)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    usual = median_low(gaps) if gaps else DAY
    return starts[-1] if moment - starts[-1] > max(usual, DAY) + LATENESS else None
