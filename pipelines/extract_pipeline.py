"""The extraction stage of a crawl. Worker processes read the pages, within a time limit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.extraction import ExtractionResult, SourceProfile
from pipelines.page_item import PageItem
from pipelines.stage_context import StageContext
from pipelines.workers import Task, Workers, WorkersStoppedError, broken_by

MAX_BATCH_PAGES = 16
"""Most pages that are sent to a worker together. Measured in a crawl of 2,000 pages: a tenth more
pages per second and a twelfth less CPU time than with one message for every page."""

Waiting = tuple[Task, asyncio.Future[ExtractionResult]]


class ExtractingPipeline:
    """Sets ``item.extraction``. A page on which a worker hangs, dies or raises becomes `broken`.

    The sources take turns, and a batch holds pages of one source only. After a batch has failed,
    the pages of its source are read one by one until one is read, and other sources go first.
    """

    def __init__(self, workers: Workers, profiles: Mapping[str, SourceProfile]) -> None:
        self.workers, self.profiles = workers, profiles
        self.waiting: dict[str, deque[Waiting]] = {}
        self.suspects: set[str] = set()
        self.batches: dict[asyncio.Future[None], str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage with the workers and the source profiles of the crawl."""
        context = StageContext.of(crawler)
        return cls(context.workers, context.profiles)

    async def process_item(self, item: PageItem) -> PageItem:
        """Have the page of an item read, and return the item with its ``extraction``.

        Raises DropItem if the crawl ends before the page was read. The page then stays pending.
        """
        known = self.profiles.get(item.source, SourceProfile())
        reading: asyncio.Future[ExtractionResult] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(item.source, deque()).append(((item.page, known), reading))
        self._hand_out()
        try:
            item.extraction = await reading
        except WorkersStoppedError as error:
            raise DropItem("the crawl has ended") from error
        return item

    def _hand_out(self) -> None:
        """Send waiting pages to the workers. Pages that wait while all are busy form batches."""
        while len(self.batches) <= self.workers.count and (source := self._next_source()):
            queue = self.waiting.pop(source)
            most = 1 if source in self.suspects else MAX_BATCH_PAGES
            batch = [queue.popleft() for _ in range(min(most, len(queue)))]
            if queue:
                self.waiting[source] = queue  # behind the others
            reading = asyncio.ensure_future(self._read(source, batch))
            self.batches[reading] = source
            reading.add_done_callback(self._hand_out_again)

    def _next_source(self) -> str | None:
        """Return the source whose turn it is, or None.

        A suspect source has no turn while pages of it are being read.
        """
        busy = self.suspects.intersection(self.batches.values())
        return next((source for source in self.waiting if source not in busy), None)

    def _hand_out_again(self, done: asyncio.Future[None]) -> None:
        del self.batches[done]
        self._hand_out()

    async def _read(self, source: str, batch: list[Waiting]) -> None:
        """Have a batch read. If that fails, have each page read alone to find the faulty one."""
        error = await self._try(batch)
        if error is None:
            self.suspects.discard(source)
            return
        self.suspects.add(source)
        for one in batch:
            blame = error if len(batch) == 1 else await self._try([one])
            if blame is not None:
                one[1].set_result(broken_by(blame))

    async def _try(self, batch: list[Waiting]) -> Exception | None:
        """Have pages read together. Returns the error if one of the pages made it fail."""
        try:
            future = self.workers.schedule([task for task, _ in batch])
            readings = await self.workers.outcome(future)
        except WorkersStoppedError as stopped:
            for _, reading in batch:
                reading.set_exception(stopped)
        except Exception as error:  # a program error on one page affects that page only
            return error
        else:
            for (_, reading), made in zip(batch, readings, strict=True):
                reading.set_result(made)
        return None

    def close_spider(self) -> None:
        """Close the workers. Scrapy calls it when the crawl ends."""
        self.workers.close()
