"""RSS and Atom: what a feed announces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from time import struct_time
from typing import Any

import feedparser

from scraper.base.clock import VIETNAM
from spiders.discovery.announcements import MOST_ENTRIES, Announced, absolute, believable
from spiders.discovery.encoding import as_utf8

FIRST_ELEMENT = re.compile(rb"<\w")

MAX_PROLOG_BYTES = 4096
"""Bytes before the first element of a feed that are left as they are."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as read: what could be read of it, and what is wrong with the rest.

    ``problem`` is None, or one of ``entities`` (declares entities: a bomb or a leak, not parsed),
    ``html`` (a page was served), ``broken`` (not well-formed: the entries before the fault are
    kept) and ``empty``.
    """

    entries: tuple[Announced, ...] = ()
    problem: str | None = None


def read_feed(body: bytes, url: str) -> Feed:
    """Read the feed served at ``url``. Never raises, fetches nothing, expands no entity."""
    if declares_entities(body):
        return Feed(problem="entities")
    document = BytesIO(_without_long_prolog(body))
    parsed = feedparser.parse(document, resolve_relative_uris=False, sanitize_html=False)
    entries = tuple(islice(_announced(parsed.entries, url), MOST_ENTRIES))
    return Feed(entries, _problem(parsed, entries, body))


def _without_long_prolog(body: bytes) -> bytes:
    """The feed without a long way to its first element, on which feedparser's patterns hang.

    What stands there are comments, line ends and a document type, which say nothing to us.
    """
    text = as_utf8(body).lstrip()
    start = FIRST_ELEMENT.search(text)
    if start is None or start.start() <= MAX_PROLOG_BYTES:
        return text if len(body) - len(text) > MAX_PROLOG_BYTES else body
    declaration = text[: text.find(b"?>", 0, MAX_PROLOG_BYTES) + 2]
    return (declaration if declaration.startswith(b"<?xml") else b"") + text[start.start() :]


def declares_entities(body: bytes) -> bool:
    """Whether an XML document declares entities, in whatever encoding: no honest feed does."""
    return b"<!ENTITY" in body[:65536].replace(b"\0", b"").upper()


def looks_like_html(body: bytes) -> bool:
    """Whether a page was served in place of XML."""
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<body" in start


def _announced(entries: list[Any], url: str) -> Iterator[Announced]:
    for entry in entries:
        link = entry.get("link") or ""
        is_mere_identifier = "links" not in entry and not link.startswith("http")
        if not is_mere_identifier and (address := absolute(url, link)):
            yield Announced(address, _changed_at(entry))


def _changed_at(entry: Any) -> str | None:
    """When an entry says it changed: ``updated`` as a time, ``published`` only as a day.

    NukeViet 4.5 prints the month where the minutes of ``pubDate`` belong (measured).
    """
    # FeedParserDict answers for "updated" with "published"; only the plain dict tells them apart.
    if updated := _moment(dict.get(entry, "updated_parsed")):
        return updated.isoformat()
    published = _moment(dict.get(entry, "published_parsed"))
    return published.date().isoformat() if published else None


def _moment(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        moment = datetime(*parsed[:6], tzinfo=UTC)
    except ValueError:
        return None
    return moment.astimezone(VIETNAM) if believable(moment) else None


def _problem(parsed: Any, entries: tuple[Announced, ...], body: bytes) -> str | None:
    if not entries and looks_like_html(body):
        return "html"
    malformed = parsed.bozo and not isinstance(
        parsed.bozo_exception,
        (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType),
    )
    if malformed or (not entries and not parsed.get("version")):
        return "broken"
    return None if entries else "empty"
