"""Running a contender in processes of its own: how long it takes and how much memory it holds."""

from __future__ import annotations

import importlib
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

CORES = 2
PERIOD = 0.5
"""Seconds between two looks at the memory: each costs the measured cores 2 ms a process."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that has ended: its output, wall time, processor time and peak memory.

    Times are in seconds, with all children; what processes share of the memory counts once.
    """

    output: str
    seconds: float
    processor_seconds: float
    megabytes: float


def use_two_cores() -> None:
    """Keep this process, and all that it starts, to two cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def run(
    command: Sequence[str | Path], environment: dict[str, str], patience: float = 3600
) -> Finished:
    """Run a command to its end. Raises RuntimeError where it fails, with what it said."""
    began = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    with _Watch(process.pid) as watch:
        output, errors = process.communicate(timeout=patience)
        seconds = time.monotonic() - began
    if process.returncode:
        raise RuntimeError(errors.strip()[-2000:] or f"exit code {process.returncode}")
    return Finished(output, seconds, sum(watch.processor_seconds.values()), watch.peak / 1e6)


class _Watch(Thread):
    """Looks now and then at what a process and its children take."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.psutil: Any = importlib.import_module("psutil")
        self.process = self.psutil.Process(pid)
        self.peak = 0
        self.processor_seconds: dict[int, float] = {}
        self.is_over = Event()

    def __enter__(self) -> _Watch:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self.join()

    def run(self) -> None:
        while not self.is_over.wait(PERIOD):
            self.peak = max(self.peak, self._memory())

    def _memory(self) -> int:
        total = 0
        try:
            for process in (self.process, *self.process.children(recursive=True)):
                total += process.memory_full_info().pss
                times = process.cpu_times()
                self.processor_seconds[process.pid] = times.user + times.system
        except self.psutil.Error:  # one ended while we looked
            return 0
        return total
