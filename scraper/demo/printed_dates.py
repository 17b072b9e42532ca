"""Formats times as portals print them, correct and wrong ones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import format_datetime

_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


def nukeviet_date(moment: datetime) -> str:
    """``Thứ ba - 21/11/2023 14:25``."""
    return f"{_WEEKDAYS[moment.weekday()]} - {moment:%d/%m/%Y %H:%M}"


def sharepoint_date(moment: datetime) -> str:
    """``21/11/2023 | 2:25 CH``: 12-hour clock, SA (AM) or CH (PM)."""
    half = "SA" if moment.hour < 12 else "CH"
    return f"{moment:%d/%m/%Y} | {moment.hour % 12 or 12}:{moment:%M} {half}"


def header_clock(moment: datetime) -> str:
    """``Thứ tư, ngày 11/06/2025 | 09:41:07``: the clock in the header of a page."""
    return f"{_WEEKDAYS[moment.weekday()]}, ngày {moment:%d/%m/%Y | %H:%M:%S}"


def commune_date(published: datetime | date) -> str:
    """``14h25 ngày 21/11/2023``, or the date if there is no time."""
    if isinstance(published, datetime):
        return f"{published:%Hh%M ngày %d/%m/%Y}"
    return f"{published:%d/%m/%Y}"


def broken_iso(moment: datetime) -> str:
    """``2023-11-21+0714:25:00``: NukeViet's ``article:published_time``, with a misplaced zone."""
    return f"{moment:%Y-%m-%d+07%H:%M:%S}"


def nukeviet_feed_date(moment: datetime) -> str:
    """Return NukeViet's ``pubDate``, which has the month in place of the minutes.

    14:25 in November becomes 14:11, in GMT 07:11.
    """
    wrong = moment.replace(minute=moment.month, second=0).astimezone(UTC)
    return f"{wrong:%a, %d %b %Y %H:%M:%S} GMT"


def feed_date(moment: datetime) -> str:
    """Return a correct ``pubDate`` of RSS."""
    return format_datetime(moment)
