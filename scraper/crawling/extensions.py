"""Scrapy extensions of a crawl: the reserve of disk space, and the log lines of its progress."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.extensions.logstats import LogStats

from scraper.base.errors import StoreError
from spiders.periodic import PeriodicExtension
from spiders.private_names import close_crawl
from spiders.run import CrawlRun

logger = logging.getLogger(__name__)


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
