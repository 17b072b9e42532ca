"""Verdicts on the nightly run: from what ended last, and from what did not come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.nightly.health import Verdict
from scraper.nightly.punctuality import judge_runs

LATEST = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


def run(
    number: int, state: str = "done", trigger: str = "schedule", **more: object
) -> dict[str, object]:
    at = (LATEST + timedelta(days=number)).isoformat()
    row = {"id": number, "state": state, "trigger": trigger, "error": None}
    return {**row, "started_at": at, "finished_at": at, **more}


@pytest.mark.parametrize(
    ("runs", "verdict"),
    [
        ([], Verdict.NEW),
        ([run(1)], Verdict.FINE),
        ([run(2, "partial"), run(1)], Verdict.FINE),
        ([run(2, "failed"), run(1)], Verdict.BROKEN),
        ([run(2, "interrupted"), run(1)], Verdict.FINE),
        ([run(2, "interrupted", error="killed"), run(1)], Verdict.BROKEN),
        ([run(2, "running", finished_at=None), run(1)], Verdict.FINE),
        ([run(2, "failed", trigger="manual"), run(1)], Verdict.FINE),
        ([run(1, "failed", trigger="manual")], Verdict.BROKEN),
        ([run(2, "failed", finished_at="2026-11-01T00:00:00Z"), run(1)], Verdict.FINE),
    ],
)
def test_the_nightly_run_is_judged_by_what_ended_last(
    runs: list[dict[str, object]], verdict: Verdict
) -> None:
    assert judge_runs(runs, LATEST + timedelta(days=2)).verdict is verdict


@pytest.mark.parametrize(
    ("runs", "days", "verdict"),
    [
        ([run(2), run(1)], 1.4, Verdict.FINE),
        ([run(2), run(1)], 1.6, Verdict.BROKEN),
        ([run(14), run(7), run(0)], 7.4, Verdict.FINE),
        ([run(14), run(7), run(0)], 7.6, Verdict.BROKEN),
        ([run(12), run(11), run(1), run(0)], 1.6, Verdict.BROKEN),
        ([run(1, trigger="manual")], 90, Verdict.FINE),
    ],
)
def test_a_night_that_does_not_come_is_missed_by_what_is_usual(
    runs: list[dict[str, object]], days: float, verdict: Verdict
) -> None:
    number = runs[0]["id"]
    assert isinstance(number, int)
    assert judge_runs(runs, LATEST + timedelta(days=number + days)).verdict is verdict
