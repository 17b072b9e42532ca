"""Verdicts: each from the least record that should bring it about, and not from less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.monitoring.health import assess
from scraper.store.source_record import Fill, Record, SourceRun, Verdict

LATEST = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


OWN = "Cổng thông tin điện tử huyện Hàm Yên"
FOREIGN = "Nhà cái uy tín số 1: tải game nhận thưởng"


def night(
    age: int = 0, read: int = 5, blocked: int = 0, error: str | None = None, name: str | None = None
) -> SourceRun:
    return SourceRun(LATEST - timedelta(days=age), read, blocked, 0, error, name)


def dark(age: int = 0) -> SourceRun:
    return night(age, read=0, error="the host has no address")


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
    assert assess(record).verdict is verdict


def test_unreachable_tells_since_when() -> None:
    nights = [dark(0), dark(1), dark(2), night(3)]
    assert assess(Record("live", nights, 8, 4)).since == LATEST - timedelta(days=2)


def test_a_run_that_was_cut_short_is_no_dark_one() -> None:
    assert assess(Record("live", [night(read=0), night(1, read=0)], 8, 4)).verdict is Verdict.FINE


def called(*names: str | None) -> Record:
    """A record of nights with these names, the latest first."""
    nights = [night(age, name=name) for age, name in enumerate(names)]
    return Record(
        "live", nights, 8, 4, names=list(dict.fromkeys(filter(None, names))), registered=OWN
    )


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (called(OWN, OWN), Verdict.FINE),
        (called(FOREIGN, OWN), Verdict.FINE),
        (called(FOREIGN, FOREIGN, "UBND xã Thái Hòa"), Verdict.HIJACKED),
        (called(None, FOREIGN, OWN), Verdict.HIJACKED),
        (called(OWN, FOREIGN, FOREIGN, OWN), Verdict.FINE),
        (called("Trang chủ", "Trang chủ", OWN), Verdict.FINE),
        (called("CỔNG THÔNG TIN ĐIỆN TỬ XÃ HÀM YÊN", "Cổng thông tin xã Hàm Yên"), Verdict.FINE),
        (called("UBND xã Thái Hòa", "UBND xã Thái Hòa"), Verdict.FINE),
        (called("Cong thong tin dien tu huyen Ham Yen", None), Verdict.FINE),
    ],
)
def test_a_site_is_hijacked_once_it_bears_a_name_unlike_all_it_had(
    record: Record, verdict: Verdict
) -> None:
    assert assess(record).verdict is verdict


def test_hijacked_tells_since_when() -> None:
    assert assess(called(None, FOREIGN, None, OWN)).since == LATEST - timedelta(days=1)


def test_a_site_whose_articles_are_in_another_language_is_hijacked() -> None:
    now, before = Fill(10, {}, 2000, vietnamese=0.0), Fill(100, {}, 2000, vietnamese=1.0)
    assert assess(Record("live", [night()], 8, 4, now, before)).verdict is Verdict.HIJACKED
    assert assess(Record("live", [night()], 8, 4, before, before)).verdict is Verdict.FINE


@pytest.mark.parametrize(("found", "verdict"), [(0, Verdict.BROKEN), (30, Verdict.FINE)])
def test_pages_that_should_be_articles_and_are_not_are_a_redesign(
    found: int, verdict: Verdict
) -> None:
    record = Record("live", [night()], 8, 4, found=found, unread=8)
    assert assess(record).verdict is verdict


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
    assert assess(Record("live", [night()], 8, 4, now, before)).verdict is verdict
