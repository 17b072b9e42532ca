"""Worker processes: each page is read within a time and within a memory, or is `broken` alone."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from multiprocessing import forkserver

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipelines.article import Article, Verdict
from pipelines.extraction import Knowledge, Reading
from pipelines.memory import within_memory
from pipelines.page import Outcome, Page
from pipelines.worker import read_for_store

TASKS = 500
"""Tasks after which a worker is replaced by a fresh one."""


Task = tuple[Page, Knowledge]
"""A page to read, and what is known of its source."""

Reader = Callable[[Page, Knowledge], Reading]


class Workers:
    """A pool that reads pages, ``seconds`` and ``megabytes`` being the limits of each."""

    def __init__(self, count: int, seconds: float, megabytes: int) -> None:
        # A fresh server process forks the workers: forking this one would copy a live reactor.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipelines.worker"])
        forkserver.ensure_running()  # it imports while the first pages are fetched
        self.pool = ProcessPool(max_workers=count, max_tasks=TASKS, context=context)
        self.count, self.seconds, self.megabytes = count, seconds, megabytes

    def schedule(self, tasks: Sequence[Task]) -> ProcessFuture[list[Reading]]:
        """Have pages read by one worker, one after the other, in the time of one.

        Where the future raises, one of them is to blame; ``broken_by`` makes its reading.
        """
        call = (self.megabytes, read_for_store, tasks)
        return self.pool.schedule(_read_each, args=call, timeout=self.seconds)

    def read(self, page: Page, knowledge: Knowledge) -> Reading:
        """Have a page read and wait for it. Never raises on any page."""
        try:
            return self.schedule([(page, knowledge)]).result()[0]
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            return broken_by(error)

    def close(self) -> None:
        """End the workers, once they have read what was scheduled."""
        self.pool.close()  # type: ignore[no-untyped-call]
        self.pool.join()


def _read_each(megabytes: int, read: Reader, tasks: Sequence[Task]) -> list[Reading]:
    """In a worker: the readings of some pages. One that raises is broken, the others are read."""
    readings = []
    for task in tasks:
        try:
            readings.append(within_memory(megabytes, read, *task))
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            readings.append(broken_by(error))
    return readings


def broken_by(error: Exception) -> Reading:
    """The reading of a page on which a worker hung, died or raised."""
    if isinstance(error, (TimeoutError, FutureTimeoutError)):
        reason = "extraction_timeout"
    elif isinstance(error, ProcessExpired):
        reason = "extraction_died"
    else:
        reason = f"extraction_error: {type(error).__name__}"
    return Reading(article=Article(verdict=Verdict(Outcome.BROKEN, reason)))
