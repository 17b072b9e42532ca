"""Verdicts on the nightly run: from what ended last, and from what did not come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from scraper.monitoring.health import check_runs
from scraper.store.database import open_database
from scraper.store.runs import finish_run, last_ended, nightly_runs, record_skip, start_run
from scraper.store.source_record import Verdict

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
        ([run(1, "failed", trigger="manual")], Verdict.BROKEN),
    ],
)
def test_the_nightly_run_is_judged_by_what_ended_last(
    runs: list[dict[str, object]], verdict: Verdict
) -> None:
    assert check_runs(runs, LATEST + timedelta(days=2)).verdict is verdict


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
    assert check_runs(runs, LATEST + timedelta(days=number + days)).verdict is verdict


def test_runs_by_hand_hide_no_nightly_one(tmp_path: Path) -> None:
    db = open_database(tmp_path / "tinhuyen.db")
    assert nightly_runs(db) == []
    record(db, "manual", "done", minute=0)
    assert [row["trigger"] for row in nightly_runs(db)] == ["manual"]
    record(db, "schedule", "failed", minute=1)
    for minute in range(2, 32):
        record(db, "manual", "done", minute)
    assert [(row["trigger"], row["state"]) for row in nightly_runs(db)] == [("schedule", "failed")]
    last = last_ended(db)
    assert last is not None
    assert last["trigger"] == "manual"


def test_the_run_that_ended_last_comes_first_whenever_it_began(tmp_path: Path) -> None:
    db = open_database(tmp_path / "tinhuyen.db")
    earlier = start_run(db, "catch-up", [], LATEST)
    record_skip(db, "schedule", "overlap", LATEST, LATEST + timedelta(minutes=1))
    assert [row["state"] for row in nightly_runs(db)] == ["failed"]
    finish_run(db, earlier, "done", LATEST + timedelta(minutes=2))
    assert [row["state"] for row in nightly_runs(db)] == ["done", "failed"]


def record(db: Database, trigger: str, state: str, minute: int) -> None:
    moment = LATEST + timedelta(minutes=minute)
    finish_run(db, start_run(db, trigger, [], moment), state, moment)
