"""A limit on the time that a crawl takes to close."""

from __future__ import annotations

from time import monotonic

from scrapy.crawler import Crawler

from spiders.periodic import PeriodicExtension
from spiders.private_names import is_closing
from spiders.run import CrawlRun

PATIENCE_SECONDS = 5.0
"""How long pages may still be read after the crawl has begun to close. Nearly all need less.
Pages that are unread afterwards stay pending and are deferred to the next run."""


class Stopping(PeriodicExtension):
    """Stops the workers of a crawl that has been closing for too long."""

    seconds = 0.5

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.workers = CrawlRun.of(crawler).workers
        self.closing_since: float | None = None

    def check(self) -> None:
        """Stop the workers if the engine has been closing for too long."""
        if not is_closing(self.crawler):
            return
        moment = monotonic()
        self.closing_since = self.closing_since or moment
        if moment - self.closing_since >= PATIENCE_SECONDS:
            self.stop()
            self.workers.stop()
