"""The last stage of a crawl: article, photos, revision and outcome in one transaction."""

from __future__ import annotations

import logging
from typing import Self, cast

from scrapy.crawler import Crawler
from sqlite_utils import Database

from pipelines.item import PageItem
from scraper.clock import now
from scraper.store.keeping import keep
from spiders.portal import PortalSpider

logger = logging.getLogger(__name__)


class StoringPipeline:
    """Settles the URL of every item in the database of the crawl's spider."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage on the database that the spider was given."""
        return cls(cast(PortalSpider, crawler.spider).db)

    def process_item(self, item: PageItem) -> PageItem:
        """Keep what the item brought, and log how its URL ended."""
        outcome = keep(self.db, item, now())
        logger.debug("settled url=%s source=%s outcome=%s", item.url_key, item.source, outcome)
        return item
