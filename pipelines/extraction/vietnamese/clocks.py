"""Read the time of day beside a date: 24 hours, or 12 with SA and CH, with or without a zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from pipelines.extraction.vietnamese.date_words import CLOCK_BEFORE, CLOCK_BEHIND

CLOCK_WINDOW_CHARS = 64  # characters before and after a date that are searched
_OFFSET = re.compile(r"([+-]) ?(\d\d?):?(\d\d)?")
_MAX_OFFSET = timedelta(hours=14)


@dataclass(frozen=True)
class Clock:
    """A time of day and its position in the text. ``offset`` is None if no zone is stated."""

    start: int
    end: int
    hour: int
    minute: int
    second: int
    offset: timedelta | None


def clock_beside(folded: str, past: int, start: int, end: int) -> Clock | None:
    """Return the time right before or after the date at ``start:end``, or None.

    Only the text after ``past`` is searched. The time before the date takes precedence.
    """
    floor = max(past, start - CLOCK_WINDOW_CHARS)
    before = CLOCK_BEFORE.search(folded[floor:start])
    if before:
        return _clock(before, floor)
    behind = CLOCK_BEHIND.match(folded[end : end + CLOCK_WINDOW_CHARS])
    return _clock(behind, end) if behind else None


def _clock(found: re.Match[str], shift: int) -> Clock | None:
    """Return the time of a match, or None if there is no such time of day."""
    part = found.groupdict("")
    hour = int(part["hour"] or part.get("late_hour") or 0)
    minute = int(part["minute"] or part["minutes"] or part.get("late_minute") or 0)
    second = int(part["second"] or part.get("late_second") or 0)
    hour = _in_24_hours(hour, part["half"])
    if hour > 23 or minute > 59 or second > 59:
        return None
    start = found.start("hour") if part["hour"] else found.start()
    offset = _offset(part["zone"] or part.get("early_zone", ""))
    return Clock(shift + start, shift + found.end(), hour, minute, second, offset)


def _in_24_hours(hour: int, half: str) -> int:
    """Convert hours with SA or AM (before noon) and CH or PM; some sites add these to 24 hours."""
    if half in ("ch", "pm", "p.m.") and hour < 12:
        return hour + 12
    if half in ("sa", "am", "a.m.") and hour == 12:
        return 0
    return hour


def _offset(zone: str) -> timedelta | None:
    """Return the offset of a zone (``+0700``, ``GMT+7``, ``Z``), or None if it is impossible."""
    if not zone or "ict" in zone:
        return None
    stated = _OFFSET.search(zone)
    if not stated:
        return timedelta(0)
    size = timedelta(hours=int(stated[2]), minutes=int(stated[3] or 0))
    if size > _MAX_OFFSET:
        return None
    return -size if stated[1] == "-" else size
