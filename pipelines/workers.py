"""The pool of worker processes, which read pages within limits of time and memory.

A page that exceeds a limit becomes `broken` and affects no other page. Workers import this module,
so it must not import heavy modules such as Scrapy.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver
from typing import Any, ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipelines.article import Article, Verdict
from pipelines.extraction import ExtractionResult, SourceProfile, extract_page
from pipelines.extraction.similarity import buckets_of
from pipelines.items import Outcome, Page
from scraper.base.errors import TinhuyenError
from scraper.config.program_settings import settings

MAX_TASKS_PER_WORKER = 500
"""Tasks after which a worker is replaced by a new process."""

MAX_WAITING_PER_WORKER = 32
"""Most calls of `Workers.map` per worker that are queued or whose results are not yet used."""

USUAL_COLLECTION = gc.get_threshold()
RARE_COLLECTION = (100_000, *USUAL_COLLECTION[1:])
"""New objects after which reference cycles are looked for, usually and while a page is read. A page
becomes tens of thousands of objects that all live until it is read, without garbage among them."""

ENDED_FOR_MEMORY = (-signal.SIGABRT, -signal.SIGKILL)
BEYOND_LIMITS = (TimeoutError, ProcessExpired, MemoryError)
"""Errors of a call that exceeds its limits or whose worker dies."""

Task = tuple[Page, SourceProfile]
"""A page to read, and what is known of its source."""

ReadPage = Callable[[Page, SourceProfile], ExtractionResult]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Key = TypeVar("Key")


class WorkersStoppedError(Exception):
    """The workers were stopped before they finished a call."""


class WorkersFailedError(TinhuyenError):
    """The pool itself has failed, for instance because no process could be started.

    The page in hand is not at fault, so that nothing must be recorded for it.
    """


class Workers:
    """A pool of processes.

    ``seconds`` of processor time and ``megabytes`` are the limits of each call. A call that does
    not use up its processor time, since it sleeps or hangs, is ended after ``timeout`` seconds.

    As a context manager, it stops and closes the pool at the end of the block. Unfinished calls
    are cancelled.
    """

    def __init__(
        self,
        count: int,
        seconds: float = settings.EXTRACTION_SECONDS,
        megabytes: int = settings.EXTRACTION_MEMORY_MB,
        timeout: float = settings.EXTRACTION_TIMEOUT,
        preload: Sequence[str] = (),
    ) -> None:
        """Start ``count`` workers. ``preload`` names the modules of the functions to be called."""
        # Workers are forked from a server process: forking this one would copy a running reactor.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__, *preload])
        forkserver.ensure_running()  # it imports the modules while the first pages are fetched
        self.pool = ProcessPool(count, MAX_TASKS_PER_WORKER, gc.freeze, context=context)
        self.count, self.megabytes = count, megabytes
        self.seconds, self.timeout = seconds, timeout
        self.is_stopped = False
        self._pending: set[ProcessFuture[Any]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.close()

    def submit(self, function: Callable[..., Result], *values: object) -> ProcessFuture[Result]:
        """Submit a call of a module-level function, and return its future.

        The future raises what the function raises, or one of ``BEYOND_LIMITS``. Raises
        WorkersStoppedError if the workers were stopped.
        """
        return self._schedule(within_memory, self.megabytes, function, *values)

    async def call(self, function: Callable[..., Result], *values: object) -> Result:
        """Submit a call and return its result. Raises what ``submit`` and its future raise."""
        return await self.outcome(self.submit(function, *values))

    def map(
        self,
        function: Callable[..., Result],
        calls: Iterable[tuple[Key, tuple[object, ...]]],
        ahead: int = MAX_WAITING_PER_WORKER,
    ) -> Iterator[tuple[Key, ProcessFuture[Result]]]:
        """Submit a call for each (key, arguments) pair. Yields keys and futures in order.

        At most ``ahead`` calls per worker are read ahead, to limit memory. Raises
        WorkersStoppedError if the workers were stopped.
        """
        waiting: deque[tuple[Key, ProcessFuture[Result]]] = deque()
        for key, values in calls:
            waiting.append((key, self.submit(function, *values)))
            if len(waiting) >= ahead * self.count:
                yield waiting.popleft()
        yield from waiting

    def schedule(self, tasks: Sequence[Task]) -> ProcessFuture[list[ExtractionResult]]:
        """Have pages read by one worker, within the limits of one call, and return the future.

        If the future raises, one of the pages caused the error. ``broken_by`` returns the result
        for that page. Raises WorkersStoppedError if the workers were stopped.
        """
        return self._schedule(_read_each, self.megabytes, read_for_store, tasks)

    def read(self, page: Page, profile: SourceProfile) -> ExtractionResult:
        """Have a page read, and return the result. An error makes the page `broken`.

        Raises WorkersFailedError if the pool has failed.
        """
        try:
            return self.schedule([(page, profile)]).result()[0]
        except Exception as error:  # a program error on one page affects that page only
            self.raise_if_failed(error)
            return broken_by(error)

    def raise_if_failed(self, error: Exception | None = None) -> None:
        """Raise WorkersFailedError if the pool has failed: no error is then one of a page."""
        if isinstance(error, BrokenProcessPool) or not self._is_active():
            raise WorkersFailedError(
                "the processes that read pages have failed or could not be started:"
                " free memory, and run the same command again"
            ) from error

    def _is_active(self) -> bool:
        try:
            return self.pool.active
        except BrokenProcessPool:  # the pool starts its processes when it is asked this first
            return False

    async def outcome(self, future: ProcessFuture[Result]) -> Result:
        """Return the result of a scheduled call.

        Raises what the call raises, or WorkersStoppedError if the workers were stopped.
        """
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if self.is_stopped:
                raise WorkersStoppedError from None
            raise

    def stop(self) -> None:
        """Cancel all running and waiting calls, and accept no further ones."""
        self.is_stopped = True
        for future in list(self._pending):
            future.cancel()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Wait until the scheduled calls are finished, then end the workers."""
        self.pool.close()  # type: ignore[no-untyped-call]
        self.pool.join()

    def _schedule(self, function: Callable[..., Result], *values: object) -> ProcessFuture[Result]:
        if self.is_stopped:
            raise WorkersStoppedError
        future: ProcessFuture[Result] = self.pool.schedule(
            within_processor_time, args=(self.seconds, function, *values), timeout=self.timeout
        )
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        return future


def broken_by(error: Exception) -> ExtractionResult:
    """Return the result for a page on which a worker hung, died or raised an error."""
    return ExtractionResult(
        article=Article(verdict=Verdict(Outcome.BROKEN, reason_of(error, "extraction")))
    )


def reason_of(error: Exception, work: str) -> str:
    """Return the reason to record if a worker hung, died or raised an error during ``work``."""
    if isinstance(error, TimeoutError) or _has_used_its_processor_time(error):
        return f"{work}_timeout"
    if isinstance(error, ProcessExpired):
        return f"{work}_died"
    return f"{work}_error: {type(error).__name__}"


def is_lack_of_memory(error: Exception) -> bool:
    """Whether a worker had too little memory.

    A library that gets no memory ends the process (SIGABRT), and so does a system that has none
    left (SIGKILL).
    """
    is_ended = isinstance(error, ProcessExpired) and error.exitcode in ENDED_FOR_MEMORY
    return isinstance(error, MemoryError) or is_ended


def _has_used_its_processor_time(error: Exception) -> bool:
    return isinstance(error, ProcessExpired) and error.exitcode == -signal.SIGPROF


# Functions that run in a worker.


def read_for_store(page: Page, profile: SourceProfile) -> ExtractionResult:
    """Read a page, and compute the buckets by which similar texts are found.

    The buckets are computed in the worker, because a single process stores all pages.
    """
    with collecting_rarely():
        reading = extract_page(page, profile)
    if reading.article.verdict.is_article:
        reading.buckets = buckets_of(reading.article.body)
    return reading


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for reference cycles more rarely: that takes a fifth of the time of reading a page."""
    gc.set_threshold(*RARE_COLLECTION)
    try:
        yield
    finally:
        gc.set_threshold(*USUAL_COLLECTION)


def _read_each(megabytes: int, read: ReadPage, tasks: Sequence[Task]) -> list[ExtractionResult]:
    """Return the results for some pages. A page on which ``read`` raises becomes `broken`."""
    readings = []
    for task in tasks:
        try:
            readings.append(within_memory(megabytes, read, *task))
        except Exception as error:  # a program error on one page affects that page only
            readings.append(broken_by(error))
    return readings


def within_processor_time(
    seconds: float, function: Callable[..., Result], *values: object
) -> Result:
    """Call a function with a limit on the processor time of the process, and return its result.

    SIGPROF ends the process at the limit, even during a call of a C function. The limit is not one
    of elapsed time: on a busy machine, a lawful page would exceed that without fault of its own.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return function(*values)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def within_memory(
    megabytes: int,
    function: Callable[Parameters, Result],
    *values: Parameters.args,
    **named: Parameters.kwargs,
) -> Result:
    """Call a function with a limit on the memory of the process, and return its result.

    Raises MemoryError if the data of the process would exceed ``megabytes``, and what the function
    raises. The limit is valid for the call only, so that the worker can receive its next task.
    """
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1024 * 1024, before[1]))
    try:
        return function(*values, **named)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
