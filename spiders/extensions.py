"""Scrapy extensions of a crawl: the reserve of disk space, the time to close, the progress."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from time import monotonic
from typing import ClassVar, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.extensions.logstats import LogStats
from scrapy.utils.asyncio import create_looping_call

from scraper.base.errors import StoreError
from spiders.private_names import close_crawl, is_closing
from spiders.run import CrawlRun

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
"""How long pages may still be read after the crawl has begun to close. Nearly all need less.
Pages that are unread afterwards stay pending and are deferred to the next run."""


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


def check_reserve(folder: Path, reserve: int) -> None:
    """Raise StoreError if the disk of a folder has fewer free bytes than the reserve."""
    free = shutil.disk_usage(folder).free
    if free < reserve:
        raise StoreError(
            f"the disk of {folder} is nearly full ({free // 1_000_000} MB free, `reserve` is "
            f"{reserve // 1_000_000} MB): make room, or move the data; what is stored is whole"
        )


class DiskReserve(PeriodicExtension):
    """Ends a crawl cleanly when the reserve is reached."""

    seconds = 5.0
    """At 20 MB a page and one page a second, a tenth of the reserve is used between two checks."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.folder = CrawlRun.of(crawler).archive.folder.parent
        self.reserve = crawler.settings.getint("DISK_RESERVE")

    def check(self) -> None:
        """End the crawl if too little space is free."""
        try:
            check_reserve(self.folder, self.reserve)
        except StoreError:
            self.stop()
            close_crawl(self.crawler, "storage: the disk is nearly full")


class Progress(LogStats):
    """Scrapy's LogStats with a log line of our form, the first of them after LOGSTATS_INTERVAL."""

    is_started = False

    def log(self, spider: Spider) -> None:
        """Log how many answers and pages have come so far; not at the start, when none can have."""
        if not self.is_started:
            self.is_started = True
            return
        self.calculate_stats()
        logger.info("crawl goes on answers=%d pages=%d", self.pages, self.items)


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
