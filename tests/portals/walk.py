"""A minimal crawl without Scrapy: what discovery alone finds on a portal."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pipelines.items import Page
from scraper.base.source import Source
from scraper.base.urls import UrlRules, canonical_url, url_key
from scraper.demo.server import Server
from spiders.discovery.links import read_links
from spiders.discovery.page_classifier import page_kind
from spiders.discovery.pagination import Link, Postback
from spiders.discovery.url_classifier import UrlClassifier
from spiders.platforms import platform_for


@dataclass(slots=True)
class Walk:
    """The fetched articles and lists by key, in order."""

    platform: str
    articles: dict[str, Page] = field(default_factory=dict)
    lists: dict[str, Page] = field(default_factory=dict)


def source_of(portal: Server) -> Source:
    """Return the source that a user would add for a portal: its home page only."""
    return Source(slug="portal", name="Cổng thông tin xã Suối Thử", home_url=portal.home_url)


def fetch(url: str, form: dict[str, str] | None = None) -> Page:
    """Fetch a URL, by POST if there is a form."""
    data = urlencode(form).encode() if form is not None else None
    try:
        with urllib.request.urlopen(url, data, timeout=300) as reply:
            headers = {name.lower(): value for name, value in reply.headers.items()}
            return Page(url, reply.read(), reply.url, reply.status, headers)
    except urllib.error.HTTPError as error:
        with error:
            return Page(url, error.read(), url, error.code)


def walk(portal: Server, most: int = 400) -> Walk:
    """Follow lists and pagination from the home page, each page once, up to ``most`` pages."""
    source = source_of(portal)
    home = fetch(portal.home_url)
    platform, url_classifier = platform_for(home), UrlClassifier()
    url_rules = UrlRules(platform.url_identity)
    result = Walk(platform.name)
    waiting: deque[tuple[Link | Postback, str]] = deque([(Link(portal.home_url), "listing")])
    known: set[str] = set()
    while waiting and most:
        step, kind = waiting.popleft()
        key = (
            step.key
            if isinstance(step, Postback)
            else url_key(canonical_url(step.url, source, url_rules, kind), url_rules)
        )
        if key in known:
            continue
        known.add(key)
        most -= 1
        page = fetch(step.url, step.fields if isinstance(step, Postback) else None)
        if page.status != 200:
            continue
        links = read_links(page, source, platform, url_classifier)
        if kind == "article" or (kind == "unknown" and page_kind(page, links) == "article"):
            result.articles[key] = page
        else:
            result.lists[key] = page
        if kind != "article":
            waiting.extend((link, "article") for link in links.articles)
            waiting.extend((link, "unknown") for link in links.others)
            waiting.extend((link, "listing") for link in [*links.sections, *links.paging])
    return result
