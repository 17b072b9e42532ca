"""Worker processes: each page is read within a time and within a memory, or is `broken` alone."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from multiprocessing import forkserver
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipelines.article import Article, Verdict
from pipelines.extraction import ExtractionResult, SourceProfile
from pipelines.items import Outcome, Page
from pipelines.memory import within_memory
from pipelines.worker import read_for_store

MAX_TASKS_PER_WORKER = 500
"""Tasks after which a worker is replaced by a fresh one."""


Task = tuple[Page, SourceProfile]
"""A page to read, and what is known of its source."""

Reader = Callable[[Page, SourceProfile], ExtractionResult]

Result = TypeVar("Result")


class WorkersStoppedError(Exception):
    """The workers were stopped before they had read a page: nothing is known of it."""


class Workers:
    """A pool that reads pages, ``seconds`` and ``megabytes`` being the limits of each."""

    def __init__(
        self, count: int, seconds: float, megabytes: int, preload: Sequence[str] = ()
    ) -> None:
        """Start ``count`` workers; ``preload`` are modules of the functions for ``call``."""
        # A fresh server process forks the workers: forking this one would copy a live reactor.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipelines.worker", *preload])
        forkserver.ensure_running()  # it imports while the first pages are fetched
        self.pool = ProcessPool(max_workers=count, max_tasks=MAX_TASKS_PER_WORKER, context=context)
        self.count, self.seconds, self.megabytes = count, seconds, megabytes
        self.is_stopped = False
        self._out: set[ProcessFuture[Any]] = set()

    def schedule(self, tasks: Sequence[Task]) -> ProcessFuture[list[ExtractionResult]]:
        """Have pages read by one worker, one after the other, in the time of one.

        Where the future raises, one of them is to blame; ``broken_by`` makes its reading.
        """
        return self._schedule(_read_each, self.megabytes, read_for_store, tasks)

    async def call(self, function: Callable[..., Result], *values: object) -> Result:
        """What a function of the top level of a module gives, called by a worker.

        Raises what it raises, MemoryError and TimeoutError beyond the limits, ProcessExpired where
        the worker died, and WorkersStoppedError.
        """
        future = self._schedule(within_memory, self.megabytes, function, *values)
        return await self.outcome(future)

    async def outcome(self, future: ProcessFuture[Result]) -> Result:
        """What was scheduled gives. Raises WorkersStoppedError where it was stopped."""
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if self.is_stopped:
                raise WorkersStoppedError from None
            raise

    def stop(self) -> None:
        """Stop all that is being read and all that waits for it; nothing is read any more."""
        self.is_stopped = True
        for future in list(self._out):
            future.cancel()  # type: ignore[no-untyped-call]

    def _schedule(self, function: Callable[..., Result], *values: object) -> ProcessFuture[Result]:
        if self.is_stopped:
            raise WorkersStoppedError
        future: ProcessFuture[Result] = self.pool.schedule(
            function, args=values, timeout=self.seconds
        )
        self._out.add(future)
        future.add_done_callback(self._out.discard)
        return future

    def read(self, page: Page, profile: SourceProfile) -> ExtractionResult:
        """Have a page read and wait for it. Never raises on any page."""
        try:
            return self.schedule([(page, profile)]).result()[0]
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            return broken_by(error)

    def close(self) -> None:
        """End the workers, once they have read what was scheduled."""
        self.pool.close()  # type: ignore[no-untyped-call]
        self.pool.join()


def _read_each(megabytes: int, read: Reader, tasks: Sequence[Task]) -> list[ExtractionResult]:
    """In a worker: the readings of some pages. One that raises is broken, the others are read."""
    readings = []
    for task in tasks:
        try:
            readings.append(within_memory(megabytes, read, *task))
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            readings.append(broken_by(error))
    return readings


def broken_by(error: Exception) -> ExtractionResult:
    """The reading of a page on which a worker hung, died or raised."""
    return ExtractionResult(
        article=Article(verdict=Verdict(Outcome.BROKEN, reason_of(error, "extraction")))
    )


def reason_of(error: Exception, work: str) -> str:
    """The reason that goes on record where a worker hung, died or raised at some work."""
    if isinstance(error, (TimeoutError, FutureTimeoutError)):
        return f"{work}_timeout"
    if isinstance(error, ProcessExpired):
        return f"{work}_died"
    return f"{work}_error: {type(error).__name__}"
