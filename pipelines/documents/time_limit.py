"""How long a document is read: what was read until then is kept, before its worker is ended."""

from __future__ import annotations

import time
from contextvars import ContextVar

MAX_SECONDS = 12.0
"""Processor time after which nothing further of a document is read. Workers are ended later."""

_started: ContextVar[float | None] = ContextVar("_started", default=None)


def start() -> None:
    """Begin to measure the time of a document."""
    _started.set(time.process_time())


def is_over() -> bool:
    """Whether the document was read for long enough."""
    started = _started.get()
    return started is not None and time.process_time() - started > MAX_SECONDS
