"""Log format: one event per line, `time level event key=value …`, with secrets masked.

`scraper/daemon/README.md` lists every event with its meaning and what to do.
"""

from __future__ import annotations

import logging
import re
import time
from typing import Any, ClassVar

OWN_PACKAGES = ("scraper", "spiders", "pipelines")
"""Packages whose log records are events, below `tinhuyen` if they are installed; other records are
shown from WARNING on."""

SECRET_PARAMETER = re.compile(
    r"(?i)([?&;][^=&;?\s]{0,80}?(?:token|key|secret|pass|pwd|sign|auth|session|sid|code)"
    r"[^=&;?\s]{0,80}=)[^&\s'\"]+"
)
"""Query parameters that hold a secret, by name."""

SECRET_VALUE = re.compile(r"(?<==)(?:[0-9A-Fa-f]{32,}|eyJ[\w-]+\.[\w.-]+)")
"""Values that look like a secret: long hexadecimal numbers and JSON Web Tokens."""

URL_CREDENTIALS = re.compile(r"(://)[^/@\s]+@")
"""User name and password before the host of a URL."""

CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Characters that move the cursor of a terminal or change the colour or direction of text."""


def set_run_number(run: int) -> None:
    """Add ``run=<number>`` to every later line of this process."""
    LineFormatter.run = run


def without_secrets(text: str) -> str:
    """Replace the secrets in the URLs of a text with ``***``."""
    return URL_CREDENTIALS.sub(
        r"\1***@", SECRET_VALUE.sub("***", SECRET_PARAMETER.sub(r"\1***", text))
    )


class LineFormatter(logging.Formatter):
    """Formats a record as one line, in UTC, with its traceback in ``trace=``."""

    run: ClassVar[int | None] = None
    """Number of the current run of this process; a process has one run at a time."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%SZ"
    default_msec_format = ""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        text = record.getMessage()
        if not _is_event(record):
            text = f"library message logger={record.name} text={text!r}"
        parts = [self.formatTime(record), record.levelname, text]
        if self.run is not None:
            parts.append(f"run={self.run}")
        if record.exc_info:
            parts.append(f"trace={self.formatException(record.exc_info)!r}")
        return without_secrets(CONTROL_CHARACTERS.sub("", " ".join(" ".join(parts).splitlines())))


def handler_to(stream: Any, level: int) -> logging.Handler:
    """Return a handler that writes the lines from ``level`` on to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setLevel(level)
    handler.addFilter(lambda record: _is_event(record) or record.levelno >= logging.WARNING)
    handler.setFormatter(LineFormatter())
    return handler


def _is_event(record: logging.LogRecord) -> bool:
    return record.name.removeprefix("tinhuyen.").partition(".")[0] in OWN_PACKAGES
