"""Ending a crawl that was asked to end, in bounded time."""

from __future__ import annotations

from time import monotonic
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from pipelines.workers import Workers
from spiders.private_names import is_closing
from spiders.run import CrawlRun

LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 5.0
"""How long pages that are being read may still take once the crawl is to end: nearly all need less.
What is not read by then stays pending, and is deferred to the next run."""


class Stopping:
    """Scrapy's extension that stops the workers of a crawl which has been closing for long."""

    def __init__(self, crawler: Crawler, workers: Workers) -> None:
        self.crawler = crawler
        self.workers = workers
        self.closing_since: float | None = None
        self.looking = LoopingCall(self.look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it on the workers of the crawl."""
        stopping = cls(crawler, CrawlRun.of(crawler).workers)
        crawler.signals.connect(stopping.begin, signals.engine_started)
        crawler.signals.connect(stopping.end, signals.spider_closed)
        return stopping

    def begin(self) -> None:
        """Look from now on."""
        self.looking.start(LOOK_SECONDS)

    def end(self) -> None:
        """Stop looking."""
        if self.looking.running:
            self.looking.stop()

    def look(self) -> None:
        """Stop the workers when the engine has been closing for too long."""
        if not is_closing(self.crawler):
            return
        moment = monotonic()
        self.closing_since = self.closing_since or moment
        if moment - self.closing_since >= PATIENCE_SECONDS:
            self.end()
            self.workers.stop()
