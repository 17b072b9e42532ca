"""The layout of the charts: bars for the days of a year, and a year's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from markupsafe import Markup

from scraper.browse.language import Translator

DAYS = 365
BAR_HEIGHT = 100
DAY_WIDTH, UNIT = 3, 1.6
"""The pixels of a day, and of a hundredth of the height, in the drawing of a year."""

RECTANGLE = Markup('<rect x="{}" y="{:.1f}" width="2.6" height="{:.1f}"><title>{}</title></rect>')

LEVELS = 4
"""Shades of a calendar day with articles; 0 is a day without any."""

SCALE = 4
"""The least count of the highest bar and the darkest shade: one article is not a peak."""

MAX_LINES = 4
STEPS = (1, 2, 5)
"""The lines of an axis are so many at most, at round numbers: 1, 2 or 5 times a power of ten."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar: its place from the left in days, its height of BAR_HEIGHT."""

    day: date
    count: int
    place: int
    height: float


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the chart, or the part of it that is in the year: its bars and their sum."""

    bars: Sequence[Bar]

    @property
    def first(self) -> date:
        """Its first day."""
        return self.bars[0].day

    @property
    def last(self) -> date:
        """Its last day."""
        return self.bars[-1].day

    @property
    def count(self) -> int:
        """The sum of its bars."""
        return sum(bar.count for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the axis: its number, and its height of BAR_HEIGHT."""

    count: int
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
    top = _top(counts.values())
    return [
        Bar(day, count, place, round(BAR_HEIGHT * count / top, 1))
        for place, (day, count) in enumerate(_year(counts, last))
    ]


def months_of(bars: Sequence[Bar]) -> list[Month]:
    """The bars by month, in their order."""
    months = groupby(bars, key=lambda bar: (bar.day.year, bar.day.month))
    return [Month(list(found)) for _, found in months]


def draw_bars(t: Translator, month: Month) -> Markup:
    """The bars of a month with their titles: a template would take ten times as long for a year."""
    return Markup("").join(
        RECTANGLE.format(
            bar.place * DAY_WIDTH,
            (BAR_HEIGHT - bar.height) * UNIT,
            bar.height * UNIT,
            t("day_described", date=t.date(bar.day.isoformat()), count=bar.count),
        )
        for bar in month.bars
        if bar.count
    )


def axis_of(counts: Iterable[int]) -> list[Line]:
    """The lines of the axis above zero, the highest of which is the height of the chart."""
    most = max([SCALE, *counts])
    top, step = _top([most]), _step(most)
    return [Line(count, BAR_HEIGHT * count / top) for count in range(step, top + 1, step)]


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


def _top(counts: Iterable[int]) -> int:
    """The round number at the top of the chart."""
    most = max([SCALE, *counts])
    return -(-most // _step(most)) * _step(most)


def _step(most: int) -> int:
    """The least round step in which MAX_LINES lines reach a count."""
    power = 1
    while True:
        for step in STEPS:
            if step * power * MAX_LINES >= most:
                return step * power
        power *= 10
