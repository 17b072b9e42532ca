"""A time of day that a test moves, for all processes that are given its environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.base.clock import VIETNAM


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of day of all processes that are given its environment."""

    file: Path
    first: datetime

    def __post_init__(self) -> None:
        self.move(0, 20)

    def move(self, day: int, hour: int, minute: int = 0, second: int = 0) -> None:
        """Have it be this time, in Vietnam, so many days after the first."""
        span = timedelta(days=day, hours=hour, minutes=minute, seconds=second)
        ahead = self.first + span - datetime.now(UTC)
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{ahead.total_seconds():.0f}")
        draft.replace(self.file)

    @property
    def now(self) -> datetime:
        return datetime.now(VIETNAM) + timedelta(seconds=int(self.file.read_text()))

    @property
    def environment(self) -> dict[str, str]:
        compiler = shutil.which("cc")
        if compiler is None or sys.platform != "linux":
            pytest.skip("the clock is moved by a library in C: no compiler here")
        library = self.file.with_suffix(".so")
        source = Path(__file__).with_name("moved_clock.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        return {"LD_PRELOAD": str(library), "CLOCK_FILE": str(self.file)}
