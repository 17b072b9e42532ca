"""Fetching one page, for commands that look at a single address."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess

from pipelines.page import Page
from scraper.configuration import Configuration
from scraper.crawling.contact import require_contact
from scraper.crawling.crawl import scrapy_settings
from scraper.errors import TinhuyenError, UsageError
from scraper.sources import Source, slug_from_host, web_address
from spiders.lone_page import LonePageSpider


def fetch_page(url: str, configuration: Configuration) -> Page:
    """Fetch the page at an address; a process can do this once.

    Raises UsageError where the address is none, or is public and no contact is set, and
    TinhuyenError where no page came.
    """
    try:
        address = web_address(url)
    except ValueError as error:
        raise UsageError(f"{url!r} is no web address: {error}") from error
    source = Source(slug=slug_from_host(urlsplit(address).netloc), name=address, home_url=address)
    require_contact([source], configuration.contact)
    process = AsyncCrawlerProcess(scrapy_settings(configuration))
    crawler = process.create_crawler(LonePageSpider)
    process.crawl(crawler, url=address, is_own=source.is_own)
    process.start()
    spider = crawler.spider
    assert isinstance(spider, LonePageSpider)
    if spider.page is None:
        raise TinhuyenError(f"{address} could not be fetched ({spider.reason}): try again later")
    if spider.page.status != 200:
        raise TinhuyenError(f"{address} answered {spider.page.status}: no page to extract")
    return spider.page
