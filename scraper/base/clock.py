"""Current time and time formats: the program records its own actions in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""The time zone of all sources: UTC+7, without daylight saving time since 1975."""


def now() -> datetime:
    """Return the current time, aware, in UTC, without microseconds."""
    return datetime.now(UTC).replace(microsecond=0)


def to_utc_iso(moment: datetime) -> str:
    """Return an aware time in ISO 8601 in UTC, as every recorded time: ``2026-11-23T19:00:00Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def vietnam_time(moment: str | None) -> str | None:
    """Return a time as people read it, in Vietnam's time: ``2026-11-24 02:00 +07:00``.

    A day stays a day, and what is no time stays as it is.
    """
    if not moment or is_day(moment):
        return moment
    try:
        local = datetime.fromisoformat(moment).astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return moment
    return f"{local:%Y-%m-%d %H:%M} +07:00"


def is_day(moment: str) -> bool:
    """Whether a time in ISO 8601 is only a day, as sites often state it: ``2026-11-23``."""
    return len(moment) <= len("2026-11-23")
