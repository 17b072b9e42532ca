"""Typical Scrapy spiders: ``scrapy_peers.py KIND plan.json folder`` prints a count of articles.

They follow the links of lists by a CSS selector and fetch every article. ``bare`` parses none,
``fields`` stores two fields found by CSS selectors, ``trafilatura`` stores what that library
extracts. All settings except the log level are Scrapy's defaults.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse
from sqlite_utils import Database

ARTICLES = ".news_column h3 a, a.title, a.tieude-tin"
PAGING = ".pagination a, .paging a, .phantrang a"
TITLE = "h1.title::text, .tandan-title::text, .tieude::text"
BODY = ".bodytext ::text, .tandan-content-view ::text, .noidung ::text"


class Bare(Spider):
    """Fetches and counts articles."""

    name = "bare"

    def __init__(self, lists: list[str], path: Path) -> None:
        super().__init__()
        self.start_urls = lists
        self.count = 0
        self.begin(path)

    def begin(self, path: Path) -> None:
        """Open the output of the spider."""

    def parse(self, response: Response) -> Iterator[Any]:
        """Follow the articles and further pages of a list."""
        assert isinstance(response, TextResponse)
        yield from response.follow_all(css=ARTICLES, callback=self.read)
        yield from response.follow_all(css=PAGING)

    def read(self, response: Response) -> None:
        """Handle an article."""
        self.count += 1


class Fields(Bare):
    """Stores title and body, found by CSS selectors."""

    def begin(self, path: Path) -> None:
        self.db = Database(path / "articles.db")

    def read(self, response: Response) -> None:
        self.count += 1
        body = "".join(response.css(BODY).getall())
        row = {"url": response.url, "title": response.css(TITLE).get(), "body": body}
        self.db.table("articles").insert(row, pk="url")


class Trafilatura(Fields):
    """Stores what trafilatura extracts."""

    def begin(self, path: Path) -> None:
        super().begin(path)
        self.library: Any = importlib.import_module("trafilatura")

    def read(self, response: Response) -> None:
        document = self.library.bare_extraction(response.body, url=response.url, with_metadata=True)
        if document is None:
            return
        self.count += 1
        found = document.as_dict()
        row = {name: found[name] for name in ("title", "author", "date", "text")}
        self.db.table("articles").insert({"url": response.url, **row}, pk="url")


KINDS = {"bare": Bare, "fields": Fields, "trafilatura": Trafilatura}


def main() -> None:
    """Crawl the lists of a plan and print the count."""
    kind, plan, folder = sys.argv[1:]
    lists = [url for site in json.loads(Path(plan).read_text()) for url in site["lists"]]
    process = CrawlerProcess({"LOG_LEVEL": "ERROR"})
    crawler = process.create_crawler(KINDS[kind])
    process.crawl(crawler, lists=lists, path=Path(folder))
    process.start()
    sys.stdout.write(f"{crawler.spider.count}\n")  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
