"""A moment in the forms that portals print, right and wrong ones alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import format_datetime

_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


def nukeviet_date(moment: datetime) -> str:
    """``Thứ ba - 21/11/2023 14:25``."""
    return f"{_WEEKDAYS[moment.weekday()]} - {moment:%d/%m/%Y %H:%M}"


def sharepoint_date(moment: datetime) -> str:
    """``21/11/2023 | 2:25 CH``: twelve hours, SA before and CH after noon."""
    half = "SA" if moment.hour < 12 else "CH"
    return f"{moment:%d/%m/%Y} | {moment.hour % 12 or 12}:{moment:%M} {half}"


def header_clock(moment: datetime) -> str:
    """``Thứ tư, ngày 11/06/2025 | 09:41:07``: the reader's clock, which dates no article."""
    return f"{_WEEKDAYS[moment.weekday()]}, ngày {moment:%d/%m/%Y | %H:%M:%S}"


def commune_date(published: datetime | date) -> str:
    """``14h25 ngày 21/11/2023``, or the bare day where the site tells no time."""
    if isinstance(published, datetime):
        return f"{published:%Hh%M ngày %d/%m/%Y}"
    return f"{published:%d/%m/%Y}"


def broken_iso(moment: datetime) -> str:
    """``2023-11-21+0714:25:00``: NukeViet's ``article:published_time``, the zone in the middle."""
    return f"{moment:%Y-%m-%d+07%H:%M:%S}"


def nukeviet_feed_date(moment: datetime) -> str:
    """NukeViet's ``pubDate``, which has the month where the minutes belong.

    14:25 in November shows as 14:11, in GMT 07:11.
    """
    wrong = moment.replace(minute=moment.month, second=0).astimezone(UTC)
    return f"{wrong:%a, %d %b %Y %H:%M:%S} GMT"


def feed_date(moment: datetime) -> str:
    """A ``pubDate`` as RSS wants it."""
    return format_datetime(moment)
