"""What feeds, sitemaps and robots.txt have in common: where they are, encoding, URLs and times."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from scraper.base.clock import now

MAX_ENTRIES = 50_000
"""Entries read from one feed or sitemap: the limit of the sitemap protocol (sitemaps.org)."""

FEED_PATHS = (
    "rss",
    "feed",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "rss/home.rss",
    "vi/rss",
    "rss.aspx",
)
SITEMAP_PATHS = (
    "sitemap.xml",
    "sitemap_index.xml",
    "sitemap-index.xml",
    "news-sitemap.xml",
    "sitemap-news.xml",
    "sitemap.xml.gz",
    "Sitemap.ashx",
)

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 comes before UTF-16 because its four bytes begin with the two of UTF-16."""

UTF_16_STARTS = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
"""The first bytes of XML in UTF-16 without a byte order mark."""

XML_DECLARATION = re.compile(r"\s*<\?xml[^<>]*\?>")


def default_paths(home_url: str) -> tuple[list[str], list[str]]:
    """Return the URLs to try for feeds and for sitemaps if nothing names them, best first."""
    root = urljoin(home_url, "/")
    feeds = [urljoin(root, path) for path in FEED_PATHS]
    return feeds, [urljoin(root, path) for path in SITEMAP_PATHS]


def as_utf8(body: bytes) -> bytes:
    """Return the body in UTF-8 without its byte order mark. Never raises.

    A body in UTF-16 or UTF-32 loses its XML declaration, which names the old encoding.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _recoded(body[len(mark) :], encoding)
    for start, encoding in UTF_16_STARTS:
        if body.startswith(start):
            return _recoded(body, encoding)
    return body


def _recoded(body: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        return body
    text = body.decode(encoding, "replace")
    declaration = XML_DECLARATION.match(text)
    return text[declaration.end() if declaration else 0 :].encode("utf-8", "replace")


def declares_entities(body: bytes) -> bool:
    """Return whether an XML document in any encoding declares entities.

    Feeds and sitemaps need none. Entities can expand to any size or read local files.
    """
    return b"<!ENTITY" in body[:65536].replace(b"\0", b"").upper()


def looks_like_html(body: bytes) -> bool:
    """Return whether the server sent an HTML page in place of XML."""
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<body" in start


def is_plausible_time(moment: datetime) -> bool:
    """Return whether a page can have changed then: after 1996, and at most a day in the future."""
    return datetime(1997, 1, 1, tzinfo=UTC) < moment < now() + timedelta(days=1)


def absolute_url(base: str, url: str | None) -> str | None:
    """Return the http(s) URL of an entry, resolved against ``base``; None if there is none."""
    try:
        resolved = urljoin(base, url.strip()) if url and url.strip() else ""
    except ValueError:
        return None
    return resolved if resolved.startswith(("http://", "https://")) else None
