"""`scrapy parse`: what the rules make of a page, and where it leads."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.commands import parse
from scrapy.http import Response

from pipelines.extraction import extract_page
from scraper.scrapy_commands.single_page import SinglePage, source_of
from spiders.discovery.inspection import SourceView, inspect_list
from spiders.discovery.pagination import Link
from spiders.discovery.url_classifier import UrlClassifier
from spiders.http.headers import page_of
from spiders.platforms import platform_for
from spiders.portal import PortalSpider


class Command(SinglePage, parse.Command):
    """Scrapy's own, with the spider of all portals for any address."""

    def set_spidercls(self, url: str, opts: Namespace) -> None:
        """Take the spider of one page, which is named like the one of all portals."""
        if opts.spider not in (None, PortalSpider.name):
            super().set_spidercls(url, opts)
            return

        async def start(spider: Spider) -> AsyncIterator[Any]:
            yield self.prepare_request(spider, Request(url), opts)

        self.spidercls = type("PageSpider", (PageSpider,), {"start": start})


class PageSpider(Spider):
    """Reads a page without knowing more of its source than its address."""

    name = PortalSpider.name

    def parse(self, response: Response) -> Iterator[Any]:
        """Yield the article of a page that is one, and requests for all that it leads to."""
        source = source_of(response.url)
        assert source is not None
        page = page_of(response, response.url, source.slug)
        article = extract_page(page).article
        if article.verdict.is_article:
            yield article.as_json()
        view = SourceView(source, platform_for(page).name, UrlClassifier())
        links = inspect_list(page, view, False).links
        for link in (*links.articles, *links.sections, *links.others, *links.paging):
            if isinstance(link, Link):
                yield Request(link.url)
