"""The daemon: APScheduler starts the runs, a runner does them, signals end both."""

from __future__ import annotations

import logging
import random
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any

from apscheduler.events import (
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    EVENT_SCHEDULER_STARTED,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from apscheduler.schedulers.blocking import BlockingScheduler

from scraper.base.clock import VIETNAM, now
from scraper.base.errors import TinhuyenError
from scraper.base.lock import lock
from scraper.daemon.plan import planned_start, write_plan
from scraper.daemon.runner import Runner, RunnerConfig
from scraper.daemon.schedule import Timetable, due
from scraper.store.database import open_database, wal_warning
from scraper.store.runs import last_activity, latest_runs

TICK_SECONDS = 30.0
"""How often the wall clock is compared with the monotonic one, and the timetable read again."""

LATE_SECONDS = 60
"""A later start counts as missed and is caught up. If the difference between the two clocks grows
by more in one tick, the clock has jumped."""

INSTANT = timedelta(seconds=1)
EVER = datetime(1970, 1, 1, tzinfo=UTC)

logger = logging.getLogger(__name__)


class Daemon:
    """Runs crawls on a timetable until a signal ends it.

    ``read_timetable`` is called again at every tick: sources are added, removed and given other
    times without a restart.
    """

    def __init__(self, config: RunnerConfig, read_timetable: Callable[[], Timetable]) -> None:
        self.config = config
        self.read_timetable = read_timetable
        self.slots: Timetable = {}
        self.runner = Runner(config)
        self.failure: TinhuyenError | None = None
        self.timetable_error: str | None = None
        self.signals: SimpleQueue[int] = SimpleQueue()
        self.scheduler = BlockingScheduler(
            timezone=VIETNAM,
            job_defaults={
                "misfire_grace_time": LATE_SECONDS, "coalesce": True, "max_instances": 1
            },
        )  # fmt: skip

    def serve(self, *, run_now: bool) -> None:
        """Run until SIGTERM or SIGINT; what was missed while the machine was off is caught up.

        Raises LockedError if another daemon serves this database, StoreError if the database
        cannot be used (any more): a supervisor may start the daemon again.
        """
        with lock(self.config.database, "daemon"):
            open_database(self.config.database).close()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda number, _: self.signals.put(number))
            planned = planned_start(self.config.database)
            self._apply_timetable(self.read_timetable())
            if run_now:
                self._add_job(self._run_all)
            else:
                self._add_job(self._catch_up, planned or now())
            self._listen()
            logger.info("daemon started slots=%r", " ".join(self.slots))
            if warning := wal_warning():
                logger.warning("sqlite flawed reason=%r", warning)
            self.scheduler.start()
            self.runner.wait()
            logger.info("daemon ended")
        if self.failure is not None:
            raise self.failure

    def _listen(self) -> None:
        """Connect what the scheduler calls beside its jobs."""
        watch = threading.Thread(target=self._watch, daemon=True)
        self.scheduler.add_listener(lambda _: watch.start(), EVENT_SCHEDULER_STARTED)
        self.scheduler.add_listener(self._on_overlap, EVENT_JOB_MAX_INSTANCES)
        self.scheduler.add_listener(self._on_missed, EVENT_JOB_MISSED)

    def _add_job(self, job: Callable[..., None], *args: object, **more: Any) -> None:
        """Have the scheduler call a job: now, or when ``trigger`` among ``more`` is due."""
        self.scheduler.add_job(self._run_job, args=[job, *args], **more)

    # What the scheduler calls.

    def _run_job(self, job: Callable[..., None], *args: object) -> None:
        """Call a job; end if the database is damaged, or of a newer version than this process."""
        try:
            job(*args)
        except TinhuyenError as error:
            self.failure = error
            self.scheduler.shutdown(wait=False)

    def _run_all(self) -> None:
        """Crawl the sources of all slots now."""
        slugs = sorted({slug for slot in self.slots.values() for slug in slot.slugs})
        self.runner.run("manual", lambda: slugs)

    def _run_slot(self, name: str) -> None:
        """Crawl the sources of a slot that have not been crawled since its start."""
        self._wait_jitter()
        self.runner.run("schedule", lambda: sorted(self._due([name], EVER)))
        self._write_plan()

    def _catch_up(self, start: datetime) -> None:
        """Crawl all sources that missed a start; sources without a run missed ``start``."""
        if late := self._due(self.slots, start - INSTANT):
            self._record_outage(late.values())
            self._wait_jitter()
            self.runner.run("catch-up", lambda: sorted(self._due(self.slots, start - INSTANT)))

    def _on_missed(self, event: JobExecutionEvent) -> None:
        """Catch up with a start that came too late for the scheduler."""
        self._add_job(self._catch_up, event.scheduled_run_time)

    def _on_overlap(self, event: JobSubmissionEvent) -> None:
        """Record a start that was skipped because a run was still active."""
        self.runner.skip("schedule", "the run before it had not ended", now())

    def _due(self, names: Iterable[str], otherwise: datetime) -> dict[str, datetime]:
        """Return the sources of slots that are due, with the starts that they missed."""
        slots = [self.slots[name] for name in names if name in self.slots]
        with closing(open_database(self.config.database)) as db:
            latest = latest_runs(db)
        return due(slots, latest, otherwise, now())

    def _record_outage(self, starts: Iterable[datetime]) -> None:
        """Record since when nothing ran, unless a run was active meanwhile."""
        with closing(open_database(self.config.database)) as db:
            last = last_activity(db) or EVER
        missed = [start for start in starts if start > last]
        if missed:
            self.runner.skip("schedule", "nothing ran at this time: caught up later", min(missed))

    def _wait_jitter(self) -> None:
        """Wait for a random part of ``jitter``, or until the daemon stops."""
        self.runner.stopping.wait(random.uniform(0, self.config.jitter))

    # Signals, the clock, the timetable.

    def _watch(self) -> None:
        """Handle signals and, between them, check the clock and the timetable.

        Signals come through a queue: a signal handler interrupts the scheduler's own code and must
        take none of its locks.
        """
        steady, wall = time.monotonic(), time.time()
        while True:
            try:
                self._wait_for_signal(steady, wall)
            except Exception:  # whatever fails here, the next signal must be handled
                logger.exception("daemon disturbed")
            steady, wall = time.monotonic(), time.time()

    def _wait_for_signal(self, steady: float, wall: float) -> None:
        """Handle the next signal, or check the clock if none comes in time."""
        try:
            self._end(self.signals.get(timeout=TICK_SECONDS))
        except Empty:
            self._tick(jump=(time.time() - wall) - (time.monotonic() - steady))

    def _end(self, number: int) -> None:
        """Stop: after a first signal when what is in flight is done, after a second one at once."""
        logger.info("daemon stopping signal=%s", signal.Signals(number).name)
        self.runner.stop()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)

    def _tick(self, jump: float) -> None:
        """Apply a changed timetable; after a jump of the clock, plan by the new time.

        After a jump ahead (or a sleep of the machine) what was missed is caught up, once. After a
        jump back the next starts are computed again: else nothing would run until the old ones.
        """
        slots = self._read_timetable_again()
        if abs(jump) > LATE_SECONDS:
            logger.warning("clock jumped seconds=%d", jump)
        self._apply_timetable(slots, restart=jump < -LATE_SECONDS)
        self.scheduler.wakeup()

    def _read_timetable_again(self) -> Timetable:
        """The present timetable; the last one if it cannot be read, which is logged once."""
        try:
            slots, problem = self.read_timetable(), None
        except TinhuyenError as error:
            slots, problem = self.slots, str(error)
        if problem and problem != self.timetable_error:
            logger.warning("timetable unreadable reason=%r", problem)
        self.timetable_error = problem
        return slots

    def _apply_timetable(self, slots: Timetable, restart: bool = False) -> None:
        """Have the scheduler call new slots, and no longer those that are gone."""
        before, self.slots = self.slots, slots
        for name in before:
            if name not in slots or restart:
                self.scheduler.remove_job(name)
        for name, slot in slots.items():
            if name not in before or restart:
                self._add_job(self._run_slot, name, trigger=slot.trigger, id=name)
        self._write_plan()

    def _write_plan(self) -> None:
        """Store when the next run starts, for status and metrics."""
        starts = [slot.trigger.get_next_fire_time(None, now()) for slot in self.slots.values()]
        write_plan(self.config.database, min(filter(None, starts), default=None))
