"""What time it is for us: what we did is written in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""Without daylight saving time since 1975: no night has an hour twice or not at all."""


def now() -> datetime:
    """The present moment, aware, in UTC, without microseconds."""
    return datetime.now(UTC).replace(microsecond=0)


def to_utc_iso(moment: datetime) -> str:
    """ISO 8601 in UTC with a Z (``2026-11-23T19:00:00Z``), the form of every time we record."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
