"""A reserve of free disk space: a run neither starts below it nor goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from scraper.base.errors import StoreError
from spiders.private_names import close_crawl
from spiders.run import CrawlRun

LOOK_SECONDS = 5.0
"""How often a run looks: at 20 MB a page and one page a second it costs a tenth of the reserve."""


def check_reserve(folder: Path, reserve: int) -> None:
    """Raise StoreError if the disk of a folder has fewer free bytes than the reserve."""
    free = shutil.disk_usage(folder).free
    if free < reserve:
        raise StoreError(
            f"the disk of {folder} is nearly full ({free // 1_000_000} MB free, `reserve` is "
            f"{reserve // 1_000_000} MB): make room, or move the data; what is stored is whole"
        )


class DiskReserve:
    """Scrapy's extension that ends a crawl cleanly when the reserve is reached."""

    def __init__(self, crawler: Crawler, folder: Path) -> None:
        self.crawler = crawler
        self.folder = folder
        self.reserve = crawler.settings.getint("DISK_RESERVE")
        self.looking = LoopingCall(self.look)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DiskReserve:
        """Build it on the disk of the archive."""
        reserve = cls(crawler, CrawlRun.of(crawler).archive.folder.parent)
        crawler.signals.connect(reserve.begin, signals.engine_started)
        crawler.signals.connect(reserve.end, signals.engine_stopped)
        return reserve

    def begin(self) -> None:
        """Look from now on."""
        self.looking.start(LOOK_SECONDS)

    def end(self) -> None:
        """Stop looking."""
        if self.looking.running:
            self.looking.stop()

    def look(self) -> None:
        """End the crawl if too little is free."""
        try:
            check_reserve(self.folder, self.reserve)
        except StoreError:
            self.looking.stop()
            close_crawl(self.crawler, "storage: the disk is nearly full")
