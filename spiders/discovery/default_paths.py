"""Where feeds and sitemaps usually are when no page and no robots.txt names them."""

from __future__ import annotations

from urllib.parse import urljoin

FEEDS = ("rss", "feed", "rss.xml", "feed.xml", "atom.xml", "rss/home.rss", "vi/rss", "rss.aspx")
SITEMAPS = (
    "sitemap.xml",
    "sitemap_index.xml",
    "sitemap-index.xml",
    "news-sitemap.xml",
    "sitemap-news.xml",
    "sitemap.xml.gz",
    "Sitemap.ashx",
)


def default_paths(home_url: str) -> tuple[list[str], list[str]]:
    """The addresses to try on a site of any platform, best first: of feeds, and of sitemaps."""
    root = urljoin(home_url, "/")
    return [urljoin(root, place) for place in FEEDS], [urljoin(root, place) for place in SITEMAPS]
