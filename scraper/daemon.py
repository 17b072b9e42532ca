"""The daemon: APScheduler keeps the time, and each run is a child process of its own.

The scheduler's process never starts Scrapy: a reactor can start only once, and whatever a crawl
leaks or breaks ends with its child.
"""

from __future__ import annotations

import logging
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from scraper.clock import now
from scraper.schedule import ZONE, was_missed
from scraper.store.database import open_database
from scraper.store.runs import last_start, record_skip

STOP_SECONDS = 20
"""How long a run may take to end after it was asked to, before it is killed."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When to crawl what: the triggers of the night, and the sources with a time of their own.

    ``own`` maps the slug of a source to its trigger; the nightly run takes ``slugs``.
    """

    nightly: Sequence[CronTrigger]
    slugs: Sequence[str]
    own: dict[str, CronTrigger]


class Daemon:
    """Runs crawls on a timetable until a signal ends it.

    ``command`` is the crawl command line without sources; ``seconds`` how long a run may take
    before it is ended; ``jitter`` the most seconds by which a start is put off.
    """

    def __init__(
        self,
        command: Sequence[str],
        database: Path,
        timetable: Timetable,
        *,
        seconds: float,
        jitter: float = 0,
    ) -> None:
        self.command = list(command)
        self.database = database
        self.timetable = timetable
        self.seconds = seconds
        self.jitter = jitter
        self.stopping = threading.Event()
        self.running: subprocess.Popen[bytes] | None = None
        self.turn = threading.Lock()
        self.scheduler = BlockingScheduler(
            timezone=ZONE,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def serve(self, *, run_now: bool) -> None:
        """Run until SIGTERM or SIGINT; a night missed while the machine was off is caught up."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        self.scheduler.add_listener(self._on_skip, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        for trigger in self.timetable.nightly:
            self.scheduler.add_job(self.run, trigger, args=["schedule", self.timetable.slugs])
        for slug, trigger in self.timetable.own.items():
            self.scheduler.add_job(self.run, trigger, args=["schedule", [slug]])
        if run_now:
            self.scheduler.add_job(self.run, args=["manual", self.timetable.slugs])
        elif was_missed(self.timetable.nightly, self._last_start(), now()):
            self.scheduler.add_job(self.run, args=["catch-up", self.timetable.slugs])
        logger.info("daemon started at=%s", [str(trigger) for trigger in self.timetable.nightly])
        self.scheduler.start()
        self._end_run()

    def run(self, trigger: str, slugs: Sequence[str]) -> None:
        """Run one crawl in a child process and wait for it; one at a time."""
        if trigger == "schedule":
            self.stopping.wait(random.uniform(0, self.jitter))
        with self.turn:
            if self.stopping.is_set():
                return
            command = [*self.command, "--trigger", trigger, *slugs]
            self.running = subprocess.Popen(command, stdin=subprocess.DEVNULL)
            logger.info("run started trigger=%s pid=%d", trigger, self.running.pid)
            code = self._wait(self.running)
            self.running = None
        logger.info("run ended trigger=%s code=%d", trigger, code)

    def _wait(self, child: subprocess.Popen[bytes]) -> int:
        try:
            return child.wait(self.seconds)
        except subprocess.TimeoutExpired:
            logger.error("run ended by its time limit pid=%d seconds=%d", child.pid, self.seconds)
            return _end(child)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set():
            if self.running is not None:
                self.running.kill()
            sys.exit(0)
        logger.info("daemon stopping signal=%s", signal.Signals(number).name)
        self.stopping.set()
        self.scheduler.shutdown(wait=False)

    def _end_run(self) -> None:
        child = self.running
        if child is not None:
            _end(child)

    def _on_skip(self, event: JobEvent) -> None:
        logger.warning("run skipped job=%s", event.job_id)
        db = open_database(self.database)
        record_skip(db, "schedule", "the run before it had not ended", now())
        db.close()

    def _last_start(self) -> datetime | None:
        db = open_database(self.database)
        try:
            return last_start(db)
        finally:
            db.close()


def _end(child: subprocess.Popen[bytes]) -> int:
    """Ask a child to end, wait, then kill it; returns its exit code."""
    child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    try:
        return child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()
