"""Writing Atom feeds (RFC 4287) of short entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from scraper.base.clock import now, to_utc_iso

NAMESPACE = "http://www.w3.org/2005/Atom"
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed; ``updated`` is a time as RFC 3339 wants it."""

    id: str
    title: str
    updated: str
    link: str
    author: str
    summary: str


def feed_of(title: str, here: str, page: str, address: str, entries: Sequence[Entry]) -> bytes:
    """Return a feed; ``here`` is our own origin, ``page`` what the feed is of."""
    feed = Element("feed", xmlns=NAMESPACE)
    add_text(feed, "id", here + address)
    add_text(feed, "title", title)
    add_text(feed, "updated", max((each.updated for each in entries), default=to_utc_iso(now())))
    SubElement(feed, "link", rel="alternate", href=here + page)
    SubElement(feed, "link", rel="self", href=here + address)
    for each in entries:
        entry = SubElement(feed, "entry")
        add_text(entry, "id", each.id)
        add_text(entry, "title", each.title)
        add_text(entry, "updated", each.updated)
        SubElement(entry, "link", rel="alternate", href=each.link)
        add_text(SubElement(entry, "author"), "name", each.author)
        add_text(entry, "summary", each.summary)
    return as_xml(feed)


def as_xml(feed: Element) -> bytes:
    """Return a feed as a document in UTF-8."""
    text = ElementTree.tostring(feed, "unicode")
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + text.encode()


def add_text(parent: Element, name: str, text: str, **attributes: str) -> None:
    """Add an element with a text; what XML cannot hold of it is left out."""
    SubElement(parent, name, attributes).text = FORBIDDEN.sub("", text)
