"""Telling an article from a list: by its address before the request, by its looks after it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree

from pipelines.page import Page
from spiders.discovery.document import parse, shown_texts, text_of
from spiders.platforms.base import Kind, Platform

if TYPE_CHECKING:
    from spiders.discovery.links import PageLinks

MIN_LOG_ODDS = 1.5
"""Log odds from which an address counts as an article's, or below minus which as a list's."""

DECLARED_LOG_ODDS = 4.0
"""Log odds that the pattern of a platform is worth: it takes many outcomes to refute one."""

DETAIL = re.compile(
    r"(^|/)(chi-?tiet|details?|view|xem|post|content|article|bai-?viet|tin-?bai|news-?detail|story"
    r"|read)[a-z-]{0,12}(/|$)"
)
"""Parts of a path that announce an article, where another part or a parameter follows."""

LIST = re.compile(
    r"(^|/)(chuyen-?muc|chuyen-?trang|categor(y|ies)|danh-?muc|the-?loai|archives?|topics?|chu-?de)"
    r"(/[^/]+)?/?$|[/-](page|trang)[-/]?\d+(\.\w+)?/?$"
)
"""Endings of a path that announce a list."""

EXTENSION = re.compile(r"\.(html?|aspx?|php|chn|vnp|vov|jsp|epi|antd|tpo)$")
WORD = re.compile(r"[^\W\d_]+")
FIRST_ID = re.compile(r"\d{2,}[-_]")
MOMENT = re.compile(r"(?<!\d)\d{12,}$")
FINAL_ID = re.compile(r"(?:^|[-_./a-z])(\d{2,})$")
DATED = re.compile(r"(19|20)\d\d[-/]?(0?[1-9]|1[0-2])([-/]?\d\d?)?[-/][^a-z]{0,40}[a-z]")
IDENTIFIER = re.compile(r"^\d{3,}$|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[A-Z]{4,}\d+$", re.I)

BLOCKS = frozenset(
    ("p", "div", "blockquote", "li", "td", "th", "dd", "section", "article", "main", "body", "h1")
)
MOST_TEXTS = 50_000
MAX_STRETCHES = 30
"""Stretches of text that are looked at, and inline elements around one: hostile pages have more."""

MIN_HEADLINE_CHARS = 30
"""Characters beyond which the text of a link is a headline."""

MAX_HEADINGS = 50
"""First headings of a page that are compared with its title."""

FILE_TAGS = ("img", "iframe", "embed", "object", "video", "audio")
MAX_FILES = 500
ICON = re.compile(r"\.(gif|ico|svg)$|^data:|/_layouts/", re.I)

MIN_OWN_CHARS = 40
"""Characters that a notice has at least, its title included."""

MIN_PARAGRAPH_CHARS = 60
"""Characters from which a block without links counts as a paragraph of prose."""

DECLARES_ARTICLE = re.compile(
    rb"itemprop=[\"']?articlebody|\"@type\"\s*:\s*\[?\"(news)?article\""
    rb"|property=[\"']og:type[\"']\s+content=[\"']article|article:published_time"
)


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a page shows: its stretches of text, and the addresses of its files.

    Files are photos outside of links, embedded players and viewers, and linked documents.
    """

    texts: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


class UrlClassifier:
    """What the addresses of one source have turned out to be, by their shapes.

    Nothing is known at first; then general experience judges alone. Not thread-safe.
    """

    def __init__(self, outcomes: Iterable[tuple[str, bool]] = ()) -> None:
        """Take pairs of address and whether it was an article, from earlier runs."""
        self._articles: Counter[str] = Counter()
        self._lists: Counter[str] = Counter()
        for url, is_article in outcomes:
            self.observe(url, is_article)

    def observe(self, url: str, is_article: bool) -> None:
        """Learn what an address turned out to be."""
        (self._articles if is_article else self._lists).update(_shapes(url))

    def score(self, url: str) -> float:
        """Log odds that the address is an article's, from its form and what is known."""
        for shape in _shapes(url):
            articles, lists = self._articles[shape], self._lists[shape]
            if articles + lists:
                return general_score(url) + 1.5 * math.log((articles + 0.5) / (lists + 0.5))
        return general_score(url)


def address_kind(url: str, platform: Platform, url_classifier: UrlClassifier) -> Kind:
    """What an address leads to, as far as its platform and its form tell."""
    return kind_of(address_score(url, platform, url_classifier))


def address_score(url: str, platform: Platform, url_classifier: UrlClassifier) -> float:
    """Log odds that an address is an article's."""
    declared = platform.kind(path_and_query(url))
    weight = {"article": DECLARED_LOG_ODDS, "listing": -DECLARED_LOG_ODDS, "unknown": 0.0}[declared]
    return weight + url_classifier.score(url)


def kind_of(score: float) -> Kind:
    """The kind that log odds stand for."""
    return (
        "article" if score >= MIN_LOG_ODDS else "listing" if score <= -MIN_LOG_ODDS else "unknown"
    )


def path_and_query(url: str) -> str:
    """What a platform's patterns are searched in."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


@lru_cache(maxsize=2048)
def general_score(url: str) -> float:
    """Log odds that an address of a site never seen is an article's.

    An article's address carries the slug of a title, a number or a date; a list's is short.
    """
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    folder, _, name = path.rstrip("/").rpartition("/")
    stem = EXTENSION.sub("", name)
    is_bare_detail = bool(parts.query and DETAIL.fullmatch(stem))
    is_detail = is_bare_detail or bool(DETAIL.search(folder + "/"))
    has_id = bool(FINAL_ID.search(stem) or FIRST_ID.match(stem))
    return (
        (0.0 if is_bare_detail else _slug_score(folder, stem))
        + _query_score(parts.query)
        + 2.0 * has_id
        + 2.0 * bool(MOMENT.search(stem))
        + 3.5 * bool(DATED.search(path))
        + 1.0 * is_detail
        + 0.5 * bool(EXTENSION.search(path) and stem.count("-") > 2)
        - 3.0 * bool(LIST.search(path))
        - 2.0 * (path in ("", "/") and not parts.query)
    )


def _slug_score(folder: str, stem: str) -> float:
    """What the number of words in an address's slug tells; titles have seven and more.

    The slug is the last part of the path that is not a mere number.
    """
    slug = stem if WORD.search(stem) else folder.rpartition("/")[2]
    words = len(WORD.findall(slug))
    return (-2.5, -2.0, -2.0, -1.5, -0.8, 0.3, 1.0, 1.6, 2.2)[min(words, 8)]


def _query_score(query: str) -> float:
    values = [value for _, value in parse_qsl(query)]
    slug = max((len(WORD.findall(value)) for value in values), default=0)
    has_id = any(IDENTIFIER.match(value) for value in values)
    return 1.5 * has_id + (2.0 if slug >= 6 else 0.0)


@lru_cache(maxsize=2048)
def _shapes(url: str) -> tuple[str, str]:
    """The shape of an address within its first folder, and anywhere on the site."""
    parts = urlsplit(url)
    segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
    names = sorted({name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    masked = "/".join(map(_mask, segments)) + "?" + "&".join(names)
    folder = segments[0] if len(segments) > 1 else ""
    return f"{folder}:{masked}", masked


def _mask(segment: str) -> str:
    """A segment with its words counted and its numbers masked."""
    extension = EXTENSION.search(segment)
    stem = EXTENSION.sub("", segment)
    words = len(WORD.findall(stem))
    numbers = "".join("0" if len(digits) < 6 else "00" for digits in re.findall(r"\d+", stem)[-1:])
    return f"{'long' if words > 4 else 'short' if words else ''}{numbers}" + (
        extension[0] if extension else ""
    )


def page_kind(page: Page, links: PageLinks) -> Literal["article", "listing"]:
    """What a fetched page looks like.

    One long text makes an article; many titles that lead elsewhere, and paging, make a list; what
    stands in a menu is on every page.
    What looks like an article though its address did not say so may be a section with a long
    introduction: its links are better followed all the same.
    """
    root = parse(page)
    if root is None:
        return "listing"
    prose = longest_prose(root)
    elsewhere = (link for link in links.articles + links.others if not link.in_menu)
    titles = sum(len(link.text) for link in elsewhere if len(link.text) > MIN_HEADLINE_CHARS)
    score = math.log((prose + 50) / (titles / 2 + 200)) - 0.4
    score += 1.0 * bool(DECLARES_ARTICLE.search(page.body.lower())) + 1.0 * _has_headline(root)
    score -= 1.0 * bool(links.paging)
    return "article" if prose >= MIN_PARAGRAPH_CHARS and score > 0 else "listing"


def adds_nothing(page: Page, links: PageLinks, home: PageContent) -> bool:
    """Whether a page holds no file and no text that its home page lacks.

    Links and a short heading do not count. Such a page is a list or empty, whatever its address.
    """
    root = parse(page)
    if root is None:
        return True
    has_files = bool(content_of(page, links).files - home.files)
    return not has_files and longest_prose(root, 1, home.texts) < MIN_OWN_CHARS


def content_of(page: Page, links: PageLinks) -> PageContent:
    """The texts and the files of a page."""
    root = parse(page)
    if root is None:
        return PageContent()
    texts = frozenset(text for _, text in islice(shown_texts(root), MOST_TEXTS))
    shown = (
        element.get("src") or element.get("data") or ""
        for element in islice(root.iter(*FILE_TAGS), MAX_FILES)
        if not _is_decoration(element)
    )
    documents = (link.url for link in links.documents)
    return PageContent(texts, frozenset(chain(filter(None, shown), documents)))


def _is_decoration(element: etree._Element) -> bool:
    """Whether an image stands in a link, or in the header or footer of its page, or is an icon."""
    if ICON.search(element.get("src") or ""):
        return True
    around = islice(element.iterancestors(), MAX_STRETCHES)
    return any(above.tag in ("a", "header", "footer", "nav") for above in around)


def _has_headline(root: etree._Element) -> bool:
    """Whether the title of the window begins with a heading as long as a headline."""
    title = root.find(".//title")
    window = "" if title is None else text_of(title).casefold()
    headings = [text_of(each).casefold() for each in islice(root.iter("h1"), MAX_HEADINGS)]
    return any(text.count(" ") > 5 and window.startswith(text[:40]) for text in headings)


def longest_prose(
    root: etree._Element, shortest: int = MIN_PARAGRAPH_CHARS, ignored: Collection[str] = ()
) -> int:
    """Characters of the longest run of paragraphs of at least ``shortest`` that stand together.

    Texts that are ``ignored`` do not count.
    A block with links for more than a sixth of its text is a teaser or a menu, no paragraph.
    """
    plain: Counter[etree._Element] = Counter()
    linked: Counter[etree._Element] = Counter()
    for element, text in islice(shown_texts(root), MOST_TEXTS):
        block, in_link = _block_of(element)
        if block is not None and text not in ignored:
            (linked if in_link else plain)[block] += len(text)
    runs: Counter[etree._Element] = Counter()
    for block, length in plain.items():
        parent = block.getparent()
        if length >= shortest and linked[block] * 6 < length and parent is not None:
            runs[parent] += length
            runs[block] += length
    return max(runs.values(), default=0)


def _block_of(element: etree._Element) -> tuple[etree._Element | None, bool]:
    """The block that an element's text belongs to, and whether it is the text of a link."""
    in_link = False
    for above in islice(chain((element,), element.iterancestors()), MAX_STRETCHES):
        if above.tag in BLOCKS:
            return above, in_link
        in_link |= above.tag == "a"
    return None, in_link
