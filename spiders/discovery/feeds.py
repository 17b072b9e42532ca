"""Reading RSS and Atom feeds."""

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
from spiders.discovery.site_files import (
    MAX_ENTRIES,
    absolute_url,
    as_utf8,
    declares_entities,
    is_plausible_time,
    looks_like_html,
)

FIRST_ELEMENT = re.compile(rb"<\w")

MAX_PROLOG_BYTES = 4096
"""Bytes before the first element of a feed; a longer prolog is removed."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed.

    ``changed_at`` is when the page changed according to the feed, in ISO 8601: a time in +07:00
    from ``updated``, a bare date from ``published``, None if the feed has no plausible date.
    """

    url: str
    changed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed, and what is wrong with it.

    ``problem`` is None, or one of ``entities`` (it declares entities and is not parsed), ``html``
    (the server sent a page), ``broken`` (not well-formed: the entries before the error are kept)
    and ``empty``.
    """

    entries: tuple[FeedEntry, ...] = ()
    problem: str | None = None


def read_feed(body: bytes, url: str) -> Feed:
    """Parse the feed fetched from ``url``. Never raises, fetches nothing, expands no entity."""
    if declares_entities(body):
        return Feed(problem="entities")
    document = BytesIO(_without_long_prolog(body))
    parsed = feedparser.parse(document, resolve_relative_uris=False, sanitize_html=False)
    entries = tuple(islice(_entries(parsed.entries, url), MAX_ENTRIES))
    return Feed(entries, _problem(parsed, entries, body))


def _without_long_prolog(body: bytes) -> bytes:
    """Return the feed without a long prolog, which makes feedparser's patterns very slow.

    A prolog holds comments, line ends and a document type, none of which is needed.
    """
    text = as_utf8(body).lstrip()
    start = FIRST_ELEMENT.search(text)
    if start is None or start.start() <= MAX_PROLOG_BYTES:
        return text if len(body) - len(text) > MAX_PROLOG_BYTES else body
    declaration = text[: text.find(b"?>", 0, MAX_PROLOG_BYTES) + 2]
    return (declaration if declaration.startswith(b"<?xml") else b"") + text[start.start() :]


def _entries(entries: list[Any], url: str) -> Iterator[FeedEntry]:
    for entry in entries:
        link = entry.get("link") or ""
        is_only_an_id = "links" not in entry and not link.startswith("http")
        if not is_only_an_id and (target := absolute_url(url, link)):
            yield FeedEntry(target, _changed_at(entry))


def _changed_at(entry: Any) -> str | None:
    """Return when an entry changed: a time from ``updated``, else the day of ``published``.

    The time of ``published`` is ignored: NukeViet 4.5 prints the month in place of the minutes in
    ``pubDate`` (measured).
    """
    # FeedParserDict returns "published" for a missing "updated"; a plain dict does not.
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
    return moment.astimezone(VIETNAM) if is_plausible_time(moment) else None


def _problem(parsed: Any, entries: tuple[FeedEntry, ...], body: bytes) -> str | None:
    if not entries and looks_like_html(body):
        return "html"
    malformed = parsed.bozo and not isinstance(
        parsed.bozo_exception,
        (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType),
    )
    if malformed or (not entries and not parsed.get("version")):
        return "broken"
    return None if entries else "empty"
