"""The daemon's runs: child processes, one at a time, each followed by a report.

The daemon's own process never starts Scrapy: a reactor can start only once, and whatever a crawl
leaks or breaks ends with its child.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scraper.base.clock import now
from scraper.base.errors import LockedError
from scraper.base.lock import is_held, lock
from scraper.store.database import open_database
from scraper.store.runs import close_left_open, list_runs, record_skip, set_run_error

REPORT_SECONDS = 300.0
"""How long the report after a run may take."""

STOP_SECONDS = 15
"""How long a run may take to end after it was asked to, before it is killed."""

LOOK_SECONDS = 5.0
"""How often a run that waits checks whether the database is free."""

LOCKED = 4
ENDED_BY_ITSELF = (0, 3, LOCKED, 130)
"""Exit codes of a crawl that left no run open: done, a source failed, locked, interrupted."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    """The commands to run, without sources, and their limits in seconds.

    ``seconds`` is how long a run may take before it is ended; ``jitter`` the longest delay of a
    start; ``patience`` how long a start waits for another run that holds the database.
    """

    database: Path
    crawl: Sequence[str]
    report: Sequence[str]
    seconds: float
    jitter: float
    patience: float


class Subprocess:
    """A running child process that can be asked to end, and be killed.

    It leads a session of its own: a Ctrl-C at the terminal reaches the daemon alone, which then
    asks the child once (a second request would make Scrapy drop what is in flight).
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def wait(self, seconds: float) -> tuple[int, bool]:
        """Wait for the end; after ``seconds``, end it. Returns the exit code and whether it was."""
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
        """Kill it and all processes that it started."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


class Runner:
    """Crawls and reports, one run at a time, until it is stopped."""

    def __init__(self, config: RunnerConfig) -> None:
        self.config = config
        self.stopping = threading.Event()
        self._turn = threading.Lock()
        self._child: Subprocess | None = None

    def run(self, trigger: str, choose: Callable[[], Sequence[str]]) -> None:
        """Crawl the sources (slugs) that ``choose`` returns, then report.

        It is called when the run begins: what another run has crawled meanwhile need not be
        crawled again. If it returns none, nothing is done.
        """
        with self._turn:
            if self._crawl_when_free(trigger, choose) and not self.stopping.is_set():
                code, _ = self._execute(self.config.report, REPORT_SECONDS)
                logger.info("report ended code=%d", code)

    def skip(self, trigger: str, reason: str, start: datetime) -> None:
        """Record that a run was due from ``start`` until now and did not take place."""
        logger.warning("run skipped trigger=%s reason=%r", trigger, reason)
        with closing(open_database(self.config.database)) as db:
            record_skip(db, trigger, reason, start, now())

    def stop(self) -> None:
        """Start nothing more, and have the run finish what is in flight, in STOP_SECONDS at most.

        A second call kills the run.
        """
        child = self._child
        if child is not None and self.stopping.is_set():
            child.kill()
        elif child is not None:
            child.stop()
            end = threading.Timer(STOP_SECONDS, child.kill)
            end.daemon = True
            end.start()
        self.stopping.set()

    def wait(self) -> None:
        """Wait until no run is in progress."""
        with self._turn:
            return

    def _crawl_when_free(self, trigger: str, choose: Callable[[], Sequence[str]]) -> bool:
        """Crawl when no other process does; returns whether there is anything to report."""
        while self._wait_for_database():
            slugs = choose()
            if not slugs:
                return False
            if self._crawl(trigger, slugs) != LOCKED:
                return True
        if not self.stopping.is_set():
            self.skip(trigger, "another run held the database", now())
        return True

    def _wait_for_database(self) -> bool:
        """Wait while another process crawls; returns whether it ended within ``patience``."""
        deadline = time.monotonic() + self.config.patience
        if is_held(self.config.database):
            logger.warning("run waits")
        while is_held(self.config.database):
            if time.monotonic() > deadline or self.stopping.wait(LOOK_SECONDS):
                return False
        return not self.stopping.is_set()

    def _crawl(self, trigger: str, slugs: Sequence[str]) -> int:
        """Crawl in a child process, and make sure that its run is recorded and closed."""
        before = self._last_run()
        command = [*self.config.crawl, "--trigger", trigger, *slugs]
        code, is_late = self._execute(command, self.config.seconds)
        logger.info("crawl ended trigger=%s code=%d", trigger, code)
        reason = self._reason(code, is_late)
        if code not in ENDED_BY_ITSELF:
            self._close(reason)
        if reason and (latest := self._last_run()) != before:
            self._set_error(latest, reason)
        elif reason:
            self.skip(trigger, f"{reason} before it began", now())
        return code

    def _reason(self, code: int, is_late: bool) -> str | None:
        """Why a crawl ended early though nobody asked it to; None if it did not."""
        if self.stopping.is_set():
            return None
        if is_late:
            return f"the crawl was ended by its time limit of {self.config.seconds / 60:g} minutes"
        return None if code in ENDED_BY_ITSELF else f"the crawl ended with code {code}"

    def _last_run(self) -> int | None:
        with closing(open_database(self.config.database)) as db:
            runs = list_runs(db, limit=1)
        return runs[0]["id"] if runs else None

    def _close(self, reason: str | None) -> None:
        """Close the run that a child left open when it was killed or broke."""
        try:
            with lock(self.config.database), closing(open_database(self.config.database)) as db:
                close_left_open(db, now(), reason)
        except LockedError:
            logger.warning("run left open")

    def _set_error(self, run: int | None, reason: str) -> None:
        """Record why a run that closed itself ended early."""
        with closing(open_database(self.config.database)) as db:
            set_run_error(db, run, reason)

    def _execute(self, command: Sequence[str], seconds: float) -> tuple[int, bool]:
        child = self._child = Subprocess(command)
        if self.stopping.is_set():
            child.stop()
        code, is_late = child.wait(seconds)
        self._child = None
        if is_late:
            logger.error("time limit reached seconds=%d", seconds)
        return code, is_late
