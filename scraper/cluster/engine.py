"""The engine that runs tasks on workers: dask, on other machines or on this one.

The engine may lose workers, and the scheduler may be restarted: tasks that were not finished
are sent again. What is finished is in the shared folder, so that a task that is repeated costs a
look at its file.
"""

from __future__ import annotations

import logging
import os
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from queue import Empty, Queue
from time import monotonic, sleep
from typing import Any, Generic, TypeVar

from scraper.base.errors import ClusterError, UnfitWorkerError, UsageError
from scraper.cluster.tasks import Task

MAX_ATTEMPTS = 3
"""How often a task is tried before it is given up; dask allows a worker's death as often."""

TASKS_PER_THREAD = 2
"""Tasks that are sent ahead for each thread of a worker, so that none waits for the next."""

POLL_SECONDS = 1.0
CONNECT_SECONDS, RESULT_SECONDS = 5.0, 60.0

OF_WORKERS = {"distributed.worker.daemon": False, "distributed.worker.profile.enabled": False}
"""Settings of dask: a daemonic worker may not start the processes in which pages are read."""

T = TypeVar("T", bound=Task)
R = TypeVar("R")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait: for the scheduler and the first worker, and for their return."""

    start: float = 60
    loss: float = 600


@dataclass(frozen=True, slots=True)
class TaskGivenUp(Generic[T]):
    """A task that failed on every attempt, and why."""

    task: T
    reason: str


@dataclass(slots=True)
class _Attempt(Generic[T]):
    task: T
    failures: int = 0


@contextmanager
def open_engine(
    address: str | None, workers: int | None = None, patience: Patience = Patience()
) -> Iterator[Engine]:
    """Yield an engine with the workers of a scheduler, or without an address with workers here.

    Raises UsageError if dask is not installed, ClusterError if the scheduler is not reachable.
    """
    distributed = _distributed()
    if address is not None:
        with Engine(address, patience) as engine:
            yield engine
        return
    with import_module("dask.config").set(OF_WORKERS):
        cluster = distributed.LocalCluster(
            n_workers=workers or os.cpu_count() or 1, threads_per_worker=1, host="127.0.0.1",
            memory_limit=0, dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            security=True,  # else any user of this machine could have it run code
        )  # fmt: skip
        with cluster, Engine(cluster.scheduler_address, patience, cluster.security) as engine:
            yield engine


class Engine:
    """A connection to a scheduler; as a context manager it closes the connection at the end."""

    def __init__(self, address: str, patience: Patience, security: Any = None) -> None:
        """Connect to a scheduler; ``security`` are dask's keys for it, else those configured."""
        self.address, self.patience, self.security = address, patience, security
        self.client = self._connect(patience.start)
        self.has_had_workers = False
        self.alone_since: float | None = None

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def run(
        self, function: Callable[[T], R], tasks: Iterable[T]
    ) -> Iterator[tuple[T, R | TaskGivenUp[T]]]:
        """Call a module-level function with each task on some worker; yield results as they come.

        Tasks are taken from the iterable only when workers are about to need them. Raises
        UnfitWorkerError, and ClusterError if scheduler or workers stay away.
        """
        waiting = (_Attempt(task) for task in tasks)
        again: deque[_Attempt[T]] = deque()
        running: dict[Any, _Attempt[T]] = {}
        done: Queue[Any] = Queue()
        try:
            while True:
                if self.client.status != "running":
                    again.extend(running.values())
                    running.clear()
                    self._return()
                threads = self._threads()
                room = threads * TASKS_PER_THREAD - len(running)
                for attempt in islice(_next(waiting, again), max(room, 0)):
                    future = self.client.submit(function, attempt.task, pure=False)
                    running[future] = attempt
                    future.add_done_callback(done.put)
                if not running and threads:
                    return
                with suppress(Empty):
                    future = done.get(timeout=POLL_SECONDS)
                    if future in running:
                        yield from _settled(future, running.pop(future), again)
        finally:
            with suppress(Exception):  # an interrupted run must end, whatever the connection does
                self.client.cancel(list(running), force=True)

    def _threads(self) -> int:
        """Return the threads of all workers; raises ClusterError if there is none for too long."""
        threads = 0
        with suppress(OSError):  # the scheduler does not answer
            threads = sum(self.client.nthreads().values())
        if threads:
            self.has_had_workers, self.alone_since = True, None
            return threads
        self.alone_since = self.alone_since or monotonic()
        seconds = self.patience.loss if self.has_had_workers else self.patience.start
        if monotonic() - self.alone_since > seconds:
            raise ClusterError(
                f"no worker at {self.address}: start `dask worker {self.address} --nthreads 1`,"
                " then repeat the command; what is finished is not read again"
            )
        return 0

    def _return(self) -> None:
        """Connect to the scheduler that comes back at the same address."""
        logger.warning("scheduler lost address=%s", self.address)
        self._close()
        self.client = self._connect(self.patience.loss)
        self.alone_since = None

    def _connect(self, seconds: float) -> Any:
        distributed = _distributed()
        end = monotonic() + seconds
        while True:
            try:
                return distributed.Client(
                    self.address,
                    timeout=CONNECT_SECONDS,
                    set_as_default=False,
                    security=self.security,
                )
            except (OSError, ValueError) as error:
                if isinstance(error, ValueError) or monotonic() > end:
                    raise ClusterError(
                        f"no scheduler at {self.address}: start `dask scheduler`, check the"
                        " address, then repeat the command; what is finished is not read again"
                    ) from error
            sleep(POLL_SECONDS)

    def _close(self) -> None:
        with suppress(Exception):  # the connection may be lost already
            self.client.close(timeout=CONNECT_SECONDS)


def _next(waiting: Iterator[_Attempt[T]], again: deque[_Attempt[T]]) -> Iterator[_Attempt[T]]:
    """Yield the tasks to be sent, those that are to be tried again first."""
    while True:
        attempt = again.popleft() if again else next(waiting, None)
        if attempt is None:
            return
        yield attempt


def _settled(
    future: Any, attempt: _Attempt[T], again: deque[_Attempt[T]]
) -> Iterator[tuple[T, Any]]:
    """Yield the result of a future that is done; a task that is to be tried again is noted."""
    status = future.status
    if status == "error":
        error = future.exception(timeout=RESULT_SECONDS)
        attempt.failures += 1
        if (reason := _reason_to_give_up(error, attempt.failures)) is not None:
            yield attempt.task, TaskGivenUp(attempt.task, reason)
            return
    elif status == "finished":
        with suppress(Exception, CancelledError):  # the worker that had the result may be gone
            yield attempt.task, future.result(timeout=RESULT_SECONDS)
            return
    again.append(attempt)


def _reason_to_give_up(error: BaseException, failures: int) -> str | None:
    """Return why a task is given up, None if it is to be tried again.

    Raises ClusterError if no other task can succeed either.
    """
    if isinstance(error, UnfitWorkerError):
        raise error
    if isinstance(error, ImportError | AttributeError) or "deserialization" in str(error):
        raise ClusterError(
            f"the scheduler or a worker cannot load tinhuyen ({error}): install the same version"
            " of 'tinhuyen[cluster]' there, and restart it"
        ) from error
    if type(error).__name__ == "KilledWorker":
        return "its worker was killed on every attempt"
    return f"{type(error).__name__}: {error}" if failures >= MAX_ATTEMPTS else None


def _distributed() -> Any:
    """Import dask. Raises UsageError if it is not installed."""
    try:
        import dask
    except ImportError as error:
        raise UsageError("a cluster needs dask: pip install 'tinhuyen[cluster]'") from error
    # Its own log lines would hide ours; what matters is in the report.
    dask.config.set({"logging": {"distributed": "critical"}})
    try:
        import distributed
    except ImportError as error:
        raise UsageError("a cluster needs dask: pip install 'tinhuyen[cluster]'") from error
    return distributed
