"""The links of a page, sorted by what they lead to."""

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
from spiders.discovery.document import base_url, parse, text_of
from spiders.discovery.forms import goes_on_by_script, read_forms
from spiders.discovery.pagination import (
    PAGER,
    Link,
    Postback,
    in_order,
    is_paging,
    page_number,
    read_postbacks,
)
from spiders.discovery.traps import MAX_URL_CHARS, is_asset, is_dated_list, is_document, trap
from spiders.discovery.url_classifier import UrlClassifier, address_score, kind_of, path_and_query
from spiders.platforms.base import Platform

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
FEED = re.compile(r"(^|[/.=])(rss2?|atom|feeds?)([/.&?]|$)", re.I)
SITEMAP = re.compile(r"sitemap[^/]{0,200}\.(xml|ashx)(\.gz)?$", re.I)
MENU = re.compile(r"menu|nav(?!igator)|breadcrumb|footer|header", re.I)
WEB = re.compile(r"https?:", re.I)
PLAIN = re.compile(r"[\w./:?&=~;,@!*()+-]+", re.ASCII)
"""Addresses that need no escaping, which is nearly all: an order of magnitude faster."""

STRAY_QUOTES = "“”″"
"""What editors paste around an address, so that ``href="/tin-34”"`` is written."""

PLACE_ATTRIBUTES = ("data-url", "data-href", "data-next-url")
"""Where else than in links addresses stand, besides the values of options."""

LOCATION = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]+)['\"]")
SURE_SECTION = -4.0
"""Log odds below which a link outside of menus leads to a list: ``/34.html`` under "Chi tiết" looks
like a list's address, and only the page behind it tells."""

MOST_LINKS = 10_000
"""Links read of one page: no honest page has more, and a hostile one is not to stop the crawl."""

MAX_ADDRESS_CHARS = 2 * MAX_URL_CHARS
"""Characters of an address as it is written: what is longer is a trap once it is escaped."""

MAX_NAME_CHARS = 1000
"""Characters of a class or an id that are looked at."""

MAX_REL_CHARS = 200
MAX_IMAGE_STEPS = 200
"""Elements inside a link among which its image is looked for."""

MAX_MENU_DEPTH = 6
"""How far above a link its menu or pager is looked for."""


@dataclass(slots=True)
class PageLinks:
    """Where a page leads, each address once, in the order of the page.

    ``articles`` and ``sections`` (lists) are told by address and text; ``others`` could be
    either; ``archives`` are lists by date: to be followed last, and only while they yield.
    ``paging`` are the further pages of this list, the next one first; ``goes_on_by_script`` tells
    that it has none, and a button for more that only script follows. ``documents`` are files to
    read (PDF, Word), not fetched as pages.
    """

    articles: list[Link] = field(default_factory=list)
    sections: list[Link] = field(default_factory=list)
    others: list[Link] = field(default_factory=list)
    archives: list[Link] = field(default_factory=list)
    paging: list[Link | Postback] = field(default_factory=list)
    feeds: list[Link] = field(default_factory=list)
    sitemaps: list[Link] = field(default_factory=list)
    documents: list[Link] = field(default_factory=list)
    goes_on_by_script: bool = False


@dataclass(slots=True)
class _Seen:
    """What all the links of a page to one address say about it."""

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
    """Read where a page leads within its source; links elsewhere and into traps are left out.

    Never raises: a body that is no HTML gives no links.
    """
    links = PageLinks()
    root = parse(page)
    if root is None:
        return links
    base = base_url(root, page)
    address = page.address or base
    for seen in _gather(root, base[:MAX_ADDRESS_CHARS], source):
        if seen.url != page.address or seen.rel:
            _sort_in(links, seen, address, platform, url_classifier)
    behind = [*read_postbacks(root, address), *read_forms(root, address)]
    own = [one for one in behind if belongs(one.url, source) and not trap(one.url)]
    links.paging = in_order([*links.paging, *own], address)
    links.goes_on_by_script = not links.paging and goes_on_by_script(root)
    return links


def _gather(root: etree._Element, base: str, source: Source) -> list[_Seen]:
    """The addresses of the source that the page names, with what is said about each."""
    found: dict[str, _Seen] = {}
    addresses: dict[str, str | None] = {}
    places = _PlaceWords()
    for element, href in islice(_places(root), MOST_LINKS):
        if href not in addresses:
            url = _address(base, href)
            addresses[href] = url if url and belongs(url, source) else None
        if url := addresses[href]:
            _note(found.setdefault(url, _Seen(url)), element, places)
    return list(found.values())


def _places(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Every element that names an address to follow."""
    for element in root.iter("a", "area", "link", "frame"):
        href = element.get("href") or element.get("src") or ""
        if href.startswith(("javascript:", "#")) and (onclick := element.get("onclick")):
            moved = LOCATION.search(onclick[:MAX_ADDRESS_CHARS])
            href = moved[1] if moved else href
        if href:
            yield element, href
    for element in root.iter("*"):
        names = (*PLACE_ATTRIBUTES, "value") if element.tag == "option" else PLACE_ATTRIBUTES
        href = next((value for name in names if (value := element.get(name))), "")
        if href and _is_page_of_list(href):
            yield element, href


def _is_page_of_list(href: str) -> bool:
    is_short = len(href) <= MAX_ADDRESS_CHARS
    return is_short and page_number(urljoin_safely("http://host/", href)) is not None


def _address(base: str, href: str) -> str | None:
    """A link's address, absolute and escaped, None where it is no address of the web."""
    is_elsewhere = href.startswith(("#", "javascript:", "mailto:", "tel:", "data:"))
    if is_elsewhere or len(href) > MAX_ADDRESS_CHARS:
        return None
    url = urldefrag(urljoin_safely(base, href.strip(STRAY_QUOTES))).url
    if not WEB.match(url):
        return None
    try:
        return url if PLAIN.fullmatch(url) else safe_url_string(url)
    except ValueError:
        return None


def _note(seen: _Seen, element: etree._Element, places: _PlaceWords) -> None:
    """Add what one link says: the longest text counts, and the best place."""
    text = text_of(element) or element.get("title") or _alternative(element)
    if element.tag == "link":
        text = ""
        seen.type = element.get("type") or seen.type
    if len(text) > len(seen.text):
        seen.text = text
    if (rel := (element.get("rel") or "")[:MAX_REL_CHARS]) and len(seen.rel) < MAX_REL_CHARS:
        seen.rel = f"{seen.rel} {rel}".strip()
    in_menu, in_pager, in_heading = _surroundings(element, places)
    seen.in_menu &= in_menu
    seen.in_pager |= in_pager
    seen.in_heading |= in_heading


def _alternative(element: etree._Element) -> str:
    inside = islice(element.iter(), MAX_IMAGE_STEPS)
    image = next((inner for inner in inside if inner.tag == "img"), None)
    return "" if image is None else image.get("alt") or image.get("title") or ""


class _PlaceWords:
    """What the class and the id of an element say of the links in it, each looked at once."""

    def __init__(self) -> None:
        self._told: dict[etree._Element, tuple[bool, bool]] = {}

    def of(self, element: etree._Element) -> tuple[bool, bool]:
        """Whether an element is named like a menu, and whether like a pager."""
        told = self._told.get(element)
        if told is None:
            parts = (element.get("class") or "", element.get("id") or "")
            names = " ".join(part[:MAX_NAME_CHARS] for part in parts)
            told = self._told[element] = bool(MENU.search(names)), bool(PAGER.search(names))
        return told


def _surroundings(element: etree._Element, places: _PlaceWords) -> tuple[bool, bool, bool]:
    """Whether a link stands in a menu, in a pager, in (or around) a heading."""
    in_menu = in_pager = False
    in_heading = any(child.tag in ("h1", "h2", "h3", "h4") for child in element)
    above: etree._Element | None = element
    for _ in range(MAX_MENU_DEPTH):
        if above is None or above.tag in ("body", "form"):
            break
        is_menu, is_pager = places.of(above)
        in_menu |= is_menu or above.tag in ("nav", "header", "footer")
        in_pager |= is_pager
        in_heading |= above.tag in ("h1", "h2", "h3", "h4", "h5")
        above = above.getparent()
    return in_menu, in_pager, in_heading


def _sort_in(
    links: PageLinks, seen: _Seen, address: str, platform: Platform, url_classifier: UrlClassifier
) -> None:
    """Put one address of a page where it belongs; traps and files that are no pages go nowhere."""
    link = Link(seen.url, seen.text, in_menu=seen.in_menu and not seen.in_heading)
    if trap(seen.url):
        return
    if seen.type in FEED_TYPES or FEED.search(path_and_query(seen.url)):
        links.feeds.append(link)
    elif SITEMAP.search(seen.url):
        links.sitemaps.append(link)
    elif is_document(seen.url):
        links.documents.append(link)
    elif _leads_nowhere(seen, platform):
        return
    elif _is_paging(seen, address, platform, url_classifier):
        links.paging.append(Link(seen.url, seen.text, page_number(seen.url, seen.text)))
    else:
        _by_kind(links, seen, platform, url_classifier).append(link)


def _leads_nowhere(seen: _Seen, platform: Platform) -> bool:
    """Whether an address shows no page: an asset, a ``<link>`` to one, what a platform skips."""
    is_resource = bool(set(seen.rel.split()) - {"next", "prev"}) and not seen.text
    return is_resource or is_asset(seen.url) or platform.skips(path_and_query(seen.url))


def _is_paging(
    seen: _Seen, address: str, platform: Platform, url_classifier: UrlClassifier
) -> bool:
    """Whether a link pages on: ``rel=next`` on an article may lead to its neighbour instead."""
    if not is_paging(seen.url, seen.text, seen.rel, seen.in_pager, address):
        return False
    has_number = page_number(seen.url, seen.text) is not None
    return has_number or kind_of(address_score(seen.url, platform, url_classifier)) != "article"


def _by_kind(
    links: PageLinks, seen: _Seen, platform: Platform, url_classifier: UrlClassifier
) -> list[Link]:
    score = address_score(seen.url, platform, url_classifier) + _text_score(seen)
    if kind_of(score) == "article":
        return links.articles
    if is_dated_list(seen.url):
        return links.archives
    is_section = score <= SURE_SECTION or (seen.in_menu and kind_of(score) == "listing")
    return links.sections if is_section else links.others


def _text_score(seen: _Seen) -> float:
    """What the text of a link and its place add: titles are long and stand in headings."""
    words = len(seen.text.split())
    score = 2.0 if words >= 8 else 1.0 if words >= 6 else 0.0 if words >= 4 else -1.0
    in_menu = seen.in_menu and not seen.in_heading and words < 8
    return score + 1.0 * seen.in_heading - 1.0 * in_menu
