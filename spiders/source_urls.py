"""The URLs of one source: their keys, and the hosts at which they are stored and fetched.

A demo has another port after each start, and a portal may move to another host. So that their pages
are found again, a URL may be stored with a host other than the one that is requested.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from scraper.base.hosts import host_name
from scraper.base.source import Source
from scraper.base.urls import UrlRules, canonical_url, url_key
from scraper.store.pages import Discovery
from spiders.discovery.pagination import Link, Postback

RANKS = {"feed": 1, "sitemap": 1, "listing": 2, "unknown": 3, "article": 3}
"""The order of fetching: feeds and sitemaps, the first pages of lists, then what they name."""

CHILD_RANK = 2
"""The rank of sitemaps that an index names. The index itself comes first."""


@dataclass(frozen=True, slots=True)
class SourceUrls:
    """Builds keys and discoveries of the URLs of a source, by the rules learned for it."""

    source: Source
    rules: UrlRules

    def key(self, url: str, kind: str) -> str:
        """Return the key of a URL in the table ``pages``."""
        return url_key(canonical_url(url, self.source, self.rules, kind), self.rules)

    def canonical(self, url: str) -> str:
        """Return the URL under which an article is stored."""
        return canonical_url(url, self.source, self.rules)

    def discovery(self, url: str, kind: str, **more: object) -> Discovery:
        """Return a page to queue. ``more`` are further fields of ``Discovery``."""
        key = str(more.pop("key", None) or self.key(url, kind))
        values = {"rank": RANKS[kind], "list": None if kind == "article" else key, **more}
        return Discovery(key, self.source.slug, to_stored_url(url, self.source), kind, **values)  # type: ignore[arg-type]

    def paging_key(self, link: Link | Postback) -> str:
        """Return the key of a page of a list. It includes the form, if there is one."""
        key = self.key(link.url, "listing")
        return key + link.key.removeprefix(link.url) if isinstance(link, Postback) else key

    def paging(self, link: Link | Postback, **more: object) -> Discovery:
        """Return a page of a list to queue, with the form to post if there is one."""
        form = json.dumps(link.fields) if isinstance(link, Postback) else None
        return self.discovery(link.url, "listing", key=self.paging_key(link), form=form, **more)


def unique(found: Iterable[Discovery]) -> list[Discovery]:
    """Return the first discovery of each key."""
    kept: dict[str, Discovery] = {}
    for one in found:
        kept.setdefault(one.url_key, one)
    return list(kept.values())


def to_stored_url(url: str, source: Source) -> str:
    """Return the URL under which a page found at ``url`` is stored in ``pages``.

    If the host is that of the home page, with any scheme and with or without ``www.``, it is
    replaced by the one under which the source is filed. URLs at an alias are returned unchanged.
    """
    if host_name(url) != host_name(source.home_url):
        return url
    return _moved(url, source.filed_under or source.home_url)


def to_fetch_url(url: str, source: Source, origin: str) -> str:
    """Return the URL at which a page that is stored under ``url`` is fetched.

    ``origin`` is the URL at which the home page was found. Its scheme and host are used, because
    the site would redirect its other pages there, too, at the cost of a request each.
    """
    if host_name(url) != host_name(source.filed_under or source.home_url):
        return url
    return _moved(url, origin)


def _moved(url: str, origin: str) -> str:
    place: SplitResult = urlsplit(origin)
    return urlsplit(url)._replace(scheme=place.scheme, netloc=place.netloc).geturl()
