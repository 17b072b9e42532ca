"""Extracts the links of a page and sorts them by what they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urldefrag

from lxml import etree
from w3lib.url import safe_url_string

from pipelines.items import Page
from scraper.base.source import Source
from scraper.base.urls import belongs, urljoin_safely
from spiders.discovery.forms import has_script_pagination, read_forms
from spiders.discovery.html import base_url, image_text, parse, text_of
from spiders.discovery.pagination import (
    PAGER_NAMES,
    Link,
    Postback,
    in_order,
    is_paging,
    page_number,
    read_postbacks,
)
from spiders.discovery.traps import MAX_URL_CHARS, is_asset, is_dated_list, is_document, trap
from spiders.discovery.url_classifier import (
    UrlClassifier,
    classify_url,
    kind_from_score,
    path_and_query,
    url_score,
)
from spiders.platforms.base import Platform

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
FEED_URL = re.compile(r"(^|[/.=])(rss2?|atom|feeds?)([/.&?]|$)", re.I)
SITEMAP_URL = re.compile(r"sitemap[^/]{0,200}\.(xml|ashx)(\.gz)?$", re.I)
MENU_NAMES = re.compile(r"menu|nav(?!igator)|breadcrumb|footer|header", re.I)
HTTP_SCHEME = re.compile(r"https?:", re.I)
ESCAPED_URL = re.compile(r"[\w./:?&=~;,@!*()+-]+", re.ASCII)
"""URLs that need no escaping, which are nearly all: the check is ten times faster than escaping."""

STRAY_QUOTES = "“”″"
"""Quotes that editors paste around a URL: ``href="/tin-34”"``."""

URL_ATTRIBUTES = ("data-url", "data-href", "data-next-url")
"""Attributes besides ``href`` that hold URLs; so does ``value`` of an ``option``."""

SCRIPT_LOCATION = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]+)['\"]")
MAX_SECTION_LOG_ODDS = -4.0
"""Log odds below which a link outside of menus counts as a section.

The limit is low because ``/34.html`` with the text "Chi tiết" looks like the URL of a list; only
fetching the page shows what it is.
"""

MAX_LINKS = 10_000
"""Links read from one page; only hostile pages have more."""

MAX_HREF_CHARS = 2 * MAX_URL_CHARS
"""Characters of an unescaped URL; a longer one exceeds ``MAX_URL_CHARS`` when it is escaped."""

MAX_NAME_CHARS = 1000
"""Characters of a class or an id that are matched with patterns."""

MAX_REL_CHARS = 200

MAX_MENU_DEPTH = 6
"""Ancestors of a link among which a menu, pagination or heading is searched."""


@dataclass(slots=True)
class PageLinks:
    """The links of a page by kind, each URL once, in document order.

    ``articles`` and ``sections`` (lists) are recognised by URL and text; ``others`` could be
    either; ``archives`` are lists by date, to follow last and only while they find articles.
    ``paging`` are the further pages of this list, the next one first. ``has_script_pagination`` is
    True if ``paging`` is empty but the page has a "more" button that needs a script. ``documents``
    are files (PDF, Word), which are not fetched as pages.
    """

    articles: list[Link] = field(default_factory=list)
    sections: list[Link] = field(default_factory=list)
    others: list[Link] = field(default_factory=list)
    archives: list[Link] = field(default_factory=list)
    paging: list[Link | Postback] = field(default_factory=list)
    feeds: list[Link] = field(default_factory=list)
    sitemaps: list[Link] = field(default_factory=list)
    documents: list[Link] = field(default_factory=list)
    has_script_pagination: bool = False


@dataclass(slots=True)
class _Target:
    """A URL, and what all links of a page to it have in common."""

    url: str
    text: str = ""
    rel: str = ""
    type: str = ""
    in_menu: bool = True
    in_pager: bool = False
    in_heading: bool = False


def read_links(
    page: Page, source: Source, platform: Platform, url_classifier: UrlClassifier
) -> PageLinks:
    """Return the links of a page within its source, without traps and external links.

    Never raises: a body that is not HTML has no links.
    """
    links = PageLinks()
    root = parse(page)
    if root is None:
        return links
    base = base_url(root, page)
    page_url = page.address or base
    for target in _targets(root, base[:MAX_HREF_CHARS], source):
        if target.url != page.address or target.rel:
            _add_link(links, target, page_url, platform, url_classifier)
    from_forms = [*read_postbacks(root, page_url), *read_forms(root, page_url)]
    own = [one for one in from_forms if belongs(one.url, source) and not trap(one.url)]
    links.paging = in_order([*links.paging, *own], page_url)
    links.has_script_pagination = not links.paging and has_script_pagination(root)
    return links


def _targets(root: etree._Element, base: str, source: Source) -> list[_Target]:
    """Return each URL of the source that the page links to, once."""
    found: dict[str, _Target] = {}
    urls: dict[str, str | None] = {}
    names = _ElementNames()
    for element, href in islice(_hrefs(root), MAX_LINKS):
        if href not in urls:
            url = _absolute_url(base, href)
            urls[href] = url if url and belongs(url, source) else None
        if url := urls[href]:
            _add_element(found.setdefault(url, _Target(url)), element, names)
    return list(found.values())


def _hrefs(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield every element that links to something, with its URL as written."""
    for element in root.iter("a", "area", "link", "frame"):
        href = element.get("href") or element.get("src") or ""
        if href.startswith(("javascript:", "#")) and (onclick := element.get("onclick")):
            location = SCRIPT_LOCATION.search(onclick[:MAX_HREF_CHARS])
            href = location[1] if location else href
        if href:
            yield element, href
    for element in root.iter("*"):
        names = (*URL_ATTRIBUTES, "value") if element.tag == "option" else URL_ATTRIBUTES
        href = next((value for name in names if (value := element.get(name))), "")
        if href and _is_page_of_list(href):
            yield element, href


def _is_page_of_list(href: str) -> bool:
    is_short = len(href) <= MAX_HREF_CHARS
    return is_short and page_number(urljoin_safely("http://host/", href)) is not None


def _absolute_url(base: str, href: str) -> str | None:
    """Return the absolute, escaped URL of a link without its fragment, None if it is not HTTP."""
    is_not_http = href.startswith(("#", "javascript:", "mailto:", "tel:", "data:"))
    if is_not_http or len(href) > MAX_HREF_CHARS:
        return None
    url = urldefrag(urljoin_safely(base, href.strip(STRAY_QUOTES))).url
    if not HTTP_SCHEME.match(url):
        return None
    try:
        return url if ESCAPED_URL.fullmatch(url) else safe_url_string(url)
    except ValueError:
        return None


def _add_element(target: _Target, element: etree._Element, names: _ElementNames) -> None:
    """Add one more link to a target: the longest text and the best position count."""
    text = text_of(element) or element.get("title") or image_text(element)
    if element.tag == "link":
        text = ""
        target.type = element.get("type") or target.type
    if len(text) > len(target.text):
        target.text = text
    if (rel := (element.get("rel") or "")[:MAX_REL_CHARS]) and len(target.rel) < MAX_REL_CHARS:
        target.rel = f"{target.rel} {rel}".strip()
    in_menu, in_pager, in_heading = _position(element, names)
    target.in_menu &= in_menu
    target.in_pager |= in_pager
    target.in_heading |= in_heading


class _ElementNames:
    """Recognises menus and pagination by class and id, and caches the result by element."""

    def __init__(self) -> None:
        self._cache: dict[etree._Element, tuple[bool, bool]] = {}

    def kinds(self, element: etree._Element) -> tuple[bool, bool]:
        """Return whether an element is named like a menu, and whether like pagination."""
        kinds = self._cache.get(element)
        if kinds is None:
            parts = (element.get("class") or "", element.get("id") or "")
            names = " ".join(part[:MAX_NAME_CHARS] for part in parts)
            kinds = bool(MENU_NAMES.search(names)), bool(PAGER_NAMES.search(names))
            self._cache[element] = kinds
        return kinds


def _position(element: etree._Element, names: _ElementNames) -> tuple[bool, bool, bool]:
    """Return whether a link is in a menu, in pagination, and in (or around) a heading."""
    in_menu = in_pager = False
    in_heading = any(child.tag in ("h1", "h2", "h3", "h4") for child in element)
    above: etree._Element | None = element
    for _ in range(MAX_MENU_DEPTH):
        if above is None or above.tag in ("body", "form"):
            break
        is_menu, is_pager = names.kinds(above)
        in_menu |= is_menu or above.tag in ("nav", "header", "footer")
        in_pager |= is_pager
        in_heading |= above.tag in ("h1", "h2", "h3", "h4", "h5")
        above = above.getparent()
    return in_menu, in_pager, in_heading


def _add_link(
    links: PageLinks,
    target: _Target,
    page_url: str,
    platform: Platform,
    url_classifier: UrlClassifier,
) -> None:
    """Add a target to the group that it belongs to; skip traps and files that are not pages."""
    link = Link(target.url, target.text, in_menu=target.in_menu and not target.in_heading)
    if trap(target.url):
        return
    if target.type in FEED_TYPES or FEED_URL.search(path_and_query(target.url)):
        links.feeds.append(link)
    elif SITEMAP_URL.search(target.url):
        links.sitemaps.append(link)
    elif is_document(target.url):
        links.documents.append(link)
    elif _is_no_page(target, platform):
        return
    elif _is_paging(target, page_url, platform, url_classifier):
        links.paging.append(Link(target.url, target.text, page_number(target.url, target.text)))
    else:
        _group(links, target, platform, url_classifier).append(link)


def _is_no_page(target: _Target, platform: Platform) -> bool:
    """Return whether a target is not a page: an asset, a ``<link>``, or skipped by the platform."""
    is_resource = bool(set(target.rel.split()) - {"next", "prev"}) and not target.text
    return is_resource or is_asset(target.url) or platform.skips(path_and_query(target.url))


def _is_paging(
    target: _Target, page_url: str, platform: Platform, url_classifier: UrlClassifier
) -> bool:
    """Return whether a link belongs to the pagination.

    ``rel=next`` on an article may lead to the next article instead.
    """
    if not is_paging(target.url, target.text, target.rel, target.in_pager, page_url):
        return False
    has_number = page_number(target.url, target.text) is not None
    return has_number or classify_url(target.url, platform, url_classifier) != "article"


def _group(
    links: PageLinks, target: _Target, platform: Platform, url_classifier: UrlClassifier
) -> list[Link]:
    """Return the group of a link that is neither pagination nor a feed, sitemap or file."""
    score = url_score(target.url, platform, url_classifier) + _text_score(target)
    if kind_from_score(score) == "article":
        return links.articles
    if is_dated_list(target.url):
        return links.archives
    is_in_menu = target.in_menu and kind_from_score(score) == "listing"
    return links.sections if is_in_menu or score <= MAX_SECTION_LOG_ODDS else links.others


def _text_score(target: _Target) -> float:
    """Score the text and position of a link: the titles of articles are long and in headings."""
    words = len(target.text.split())
    score = 2.0 if words >= 8 else 1.0 if words >= 6 else 0.0 if words >= 4 else -1.0
    in_menu = target.in_menu and not target.in_heading and words < 8
    return score + 1.0 * target.in_heading - 1.0 * in_menu
