"""The extraction stage in a crawl: pages go to worker processes, each with a time limit."""

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
"""Pages that are given to a worker together at most. Measured over a crawl of 2,000: a tenth more
pages a second, for a twelfth less processor time, than with a message each way for every page."""

Waiting = tuple[Task, asyncio.Future[ExtractionResult]]


class ExtractingPipeline:
    """Sets ``item.reading``; a page on which extraction hangs, dies or raises becomes `broken`.

    The sources have their turns, and no page waits with those of another: a source on whose pages
    the workers hang has them read one by one, and the others go past it. What is known of each
    source comes with the crawl, and so do the workers.
    """

    def __init__(self, workers: Workers, profiles: Mapping[str, SourceProfile]) -> None:
        self.workers, self.profiles = workers, profiles
        self.waiting: dict[str, deque[Waiting]] = {}
        self.suspects: set[str] = set()
        self.batches: dict[asyncio.Future[None], str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage on the workers of the crawl."""
        context = StageContext.of(crawler)
        return cls(context.workers, context.profiles)

    async def process_item(self, item: PageItem) -> PageItem:
        """Read the page; a bad one ends as an outcome of its own.

        Raises DropItem if the crawl ends before: the page stays pending.
        """
        known = self.profiles.get(item.source, SourceProfile())
        reading: asyncio.Future[ExtractionResult] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(item.source, deque()).append(((item.page, known), reading))
        self._hand_out()
        try:
            item.reading = await reading
        except WorkersStoppedError as error:
            raise DropItem("the crawl has ended") from error
        return item

    def _hand_out(self) -> None:
        """Give the workers what waits: what comes while all are busy goes together."""
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
        """The source whose turn it is, none if only suspects wait that are being read."""
        busy = self.suspects.intersection(self.batches.values())
        return next((source for source in self.waiting if source not in busy), None)

    def _hand_out_again(self, done: asyncio.Future[None]) -> None:
        del self.batches[done]
        self._hand_out()

    async def _read(self, source: str, batch: list[Waiting]) -> None:
        """Have pages read together; if that fails, each alone, for one of them is to blame."""
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
        """Have pages read; the error if they could not be, for which one is to blame."""
        try:
            future = self.workers.schedule([task for task, _ in batch])
            readings = await self.workers.outcome(future)
        except WorkersStoppedError as stopped:
            for _, reading in batch:
                reading.set_exception(stopped)
        except Exception as error:  # any bug of ours on one page is that page's outcome only
            return error
        else:
            for (_, reading), made in zip(batch, readings, strict=True):
                reading.set_result(made)
        return None

    def close_spider(self) -> None:
        """End the workers."""
        self.workers.close()
