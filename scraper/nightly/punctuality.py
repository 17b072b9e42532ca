"""Whether the nightly run itself is well: did it come, did it end, could it read anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from statistics import median_low
from typing import Any

from scraper.nightly.health import Health, Verdict

DAY = timedelta(days=1)
LATENESS = timedelta(hours=12)
"""By how much a night may be later than the longest time that lay between two of the last ones,
or than a day, before it counts as missing."""


def judge_runs(runs: Sequence[Mapping[str, Any]], moment: datetime) -> Health:
    """How the nightly run itself is, from rows of ``runs`` up to a moment.

    Runs by hand count where there is no other.
    """
    ended = [run for run in runs if run["finished_at"] is not None]
    nightly = [run for run in ended if run["trigger"] != "manual"] or ended
    if not nightly:
        return Health(Verdict.NEW, "no run yet")
    nightly.sort(key=lambda run: (run["finished_at"], run["id"]), reverse=True)
    bad = list(takewhile(lambda run: run["state"] == "failed" or run["error"], nightly))
    if bad:
        since = datetime.fromisoformat(bad[-1]["started_at"])
        return Health(Verdict.BROKEN, bad[0]["error"] or "no source could be read", since)
    if nightly[0]["trigger"] != "manual" and (missing := _missing_since(nightly, moment)):
        return Health(Verdict.BROKEN, "no run since then: is the daemon or timer on?", missing)
    return Health(Verdict.FINE, f"run {nightly[0]['id']} ended {nightly[0]['state']}")


def _missing_since(nightly: Sequence[Mapping[str, Any]], moment: datetime) -> datetime | None:
    """When the last run began, where it is longer ago than runs are apart as a rule.

    As a rule: the median, since one outage would else excuse the next one.
    """
    starts = sorted(datetime.fromisoformat(run["started_at"]) for run in nightly)
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    usual = median_low(gaps) if gaps else DAY
    return starts[-1] if moment - starts[-1] > max(usual, DAY) + LATENESS else None
