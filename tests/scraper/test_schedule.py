"""When the nights fall: crontab's weekdays, Vietnam's zone, and a night that was missed."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from scraper.errors import UsageError
from scraper.schedule import ZONE, crontab, daily, was_missed

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)


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


def test_two_in_the_night_is_two_in_vietnam() -> None:
    start = daily(time(2, 0)).get_next_fire_time(None, datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    assert start.astimezone(UTC) == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


def test_a_missed_night_is_seen_once() -> None:
    nightly = [daily(time(2, 0))]
    last = datetime(2026, 11, 20, 2, 0, tzinfo=ZONE)
    assert was_missed(nightly, last, MONDAY)
    assert not was_missed(nightly, MONDAY.replace(hour=3), MONDAY)
    assert not was_missed(nightly, None, MONDAY)
