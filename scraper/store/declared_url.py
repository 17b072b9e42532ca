"""The address that a page declares as its own: a claim, which alone identifies nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from pipelines.items import Page
from scraper.base.source import Source
from scraper.base.urls import UrlRules, belongs, canonical_url, url_key, urljoin_safely

CANONICAL = re.compile(r"<link\b[^<>]{0,2000}?\brel=[\"']?canonical\b[^<>]{0,2000}>", re.A | re.I)
HREF = re.compile(r"\bhref=[\"']?([^\"'\s>]+)", re.A | re.I)

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
    href = canonical_href(page.body[:MAX_SEARCHED_BYTES].decode("utf-8", "replace"))
    if href is None:
        return None
    declared = urljoin_safely(base, href)
    if not belongs(declared, source):
        return None
    canonical = canonical_url(declared, source, url_rules)
    return DeclaredAddress(canonical, url_key(canonical, url_rules))


def canonical_href(markup: str) -> str | None:
    """The address in the first ``rel=canonical``, as it is written there, or None."""
    tag = CANONICAL.search(markup)
    href = HREF.search(tag[0]) if tag else None
    return unescape(href[1]) if href else None
