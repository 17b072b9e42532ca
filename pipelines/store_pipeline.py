"""The storing stage of a crawl. It writes article, photos, revision and outcome atomically."""

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
from scraper.store.database import ROW_ERRORS, write_transaction

GATHER_SECONDS = 0.1
"""Seconds for which items are gathered into one transaction. Under load, some twenty items share
one sync of the archive and the index pages that each has to write (measured: 0.7 ms per article
instead of 1.5). In a crawl of one host, each item has its own transaction."""

GATHER_ITEMS = 4
"""Items that are stored at once without waiting for others. A source has no more pages in hand, so
without a pause between requests it would wait for the transaction before it asks for the next."""

Gathered = tuple[PageItem, asyncio.Future[Outcome]]

logger = logging.getLogger(__name__)


class StoringPipeline:
    """Stores the article and records the outcome of every item."""

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
        self.timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage with the database, the archive and the policy of the crawl."""
        context = StageContext.of(crawler)
        return cls(context.db, context.archive, context.policy, context.since)

    async def process_item(self, item: PageItem) -> PageItem:
        """Store an item, log the outcome of its URL, and return the item.

        Raises sqlite3.Error or OSError if the database or the archive cannot be written.
        """
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[Outcome] = loop.create_future()
        self.gathered.append((item, kept))
        if len(self.gathered) == 1:
            self.timer = loop.call_later(GATHER_SECONDS, self._save_gathered)
        elif len(self.gathered) == GATHER_ITEMS and self.timer is not None:
            self.timer.cancel()
            loop.call_soon(self._save_gathered)
        outcome = await kept
        logger.debug("page settled url=%s source=%s outcome=%s", item.url_key, item.source, outcome)
        return item

    def _save_gathered(self) -> None:
        batch, self.gathered = self.gathered, []
        self._save_batch(batch)

    def _save_batch(self, batch: list[Gathered]) -> None:
        """Store a batch in one transaction. If an item fails, store each in its own transaction."""
        try:
            outcomes = self._save([item for item, _ in batch])
        except Exception as error:
            is_of_page = isinstance(error, ROW_ERRORS)
            is_of_storage = isinstance(error, (sqlite3.Error, OSError)) and not is_of_page
            if len(batch) == 1 or is_of_storage:
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
