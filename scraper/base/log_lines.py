"""Log lines: one event a line, `time level event key=value …`, and never a secret in one.

``scraper/daemon/README.md`` says what each line means and what to do about it.
"""

from __future__ import annotations

import logging
import re
import time
from typing import Any

OURS = ("scraper", "spiders", "pipelines")
"""The packages whose lines are events; what libraries say is passed on from a warning up."""

PARAMETER = re.compile(
    r"(?i)([?&;][^=&;?\s]{0,80}?(?:token|key|secret|pass|pwd|sign|auth|session|sid|code)"
    r"[^=&;?\s]{0,80}=)[^&\s'\"]+"
)
"""Parameters of a query whose name says that the value is a secret."""

TOKEN = re.compile(r"(?<==)(?:[0-9A-Fa-f]{32,}|eyJ[\w-]+\.[\w.-]+)")
"""Values that are long numbers in hexadecimal, or JSON Web Tokens, whatever they are called."""

USER = re.compile(r"(://)[^/@\s]+@")
"""A name, and mostly a password, before a host."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""What moves a terminal's cursor, colours its text or turns its direction."""

_run: list[int] = []


def name_run(run: int) -> None:
    """Have every further line of this process name the run."""
    _run[:] = [run]


def without_secrets(text: str) -> str:
    """A text with the secrets in its addresses struck out."""
    return USER.sub(r"\1***@", TOKEN.sub("***", PARAMETER.sub(r"\1***", text)))


class LineFormatter(logging.Formatter):
    """One line a record, in UTC; a traceback follows in the same line as ``trace=``."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%SZ"
    default_msec_format = ""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record, its run and its traceback."""
        text = record.getMessage()
        if not _is_ours(record):
            text = f"library message logger={record.name} text={text!r}"
        parts = [self.formatTime(record), record.levelname, text, *(f"run={run}" for run in _run)]
        if record.exc_info:
            parts.append(f"trace={self.formatException(record.exc_info)!r}")
        return without_secrets(CONTROL.sub("", " ".join(" ".join(parts).splitlines())))


def handler_to(stream: Any, level: int) -> logging.Handler:
    """A handler that writes such lines to a stream, from a level up."""
    handler = logging.StreamHandler(stream)
    handler.setLevel(level)
    handler.addFilter(lambda record: _is_ours(record) or record.levelno >= logging.WARNING)
    handler.setFormatter(LineFormatter())
    return handler


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS
