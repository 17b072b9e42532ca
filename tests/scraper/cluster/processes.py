"""A scheduler and workers of dask in processes of their own, as on other machines."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
ENVIRONMENT = {
    "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    "PYTHONPATH": str(REPOSITORY),
}

Process = subprocess.Popen[bytes]


def start_scheduler(port: int) -> Process:
    """A scheduler at a port of this machine."""
    place = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    return _start(["distributed.cli.dask_scheduler", *place])


def start_worker(address: str) -> Process:
    """A worker with one thread; it ends with its scheduler."""
    options = ["--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0"]
    return _start(["distributed.cli.dask_worker", address, *options, "--no-nanny"])


@contextmanager
def ended(processes: list[Process]) -> Iterator[None]:
    """End the processes of a list, which may grow, after the block."""
    try:
        yield
    finally:
        for each in processes:
            each.kill()
            each.wait()


def _start(module: list[str]) -> Process:
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
