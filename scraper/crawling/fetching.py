"""Fetches one page, for commands that read a single URL."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess

from pipelines.items import Page
from scraper.base.errors import TinhuyenError, UsageError
from scraper.base.source import Source, slug_from_host, web_address
from scraper.config.configuration import Configuration
from scraper.crawling.crawl import scrapy_settings
from spiders.single_page import NO_CONTACT, ROBOTS, ROBOTS_UNREACHABLE, SinglePageSpider


def fetch_page(url: str, configuration: Configuration) -> Page:
    """Fetch the page at a URL; a process can do this once.

    Raises UsageError if it is no URL, or if it is public and no contact is set, and TinhuyenError
    if no page was fetched.
    """
    try:
        address = web_address(url)
    except ValueError as error:
        raise UsageError(f"{url!r} is no web address: {error}") from error
    source = Source(slug=slug_from_host(urlsplit(address).netloc), name=address, home_url=address)
    configuration.require_contact([source])
    scrapy = scrapy_settings(configuration)
    scrapy.set("DOWNLOAD_DELAY", configuration.delay, priority="cmdline")
    process = AsyncCrawlerProcess(scrapy)
    crawler = process.create_crawler(SinglePageSpider)
    has_contact = configuration.contact is not None
    process.crawl(crawler, url=address, is_own=source.is_own, has_contact=has_contact)
    process.start()
    spider = crawler.spider
    assert isinstance(spider, SinglePageSpider)
    if spider.page is None:
        raise TinhuyenError(_problem(address, spider))
    if spider.page.status != 200:
        raise TinhuyenError(f"{address} answered {spider.page.status}: no page to extract")
    return spider.page


def _problem(address: str, spider: SinglePageSpider) -> str:
    """Why no page was fetched, and what to do."""
    by_hand = f"save the page with a browser and run `tinhuyen extract FILE --url {address}`"
    if spider.reason == ROBOTS:
        return f"{spider.present} is forbidden by its robots.txt (robots): {by_hand}"
    if spider.reason == ROBOTS_UNREACHABLE:
        host = urlsplit(spider.present).netloc
        return (
            f"{address} was not asked for, since the robots.txt of {host} cannot be read "
            f"({ROBOTS_UNREACHABLE}): try again later, or {by_hand}"
        )
    if spider.reason == NO_CONTACT:
        return (
            f"{address} leads to {spider.present}, a public site, and `contact` is not set: put "
            f'contact = "you@example.org" into tinhuyen.toml, or {by_hand}'
        )
    return f"{address} could not be fetched ({spider.reason}): try again later, or {by_hand}"
