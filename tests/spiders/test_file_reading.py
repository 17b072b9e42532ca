"""Why a file was not read: for lack of time or memory, or because the worker crashed."""

from __future__ import annotations

import ctypes
import os
import signal

import pytest

from pipelines.workers import Workers
from spiders.file_reading import problem_of


def end_by(number: int) -> None:
    os.kill(os.getpid(), number)


def take_all_memory() -> int:
    return len(bytes(10**11))


def read_nowhere() -> bytes:
    return ctypes.string_at(0)


def compute_forever() -> None:
    while True:
        pass


def leave() -> None:
    os._exit(3)


def test_the_reason_says_what_a_worker_lacked() -> None:
    found = {}
    with Workers(1, seconds=1.0, megabytes=512) as workers:
        for function, values in (
            (take_all_memory, ()),
            (end_by, (signal.SIGABRT,)),
            (end_by, (signal.SIGKILL,)),
            (read_nowhere, ()),
            (leave, ()),
            (compute_forever, ()),
        ):
            with pytest.raises(Exception) as raised:  # noqa: PT011 - each raises its own
                workers.submit(function, *values).result()
            name = (function.__name__, *map(int, values))
            found[name] = problem_of(raised.value, "document")
    assert found == {
        ("take_all_memory",): "document_memory",
        ("end_by", int(signal.SIGABRT)): "document_memory",
        ("end_by", int(signal.SIGKILL)): "document_memory",
        ("read_nowhere",): "document_crash",
        ("leave",): "document_crash",
        ("compute_forever",): "document_timeout",
    }
