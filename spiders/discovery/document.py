"""The parsed page: one fast parse, with the base of its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from lxml import etree
from w3lib.encoding import html_to_unicode

from pipelines.extraction.html.parse import has_attribute_bomb
from pipelines.items import Page
from scraper.base.urls import urljoin_safely
from spiders.discovery.fragments import html_of_json

UNSEEN = frozenset(("script", "style", "noscript", "textarea", "option", "title"))
SPACES = re.compile(r"\s+")

MAX_STEPS = 1000
"""Elements entered and left while the text of one is gathered: links and headings can be nested in
one another without end, and each would have the text of all below it."""

MAX_TEXT_CHARS = 2000
"""Characters of such a text; a headline has some hundred."""


def parse(page: Page) -> etree._Element | None:
    """The document of an HTML page, None where it holds no element or cannot be borne.

    Never raises. Not to be changed: the next caller with the same page is given the same document.
    """
    return _document(page.body, page.headers.get("content-type"))


def forget_document() -> None:
    """Give the memory of the last document back."""
    _document.cache_clear()


# A list is asked for the name of its site, for its links and for its looks, one after the other.
@lru_cache(maxsize=1)
def _document(raw: bytes, content_type: str | None) -> etree._Element | None:
    body = _utf8(raw, content_type).replace(b"\0", b"")
    body = html_of_json(body) or body
    if has_attribute_bomb(body):
        return None
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        return etree.fromstring(body, parser) if body.strip() else None
    except (etree.XMLSyntaxError, ValueError):
        return None


def base_url(root: etree._Element, page: Page) -> str:
    """The address that the page's links are relative to."""
    address = page.address or ""
    base = root.find(".//base[@href]")
    return address if base is None else urljoin_safely(address, base.get("href") or "")


def text_of(element: etree._Element) -> str:
    """The beginning of the text inside an element, its blanks folded."""
    if len(element) == 0:
        return SPACES.sub(" ", (element.text or "")[:MAX_TEXT_CHARS]).strip()
    text = "".join(_texts(element))
    return SPACES.sub(" ", text[:MAX_TEXT_CHARS]).strip()


def _texts(element: etree._Element) -> Iterator[str]:
    length = 0
    for event, inner in islice(etree.iterwalk(element, events=("start", "end")), MAX_STEPS):
        is_start = event == "start"
        text = inner.text if is_start else None if inner is element else inner.tail
        if text:
            yield text[:MAX_TEXT_CHARS]
            length += len(text)
        if length > MAX_TEXT_CHARS:
            return


def shown_texts(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Every stretch of text that is shown, with the element around it."""
    for element in root.iter(etree.Element):
        if element.text and element.tag not in UNSEEN and (text := element.text.strip()):
            yield element, text
        parent = element.getparent()
        if element.tail and parent is not None and (text := element.tail.strip()):
            yield parent, text


def _utf8(body: bytes, content_type: str | None) -> bytes:
    """The body in UTF-8: as it is where it can be, since headers lie more often than bytes."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return html_to_unicode(content_type, body)[1].encode("utf-8", "replace")
    return body
