"""The pool of workers: calls within limits, in order, and only so far ahead."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path

import pytest
from pebble import ProcessExpired

from pipelines.workers import (
    BEYOND_LIMITS,
    MAX_WAITING_PER_WORKER,
    Workers,
    WorkersStoppedError,
    reason_of,
)


def double(number: int) -> int:
    return 2 * number


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def take(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024**2))


def die() -> None:
    os._exit(9)


def loop() -> None:
    while True:
        pass


def loop_in_c() -> None:
    """No handler of a signal written in Python would ever run here."""
    deque(repeat(0), maxlen=0)


def compute(seconds: float) -> float:
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass
    return seconds


def name_itself_and_compute(place: Path, seconds: float) -> float:
    place.with_suffix(".draft").write_text(str(os.getpid()))
    place.with_suffix(".draft").rename(place)
    return compute(seconds)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2, seconds=2.0, megabytes=512) as workers:
        yield workers


def test_calls_are_answered_in_order_and_read_only_so_far_ahead(workers: Workers) -> None:
    read = 0

    def calls() -> Iterator[tuple[str, tuple[object, ...]]]:
        nonlocal read
        for read in range(1, 301):
            yield f"call {read}", (read,)

    answers = workers.map(double, calls())
    key, future = next(answers)
    assert (key, future.result()) == ("call 1", 2)
    assert read == 2 * MAX_WAITING_PER_WORKER
    assert [future.result() for _, future in answers] == list(range(4, 602, 2))


@pytest.mark.parametrize("endless", [loop, loop_in_c])
@pytest.mark.fault(70)
def test_a_call_without_end_is_ended_by_its_processor_time(
    workers: Workers, endless: Callable[[], None]
) -> None:
    with pytest.raises(ProcessExpired) as raised:
        workers.submit(endless).result()
    assert reason_of(raised.value, "work") == "work_timeout"
    assert workers.submit(double, 1).result() == 2


def test_each_call_has_the_processor_time_for_itself(workers: Workers) -> None:
    calls = [workers.submit(compute, 0.7) for _ in range(6)]
    assert [call.result() for call in calls] == [0.7] * 6


@pytest.mark.fault(70)
def test_a_busy_machine_ends_no_call_that_is_within_its_processor_time(tmp_path: Path) -> None:
    place = tmp_path / "pid"
    with Workers(1, seconds=2.0, megabytes=512) as workers:
        call = workers.submit(name_itself_and_compute, place, 1.0)
        while not place.exists():
            time.sleep(0.01)
        worker = int(place.read_text())
        os.kill(worker, signal.SIGSTOP)
        time.sleep(4)
        assert not call.done()
        os.kill(worker, signal.SIGCONT)
        assert call.result() == 1.0


def test_a_call_beyond_its_limits_fails_alone() -> None:
    with Workers(2, seconds=600.0, megabytes=512, timeout=3.0) as workers:
        fail_one_by_one(workers)


def fail_one_by_one(workers: Workers) -> None:
    slow, large, dead = workers.submit(sleep, 600), workers.submit(take, 2_000), workers.submit(die)
    for future, error, reason in (
        (slow, TimeoutError, "work_timeout"),
        (large, MemoryError, "work_error: MemoryError"),
        (dead, ProcessExpired, "work_died"),
    ):
        with pytest.raises(error) as raised:
            future.result()
        assert isinstance(raised.value, BEYOND_LIMITS)
        assert reason_of(raised.value, "work") == reason
    assert workers.submit(take, 1).result() == 1024**2


def test_leaving_the_block_cancels_what_runs_and_what_waits() -> None:
    with Workers(1, seconds=600.0, megabytes=512) as workers:
        futures = [workers.submit(sleep, 600) for _ in range(3)]
    assert all(future.cancelled() for future in futures)
    with pytest.raises(WorkersStoppedError):
        workers.submit(double, 1)
