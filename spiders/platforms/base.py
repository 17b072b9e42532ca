"""The base class of platforms: how to recognise a CMS and what its URLs mean."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pipelines.items import Page
from scraper.base.urls import UrlIdentity

Kind = Literal["article", "listing", "unknown"]

MAX_SEARCHED_BYTES = 262_144
"""Bytes of a body in which the marks of a platform are searched."""


class Platform:
    """A content management system that many sites run on.

    To add one:

    1. Write a subclass in a file of its own and add it to ``PLATFORMS`` of this package.
    2. Set ``name``, in lower case: it is used in ``sources.toml`` and in the database.
    3. Set ``generator`` if its pages have a ``<meta name="generator">``, and ``marks``: headers and
       markup that no other system has, in lower case. The generator alone, or two different
       marks, identify the platform.
    4. Set ``articles``, ``lists`` and ``skipped``: patterns that are searched in path and query of
       a URL. The general rules classify URLs that match none of them, so declare only what those
       rules get wrong.
    5. Set ``url_identity`` if one article has several URLs.
    6. Set ``feeds`` and ``sitemaps`` if the platform has paths of its own, relative to the home
       page.
    7. Write a test double in ``tests/portals/platforms.py`` that also does what the platform does
       for unknown pages (a redirect home, the first page again), and add it to
       ``PLATFORM_PORTALS`` there.

    Pagination needs no declaration: discovery follows the links and forms of each page.
    """

    name: ClassVar[str] = "generic"

    generator: ClassVar[re.Pattern[bytes] | None] = None
    marks: ClassVar[tuple[re.Pattern[bytes], ...]] = ()

    articles: ClassVar[tuple[re.Pattern[str], ...]] = ()
    lists: ClassVar[tuple[re.Pattern[str], ...]] = ()
    skipped: ClassVar[tuple[re.Pattern[str], ...]] = ()

    url_identity: ClassVar[UrlIdentity] = UrlIdentity()

    feeds: ClassVar[tuple[str, ...]] = ()
    sitemaps: ClassVar[tuple[str, ...]] = ()

    def match_score(self, text: bytes) -> int:
        """Return how well the ``searchable_markup`` of a page matches; 2 is enough."""
        by_generator = bool(self.generator and _has_generator(text, self.generator))
        return 10 * by_generator + sum(1 for mark in self.marks if mark.search(text))

    def kind(self, path_and_query: str) -> Kind:
        """Return what a URL of the platform leads to, ``unknown`` if no pattern matches."""
        if any(pattern.search(path_and_query) for pattern in self.lists):
            return "listing"
        if any(pattern.search(path_and_query) for pattern in self.articles):
            return "article"
        return "unknown"

    def skips(self, path_and_query: str) -> bool:
        """Return whether a URL of the platform must never be fetched."""
        return any(pattern.search(path_and_query) for pattern in self.skipped)


GENERATOR = re.compile(rb"<meta[^<>]{1,300}?name=[\"']?generator[\"']?[^<>]{0,300}>")


def searchable_markup(page: Page) -> bytes:
    """Return headers and body in lower case, in which the marks are searched.

    Searching with ``re.IGNORECASE`` takes four times as long: 0.1 s on the home page of a newspaper
    (measured).
    """
    return (_headers(page) + page.body[:MAX_SEARCHED_BYTES]).lower()


def _has_generator(text: bytes, pattern: re.Pattern[bytes]) -> bool:
    return any(pattern.search(tag) for tag in GENERATOR.findall(text))


def _headers(page: Page) -> bytes:
    lines = (f"{name.lower()}: {value}\n" for name, value in page.headers.items())
    return "".join(lines).encode("utf-8", "replace")
