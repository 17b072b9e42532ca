"""The address that a page declares as its own: a claim, which alone identifies nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from pipelines.items import Page
from scraper.base.source import Source
from scraper.base.urls import UrlRules, belongs, canonical_url, url_key, urljoin_safely

CANONICAL = re.compile(rb"<link\b[^<>]{0,2000}?\brel=[\"']?canonical[^<>]{0,2000}>", re.I)
HREF = re.compile(rb"\bhref=[\"']?([^\"'\s>]+)", re.I)

MAX_SEARCHED_BYTES = 131_072
"""Bytes of a page in which its own address is looked for."""


@dataclass(frozen=True, slots=True)
class DeclaredAddress:
    """The address in its canonical spelling, and its key."""

    url: str
    url_key: str


def declared_address(
    page: Page, base: str, source: Source, url_rules: UrlRules
) -> DeclaredAddress | None:
    """What ``rel=canonical`` of a page says, if that is an address of its source, else None.

    ``base`` is the address that the page was read at.
    """
    tag = CANONICAL.search(page.body[:MAX_SEARCHED_BYTES])
    href = HREF.search(tag[0]) if tag else None
    if href is None:
        return None
    declared = urljoin_safely(base, unescape(href[1].decode("utf-8", "replace")))
    if not belongs(declared, source):
        return None
    canonical = canonical_url(declared, source, url_rules)
    return DeclaredAddress(canonical, url_key(canonical, url_rules))
