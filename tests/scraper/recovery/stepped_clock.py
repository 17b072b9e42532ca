"""A clock that stands still but for the sleeps: no test waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EVENING = datetime(2026, 11, 27, 19, 0, tzinfo=UTC)
"""Two o'clock in the night of Vietnam, of the night that began on 27 November."""


class SteppedClock:
    """``sleeps`` are the seconds of all sleeps so far."""

    def __init__(self, moment: datetime = EVENING) -> None:
        self.moment = moment
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        """Return the time."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.sleeps.append(seconds)
        self.moment += timedelta(seconds=seconds)
