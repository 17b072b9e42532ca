"""The extraction stage in a crawl: pages go to worker processes, each with a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self, cast

from scrapy.crawler import Crawler

from pipelines.extraction import Knowledge
from pipelines.item import PageItem
from pipelines.workers import Workers, broken_by

if TYPE_CHECKING:
    from spiders.portal import PortalSpider


class ExtractingPipeline:
    """Sets ``item.reading``; a page on which extraction hangs, dies or raises becomes `broken`.

    Reads the settings EXTRACTION_WORKERS, EXTRACTION_SECONDS (the limit a page) and
    EXTRACTION_MEMORY_MB (that of a worker); what is known of each source comes with the spider.
    """

    def __init__(self, workers: Workers, knowledge: Mapping[str, Knowledge]) -> None:
        self.workers, self.knowledge = workers, knowledge

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage from the crawler's settings."""
        settings = crawler.settings
        workers = Workers(
            settings.getint("EXTRACTION_WORKERS"),
            settings.getfloat("EXTRACTION_SECONDS"),
            settings.getint("EXTRACTION_MEMORY_MB"),
        )
        return cls(workers, cast("PortalSpider", crawler.spider).knowledge)

    async def process_item(self, item: PageItem) -> PageItem:
        """Read the page; never raises, since a bad page must end as an outcome of its own."""
        known = self.knowledge.get(item.source, Knowledge())
        try:
            item.reading = await asyncio.wrap_future(self.workers.schedule(item.page, known))
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            item.reading = broken_by(error)
        return item

    def close_spider(self) -> None:
        """End the workers."""
        self.workers.close()
