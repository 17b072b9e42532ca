"""When to run: times of the night in Asia/Ho_Chi_Minh, whatever zone the host is in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from scraper.errors import UsageError

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Vietnam has had no daylight saving time since 1975: no night has an hour twice or not at all."""

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""By their numbers in crontab(5); 7 is Sunday too. APScheduler counts from Monday."""


def daily(at: time, jitter: int | None = None) -> CronTrigger:
    """A trigger for one time of every day; ``jitter`` spreads the start by so many seconds."""
    return CronTrigger(hour=at.hour, minute=at.minute, timezone=ZONE, jitter=jitter)


def crontab(expression: str) -> CronTrigger:
    """A trigger for the five fields of a crontab line: minute, hour, day, month, weekday.

    Raises UsageError where the expression is none.
    """
    fields = expression.split()
    try:
        if len(fields) != 5:
            raise ValueError("it has five fields")
        fields[4] = _weekdays(fields[4])
        return CronTrigger.from_crontab(" ".join(fields), timezone=ZONE)
    except ValueError as error:
        raise UsageError(f'--cron "{expression}": {error}: write one like "0 2 * * *"') from error


def was_missed(triggers: Sequence[CronTrigger], last: datetime | None, moment: datetime) -> bool:
    """Whether a start lay between the last run and this moment; False where none ever ran."""
    if last is None:
        return False
    after = last + timedelta(seconds=1)
    starts = (trigger.get_next_fire_time(None, after.astimezone(ZONE)) for trigger in triggers)
    return any(start is not None and start <= moment for start in starts)


def _weekdays(field: str) -> str:
    if field == "*":
        return field
    days = sorted({day for part in field.lower().split(",") for day in _days(part)})
    return ",".join(WEEKDAYS[day] for day in days)


def _days(part: str) -> list[int]:
    span, _, step = part.partition("/")
    first, _, last = ("0-6" if span == "*" else span).partition("-")
    start, end = _day(first), _day(last or first)
    if end < start:
        end += 7
    return [day % 7 for day in range(start, end + 1, int(step or 1))]


def _day(text: str) -> int:
    if text in WEEKDAYS:
        return WEEKDAYS.index(text)
    if not text.isdigit() or int(text) > 7:
        raise ValueError(f"{text!r} is no day of the week (0-7, or sun to sat)")
    return int(text)
