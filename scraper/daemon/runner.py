"""Runs as the daemon makes them: child processes, one at a time, each followed by a report.

The daemon's own process never starts Scrapy: a reactor can start only once, and whatever a crawl
leaks or breaks ends with its child.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scraper.base.clock import now
from scraper.base.errors import LockedError
from scraper.base.lock import is_held, lock
from scraper.daemon.child import STOP_SECONDS, Subprocess
from scraper.store.database import open_database
from scraper.store.runs import close_left_open, list_runs, record_skip, set_run_error

REPORT_SECONDS = 300.0
"""How long the report of a night may take."""

LOOK_SECONDS = 5.0
"""How often a run that waits looks whether the database is free."""

LOCKED = 4
ENDED_BY_ITSELF = (0, 3, LOCKED, 130)
"""Exit codes of a crawl that left no run open: see the contract."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    """What is to be done: the commands, without sources, and their limits in seconds.

    ``seconds`` is how long a run may take before it is ended; ``jitter`` the most by which a
    start is put off; ``patience`` how long a start waits for another run that holds the database.
    """

    database: Path
    crawl: Sequence[str]
    report: Sequence[str]
    seconds: float
    jitter: float
    patience: float


class Runner:
    """Crawls and reports, one run at a time, until it is stopped."""

    def __init__(self, config: RunnerConfig) -> None:
        self.config = config
        self.stopping = threading.Event()
        self._turn = threading.Lock()
        self._child: Subprocess | None = None

    def run(self, trigger: str, choose: Callable[[], Sequence[str]]) -> None:
        """Crawl the sources (slugs) that ``choose`` gives, then report.

        It is asked when the run's turn has come: what another run has crawled meanwhile need not
        be crawled again. Where it gives none, nothing is done.
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
        """Begin nothing more, and have the run finish what is in flight, in STOP_SECONDS at most.

        Asked a second time, end it at once.
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
        """Wait until no run is going on."""
        with self._turn:
            return

    def _crawl_when_free(self, trigger: str, choose: Callable[[], Sequence[str]]) -> bool:
        """Crawl once no other process does; whether there is anything to report."""
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
        """Wait while another process crawls; whether it ended before our patience did."""
        deadline = time.monotonic() + self.config.patience
        if is_held(self.config.database):
            logger.warning("run waits")
        while is_held(self.config.database):
            if time.monotonic() > deadline or self.stopping.wait(LOOK_SECONDS):
                return False
        return not self.stopping.is_set()

    def _crawl(self, trigger: str, slugs: Sequence[str]) -> int:
        """Crawl in a child process, and see to it that its run is on record and closed."""
        before = self._last_run()
        command = [*self.config.crawl, "--trigger", trigger, *slugs]
        code, is_late = self._execute(command, self.config.seconds)
        logger.info("crawl ended trigger=%s code=%d", trigger, code)
        reason = self._reason(code, is_late)
        if code not in ENDED_BY_ITSELF:
            self._close(reason)
        if reason and (latest := self._last_run()) != before:
            self._blame(latest, reason)
        elif reason:
            self.skip(trigger, f"{reason} before it began", now())
        return code

    def _reason(self, code: int, is_late: bool) -> str | None:
        """Why a crawl ended before its time where nobody wanted it to, None for any other."""
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

    def _blame(self, run: int | None, reason: str) -> None:
        """Say of a run that closed itself why it had to."""
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
