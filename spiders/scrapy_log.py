"""What Scrapy may say in our log: not its lines a page, which would print whole pages."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.logformatter import LogFormatter


class LogLines(LogFormatter):
    """Silences Scrapy where the spider and the pipelines have lines of their own."""

    def crawled(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Say nothing: the spider logs what an answer meant."""

    def scraped(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Say nothing: the last pipeline logs how the page was settled."""

    def item_error(self, item: Any, *_: Any, **__: Any) -> Any:
        """Say nothing that is heard: the spider logs which page it was, without its content."""
        return {"level": logging.DEBUG, "msg": "pipeline failed", "args": {}}
