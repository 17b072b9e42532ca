"""Worker processes: each page is read within limits of time and memory, or is `broken` alone.

The only pool of the program. A worker imports this module, which must therefore stay light.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import forkserver
from typing import Any, ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipelines.article import Article, Verdict
from pipelines.extraction import ExtractionResult, SourceProfile, extract_page
from pipelines.extraction.similarity import buckets_of
from pipelines.items import Outcome, Page
from scraper.config.program_settings import settings

MAX_TASKS_PER_WORKER = 500
"""Tasks after which a worker is replaced by a fresh one."""

MAX_WAITING_PER_WORKER = 32
"""Calls of `Workers.map` that wait for each worker, or for their results to be taken."""

BEYOND_LIMITS = (TimeoutError, ProcessExpired, MemoryError)
"""What a call raises that exceeds its limits, or whose worker died."""

Task = tuple[Page, SourceProfile]
"""A page to read, and what is known of its source."""

ReadPage = Callable[[Page, SourceProfile], ExtractionResult]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Key = TypeVar("Key")


class WorkersStoppedError(Exception):
    """The workers were stopped before they had read a page: nothing is known of it."""


class Workers:
    """A pool of processes; ``seconds`` and ``megabytes`` are the limits of each call.

    As a context manager it ends with the block, and what was not read by then is not read.
    """

    def __init__(
        self,
        count: int,
        seconds: float = settings.EXTRACTION_SECONDS,
        megabytes: int = settings.EXTRACTION_MEMORY_MB,
        preload: Sequence[str] = (),
    ) -> None:
        """Start ``count`` workers; ``preload`` are the modules of the functions to be called."""
        # A fresh server process forks the workers: forking this one would copy a live reactor.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__, *preload])
        forkserver.ensure_running()  # it imports while the first pages are fetched
        self.pool = ProcessPool(max_workers=count, max_tasks=MAX_TASKS_PER_WORKER, context=context)
        self.count, self.seconds, self.megabytes = count, seconds, megabytes
        self.is_stopped = False
        self._pending: set[ProcessFuture[Any]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.close()

    def submit(self, function: Callable[..., Result], *values: object) -> ProcessFuture[Result]:
        """Have a worker call a function of the top level of a module.

        The future raises what the function raises, or one of BEYOND_LIMITS. Raises
        WorkersStoppedError.
        """
        return self._schedule(within_memory, self.megabytes, function, *values)

    async def call(self, function: Callable[..., Result], *values: object) -> Result:
        """Submit a function and await its result. Raises what its future does."""
        return await self.outcome(self.submit(function, *values))

    def map(
        self, function: Callable[..., Result], calls: Iterable[tuple[Key, tuple[object, ...]]]
    ) -> Iterator[tuple[Key, ProcessFuture[Result]]]:
        """Submit a function for each (key, arguments); yields keys and futures in order.

        ``calls`` is read only so far ahead of the results that memory stays flat.
        """
        waiting: deque[tuple[Key, ProcessFuture[Result]]] = deque()
        for key, values in calls:
            waiting.append((key, self.submit(function, *values)))
            if len(waiting) >= MAX_WAITING_PER_WORKER * self.count:
                yield waiting.popleft()
        yield from waiting

    def schedule(self, tasks: Sequence[Task]) -> ProcessFuture[list[ExtractionResult]]:
        """Have pages read by one worker, one after the other, in the time of one call.

        If the future raises, one of the pages is to blame; ``broken_by`` makes its reading.
        """
        return self._schedule(_read_each, self.megabytes, read_for_store, tasks)

    def read(self, page: Page, profile: SourceProfile) -> ExtractionResult:
        """Have a page read and wait for it. Never raises on any page."""
        try:
            return self.schedule([(page, profile)]).result()[0]
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            return broken_by(error)

    async def outcome(self, future: ProcessFuture[Result]) -> Result:
        """Await a scheduled call. Raises WorkersStoppedError if the workers were stopped."""
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if self.is_stopped:
                raise WorkersStoppedError from None
            raise

    def stop(self) -> None:
        """Cancel the calls that run and those that wait, and accept no more."""
        self.is_stopped = True
        for future in list(self._pending):
            future.cancel()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """End the workers after they have finished the scheduled calls."""
        self.pool.close()  # type: ignore[no-untyped-call]
        self.pool.join()

    def _schedule(self, function: Callable[..., Result], *values: object) -> ProcessFuture[Result]:
        if self.is_stopped:
            raise WorkersStoppedError
        future: ProcessFuture[Result] = self.pool.schedule(
            function, args=values, timeout=self.seconds
        )
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        return future


def broken_by(error: Exception) -> ExtractionResult:
    """The reading of a page on which a worker hung, died or raised."""
    return ExtractionResult(
        article=Article(verdict=Verdict(Outcome.BROKEN, reason_of(error, "extraction")))
    )


def reason_of(error: Exception, work: str) -> str:
    """The reason that goes on record if a worker hung, died or raised while it did some work."""
    if isinstance(error, TimeoutError):
        return f"{work}_timeout"
    if isinstance(error, ProcessExpired):
        return f"{work}_died"
    return f"{work}_error: {type(error).__name__}"


# What runs in a worker.


def read_for_store(page: Page, profile: SourceProfile) -> ExtractionResult:
    """Read a page, and compute the buckets by which similar texts are found.

    One process stores all pages, so whatever can be done before is done here.
    """
    reading = extract_page(page, profile)
    if reading.article.verdict.is_article:
        reading.buckets = buckets_of(reading.article.body)
    return reading


def _read_each(megabytes: int, read: ReadPage, tasks: Sequence[Task]) -> list[ExtractionResult]:
    """The readings of some pages. One that raises is broken, the others are read."""
    readings = []
    for task in tasks:
        try:
            readings.append(within_memory(megabytes, read, *task))
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            readings.append(broken_by(error))
    return readings


def within_memory(
    megabytes: int,
    function: Callable[Parameters, Result],
    *values: Parameters.args,
    **named: Parameters.kwargs,
) -> Result:
    """Call a function; raises MemoryError if it would make the process larger than that.

    The limit holds for the call only: a worker close to it must still be able to take its next
    task.
    """
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1024 * 1024, before[1]))
    try:
        return function(*values, **named)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
