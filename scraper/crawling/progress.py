"""How far a crawl is: long work tells that it goes on."""

from __future__ import annotations

import logging

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

logger = logging.getLogger(__name__)


class Progress:
    """Scrapy's extension that logs how much has come so far, each PROGRESS_SECONDS."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.telling = LoopingCall(self.tell)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        """Build it for a crawl."""
        progress = cls(crawler)
        crawler.signals.connect(progress.begin, signals.engine_started)
        crawler.signals.connect(progress.end, signals.engine_stopped)
        return progress

    def begin(self) -> None:
        """Tell from now on."""
        self.telling.start(self.crawler.settings.getfloat("PROGRESS_SECONDS"), now=False)

    def end(self) -> None:
        """Tell no more."""
        if self.telling.running:
            self.telling.stop()

    def tell(self) -> None:
        """Log what has come."""
        stats = self.crawler.stats
        logger.info(
            "crawl goes on answers=%d pages=%d",
            stats.get_value("response_received_count", 0),
            stats.get_value("item_scraped_count", 0),
        )
