"""The layout of the charts: bars for the days of a year, and a year's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 365
BAR_HEIGHT = 100
LEVELS = 4
"""Shades of a calendar day with articles; 0 is a day without any."""

SCALE = 4
"""The least count of the highest bar and the darkest shade: one article is not a peak."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar: its place from the left in days, its height of BAR_HEIGHT."""

    day: date
    count: int
    place: int
    height: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in the calendar: its week from the left, its weekday (0 is Monday), its shade."""

    day: date
    count: int
    week: int
    weekday: int
    level: int


def year_of_bars(counts: Mapping[str, int], last: date) -> list[Bar]:
    """The days of the year that ends with ``last``; ``counts`` are by ISO 8601 day."""
    most = max([SCALE, *counts.values()])
    return [
        Bar(day, count, place, round(BAR_HEIGHT * count / most, 1))
        for place, (day, count) in enumerate(_year(counts, last))
    ]


def year_of_cells(counts: Mapping[str, int], last: date) -> list[Cell]:
    """The same year as a calendar with a column a week."""
    most = max([SCALE, *counts.values()])
    first_weekday = (last - timedelta(days=DAYS - 1)).weekday()
    return [
        Cell(day, count, (place + first_weekday) // 7, day.weekday(), -(-LEVELS * count // most))
        for place, (day, count) in enumerate(_year(counts, last))
    ]


def _year(counts: Mapping[str, int], last: date) -> list[tuple[date, int]]:
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [(day, counts.get(day.isoformat(), 0)) for day in days]
