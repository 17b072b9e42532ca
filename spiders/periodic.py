"""The base class of Scrapy extensions that check a running crawl periodically."""

from __future__ import annotations

from typing import ClassVar, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call


class PeriodicExtension:
    """Calls ``check`` every ``seconds`` seconds while the engine runs."""

    seconds: ClassVar[float]

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.task = create_looping_call(self.check)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension and connect it to the engine."""
        extension = cls(crawler)
        crawler.signals.connect(extension.start, signals.engine_started)
        crawler.signals.connect(extension.stop, signals.engine_stopped)
        return extension

    def start(self) -> None:
        """Call ``check`` now and every ``seconds`` seconds."""
        self.task.start(self.seconds)

    def stop(self) -> None:
        """Stop the periodic calls."""
        if self.task.running:
            self.task.stop()

    def check(self) -> None:
        """Check the crawl, and act on it if necessary. Subclasses override this method."""
        raise NotImplementedError
