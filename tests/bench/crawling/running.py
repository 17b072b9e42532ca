"""Runs a program in its own processes and measures its time and memory."""

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
"""Seconds between two memory samples: each takes 2 ms per process on the measured cores."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished process: its output, wall time, processor time and peak memory.

    Times are in seconds and include all children; shared memory counts once.
    """

    output: str
    seconds: float
    processor_seconds: float
    megabytes: float


def use_two_cores() -> None:
    """Restrict this process and its children to two cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def run(
    command: Sequence[str | Path], environment: dict[str, str], patience: float = 3600
) -> Finished:
    """Run a command. Raises RuntimeError with its output if it fails.

    It stores what it compiles, as an installed program has its modules compiled.
    """
    compiling = {"PYTHONDONTWRITEBYTECODE": ""}
    began = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | compiling | environment,
    )
    with _Watch(process.pid) as watch:
        output, errors = process.communicate(timeout=patience)
        seconds = time.monotonic() - began
    if process.returncode:
        raise RuntimeError(errors.strip()[-2000:] or f"exit code {process.returncode}")
    return Finished(output, seconds, sum(watch.processor_seconds.values()), watch.peak / 1e6)


class _Watch(Thread):
    """Samples the memory of a process and its children."""

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
        except self.psutil.Error:  # a process ended during the sample
            return 0
        return total
