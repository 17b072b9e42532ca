"""Suppresses Scrapy's log messages per response and item, which would print whole pages."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from scrapy.logformatter import LogFormatter

SILENT_LEVEL = logging.DEBUG - 1
"""A level below every setting: Scrapy logs these events with a traceback if it gets a message."""


class LogLines(LogFormatter):
    """Suppresses the messages for which the spider and the pipelines log events of their own."""

    def crawled(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Log nothing: the spider logs the outcome of each response."""

    def scraped(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Log nothing: the last pipeline logs the outcome of the page."""

    def dropped(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Log nothing: pages that are unread at the end of a crawl are counted as interrupted."""

    def item_error(self, item: Any, *_: Any, **__: Any) -> Any:
        """Log nothing visible: the spider logs the URL of the page, without its content."""
        return {"level": SILENT_LEVEL, "msg": "pipeline failed", "args": {}}

    def download_error(self, failure: Any, *others: Any, **named: Any) -> Any:
        """Log nothing for a full disk or a locked database, because the spider ends the run."""
        if failure.check(sqlite3.Error, OSError):
            return {"level": SILENT_LEVEL, "msg": "storage failed", "args": {}}
        return super().download_error(failure, *others, **named)
