"""The articles that a home page links to, with the days that are printed beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import islice
from urllib.parse import urldefrag

from lxml import etree
from w3lib.url import safe_url_string

from pipelines.extraction.vietnamese.dates import ParsedDate, parse_date, parse_url_date
from pipelines.text import fold, normalise
from scraper.base.urls import urljoin_safely
from spiders.discovery.links import PageLinks
from spiders.discovery.portal_words import key_of, portal_words
from spiders.discovery.url_classifier import path_and_query

MIN_TITLE_WORDS = 5
"""Words of the title of an article; what is shorter is the name of a section or of a page."""

MIN_UNKNOWN_WORDS = 7
"""The same for a link whose URL does not show whether it leads to an article."""

MAX_ARTICLES = 200
MAX_TITLE_CHARS = 300
MAX_LINKS = 10_000
MAX_LEVELS = 5
"""Ancestors of a link among which the teaser of its article is searched."""

MAX_TEASER_TEXTS = 60
MAX_DATE_CHARS = 120


@dataclass(frozen=True, slots=True)
class HomeArticle:
    """A link to an article on a home page, with the day that is printed beside it."""

    url: str
    title: str
    day: date | None = None


def read_articles(root: etree._Element, page_url: str, links: PageLinks) -> list[HomeArticle]:
    """Return the articles that a home page links to, without those of a new system."""
    samples = portal_words().sample_articles
    named = [(link.url, normalise(link.text[:MAX_TITLE_CHARS])) for link in links.articles]
    named += [
        (link.url, normalise(link.text[:MAX_TITLE_CHARS]))
        for link in links.others
        if not link.in_menu and len(link.text.split()) >= MIN_UNKNOWN_WORDS
    ]
    titles = {
        url: title
        for url, title in named
        if len(title.split()) >= MIN_TITLE_WORDS and key_of(title) not in samples
    }
    titles = dict(islice(titles.items(), MAX_ARTICLES))
    days = _days(root, page_url, titles)
    return [HomeArticle(url, title, days.get(url)) for url, title in titles.items()]


def _days(root: etree._Element, page_url: str, titles: dict[str, str]) -> dict[str, date]:
    """Return the days beside the links to articles, else those in their URLs."""
    elements: dict[str, list[etree._Element]] = defaultdict(list)
    around: dict[etree._Element, set[str]] = defaultdict(set)
    for element in islice(root.iter("a"), MAX_LINKS):
        url = _absolute(page_url, element.get("href") or "")
        if url in titles:
            elements[url].append(element)
            for above in islice(element.iterancestors(), MAX_LEVELS):
                around[above].add(url)
    moment = datetime.now(UTC)
    days = {}
    for url, title in titles.items():
        teasers = (_teaser(element, url, around) for element in elements[url][:3])
        found = (parsed for teaser in teasers for parsed in _dates_in(teaser, title, moment))
        if parsed := next(found, None) or parse_url_date(url, moment):
            days[url] = date.fromisoformat(parsed.day)
    return days


def _absolute(page_url: str, href: str) -> str:
    url = urldefrag(urljoin_safely(page_url, href[:2000].strip())).url
    try:
        return url if url.isascii() and " " not in url else safe_url_string(url)
    except ValueError:
        return url


def _teaser(
    element: etree._Element, url: str, around: dict[etree._Element, set[str]]
) -> etree._Element:
    """Return the largest element around a link that has no link to another article."""
    largest = element
    for above in islice(element.iterancestors(), MAX_LEVELS):
        if around[above] != {url} or above.tag in ("body", "html"):
            break
        largest = above
    return largest


def _dates_in(teaser: etree._Element, title: str, moment: datetime) -> Iterator[ParsedDate]:
    """Yield the dates in a teaser that are not in the title of its article."""
    for element in islice(teaser.iter("time"), 3):
        if parsed := parse_date((element.get("datetime") or "")[:MAX_DATE_CHARS], moment):
            yield parsed
    for text in islice(teaser.itertext(), MAX_TEASER_TEXTS):
        is_short = len(text) <= 4 * MAX_DATE_CHARS and any(map(str.isdigit, text))
        line = normalise(text) if is_short else ""
        is_beside = 0 < len(line) <= MAX_DATE_CHARS and fold(line) not in fold(title)
        if is_beside and (parsed := parse_date(line, moment)):
            yield parsed


def fingerprint_of(articles: list[HomeArticle]) -> str:
    """Return a hash of the titles and paths of articles, empty if there are none.

    It is the same whatever the host and the order.
    """
    shown = sorted({f"{fold(one.title)}\n{path_and_query(one.url)}" for one in articles})
    return sha256("\n".join(shown).encode("utf-8", "replace")).hexdigest() if shown else ""
