"""The base of Scrapy extensions that look at a running crawl again and again."""

from __future__ import annotations

from typing import ClassVar, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call


class PeriodicExtension:
    """Calls ``check`` every ``seconds``, from the start of the engine until it has stopped."""

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
        """Check now and every ``seconds`` from now on."""
        self.task.start(self.seconds)

    def stop(self) -> None:
        """Check no more."""
        if self.task.running:
            self.task.stop()

    def check(self) -> None:
        """Look at the crawl, and act on it if necessary."""
        raise NotImplementedError
