"""The extraction stage in a crawl: pages go to worker processes, each with a time limit."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Self, cast

from pebble import ProcessExpired, ProcessPool
from scrapy.crawler import Crawler

from pipelines.article import Article, Verdict
from pipelines.extraction import Knowledge, Reading
from pipelines.item import PageItem
from pipelines.memory import within_memory
from pipelines.page import Outcome
from pipelines.worker import read_for_store
from spiders.portal import PortalSpider


class ExtractingPipeline:
    """Sets ``item.reading``; a page on which extraction hangs, dies or raises becomes `broken`.

    Reads the settings EXTRACTION_WORKERS, EXTRACTION_SECONDS (the limit a page) and
    EXTRACTION_MEMORY_MB (that of a worker); what is known of each source comes with the spider.
    """

    def __init__(
        self, workers: int, seconds: float, megabytes: int, knowledge: Mapping[str, Knowledge]
    ) -> None:
        # A fresh server process forks the workers: forking this one would copy a live reactor.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipelines.worker"])
        self.pool = ProcessPool(max_workers=workers, max_tasks=2000, context=context)
        self.seconds, self.megabytes = seconds, megabytes
        self.knowledge = knowledge

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage from the crawler's settings."""
        settings = crawler.settings
        return cls(
            settings.getint("EXTRACTION_WORKERS"),
            settings.getfloat("EXTRACTION_SECONDS"),
            settings.getint("EXTRACTION_MEMORY_MB"),
            cast(PortalSpider, crawler.spider).knowledge,
        )

    async def process_item(self, item: PageItem) -> PageItem:
        """Read the page; never raises, since a bad page must end as an outcome of its own."""
        known = self.knowledge.get(item.source, Knowledge())
        task = (self.megabytes, read_for_store, item.page, known)
        future = self.pool.schedule(within_memory, args=task, timeout=self.seconds)
        try:
            item.reading = await asyncio.wrap_future(future)
        except (TimeoutError, FutureTimeoutError):
            item.reading = _broken("extraction_timeout")
        except ProcessExpired:
            item.reading = _broken("extraction_died")
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            item.reading = _broken(f"extraction_error: {type(error).__name__}")
        return item

    def close_spider(self) -> None:
        """End the workers."""
        self.pool.close()  # type: ignore[no-untyped-call]
        self.pool.join()


def _broken(reason: str) -> Reading:
    return Reading(article=Article(verdict=Verdict(Outcome.BROKEN, reason)))
