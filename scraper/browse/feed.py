"""A search as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from scraper.base.clock import now, to_utc_iso

NAMESPACE = "http://www.w3.org/2005/Atom"
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def atom(rows: list[dict[str, Any]], here: str, address: str, words: str) -> bytes:
    """The articles as a feed; ``here`` is our own origin, ``address`` that of the search page."""
    feed = Element("feed", xmlns=NAMESPACE)
    _text(feed, "id", here + address)
    _text(feed, "title", f"Tin huyện: {words}" if words else "Tin huyện")
    _text(feed, "updated", max(row["changed_at"] for row in rows) if rows else to_utc_iso(now()))
    SubElement(feed, "link", rel="alternate", href=here + address)
    SubElement(feed, "link", rel="self", href=here + address.replace("/search", "/search.atom"))
    for row in rows:
        _entry(feed, row, here)
    return (
        b"<?xml version='1.0' encoding='utf-8'?>\n" + ElementTree.tostring(feed, "unicode").encode()
    )


def _entry(feed: Element, row: dict[str, Any], here: str) -> None:
    entry = SubElement(feed, "entry")
    page = f"{here}/articles/{row['id']}"
    _text(entry, "id", row["url"] or page)
    _text(entry, "title", row["title"] or "")
    _text(entry, "updated", row["changed_at"])
    _text(entry, "published", _moment(row))
    SubElement(entry, "link", rel="alternate", href=page)
    _text(SubElement(entry, "author"), "name", row["author"] or row["source"])
    _text(entry, "summary", row["lede"] or (row["paragraphs"][0] if row["body"] else ""))
    _text(entry, "content", row["body"] or _names(row), type="text")
    for file in row["attachments"]:
        if file["url"].startswith(("http://", "https://")):
            title = FORBIDDEN.sub("", file["name"] or "")
            SubElement(entry, "link", rel="enclosure", href=file["url"], title=title)


def _names(row: dict[str, Any]) -> str:
    """The names of an article's attachments, a line each: the content of a notice."""
    return "\n".join(file["name"] or file["url"] for file in row["attachments"])


def _moment(row: dict[str, Any]) -> str:
    """When the article was published, as RFC 3339 wants it; undated ones begin the era."""
    published: str = row["published_at"] or "1970-01-01"
    return published if "T" in published else f"{published}T00:00:00+07:00"


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = FORBIDDEN.sub("", text)
