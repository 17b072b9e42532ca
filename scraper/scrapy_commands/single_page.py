"""What the commands that look at one page change in the settings: nothing is stored."""

from __future__ import annotations

import os
from argparse import Namespace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import Settings

from scraper.base.errors import UsageError
from scraper.base.source import Source, slug_from_host, web_address
from scraper.config.configuration import load_configuration
from scraper.crawling.crawl import scrapy_settings
from spiders.http.resolver import Endpoint, GuardedResolver, endpoint_of
from spiders.single_page import SinglePageSpider


class NamedPlaceResolver(GuardedResolver):
    """Lets a connection be made to the place that is named on the command line, public or not."""

    named: ClassVar[frozenset[Endpoint]] = frozenset()

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self.allowed = self.named


class SinglePage:
    """What makes a command of Scrapy fetch the page that it is told to, and store nothing.

    It is no command itself: Scrapy would take it for one of its own.
    """

    settings: Settings | None

    def process_options(self, args: list[str], opts: Namespace) -> None:
        """Lay the settings for one page over those of a crawl; `-s` comes last."""
        assert self.settings is not None
        try:
            changed = single_page_settings(args[0] if args else None)
        except UsageError as error:
            raise ScrapyUsageError(str(error)) from error
        self.settings.setdict(changed, priority="cmdline")
        super().process_options(args, opts)  # type: ignore[misc]


def single_page_settings(url: str | None) -> dict[str, Any]:
    """The settings that differ from those of a crawl.

    Raises UsageError if the configuration cannot be used, and for a public page if it names no
    contact.
    """
    configuration = load_configuration(None, os.environ, {})
    source = None if url is None else source_of(url)
    if source is not None:
        configuration.require_contact([source])
        NamedPlaceResolver.named = frozenset(
            {endpoint_of(source.home_url)} if source.is_own else ()
        )
    own = dict(SinglePageSpider.custom_settings or {})
    redirects = {"scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600}
    return own | {
        "DOWNLOADER_MIDDLEWARES": own["DOWNLOADER_MIDDLEWARES"] | redirects,
        "LOG_INSTALL_ROOT_HANDLER": True,
        "SPIDER_MIDDLEWARES": {},
        "TWISTED_DNS_RESOLVER": NamedPlaceResolver,
        "USER_AGENT": scrapy_settings(configuration)["USER_AGENT"],
    }


def source_of(url: str) -> Source | None:
    """A source for the host of a URL, None if it is no web address: a file, or nothing usable."""
    try:
        address = web_address(url)
    except ValueError:
        return None
    return Source(slug=slug_from_host(urlsplit(address).netloc), name=address, home_url=address)
