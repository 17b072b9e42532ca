"""Parse dates that portals print or put in metadata: day first, in Vietnam's time zone.

Dates without a zone are +07:00; dates with another offset are converted. A date is ignored if it
has no year, is impossible, is before 1997 (Vietnam connected to the internet that November) or is
more than a day in the future. Missing parts are never filled from the current date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from pipelines.extraction.vietnamese.date_words import (
    AGO,
    BARE_DATE_BEFORE,
    CLOCK_BEFORE,
    CLOCK_BEHIND,
    DATE,
    DAYS_AGO,
    MONTHS,
    NAMED_DAY,
    UNITS,
    WEEKDAY_BEFORE,
    plain,
)
from pipelines.text import normalise

VIETNAM = timezone(timedelta(hours=7))  # no daylight saving since 1975
MAX_DATE_LINE_CHARS = 80
_DAY_CHARS, _MINUTE_CHARS = len("2023-11-21"), len("2023-11-21T14:25")
_FIRST_YEAR = 1997
_DATE_HINT = re.compile(  # a year, "2 giờ trước" or "hôm qua", in NFC or NFD
    r"(?:199|20\d)\d|\d\s{1,9}\S{2,9}\s{1,9}tr|h(?:ô|o\u0302)m\s{1,9}(?:nay|qua|kia)", re.IGNORECASE
)
_IN_PATH = re.compile(r"/(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?=/|$)")
_IDENTIFIER = re.compile(r"-(\d{16,18})\.[a-z]{2,5}$")
_IDENTIFIER_FORMS = (  # a time to the millisecond, also after three digits of the site (VCCorp)
    re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{3}"),
    re.compile(r"\d{3}(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{1,3}"),
)
_OPENERS = ("|", ":", ";", "(", "-", ",", "dang", "cap nhat", "luc")
_CLOSERS = ("", "|", ";", ")", "-")


@dataclass(frozen=True)
class ParsedDate:
    """A time in ISO 8601 with +07:00, or a date without a time, and its text (NFC)."""

    iso: str
    raw: str

    @property
    def day(self) -> str:
        """The day alone, as ``2023-11-21``."""
        return self.iso[:_DAY_CHARS]

    @property
    def minute(self) -> str:
        """The time to the minute, as ``2023-11-21T14:25``; the day alone if there is no time."""
        return self.iso[:_MINUTE_CHARS]

    @property
    def has_time(self) -> bool:
        """Whether a time of day is known, not only the day."""
        return len(self.iso) > _DAY_CHARS


@lru_cache(maxsize=64)  # most pages have the same date three or four times
def parse_date(text: str, fetched_at: datetime | None = None) -> ParsedDate | None:
    """Return the first date in a short text, or None.

    ``fetched_at`` (timezone-aware) is the reference of relative dates.
    """
    return next(_dates(text, fetched_at), None)


def parse_dates(text: str, fetched_at: datetime | None = None) -> list[ParsedDate]:
    """Return all dates in a line, in order.

    Relative dates are included only if there is no other. ``fetched_at`` (timezone-aware) is their
    reference.
    """
    return list(_dates(text, fetched_at))


def is_mostly_date(text: str) -> bool:
    """Whether a short line has little text besides a date."""
    if len(text) > MAX_DATE_LINE_CHARS:
        return False
    return 2 * sum(len(each.raw) for each in parse_dates(text)) >= len(text) > 0


def _dates(text: str, fetched_at: datetime | None) -> Iterator[ParsedDate]:
    """Yield the dates in a text; relative ones only if there is no other."""
    if not _DATE_HINT.search(text):
        return
    line = normalise(text)
    folded = plain(line)
    latest = (fetched_at or datetime.now(UTC)).astimezone(VIETNAM) + timedelta(days=1)
    found = False
    for iso, start, end in _absolute(folded, latest):
        found = True
        yield ParsedDate(iso, line[start:end])
    if fetched_at and not found:
        for iso, start, end in _relative(folded, fetched_at.astimezone(VIETNAM)):
            yield ParsedDate(iso, line[start:end])


def _absolute(folded: str, latest: datetime) -> Iterator[tuple[str, int, int]]:
    """Yield dates with a year as (ISO 8601, start, end)."""
    past = 0
    for found in DATE.finditer(folded):
        if found["bare_year"] and not _is_announced(folded, found.start()):
            continue
        clock = clock_beside(folded, past, *found.span())
        start, end = _span(folded, past, found, clock)
        iso = _iso(*_year_month_day(found), clock, latest)
        if iso:
            yield iso, start, end
            past = end


def _is_announced(folded: str, start: int) -> bool:
    """Whether a weekday or a label is right before a position."""
    return BARE_DATE_BEFORE.search(folded[max(0, start - CLOCK_WINDOW_CHARS) : start]) is not None


def _span(folded: str, past: int, found: re.Match[str], clock: Clock | None) -> tuple[int, int]:
    """Return the range from the weekday or time before a date to the time after it."""
    start = min(found.start(), clock.start) if clock else found.start()
    floor = max(past, start - CLOCK_WINDOW_CHARS)
    weekday = WEEKDAY_BEFORE.search(folded[floor:start])
    end = max(found.end(), clock.end) if clock else found.end()
    return (floor + weekday.start() if weekday else start), end


def _year_month_day(found: re.Match[str]) -> tuple[int, int, int]:
    """Return the numbers of a date; month first only if day first is impossible."""
    part = found.groupdict()
    if part["year"]:
        year, month, day = int(part["year"]), int(part["month"]), int(part["day"])
        return (year, day, month) if month > 12 and part["sign"] == "/" else (year, month, day)
    if part["bare_year"]:
        return int(part["bare_year"]), int(part["bare_month"]), int(part["bare_day"])
    if part["iso_year"]:
        return int(part["iso_year"]), int(part["iso_month"]), int(part["iso_day"])
    kind = "word" if part["word_year"] else "first"
    month_word = part[f"{kind}_month"] or part[f"{kind}_month_en"]
    return int(part[f"{kind}_year"]), MONTHS[month_word], int(part[f"{kind}_day"])


def _iso(year: int, month: int, day: int, clock: Clock | None, latest: datetime) -> str | None:
    """Return a date as ISO 8601, or None if it is impossible."""
    if not _FIRST_YEAR <= year <= latest.year + 1:
        return None
    try:
        start = datetime(year, month, day, tzinfo=VIETNAM)
    except ValueError:
        return None
    if clock is None:
        return start.date().isoformat() if start <= latest else None
    zone = VIETNAM if clock.offset is None else timezone(clock.offset)
    time = start.replace(
        hour=clock.hour, minute=clock.minute, second=clock.second, tzinfo=zone
    ).astimezone(VIETNAM)
    return time.isoformat() if time <= latest else None


def _relative(folded: str, fetched_at: datetime) -> Iterator[tuple[str, int, int]]:
    """Yield dates relative to the time of the fetch as (ISO 8601, start, end)."""
    for found in AGO.finditer(folded):
        if _stands_alone(folded, found.start(), found.end()):
            yield _ago(int(found["count"]), found["unit"], fetched_at), found.start(), found.end()
    for found in NAMED_DAY.finditer(folded):
        clock = clock_beside(folded, 0, *found.span())
        start, end = _span(folded, 0, found, clock)
        day = fetched_at - timedelta(days=DAYS_AGO[found[0]])
        iso = _iso(day.year, day.month, day.day, clock, fetched_at + timedelta(days=1))
        if iso and _stands_alone(folded, start, end):
            yield iso, start, end


def _ago(count: int, unit: str, fetched_at: datetime) -> str:
    """Return a time to the minute for hours and minutes ago, a date without a time for more."""
    size = timedelta(**{UNITS[unit]: count})
    time = fetched_at - size
    if unit in ("ngay", "tuan"):
        return time.date().isoformat()
    return time.replace(second=0, microsecond=0).isoformat()


def _stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether a relative date is not part of a sentence such as "hôm qua, xã …"."""
    before = folded[max(0, start - 12) : start].rstrip()
    opened = not before or before.endswith(_OPENERS)
    return opened and folded[end : end + 2].strip()[:1] in _CLOSERS


def parse_url_date(url: str, fetched_at: datetime) -> ParsedDate | None:
    """Return the date in a URL (``-20260202200530837.htm``, ``/2023-01-30/``), or None.

    ``fetched_at`` (timezone-aware) is the latest possible time, plus a day.
    """
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    latest = fetched_at.astimezone(VIETNAM) + timedelta(days=1)
    identifier = _IDENTIFIER.search(path)
    if identifier:
        return _in_identifier(identifier[1], latest)
    for found in _IN_PATH.finditer(path):
        iso = _iso(int(found[1]), int(found[3]), int(found[4]), None, latest)
        if iso:
            return ParsedDate(iso, found[0].strip("/"))
    return None


def _in_identifier(digits: str, latest: datetime) -> ParsedDate | None:
    """Return the time in a numeric identifier, or None."""
    for found in filter(None, (form.fullmatch(digits) for form in _IDENTIFIER_FORMS)):
        year, month, day, hour, minute, second = map(int, found.groups())
        if hour > 23 or minute > 59 or second > 59:
            continue
        clock = Clock(0, 0, hour, minute, second, None)
        iso = _iso(year if year > 99 else 2000 + year, month, day, clock, latest)
        if iso:
            return ParsedDate(iso, digits)
    return None


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
