"""One page for `tinhuyen extract URL`: fetched with the crawl's manners, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

import settings
from pipelines.page import Page
from spiders.answers import judge_failure
from spiders.portal import page_of
from spiders.safety import installed_guard, place_of


class LonePageSpider(Spider):
    """Fetches ``url`` over redirects and leaves the answer in ``page``, or why not in ``reason``.

    A private address is connected to only where the user named exactly that one.
    """

    name = "lone-page"
    custom_settings = {  # noqa: RUF012 (the base class declares it so)
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {},
        "DOWNLOADER_MIDDLEWARES": {
            **settings.DOWNLOADER_MIDDLEWARES,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
            "pipelines.archiving.ArchiveMiddleware": None,
        },
    }

    def __init__(self, url: str, is_own: bool) -> None:
        super().__init__()
        self.url, self.is_own = url, is_own
        self.page: Page | None = None
        self.reason = "redirect_loop"

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the page."""
        guard = installed_guard()
        guard.allowed = frozenset({place_of(self.url)} if self.is_own else ())
        yield Request(self.url, self.answered, errback=self.failed, dont_filter=True)

    def answered(self, response: Response) -> None:
        """Keep the page."""
        self.page = page_of(response, self.url, "")

    def failed(self, failure: Failure) -> None:
        """Keep the reason."""
        refused = installed_guard().refused
        self.reason = "private_address" if refused else judge_failure(failure).reason or "failed"
