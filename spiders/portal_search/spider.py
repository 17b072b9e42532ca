"""The spider of `tinhuyen sources discover`, which sends the requests of a search for portals."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Collection

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, StopDownload
from scrapy.http import Response

from scraper.config.program_settings import settings
from spiders.http.resolver import Endpoint, installed_guard
from spiders.portal_search.search import PortalSearch

logger = logging.getLogger(__name__)


class PortalSearchSpider(Spider):
    """Runs a search to its end. ``allowed`` are the private endpoints that may be connected to."""

    name = "portal-search"
    custom_settings = {  # noqa: RUF012 (the base class declares it so)
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {},
        "DOWNLOADER_MIDDLEWARES": {
            **settings.DOWNLOADER_MIDDLEWARES,
            "pipelines.archive_middleware.ArchiveMiddleware": None,
        },
    }

    def __init__(self, search: PortalSearch, allowed: Collection[Endpoint]) -> None:
        super().__init__()
        self.search = search
        self.allowed = frozenset(allowed)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> PortalSearchSpider:
        """Build the spider, and connect the search to the engine."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.bytes_received, signals.bytes_received)
        spider.search.network.download = spider.download
        return spider

    async def download(self, request: Request) -> Response:
        """Return the response to a request. Raises what the downloader raises."""
        assert self.crawler.engine is not None
        return await self.crawler.engine.download_async(request)

    async def start(self) -> AsyncIterator[Request]:
        """Run the search, which sends its requests itself. Yields nothing.

        Raises CloseSpider if the database cannot be written, or if the search met an error of ours.
        """
        installed_guard().allowed = self.allowed
        try:
            await self.search.run()
        except (sqlite3.Error, OSError) as error:
            raise CloseSpider(f"storage: {error}") from error
        except Exception as error:
            logger.exception("search failed run=%s", self.search.id)
            raise CloseSpider(f"error: {error!r}") from error
        return
        yield

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop a download beyond ``stop_after`` of the request's meta. Raises StopDownload.

        Scrapy then returns the bytes received so far.
        """
        request.meta["received"] = request.meta.get("received", 0) + len(data)
        enough = request.meta.get("stop_after")
        if enough is not None and request.meta["received"] > enough:
            raise StopDownload(fail=False)
