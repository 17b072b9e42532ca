"""Classifies a fetched page as an article or a list by its text, links and files."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from lxml import etree

from pipelines.items import Page
from spiders.discovery.html import parse, shown_texts, text_of
from spiders.discovery.links import PageLinks

BLOCK_TAGS = frozenset(
    ("p", "div", "blockquote", "li", "td", "th", "dd", "section", "article", "main", "body", "h1")
)
MAX_TEXT_NODES = 50_000
MAX_ANCESTORS = 30
"""Text nodes of a page, and ancestors of one, that are examined; only hostile pages have more."""

MIN_TITLE_CHARS = 30
"""Characters beyond which the text of a link counts as the title of an article."""

MAX_HEADINGS = 50
"""``h1`` elements of a page that are compared with its title."""

FILE_TAGS = ("img", "iframe", "embed", "object", "video", "audio")
MAX_FILES = 500
ICON = re.compile(r"\.(gif|ico|svg)$|^data:|/_layouts/", re.I)

MIN_NOTICE_CHARS = 40
"""Characters of the shortest notice, its title included."""

MIN_PARAGRAPH_CHARS = 60
"""Characters from which a block with few links counts as a paragraph of prose."""

DECLARES_ARTICLE = re.compile(
    rb"itemprop=[\"']?articlebody|\"@type\"\s*:\s*\[?\"(news)?article\""
    rb"|property=[\"']og:type[\"']\s+content=[\"']article|article:published_time"
)


@dataclass(frozen=True, slots=True)
class PageContent:
    """The text nodes of a page, and the URLs of its files.

    Files are photos outside of links, embedded players and viewers, and linked documents.
    """

    texts: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


def page_kind(page: Page, links: PageLinks) -> Literal["article", "listing"]:
    """Return whether a fetched page looks like an article or a list.

    A long text makes an article; many linked titles and pagination make a list. Links in menus do
    not count, because every page has them. A section with a long introduction may count as an
    article, so callers should follow its links too.
    """
    root = parse(page)
    if root is None:
        return "listing"
    prose = longest_prose(root)
    elsewhere = (link for link in links.articles + links.others if not link.in_menu)
    titles = sum(len(link.text) for link in elsewhere if len(link.text) > MIN_TITLE_CHARS)
    score = math.log((prose + 50) / (titles / 2 + 200)) - 0.4
    score += 1.0 * bool(DECLARES_ARTICLE.search(page.body.lower())) + 1.0 * _has_article_title(root)
    score -= 1.0 * bool(links.paging)
    return "article" if prose >= MIN_PARAGRAPH_CHARS and score > 0 else "listing"


def adds_nothing(page: Page, links: PageLinks, home: PageContent) -> bool:
    """Return whether a page has no file and no text that its home page does not have.

    Links and a short heading do not count. Such a page is a list or empty, whatever its URL.
    """
    root = parse(page)
    if root is None:
        return True
    has_files = bool(content_of(page, links).files - home.files)
    return not has_files and longest_prose(root, 1, home.texts) < MIN_NOTICE_CHARS


def content_of(page: Page, links: PageLinks) -> PageContent:
    """Return the texts and the files of a page."""
    root = parse(page)
    if root is None:
        return PageContent()
    texts = frozenset(text for _, text in islice(shown_texts(root), MAX_TEXT_NODES))
    shown = (
        element.get("src") or element.get("data") or ""
        for element in islice(root.iter(*FILE_TAGS), MAX_FILES)
        if not _is_decoration(element)
    )
    documents = (link.url for link in links.documents)
    return PageContent(texts, frozenset(chain(filter(None, shown), documents)))


def _is_decoration(element: etree._Element) -> bool:
    """Return whether an image is an icon, or is in a link, a header, a footer or a menu."""
    if ICON.search(element.get("src") or ""):
        return True
    around = islice(element.iterancestors(), MAX_ANCESTORS)
    return any(above.tag in ("a", "header", "footer", "nav") for above in around)


def _has_article_title(root: etree._Element) -> bool:
    """Return whether ``<title>`` begins with an ``h1`` of more than six words."""
    title = root.find(".//title")
    window = "" if title is None else text_of(title).casefold()
    headings = [text_of(each).casefold() for each in islice(root.iter("h1"), MAX_HEADINGS)]
    return any(text.count(" ") > 5 and window.startswith(text[:40]) for text in headings)


def longest_prose(
    root: etree._Element, min_chars: int = MIN_PARAGRAPH_CHARS, ignored: Collection[str] = ()
) -> int:
    """Return the characters of the longest group of paragraphs with the same parent.

    Paragraphs shorter than ``min_chars`` and texts in ``ignored`` do not count. A block whose
    links are more than a sixth of its text is a teaser or a menu, not a paragraph.
    """
    plain: Counter[etree._Element] = Counter()
    linked: Counter[etree._Element] = Counter()
    for element, text in islice(shown_texts(root), MAX_TEXT_NODES):
        block, in_link = _block_of(element)
        if block is not None and text not in ignored:
            (linked if in_link else plain)[block] += len(text)
    runs: Counter[etree._Element] = Counter()
    for block, length in plain.items():
        parent = block.getparent()
        if length >= min_chars and linked[block] * 6 < length and parent is not None:
            runs[parent] += length
            runs[block] += length
    return max(runs.values(), default=0)


def _block_of(element: etree._Element) -> tuple[etree._Element | None, bool]:
    """Return the block around an element, and whether the element is in a link."""
    in_link = False
    for above in islice(chain((element,), element.iterancestors()), MAX_ANCESTORS):
        if above.tag in BLOCK_TAGS:
            return above, in_link
        in_link |= above.tag == "a"
    return None, in_link
