"""Moves the dates of the demo's articles from those that are written to the weeks before a run.

The articles are written as if the third night were `WRITTEN_LAST_NIGHT`, and reach back two years.
The newest ones keep their distance from that night, in days; older ones move closer together, so
that all of them are of the last weeks. Times of day stay. Years within a text move as many years
as its article, so that what was ten years ago still is; days and months within it stay.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

WRITTEN_LAST_NIGHT = date(2025, 6, 13)
"""The third night in the dates that are written; all articles are older."""

KEPT_DAYS = 14
"""Up to this many days before the third night, articles keep their distance."""

SQUEEZE = 17
"""Beyond that, so many written days become one: two years become less than six weeks."""


YEAR = re.compile(r"(?<![\w.,])(?<![^\W\d]-)(?:19|20)\d\d(?!\w|[.,]\d)")
"""A year in a text: no part of a larger number, and none of the name of a file."""


def with_years(text: str, years: int) -> str:
    """Return a text with its years moved by so many."""
    return YEAR.sub(lambda year: str(int(year[0]) + years), text) if years else text


def moved(moment: datetime | date, last_night: date) -> datetime | date:
    """Return a time or day as if the third night were ``last_night``, never later than that."""
    is_time = isinstance(moment, datetime)
    day = moment.date() if isinstance(moment, datetime) else moment
    age = (WRITTEN_LAST_NIGHT - day).days
    if age > KEPT_DAYS:
        age = KEPT_DAYS - (KEPT_DAYS - age) // SQUEEZE
    target = last_night - timedelta(days=age)
    return moment + (target - day) if is_time else target


def moved_time(moment: datetime, last_night: date) -> datetime:
    """Return a time as `moved` does."""
    result = moved(moment, last_night)
    assert isinstance(result, datetime)
    return result
