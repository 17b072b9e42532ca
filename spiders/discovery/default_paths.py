"""Where feeds and sitemaps usually are when no page and no robots.txt names them."""

from __future__ import annotations

from urllib.parse import urljoin

from spiders.platforms import GENERIC, Platform

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


def default_paths(
    home_url: str, platform: Platform = GENERIC
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses to try, best first (the platform's own): of feeds, and of sitemaps."""
    root = urljoin(home_url, "/")
    feeds = dict.fromkeys((*platform.feeds, *FEEDS))
    sitemaps = dict.fromkeys((*platform.sitemaps, *SITEMAPS))
    return tuple(urljoin(root, place) for place in feeds), tuple(
        urljoin(root, place) for place in sitemaps
    )
