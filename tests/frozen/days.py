"""The nights that are frozen: always the same days, so that no age of an article changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

FIRST = datetime(2026, 11, 2, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
DAYS = (0, 1, 38)
"""Days after the first: the second night has little to do, the third much."""
HOUR, MINUTE = 2, 10

NIGHTS = tuple(FIRST + timedelta(days=day, hours=HOUR, minutes=MINUTE) for day in DAYS)
