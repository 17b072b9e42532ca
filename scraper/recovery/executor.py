"""Settles the captures of a plan, one after the other: each gets its body and its outcome."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from scraper.archive.decoding import TooLargeError, TruncatedError
from scraper.base.clock import now
from scraper.base.errors import LockedError
from scraper.base.lock import LOCK_TIMEOUT_SECONDS, is_held, lock
from scraper.recovery.delivery import Delivery, fetched_delivery, held_delivery
from scraper.recovery.reading import CaptureReader
from scraper.recovery.recovered_files import RecoveredFiles
from scraper.recovery.report import RecoveryReport
from scraper.recovery.saving import CaptureSaver
from scraper.recovery.web_archive import CaptureError, WebArchive
from scraper.store.database import write_transaction
from scraper.store.recovery import (
    CaptureKind,
    CaptureOutcome,
    CaptureResult,
    WaitingCapture,
    note_attempt,
)
from spiders.responses import REDIRECTS

POLL_SECONDS = 2.0
"""Seconds between two looks whether a run still holds the database."""

NOT_HELD = "not_held"
"""The reason of a service that does not have what its index lists."""

OTHER_MOMENT, SELF_REDIRECT = "other_moment", "self_redirect"
"""A replay shows the nearest other capture in place of a redirect to the same address in its index,
such as from http to https: it would lead the reader to itself. The index says that it redirects."""

logger = logging.getLogger(__name__)


class CaptureExecutor:
    """Fetches, reads and stores captures. It holds the lock of a run only while it stores one."""

    def __init__(
        self,
        db: Database,
        database: Path,
        archive: Path,
        archives: Mapping[str, WebArchive],
        reader: CaptureReader,
        saver: CaptureSaver,
        files: RecoveredFiles,
        report: RecoveryReport,
        pause: Callable[[float], object],
    ) -> None:
        self.db = db
        self.database = database
        self.archive = archive
        self.archives = archives
        self.reader = reader
        self.saver = saver
        self.files = files
        self.report = report
        self.pause = pause

    def process(self, waiting: WaitingCapture) -> Iterator[None]:
        """Fetch, read and store a capture; yields while it waits for a run, and in the end.

        Raises ServiceError if the service cannot be asked now: the capture waits on.
        """
        yield from self.until_no_run()
        refusal = self.files.refusal(waiting.url) if _is_file(waiting) else None
        if refusal is not None:
            self._count(waiting, self.saver.record_outcome(waiting, refusal))
            yield
            return
        try:
            delivery = self._deliver(waiting)
        except CaptureError as error:
            self._fail(waiting, error)
        except TruncatedError:
            self._end(waiting, CaptureResult(CaptureOutcome.BROKEN, "truncated"))
        except TooLargeError:
            self._end(waiting, CaptureResult(CaptureOutcome.REFUSED, "too_large"))
        else:
            yield from self._store(waiting, delivery)
        yield

    def until_no_run(self) -> Iterator[None]:
        """Wait while a run holds the database; yields every few seconds."""
        while is_held(self.database):
            self.report.is_waiting = True
            yield
            self.pause(POLL_SECONDS)
        self.report.is_waiting = False

    def _deliver(self, waiting: WaitingCapture) -> Delivery:
        service = self.archives[waiting.service]
        held = held_delivery(self.db, self.archive, waiting, service)
        if held is not None:
            return held
        counts, began = self.report.services[waiting.service], time.monotonic()
        counts.requests += 1
        try:
            delivery = fetched_delivery(waiting, service)
        finally:
            counts.seconds += time.monotonic() - began
        counts.size += len(delivery.response.body) if delivery.response else 0
        return delivery

    def _store(self, waiting: WaitingCapture, delivery: Delivery) -> Iterator[None]:
        """Read a capture and store it as soon as no run holds the database."""
        store: Callable[[], CaptureResult]
        if _is_file(waiting) or self._is_file_of_article(waiting, delivery):
            reading = self.files.read(waiting, delivery)
            store = partial(self.files.save, waiting, delivery, reading)
        else:
            read = self.reader.read(waiting, delivery.page)
            store = partial(self.saver.save, waiting, delivery, read)
        while True:
            yield from self.until_no_run()
            try:
                with lock(self.database, timeout=LOCK_TIMEOUT_SECONDS):
                    self._count(waiting, store())
                return
            except LockedError:
                continue

    def _is_file_of_article(self, waiting: WaitingCapture, delivery: Delivery) -> bool:
        """Whether an address that looks like a page's delivers a file that an article names."""
        media_type = delivery.page.headers.get("content-type", "")
        is_page = media_type.startswith("text/html") or waiting.kind is CaptureKind.ARTICLE
        return not is_page and self.files.known(waiting.url) is not None

    def _fail(self, waiting: WaitingCapture, error: CaptureError) -> None:
        """Store that a capture cannot be had: for good, or by this attempt."""
        if waiting.http_status in REDIRECTS and error.reason == OTHER_MOMENT:
            self._end(waiting, CaptureResult(CaptureOutcome.REDIRECT, SELF_REDIRECT))
        elif error.is_final:
            is_absent = error.reason == NOT_HELD
            outcome = CaptureOutcome.NOT_HELD if is_absent else CaptureOutcome.REFUSED
            self._end(waiting, CaptureResult(outcome, error.reason))
        else:
            self._note_attempt(waiting, error)

    def _note_attempt(self, waiting: WaitingCapture, error: CaptureError) -> None:
        with write_transaction(self.db):
            is_last = note_attempt(self.db, waiting.id, error.reason, now())
        counts = self.report.services[waiting.service]
        if is_last:
            counts.outcomes[CaptureOutcome.FAILED, error.reason] += 1
        else:
            counts.attempts += 1

    def _end(self, waiting: WaitingCapture, result: CaptureResult) -> None:
        self._count(waiting, self.saver.record_outcome(waiting, result))

    def _count(self, waiting: WaitingCapture, result: CaptureResult) -> None:
        self.report.services[waiting.service].outcomes[result.outcome, result.reason] += 1
        logger.debug(
            "capture settled url=%s at=%s outcome=%s reason=%s",
            waiting.url, waiting.captured_at, result.outcome, result.reason,
        )  # fmt: skip


def _is_file(waiting: WaitingCapture) -> bool:
    return waiting.kind is CaptureKind.FILE
