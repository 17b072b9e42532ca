"""A command of ours as a child process, that can be asked to end and be made to."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

STOP_SECONDS = 15
"""How long a run may take to end after it was asked to, before it is killed."""


class Subprocess:
    """A running child process.

    It leads a session of its own: a Ctrl-C at the terminal reaches the daemon alone, which then
    asks the child once (a second request would make Scrapy drop what is in flight).
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def wait(self, seconds: float) -> tuple[int, bool]:
        """Wait for the end, so long at most; gives the exit code and whether time ran out."""
        try:
            return self._process.wait(seconds), False
        except subprocess.TimeoutExpired:
            self.stop()
        try:
            return self._process.wait(STOP_SECONDS), True
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait(), True

    def stop(self) -> None:
        """Ask it to finish what is in flight and end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it and all processes that it started, at once."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
