"""What a platform is: a few declarations that spare a site's discovery from guessing."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pipelines.items import Page
from scraper.base.urls import Identity

Kind = Literal["article", "listing", "unknown"]

MAX_SEARCHED_BYTES = 262_144
"""Bytes of a body that are searched for the marks of a platform."""


class Platform:
    """A system that many sites run on.

    To add one:

    1. Inherit from this class, in a file of its own, and name the class in ``PLATFORMS`` of this
       package.
    2. Set ``name``: the word for it in ``sources.toml`` and in the database, lower case.
    3. Set ``generator`` if its pages carry a ``<meta name="generator">``, and ``marks``: what
       else of its headers and markup no other system prints, both in lower case. A generator
       alone, or two different marks, recognise a page.
    4. Set ``articles``, ``lists`` and ``skipped``: what its addresses look like, searched in path
       and query. What matches none of them is judged by the general rules, so leave out what
       they see anyway.
    5. Optionally set ``url_params``, where one article has several addresses: patterns whose groups
       are what stays the same.
    6. Optionally set ``feeds`` and ``sitemaps``: its own places, relative to the home page.
    7. Write its double in ``tests/portals/``, with its habits for what it has not (a redirect
       home, the first page again), and name it in the catalogue there.

    How lists are paged needs no declaration: the paging that a page prints is followed.
    """

    name: ClassVar[str] = "generic"

    generator: ClassVar[re.Pattern[bytes] | None] = None
    marks: ClassVar[tuple[re.Pattern[bytes], ...]] = ()

    articles: ClassVar[tuple[re.Pattern[str], ...]] = ()
    lists: ClassVar[tuple[re.Pattern[str], ...]] = ()
    skipped: ClassVar[tuple[re.Pattern[str], ...]] = ()

    url_params: ClassVar[Identity] = Identity()

    feeds: ClassVar[tuple[str, ...]] = ()
    sitemaps: ClassVar[tuple[str, ...]] = ()

    def recognise(self, text: bytes) -> int:
        """How surely the page with this ``text_of_marks`` is the platform's: from 2 on it is."""
        by_generator = bool(self.generator and _generator(text, self.generator))
        return 10 * by_generator + sum(1 for mark in self.marks if mark.search(text))

    def kind(self, path_and_query: str) -> Kind:
        """What an address of the platform leads to, ``unknown`` where its form does not tell."""
        if any(pattern.search(path_and_query) for pattern in self.lists):
            return "listing"
        if any(pattern.search(path_and_query) for pattern in self.articles):
            return "article"
        return "unknown"

    def skips(self, path_and_query: str) -> bool:
        """Whether an address of the platform is never worth a request."""
        return any(pattern.search(path_and_query) for pattern in self.skipped)


GENERATOR = re.compile(rb"<meta[^<>]{1,300}?name=[\"']?generator[\"']?[^<>]{0,300}>")


def text_of_marks(page: Page) -> bytes:
    """What the marks are searched in: headers and page in lower case.

    Patterns that ignore the case take four times as long: 0.1 s on the home page of a paper.
    """
    return (_headers(page) + page.body[:MAX_SEARCHED_BYTES]).lower()


def _generator(text: bytes, pattern: re.Pattern[bytes]) -> bool:
    return any(pattern.search(tag) for tag in GENERATOR.findall(text))


def _headers(page: Page) -> bytes:
    lines = (f"{name.lower()}: {value}\n" for name, value in page.headers.items())
    return "".join(lines).encode("utf-8", "replace")
