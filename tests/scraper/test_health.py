"""Verdicts: each from the least record that should bring it about, and not from less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.health import Fill, Night, Record, Verdict, judge

LATEST = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


def night(age: int = 0, read: int = 5, blocked: int = 0, error: str | None = None) -> Night:
    return Night(LATEST - timedelta(days=age), read, 4, 1, blocked, 0, error)


def dark(age: int = 0) -> Night:
    return night(age, read=0, error="dns")


@pytest.mark.fault(39)
@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (Record("unknown", [], 0, 0), Verdict.NEW),
        (Record("live", [night()], 8, 4), Verdict.FINE),
        (Record("live", [night()], 0, 0.5), Verdict.FINE),
        (Record("live", [night()], 0, 10), Verdict.QUIET),
        (Record("live", [dark()], 8, 4), Verdict.FINE),
        (Record("live", [dark(), dark(1)], 8, 4), Verdict.UNREACHABLE),
        (Record("live", [night(read=1, blocked=9)], 8, 4), Verdict.BLOCKED),
        (Record("live", [night(error="zero_items")], 8, 4), Verdict.BROKEN),
        (Record("moved", [night()], 8, 4), Verdict.MOVED),
        (Record("hijacked", [night()], 8, 4), Verdict.HIJACKED),
    ],
)
def test_a_record_has_its_verdict(record: Record, verdict: Verdict) -> None:
    assert judge(record).verdict is verdict


def test_unreachable_tells_since_when() -> None:
    nights = [dark(0), dark(1), dark(2), night(3)]
    assert judge(Record("live", nights, 8, 4)).since == LATEST - timedelta(days=2)


@pytest.mark.fault(39)
@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (Fill(10, {"author": 0.9}, 2000), Verdict.FINE),
        (Fill(10, {"author": 0.1}, 2000), Verdict.BROKEN),
        (Fill(10, {"author": 0.9}, 300), Verdict.BROKEN),
        (Fill(2, {"author": 0.0}, 300), Verdict.FINE),
    ],
)
def test_a_redesign_shows_in_fields_and_bodies(now: Fill, verdict: Verdict) -> None:
    before = Fill(100, {"author": 0.9}, 2000)
    assert judge(Record("live", [night()], 8, 4, now, before)).verdict is verdict
