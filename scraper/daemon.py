"""The daemon: APScheduler keeps the time, and each run is a child process of its own.

The scheduler's process never starts Scrapy: a reactor can start only once, and whatever a crawl
leaks or breaks ends with its child.
"""

from __future__ import annotations

import logging
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_SCHEDULER_STARTED, JobEvent
from apscheduler.schedulers.blocking import BlockingScheduler

from scraper.child import STOP_SECONDS, Child
from scraper.clock import now
from scraper.errors import LockedError, TinhuyenError
from scraper.heartbeat import plan_next
from scraper.lock import hold
from scraper.schedule import ZONE, Timetable, missed
from scraper.store.database import open_database
from scraper.store.runs import close_left_open, latest_runs, record_skip

TICK_SECONDS = 30.0
"""How often the wall clock is compared with the steady one, and the timetable read anew."""

JUMP_SECONDS = 60.0
"""A difference between the two clocks in one tick that is a jump and not drift."""

REPORT_SECONDS = 300.0
"""How long the report of a night may take."""

LOCKED = 4
ENDED_BY_ITSELF = (0, 3, 130)
"""Exit codes of a crawl: see the contract."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """What the daemon is to do: the commands, without sources, and their limits in seconds.

    ``seconds`` is how long a run may take before it is ended; ``jitter`` the most by which a
    start is put off; ``patience`` how long a start waits for another run that holds the database,
    asking every ``pause``.
    """

    database: Path
    crawl: Sequence[str]
    report: Sequence[str]
    seconds: float
    jitter: float = 120.0
    patience: float = 3600.0
    pause: float = 30.0


class Daemon:
    """Runs crawls on a timetable until a signal ends it.

    ``read_timetable`` is asked again at every tick: sources come, go and change their times
    without a restart.
    """

    def __init__(self, duty: Duty, read_timetable: Callable[[], Timetable]) -> None:
        self.duty = duty
        self.read_timetable = read_timetable
        self.slots: Timetable = {}
        self.stopping = threading.Event()
        self.turn = threading.Lock()
        self.child: Child | None = None
        self.signals: SimpleQueue[int] = SimpleQueue()
        self.scheduler = BlockingScheduler(
            timezone=ZONE,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def serve(self, *, run_now: bool) -> None:
        """Run until SIGTERM or SIGINT; what was missed while the machine was off is caught up.

        Raises LockedError where another daemon serves this database.
        """
        with hold(self.duty.database, "daemon"):
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda number, _: self.signals.put(number))
            self.scheduler.add_listener(self._on_overlap, EVENT_JOB_MAX_INSTANCES)
            self._take_up(self.read_timetable())
            self._begin(run_now)
            watch = threading.Thread(target=self._watch, daemon=True)
            self.scheduler.add_listener(lambda _: watch.start(), EVENT_SCHEDULER_STARTED)
            logger.info("daemon started slots=%s", ",".join(self.slots).replace(" ", "_"))
            self.scheduler.start()
            with self.turn:
                logger.info("daemon ended")

    def run(self, trigger: str, slugs: Sequence[str]) -> None:
        """Crawl the sources in a child process and report on it; one at a time."""
        with self.turn:
            if not self.stopping.is_set():
                self._crawl(trigger, slugs)
            if not self.stopping.is_set():
                self._execute(self.duty.report, REPORT_SECONDS)

    def _begin(self, run_now: bool) -> None:
        everything = sorted({slug for slot in self.slots.values() for slug in slot.slugs})
        db = open_database(self.duty.database)
        late = missed(self.slots, latest_runs(db), now())
        db.close()
        if run_now:
            self.scheduler.add_job(self.run, args=["manual", everything])
        elif late:
            logger.warning("run missed sources=%d", len(late))
            self.scheduler.add_job(self.run, args=["catch-up", late])

    def _run_slot(self, name: str) -> None:
        self.stopping.wait(random.uniform(0, self.duty.jitter))
        if name in self.slots:
            self.run("schedule", self.slots[name].slugs)
        self._note_plan()

    def _crawl(self, trigger: str, slugs: Sequence[str]) -> None:
        command = [*self.duty.crawl, "--trigger", trigger, *slugs]
        deadline = time.monotonic() + self.duty.patience
        code = self._execute(command, self.duty.seconds)
        while code == LOCKED and time.monotonic() < deadline and not self.stopping.is_set():
            logger.warning("run waits trigger=%s reason=locked", trigger)
            self.stopping.wait(self.duty.pause)
            code = self._execute(command, self.duty.seconds)
        logger.info("run ended trigger=%s code=%d", trigger, code)
        if code == LOCKED:
            self._skip(trigger, "another run held the database")
        elif code not in ENDED_BY_ITSELF:
            self._close(code)

    def _execute(self, command: Sequence[str], seconds: float) -> int:
        child = self.child = Child(command)
        if self.stopping.is_set():
            child.stop()
        code, is_late = child.wait(seconds)
        if is_late:
            logger.error("run ended by its time limit seconds=%d", seconds)
        self.child = None
        return code

    def _close(self, code: int) -> None:
        """Close the run that a child left open when it was killed or broke."""
        logger.error("run broke code=%d", code)
        try:
            with hold(self.duty.database):
                db = open_database(self.duty.database)
                close_left_open(db, now(), f"the process ended with code {code}")
                db.close()
        except LockedError:
            logger.warning("run left open reason=locked")

    def _skip(self, trigger: str, reason: str) -> None:
        logger.warning("run skipped trigger=%s reason=%s", trigger, reason.replace(" ", "_"))
        db = open_database(self.duty.database)
        record_skip(db, trigger, reason, now())
        db.close()

    def _on_overlap(self, event: JobEvent) -> None:
        self._skip("schedule", "the run before it had not ended")

    def _watch(self) -> None:
        """Obey signals and, between them, look after clock and timetable.

        Signals come through a queue: a handler runs in the middle of the scheduler's own code and
        must take none of its locks.
        """
        steady, wall = time.monotonic(), time.time()
        while True:
            try:
                self._obey(self.signals.get(timeout=TICK_SECONDS))
            except Empty:
                jump = (time.time() - wall) - (time.monotonic() - steady)
                self._tick(jump)
            steady, wall = time.monotonic(), time.time()

    def _obey(self, number: int) -> None:
        """Stop at the first signal as soon as what is in flight is done, at the second at once."""
        child = self.child
        if self.stopping.is_set():
            if child is not None:
                child.kill()
            return
        logger.info("daemon stopping signal=%s", signal.Signals(number).name)
        self.stopping.set()
        if child is not None:
            child.stop()
            end = threading.Timer(STOP_SECONDS, child.kill)
            end.daemon = True
            end.start()
        self.scheduler.shutdown(wait=False)

    def _tick(self, jump: float) -> None:
        """Take up a changed timetable; after a jump of the clock, plan by the new time.

        After a jump ahead (or a sleep of the machine) what fell due runs, once; after one back
        the next starts are counted anew, or the daemon would be silent until the old ones.
        """
        try:
            slots = self.read_timetable()
        except TinhuyenError as error:
            logger.warning("timetable unreadable, the last one holds: %s", error)
            slots = self.slots
        if abs(jump) > JUMP_SECONDS:
            logger.warning("clock jumped seconds=%d", jump)
        self._take_up(slots, anew=jump < -JUMP_SECONDS)
        self.scheduler.wakeup()

    def _take_up(self, slots: Timetable, anew: bool = False) -> None:
        before, self.slots = self.slots, slots
        for name in before:
            if name not in slots or anew:
                self.scheduler.remove_job(name)
        for name, slot in slots.items():
            if name not in before or anew:
                self.scheduler.add_job(self._run_slot, slot.trigger, args=[name], id=name)
        self._note_plan()

    def _note_plan(self) -> None:
        starts = [slot.trigger.get_next_fire_time(None, now()) for slot in self.slots.values()]
        plan_next(self.duty.database, min(filter(None, starts), default=None))
