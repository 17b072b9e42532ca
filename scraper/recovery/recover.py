"""Recovery: what web archives hold of a source becomes pages, articles and files of ours."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from pipelines.workers import Workers
from scraper.base.clock import now
from scraper.base.lock import lock
from scraper.base.source import Source
from scraper.base.urls import UrlRules
from scraper.recovery.classification import LineClassifier
from scraper.recovery.executor import CaptureExecutor
from scraper.recovery.index_reading import IndexReader, query_span
from scraper.recovery.options import DEFAULT_OPTIONS, RecoveryOptions
from scraper.recovery.reading import CaptureReader
from scraper.recovery.recovered_files import RecoveredFiles
from scraper.recovery.report import RecoveryReport, ServiceReport
from scraper.recovery.saving import CaptureSaver
from scraper.recovery.web_archive import ServiceError, WebArchive
from scraper.reprocessing.profiles import profile_of
from scraper.reprocessing.reprocess import learn_boilerplate
from scraper.store.absences import set_gone_in
from scraper.store.database import write_transaction
from scraper.store.recovery import (
    Rank,
    Span,
    WaitingCapture,
    next_waiting,
    postpone_capture,
    reopen_files,
)
from scraper.store.recovery_counts import estimate, waiting_counts
from scraper.store.recovery_queries import WaitingQuery, next_query
from scraper.store.sources import sync_sources
from spiders.source_history import read_history
from spiders.source_urls import SourceUrls

POLL_SECONDS = 2.0
"""Seconds between two looks whether a service may be asked again."""

MAX_STOPS = 3
"""Stops of a service with nothing done in between after which this recovery leaves it alone."""

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a service may be asked again that is left alone for the night."""

logger = logging.getLogger(__name__)


def recover(
    db: Database,
    database: Path,
    archive: Path,
    source: Source,
    services: Sequence[WebArchive],
    options: RecoveryOptions = DEFAULT_OPTIONS,
) -> Generator[RecoveryReport, None, None]:
    """Recover a source from web archives; yields the report after each step, and at the end.

    Nothing that is stored is lost if the caller ends the iteration or is killed: the next recovery
    goes on with the plan. A run goes first: while one holds the database, nothing is fetched, and
    the report is yielded every few seconds. Raises LockedError if another recovery holds the
    database, WorkersFailedError if no page can be read any more, and sqlite3.Error or OSError if
    the database or the archive cannot be written.
    """
    with lock(database, "recovery"):
        recovery = _Recovery(db, database, archive, source, services, options)
        try:
            yield from recovery.run()
        finally:
            recovery.close()
        if not options.is_dry_run:
            learn_boilerplate(db, archive, source)
        recovery.count_rest()
        yield recovery.report


class _Recovery:
    """One recovery of one source."""

    def __init__(
        self,
        db: Database,
        database: Path,
        archive: Path,
        source: Source,
        services: Sequence[WebArchive],
        options: RecoveryOptions,
    ) -> None:
        self.db = db
        self.source = source
        self.options = options
        self.begun = now()
        self.span = Span.between(options.since, options.until)
        self.asked = query_span(options)
        self.archives = {one.name: one for one in services}
        self.paused: dict[str, datetime] = {}
        self.stops = Counter[str]()
        self.named_queries = 0
        self.report = RecoveryReport(source.slug, {name: ServiceReport() for name in self.archives})
        sync_sources(db, [source])
        history = read_history(db, source)
        urls = SourceUrls(source, UrlRules(history.platform.url_identity, history.ignored_params))
        self.workers = Workers(1)
        searchable = [one.name for one in services if one.finds_addresses]
        self.saver = CaptureSaver(db, archive, source, urls, searchable, self.asked)
        self.files = RecoveredFiles(db, archive, source, options.file_kinds)
        classifier = LineClassifier(source, history, urls, self.span)
        self.index = IndexReader(db, classifier, self.archives, self.report)
        reader = CaptureReader(source, history, urls, profile_of(db, source), self.workers)
        self.executor = CaptureExecutor(
            db, database, archive, self.archives, reader, self.saver, self.files, self.report,
            options.pause,
        )  # fmt: skip

    def close(self) -> None:
        """End the files of the archive and the workers. Raises OSError."""
        self.workers.close()
        self.saver.close()
        self.files.close()

    def run(self) -> Iterator[RecoveryReport]:
        """Ask the indexes, then settle the captures; yields the report after each step."""
        self._plan()
        while True:
            step = self._next_step()
            if step is None:
                if not self._is_worth_waiting():
                    return
                self.report.is_waiting = True
                yield self.report
                self.options.pause(POLL_SECONDS)
                self.report.is_waiting = False
                self._resume_services()
                continue
            service, work = step
            try:
                for _ in work:
                    yield self.report
                self.stops[service] = 0
            except ServiceError as error:
                self._stop(service, error)
                yield self.report

    def count_rest(self) -> None:
        """Set in the report what is left, and what it costs."""
        for name, counts in self.report.services.items():
            counts.waiting, counts.waiting_queries = waiting_counts(
                self.db, self.source.slug, name, self.span, self.asked
            )
            counts.estimate = estimate(self.db, self.source.slug, name, self.span)

    def _plan(self) -> None:
        self.index.plan(self.options)
        with write_transaction(self.db):
            reopen_files(self.db, self.source.slug)

    def _next_step(self) -> tuple[str, Iterator[None]] | None:
        """Return what is to be done next, with the service that is asked for it, or None."""
        available = [name for name in self.archives if name not in self.paused]
        if not available:
            return None
        if step := self._next_query(available, is_named=False):
            return step
        if self.options.is_dry_run:
            return self._next_query(available, is_named=False, has_failed=True)
        if step := self._next_capture(available, Rank.FILE):
            return step
        may_ask = self.named_queries < self.options.named_queries
        if may_ask and (step := self._next_query(available, is_named=True)):
            self.named_queries += 1
            return step
        return (
            self._next_capture(available, None)
            or self._next_query(available, is_named=False, has_failed=True)
            or self._next_query(available, is_named=True, has_failed=True)
        )

    def _next_query(
        self, available: list[str], *, is_named: bool, has_failed: bool = False
    ) -> tuple[str, Iterator[None]] | None:
        query = next_query(
            self.db, self.source.slug, available, self.asked,
            is_named=is_named, has_failed=has_failed,
        )  # fmt: skip
        return (query.service, self._read_query(query)) if query is not None else None

    def _read_query(self, query: WaitingQuery) -> Iterator[None]:
        yield from self.executor.until_no_run()
        yield from self.index.read(query)
        with write_transaction(self.db):
            set_gone_in(self.db, self.source.slug)

    def _next_capture(
        self, available: list[str], below: int | None
    ) -> tuple[str, Iterator[None]] | None:
        waiting = next_waiting(
            self.db, self.source.slug, available, self.span, self.begun, below=below
        )
        return (waiting.service, self._process(waiting)) if waiting is not None else None

    def _process(self, waiting: WaitingCapture) -> Iterator[None]:
        """Settle a capture; one at which its service stops comes last from then on."""
        try:
            yield from self.executor.process(waiting)
        except ServiceError:
            with write_transaction(self.db):
                postpone_capture(self.db, waiting.id, self.begun - timedelta(seconds=1))
            raise

    # Services that asked for a pause.

    def _stop(self, service: str, error: ServiceError) -> None:
        """Ask a service nothing until the time that it named."""
        counts = self.report.services[service]
        counts.stopped, counts.resumes_at = str(error), error.until
        self.stops[service] += 1
        is_last = self.stops[service] >= MAX_STOPS
        self.paused[service] = NEVER if is_last or error.until is None else error.until
        logger.warning("service paused service=%s until=%s", service, error.until)

    def _is_worth_waiting(self) -> bool:
        """Whether a service with something left may be asked again soon."""
        soon = now() + self.options.longest_pause
        return any(until <= soon and self._has_rest(name) for name, until in self.paused.items())

    def _has_rest(self, service: str) -> bool:
        waiting = waiting_counts(self.db, self.source.slug, service, self.span, self.asked)
        return any(waiting)

    def _resume_services(self) -> None:
        for service, until in list(self.paused.items()):
            if until <= now():
                del self.paused[service]
                counts = self.report.services[service]
                counts.stopped = counts.resumes_at = None
