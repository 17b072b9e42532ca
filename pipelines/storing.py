"""The last stage of a crawl: article, photos, revision and outcome in one transaction."""

from __future__ import annotations

import logging
from typing import Self, cast

from scrapy.crawler import Crawler
from sqlite_utils import Database

from pipelines.item import PageItem
from scraper.clock import now
from scraper.revisit import RevisitPolicy
from scraper.store.keeping import keep
from spiders.portal import PortalSpider

logger = logging.getLogger(__name__)


class StoringPipeline:
    """Settles the URL of every item in the database of the crawl's spider."""

    def __init__(self, db: Database, policy: RevisitPolicy) -> None:
        self.db = db
        self.policy = policy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage on the database and the policy that the spider was given."""
        spider = cast(PortalSpider, crawler.spider)
        return cls(spider.db, spider.plan.revisit)

    def process_item(self, item: PageItem) -> PageItem:
        """Keep what the item brought, and log how its URL ended."""
        outcome = keep(self.db, item, now(), self.policy)
        logger.debug("settled url=%s source=%s outcome=%s", item.url_key, item.source, outcome)
        return item
