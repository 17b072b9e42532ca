"""How fast a web archive is asked, and when it is not asked at all."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlite_utils import Database

from scraper.base.clock import VIETNAM, to_utc_iso
from scraper.recovery.web_archive import ServiceError
from scraper.store.database import write_transaction
from scraper.store.recovery_pauses import Pauses, read_pauses, write_pauses

logger = logging.getLogger(__name__)


class RequestKind(StrEnum):
    """What a request is for."""

    INDEX = "index"
    CAPTURE = "capture"


INDEX_SECONDS = 2.51
"""Least seconds between two requests for an index: less than 0.4 a second."""

REQUEST_SECONDS = 1.01
"""Least seconds between two requests of any kind: less than one a second."""

MIN_STOP = timedelta(seconds=60)
"""Least pause after a 429 or 503; each further one of a night doubles it."""

MAX_STOPS = 3
"""At this many stops, a service is left alone for the rest of the night."""

MAX_RETRY_AFTER = timedelta(days=7)
"""A longer Retry-After counts as this."""

MAX_WAIT = timedelta(minutes=10)
"""The longest stop that is waited for; after a longer one, another run goes on."""

MAX_QUEUE = timedelta(minutes=1)
"""A latest request further in the future than this comes from a clock that was set back."""

NIGHT_ENDS = 12
"""The hour of Vietnam's time at which a night ends and the next one begins."""


class Clock(Protocol):
    """The time, and how to let it pass: tests have their own."""

    def now(self) -> datetime:
        """Return the time in UTC, with fractions of a second."""

    def sleep(self, seconds: float) -> None:
        """Return after this time, not earlier; it may raise an exception to end the work."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clock of this machine; ``wait`` is what sleeps."""

    wait: Callable[[float], None] = time.sleep

    def now(self) -> datetime:
        """Return the time in UTC, with fractions of a second."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self.wait(seconds)


def night_of(moment: datetime) -> str:
    """Return the day (ISO 8601) on which the night of a moment began, at noon of Vietnam's time."""
    return (moment.astimezone(VIETNAM) - timedelta(hours=NIGHT_ENDS)).date().isoformat()


def end_of_night(moment: datetime) -> datetime:
    """Return the moment (UTC) at which the night of a moment ends."""
    local = moment.astimezone(VIETNAM)
    noon = local.replace(hour=NIGHT_ENDS, minute=0, second=0, microsecond=0)
    return (noon if local < noon else noon + timedelta(days=1)).astimezone(UTC)


class Pace:
    """The pauses of one service. They are stored, so that they hold for every process and restart.

    Its methods write to the database: they must not be called inside a transaction.
    """

    def __init__(self, db: Database, service: str, clock: Clock) -> None:
        self.db = db
        self.service = service
        self.clock = clock

    def wait(self, kind: RequestKind) -> None:
        """Wait until a request may be sent, and count it as sent.

        Raises ServiceError if the service asked for a long pause.
        """
        while (stopped := self._stopped_for()) > timedelta():
            self.clock.sleep(stopped.total_seconds())
        with write_transaction(self.db):
            pauses, now = read_pauses(self.db, self.service), self.clock.now()
            sent_at = max([now, *_earliest(pauses, kind, now)])
            write_pauses(self.db, self.service, _asked(pauses, kind, sent_at))
        if sent_at > now:
            self.clock.sleep((sent_at - now).total_seconds())

    def note_answer(self, kind: RequestKind) -> None:
        """Begin the pause again: a request cannot have reached the service later than now."""
        with write_transaction(self.db):
            pauses, now = read_pauses(self.db, self.service), self.clock.now()
            latest = pauses.index_at if kind is RequestKind.INDEX else pauses.page_at
            if latest is None or latest < now:
                write_pauses(self.db, self.service, _asked(pauses, kind, now))

    def stop(self, retry_after: timedelta | None) -> None:
        """Stop asking, since the service said so: for ``retry_after``, and longer each time.

        Raises ServiceError if the pause is longer than this process waits.
        """
        now = self.clock.now()
        with write_transaction(self.db):
            pauses = read_pauses(self.db, self.service)
            stops = (pauses.stops if pauses.night == night_of(now) else 0) + 1
            until = now + max(min(retry_after or MIN_STOP, MAX_RETRY_AFTER), stop_pause(stops))
            if stops >= MAX_STOPS:
                until = max(until, end_of_night(now))
            stopped = replace(pauses, stopped_until=until, stops=stops, night=night_of(now))
            write_pauses(self.db, self.service, stopped)
        logger.warning(
            "archive stopped service=%s stops=%d until=%s", self.service, stops, to_utc_iso(until)
        )
        self._stopped_for()

    def _stopped_for(self) -> timedelta:
        """Return how long the service must not be asked. Raises ServiceError for a long time."""
        pauses, now = read_pauses(self.db, self.service), self.clock.now()
        if pauses.stopped_until is None or pauses.stopped_until <= now:
            return timedelta()
        if pauses.stopped_until - now > MAX_WAIT:
            until = pauses.stopped_until
            raise ServiceError(
                f"{self.service} asked for a pause until {to_utc_iso(until)}: go on after it", until
            )
        return pauses.stopped_until - now


def stop_pause(stops: int) -> timedelta:
    """Return the least pause after the stop with this number (from 1) of a night."""
    return MIN_STOP * 2.0 ** (min(stops, 10) - 1)


def _earliest(pauses: Pauses, kind: RequestKind, now: datetime) -> list[datetime]:
    """Return the times before which no request of a kind may be sent."""
    latest = [(pauses.index_at, REQUEST_SECONDS), (pauses.page_at, REQUEST_SECONDS)]
    if kind is RequestKind.INDEX:
        latest.append((pauses.index_at, INDEX_SECONDS))
    return [
        (asked_at if asked_at <= now + MAX_QUEUE else now) + timedelta(seconds=seconds)
        for asked_at, seconds in latest
        if asked_at is not None
    ]


def _asked(pauses: Pauses, kind: RequestKind, at: datetime) -> Pauses:
    if kind is RequestKind.INDEX:
        return replace(pauses, index_at=at)
    return replace(pauses, page_at=at)
