"""Libraries for news crawling: ``library_peers.py NAME plan.json folder`` prints a count.

newspaper4k and news-please cannot follow the lists of such portals and get the URLs of articles.
Fundus gets a parser with selectors, as it has for each of its publishers, and a sitemap of each
site. Nothing is stored. Runs in an environment without this project.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SITEMAP = "all-articles.xml"
PARAGRAPHS = (
    "//div[@itemprop='articleBody']/p | //div[@class='tandan-content-view']/p"
    " | //div[@class='noidung']/p | //div[@class='noidung'][not(p)]"
)


def newspaper4k(plan: list[dict[str, Any]]) -> int:
    """Run newspaper4k with the default threads of ``fetch_news``."""
    newspaper: Any = importlib.import_module("newspaper")
    fetch: Any = importlib.import_module("newspaper.mthreading").fetch_news
    urls = [url for site in plan for url in site["articles"]]
    articles = [newspaper.Article(url, language="vi", fetch_images=False) for url in urls]
    return len(fetch(articles))


def news_please(plan: list[dict[str, Any]]) -> int:
    """Run ``from_urls`` of news-please: threads fetch, then one process per core parses."""
    library: Any = importlib.import_module("newsplease").NewsPlease
    urls = [url for site in plan for url in site["articles"]]
    found = library.from_urls(urls, request_args={"timeout": 30}, fetch_images=False)
    return len(found)


def fundus(plan: list[dict[str, Any]]) -> int:
    """Run Fundus with one thread per site and without delay."""
    library: Any = importlib.import_module("fundus")
    base: Any = importlib.import_module("fundus.publishers.base_objects")
    addresses: Any = importlib.import_module("fundus.scraping.url")
    publishers = [
        base.Publisher(
            name=f"Site {number}",
            domain=site["home_url"],
            parser=_fundus_parser(),
            sources=[addresses.Sitemap(site["home_url"] + SITEMAP)],
        )
        for number, site in enumerate(plan)
    ]
    crawler = library.Crawler(*publishers, delay=0.0, ignore_robots=True)
    return sum(1 for _ in crawler.crawl(only_complete=False))


def _fundus_parser() -> Any:
    parser: Any = importlib.import_module("fundus.parser")
    tools: Any = importlib.import_module("fundus.parser.utility")
    paragraphs: Any = importlib.import_module("lxml.etree").XPath(PARAGRAPHS)

    def body(self: Any) -> Any:
        return tools.extract_article_body_with_selector(
            self.precomputed.doc, paragraph_selector=paragraphs
        )

    def title(self: Any) -> Any:
        return self.precomputed.doc.findtext(".//title")

    attributes = {"body": parser.attribute(body), "title": parser.attribute(title)}
    version = type("V1", (parser.BaseParser,), attributes)
    return type("Parser", (parser.ParserProxy,), {"V1": version})


PEERS: dict[str, Callable[[list[dict[str, Any]]], int]] = {
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "fundus": fundus,
}


def main() -> None:
    """Read the articles of a plan."""
    name, plan, _ = sys.argv[1:]
    sys.stdout.write(f"{PEERS[name](json.loads(Path(plan).read_text()))}\n")


if __name__ == "__main__":
    main()
