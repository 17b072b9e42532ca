"""The dates of the three nights: always the same, so that the ages of articles do not change."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

FIRST = datetime(2026, 11, 2, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
DAYS = (0, 1, 38)
"""Days after the first night: few pages are due on the second night, many on the third."""
HOUR, MINUTE = 2, 10

NIGHTS = tuple(FIRST + timedelta(days=day, hours=HOUR, minutes=MINUTE) for day in DAYS)
