"""The URLs of one source: their keys, where they are stored, and where they are fetched.

A demo gets another port on each start and a portal moves to another host: its pages must be found
again, so the host of a stored URL need not be the one that answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from scraper.base.source import Source
from scraper.base.urls import UrlRules, canonical_url, url_key
from scraper.store.pages import Discovery
from spiders.discovery.pagination import Link, Postback
from spiders.http.hosts import host_name

RANKS = {"feed": 1, "sitemap": 1, "listing": 2, "unknown": 3, "article": 3}
"""What is fetched first: what announces, then the first pages of lists, then what they name."""

CHILD_RANK = 2
"""The rank of sitemaps that an index names: the index itself comes first."""


@dataclass(frozen=True, slots=True)
class SourceUrls:
    """What the URLs of a source mean under the rules that are known of it."""

    source: Source
    rules: UrlRules

    def key(self, url: str, kind: str) -> str:
        """The key under which a URL is known."""
        return url_key(canonical_url(url, self.source, self.rules, kind), self.rules)

    def canonical(self, url: str) -> str:
        """The URL under which an article is stored."""
        return canonical_url(url, self.source, self.rules)

    def discovery(self, url: str, kind: str, **more: object) -> Discovery:
        """A page to take up, by its URL."""
        key = str(more.pop("key", None) or self.key(url, kind))
        values = {"rank": RANKS[kind], "list": None if kind == "article" else key, **more}
        return Discovery(key, self.source.slug, to_stored_url(url, self.source), kind, **values)  # type: ignore[arg-type]

    def paging_key(self, link: Link | Postback) -> str:
        """The key of a page of a list: the form that is posted for it is a part of that."""
        key = self.key(link.url, "listing")
        return key + link.key.removeprefix(link.url) if isinstance(link, Postback) else key

    def paging(self, link: Link | Postback, **more: object) -> Discovery:
        """A page of a list to take up, with the form to post, if it needs one."""
        form = json.dumps(link.fields) if isinstance(link, Postback) else None
        return self.discovery(link.url, "listing", key=self.paging_key(link), form=form, **more)


def unique(found: Iterable[Discovery]) -> list[Discovery]:
    """The discoveries, the first one of each key."""
    kept: dict[str, Discovery] = {}
    for one in found:
        kept.setdefault(one.url_key, one)
    return list(kept.values())


def to_stored_url(url: str, source: Source) -> str:
    """The URL under which a page found at ``url`` is stored in ``pages``.

    A URL at the home page's own host, in whatever scheme and with or without ``www.``, moves to
    where the source is filed; one at an alias stays.
    """
    if host_name(url) != host_name(source.home_url):
        return url
    return _moved(url, source.filed_under or source.home_url)


def to_fetch_url(url: str, source: Source, origin: str) -> str:
    """The URL at which a page that is stored under ``url`` is fetched.

    ``origin`` is where the home page answers: the site would redirect its other pages, too, to that
    scheme and host, at the cost of a request each.
    """
    if host_name(url) != host_name(source.filed_under or source.home_url):
        return url
    return _moved(url, origin)


def _moved(url: str, origin: str) -> str:
    place: SplitResult = urlsplit(origin)
    return urlsplit(url)._replace(scheme=place.scheme, netloc=place.netloc).geturl()
