"""When the nights fall: crontab's weekdays, Vietnam's zone, and a night that was missed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta

import pytest

from scraper.base.clock import VIETNAM
from scraper.base.errors import UsageError
from scraper.base.source import Source
from scraper.daemon.schedule import Slot, crontab, daily, due, timetable

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=VIETNAM)


def next_days(expression: str, count: int) -> list[str]:
    trigger, days, moment = crontab(expression), [], MONDAY
    for _ in range(count):
        moment = trigger.get_next_fire_time(moment, moment)
        days.append(f"{moment:%a}")
    return days


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("0 2 * * 0", ["Sun", "Sun"]),
        ("0 2 * * 7", ["Sun", "Sun"]),
        ("0 2 * * 1-5", ["Tue", "Wed", "Thu", "Fri", "Mon"]),
        ("0 2 * * 5-7", ["Fri", "Sat", "Sun", "Fri"]),
        ("0 2 * * sat,0", ["Sat", "Sun", "Sat"]),
        ("0 2 * * */2", ["Tue", "Thu", "Sat", "Sun"]),
        ("0 2 * * *", ["Tue", "Wed"]),
        ("0 2 25 * fri", ["Wed", "Fri", "Fri", "Fri", "Fri", "Fri", "Fri"]),
        ("0 2 */2 * fri", ["Fri", "Fri"]),
    ],
)
def test_weekdays_are_those_of_crontab(expression: str, days: list[str]) -> None:
    assert next_days(expression, len(days)) == days


@pytest.mark.parametrize(
    "expression", ["", "@daily", "0 2 * *", "0 2 * * 8", "61 2 * * *", "x y z"]
)
def test_a_wrong_expression_is_told_with_an_example(expression: str) -> None:
    with pytest.raises(UsageError, match=r"0 2 \* \* \*"):
        crontab(expression)


@pytest.mark.fault(69)
def test_two_in_the_night_is_two_in_vietnam() -> None:
    start = daily(time(2, 0)).get_next_fire_time(None, datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    assert start.astimezone(UTC) == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


TWO = MONDAY.replace(hour=2)
NIGHTLY = Slot(daily(time(2, 0)), ("a",))


@pytest.mark.fault(68)
@pytest.mark.parametrize(
    ("latest", "first_missed"),
    [
        (TWO - timedelta(days=3, hours=-1), TWO - timedelta(days=2)),
        (TWO - timedelta(seconds=1), TWO),
        (TWO, None),
        (TWO + timedelta(minutes=2), None),
        (TWO + timedelta(days=1), None),
    ],
)
def test_a_source_is_due_once_a_night(latest: datetime, first_missed: datetime | None) -> None:
    assert due([NIGHTLY], {"a": latest}, MONDAY, MONDAY).get("a") == first_missed


@pytest.mark.fault(69)
def test_a_clock_that_ran_ahead_for_a_while_silences_nobody() -> None:
    ahead = {"a": MONDAY + timedelta(days=365)}
    assert due([NIGHTLY], ahead, TWO - timedelta(hours=1), MONDAY) == {"a": TWO}


@pytest.mark.fault(69)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", ""])
def test_the_zone_of_the_machine_does_not_matter(zone: str) -> None:
    code = (
        "from datetime import UTC, datetime, time; from scraper.daemon.schedule import daily;"
        "start = daily(time(2)).get_next_fire_time(None, datetime(2026, 10, 25, tzinfo=UTC));"
        "print(start.astimezone(UTC).isoformat())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"TZ": zone},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert run.stdout.strip() == "2026-10-25T19:00:00+00:00"


def test_a_source_that_never_ran_is_due_from_the_moment_it_waits_for() -> None:
    assert due([NIGHTLY], {}, TWO - timedelta(hours=1), MONDAY) == {"a": TWO}
    assert due([NIGHTLY], {}, TWO, MONDAY) == {}


def test_a_source_in_several_slots_is_due_from_the_earliest_start() -> None:
    slots = [Slot(daily(time(hour, 0)), ("a",)) for hour in (11, 2)]
    assert due(slots, {"a": MONDAY - timedelta(hours=11)}, MONDAY, MONDAY) == {"a": TWO}


def test_a_source_with_a_time_of_its_own_leaves_the_nightly_run() -> None:
    slots = timetable({"02:00": daily(time(2, 0))}, [source("a"), source("b", at=time(5, 30))])
    assert {name: slot.slugs for name, slot in slots.items()} == {"02:00": ("a",), "05:30": ("b",)}


@pytest.mark.fault(68)
def test_sources_with_the_same_time_share_a_run() -> None:
    slots = timetable(
        {"02:00": daily(time(2, 0))}, [source(f"s{n}", at=time(2, 0)) for n in range(50)]
    )
    assert [len(slot.slugs) for slot in slots.values()] == [50]


def test_a_slot_without_sources_is_no_run_over_all_of_them() -> None:
    assert timetable({"02:00": daily(time(2, 0))}, [source("off", enabled=False)]) == {}


def source(slug: str, **values: object) -> Source:
    return Source.model_validate(
        {"slug": slug, "name": "Cổng", "home_url": "http://127.0.0.1:1/", **values}
    )
