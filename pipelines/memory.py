"""A bound on the memory of one call."""

from __future__ import annotations

import resource
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def within_memory(
    megabytes: int,
    call: Callable[Arguments, Result],
    *values: Arguments.args,
    **named: Arguments.kwargs,
) -> Result:
    """What a call gives; MemoryError where it would make the process larger than that.

    The bound holds for the call only: a worker that lives at its edge must still be able to take
    its next task.
    """
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1024 * 1024, before[1]))
    try:
        return call(*values, **named)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
