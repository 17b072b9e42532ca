"""The pool of workers: calls within limits, in order, and only so far ahead."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

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


def test_a_call_beyond_its_limits_fails_alone(workers: Workers) -> None:
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
