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


def usual_places(home_url: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses to try, best first: those of feeds, and those of sitemaps."""
    root = urljoin(home_url, "/")
    feeds = tuple(urljoin(root, place) for place in FEEDS)
    return feeds, tuple(urljoin(root, place) for place in SITEMAPS)
