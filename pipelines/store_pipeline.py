"""The last stage of a crawl: article, photos, revision and outcome, whole or not at all."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from datetime import date
from typing import Self

from scrapy.crawler import Crawler
from sqlite_utils import Database

from pipelines.items import Outcome
from pipelines.page_item import PageItem
from pipelines.save_article import save_article
from pipelines.stage_context import StageContext
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.config.recrawl_policy import RecrawlPolicy
from scraper.store.database import write_transaction

GATHER_SECONDS = 0.1
"""Seconds for which items are gathered into one transaction. Under load some twenty share the
pages of the indexes that each has to write, and one sync of the archive (measured: 0.7 ms an
article in place of 1.5); at the pace that is polite to one host each has its own."""

Gathered = tuple[PageItem, asyncio.Future[Outcome]]

logger = logging.getLogger(__name__)


class StoringPipeline:
    """Settles the URL of every item in the database of the crawl."""

    def __init__(
        self,
        db: Database,
        archive: ArchiveWriter,
        policy: RecrawlPolicy,
        since: date | None = None,
    ) -> None:
        self.db = db
        self.archive = archive
        self.policy = policy
        self.since = since
        self.gathered: list[Gathered] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage on the database, the archive and the policy of the crawl."""
        context = StageContext.of(crawler)
        return cls(context.db, context.archive, context.policy, context.since)

    async def process_item(self, item: PageItem) -> PageItem:
        """Keep what the item brought, and log how its URL ended.

        Raises sqlite3.Error and OSError if database or archive take nothing more.
        """
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[Outcome] = loop.create_future()
        self.gathered.append((item, kept))
        if len(self.gathered) == 1:
            loop.call_later(GATHER_SECONDS, self._save_gathered)
        outcome = await kept
        logger.debug("page settled url=%s source=%s outcome=%s", item.url_key, item.source, outcome)
        return item

    def _save_gathered(self) -> None:
        batch, self.gathered = self.gathered, []
        self._save_batch(batch)

    def _save_batch(self, batch: list[Gathered]) -> None:
        """Keep all in one transaction; if one item cannot be kept, each in one of its own."""
        try:
            outcomes = self._save([item for item, _ in batch])
        except Exception as error:
            if len(batch) == 1 or isinstance(error, (sqlite3.Error, OSError)):
                for _, kept in batch:
                    kept.set_exception(error)
            else:
                for one in batch:
                    self._save_batch([one])
        else:
            for (_, kept), outcome in zip(batch, outcomes, strict=True):
                kept.set_result(outcome)

    def _save(self, items: list[PageItem]) -> list[Outcome]:
        self.archive.sync()
        with write_transaction(self.db):
            return [save_article(self.db, item, now(), self.policy, self.since) for item in items]
