"""When to run: times of the night in Asia/Ho_Chi_Minh, whatever zone the host is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from scraper.base.clock import VIETNAM
from scraper.base.errors import UsageError
from scraper.base.source import Source

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""By their numbers in crontab(5); 7 is Sunday too. APScheduler counts from Monday."""


AHEAD = timedelta(hours=1)
"""How far ahead of the clock the time of a run may be: a later one comes from a wrong clock."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of the timetable, and the slugs of the sources that are crawled then, in one run."""

    trigger: BaseTrigger
    slugs: tuple[str, ...]


Timetable = Mapping[str, Slot]
"""The slots by their names: a time of day, or a crontab line."""


def timetable(nightly: Mapping[str, BaseTrigger], sources: Iterable[Source]) -> dict[str, Slot]:
    """Sort enabled sources into slots: those with a time of their own, the rest at each nightly.

    A slot without sources is left out: it is no run over all sources.
    """
    slots: dict[str, BaseTrigger] = dict(nightly)
    slugs: dict[str, list[str]] = {name: [] for name in nightly}
    for source in sources:
        if not source.enabled:
            continue
        if source.at is not None:
            slots.setdefault(f"{source.at:%H:%M}", daily(source.at))
        for name in nightly if source.at is None else [f"{source.at:%H:%M}"]:
            slugs.setdefault(name, []).append(source.slug)
    return {name: Slot(slots[name], tuple(own)) for name, own in slugs.items() if own}


def daily(at: time) -> CronTrigger:
    """A trigger for one time of every day, to the minute."""
    return CronTrigger(hour=at.hour, minute=at.minute, timezone=VIETNAM)


def crontab(expression: str) -> BaseTrigger:
    """A trigger for the five fields of a crontab line: minute, hour, day, month, weekday.

    If both the day and the weekday are restricted (neither begins with ``*``), either is enough:
    see crontab(5). Raises UsageError for anything else.
    """
    fields = expression.split()
    try:
        if len(fields) != 5:
            raise ValueError("it has five fields")
        minute, hour, day, month, weekday = fields
        days = [(day, _weekdays(weekday))]
        if not day.startswith("*") and not weekday.startswith("*"):
            days = [(day, "*"), ("*", _weekdays(weekday))]
        lines = [f"{minute} {hour} {day} {month} {weekday}" for day, weekday in days]
        triggers = [CronTrigger.from_crontab(line, timezone=VIETNAM) for line in lines]
        return OrTrigger(triggers) if len(triggers) > 1 else triggers[0]
    except ValueError as error:
        raise UsageError(f'--cron "{expression}": {error}: write one like "0 2 * * *"') from error


def due(
    slots: Iterable[Slot], latest: Mapping[str, datetime], otherwise: datetime, moment: datetime
) -> dict[str, datetime]:
    """The slugs that had a start after their latest run and up to this moment, and the first one.

    ``latest`` is when each source was last crawled to an end; ``otherwise`` stands for it if a
    source never was, or was by a clock that was ahead.
    """
    found: dict[str, datetime] = {}
    for slot in slots:
        for slug in slot.slugs:
            last = latest.get(slug, otherwise)
            start = _start_after(slot.trigger, last if last <= moment + AHEAD else otherwise)
            if start is not None and start <= moment:
                found[slug] = min(start, found.get(slug, start))
    return found


def _start_after(trigger: CronTrigger, moment: datetime) -> datetime | None:
    """The first start later than a moment: later than its second, as moments are recorded."""
    after = (moment + timedelta(seconds=1)).astimezone(VIETNAM)
    start: datetime | None = trigger.get_next_fire_time(None, after)
    return start


def _weekdays(field: str) -> str:
    if field == "*":
        return field
    days = sorted({day for part in field.lower().split(",") for day in _days(part)})
    return ",".join(WEEKDAYS[day] for day in days)


def _days(part: str) -> Sequence[int]:
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
