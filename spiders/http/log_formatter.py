"""What Scrapy may say in our log: not its lines a page, which would print whole pages."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from scrapy.logformatter import LogFormatter

SILENT_LEVEL = logging.DEBUG - 1
"""A level that no setting shows: Scrapy logs these events with a trace, whatever is returned."""


class LogLines(LogFormatter):
    """Silences Scrapy where the spider and the pipelines have lines of their own."""

    def crawled(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Say nothing: the spider logs what an answer meant."""

    def scraped(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Say nothing: the last pipeline logs how the page was settled."""

    def dropped(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Say nothing: what the end of a crawl leaves unread is counted as interrupted."""

    def item_error(self, item: Any, *_: Any, **__: Any) -> Any:
        """Say nothing that is heard: the spider logs which page it was, without its content."""
        return {"level": SILENT_LEVEL, "msg": "pipeline failed", "args": {}}

    def download_error(self, failure: Any, *others: Any, **named: Any) -> Any:
        """Say nothing of a full disk or a locked database: the spider ends the run for it."""
        if failure.check(sqlite3.Error, OSError):
            return {"level": SILENT_LEVEL, "msg": "storage failed", "args": {}}
        return super().download_error(failure, *others, **named)
