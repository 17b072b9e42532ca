"""Parsing a page for its links, texts and site name: one parse with lxml, and the base URL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from itertools import islice
from typing import Any

from lxml import etree
from w3lib.encoding import html_to_unicode

from pipelines.extraction.html.parse import has_attribute_bomb
from pipelines.items import Page
from scraper.base.urls import urljoin_safely
from spiders.discovery.nesting import is_deep, parse_flat

HIDDEN_TAGS = frozenset(("script", "style", "noscript", "textarea", "option", "title"))
WHITE_SPACE = re.compile(r"\s+")

MAX_TEXT_STEPS = 1000
"""Start and end tags visited to collect the text of one element.

Without a limit, nested links would each collect the text of everything below them.
"""

MAX_TEXT_CHARS = 2000
"""Characters of the text of one element; a title has some hundred."""

MAX_IMAGE_STEPS = 200
"""Elements in an element among which its image is searched."""

MAX_SITE_NAME_CHARS = 200
MAX_TITLES = 100
"""``<title>`` and ``og:site_name`` elements of one page that are read."""

URL_KEYS = ("url", "link", "href", "permalink", "detail_url", "detailUrl", "Url", "Link")
TITLE_KEYS = ("title", "Title", "name", "Name", "headline", "tieu_de", "TieuDe")


def parse(page: Page) -> etree._Element | None:
    """Return the root element of an HTML page, None if it has no element or too many attributes.

    The tree is cached and shared: callers must not change it. Never raises.
    """
    return _document(page.body, page.headers.get("content-type"))


def forget_document() -> None:
    """Free the memory of the cached tree."""
    _document.cache_clear()


# One list is parsed for its site name, its links and its kind, one after the other.
@lru_cache(maxsize=1)
def _document(raw: bytes, content_type: str | None) -> etree._Element | None:
    body = _utf8(raw, content_type).replace(b"\0", b"")
    body = json_to_html(body) or body
    if has_attribute_bomb(body):
        return None
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root: etree._Element | None = etree.fromstring(body, parser) if body.strip() else None
        return parse_flat(body) if root is not None and is_deep(root) else root
    except (etree.XMLSyntaxError, ValueError):
        return None


def _utf8(body: bytes, content_type: str | None) -> bytes:
    """Return the body in UTF-8.

    Bytes that are valid UTF-8 stay as they are: wrong charset headers are common.
    """
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return html_to_unicode(content_type, body)[1].encode("utf-8", "replace")
    return body


def json_to_html(body: bytes) -> bytes | None:
    """Return the HTML fragments and links in a JSON document; None if it is not JSON.

    The "load more" button of a list often fetches JSON. Never raises.
    """
    if body.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        waiting: list[Any] = [json.loads(body)]
    except (ValueError, RecursionError):
        return None
    pieces = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "<" in value:
            pieces.append(value)
        elif isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            pieces.append(_json_link(value))
            waiting.extend(reversed(value.values()))
    html = f"<html><body>{''.join(pieces)}</body></html>"
    return html.encode("utf-8", "replace")


def _json_link(entry: dict[str, Any]) -> str:
    """Return a JSON object that has a URL and a title as a link in a heading."""
    url = next((entry[name] for name in URL_KEYS if isinstance(entry.get(name), str)), "")
    title = next((entry[name] for name in TITLE_KEYS if entry.get(name)), "")
    if isinstance(title, dict):
        title = title.get("rendered")
    if not url or not isinstance(title, str):
        return ""
    return f'<h3><a href="{escape(url)}">{escape(title)}</a></h3>'


def base_url(root: etree._Element, page: Page) -> str:
    """Return the URL that the relative links of a page are resolved against."""
    url = page.address or ""
    base = root.find(".//base[@href]")
    return url if base is None else urljoin_safely(url, base.get("href") or "")


def site_name(page: Page) -> str | None:
    """Return the name that a home page gives its site: ``og:site_name``, else its title.

    A changed name can mean that somebody else has taken over the domain.
    """
    root = parse(page)
    if root is None:
        return None
    declared = root.iterfind(".//meta[@property='og:site_name']")
    given = [*(meta.get("content") or "" for meta in islice(declared, MAX_TITLES))]
    given += [title.text or "" for title in islice(root.iterfind(".//head/title"), MAX_TITLES)]
    names = [WHITE_SPACE.sub(" ", name[: MAX_SITE_NAME_CHARS * 10]).strip() for name in given]
    name = next((name for name in names if re.search(r"\w{2}", name)), None)
    return name[:MAX_SITE_NAME_CHARS] if name else None


def text_of(element: etree._Element) -> str:
    """Return the first ``MAX_TEXT_CHARS`` of the text in an element, white space collapsed."""
    if len(element) == 0:
        return WHITE_SPACE.sub(" ", (element.text or "")[:MAX_TEXT_CHARS]).strip()
    text = "".join(_texts(element))
    return WHITE_SPACE.sub(" ", text[:MAX_TEXT_CHARS]).strip()


def _texts(element: etree._Element) -> Iterator[str]:
    length = 0
    for event, inner in islice(etree.iterwalk(element, events=("start", "end")), MAX_TEXT_STEPS):
        is_start = event == "start"
        text = inner.text if is_start else None if inner is element else inner.tail
        if text:
            yield text[:MAX_TEXT_CHARS]
            length += len(text)
        if length > MAX_TEXT_CHARS:
            return


def shown_texts(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield every visible text node, with the element around it."""
    for element in root.iter(etree.Element):
        if element.text and element.tag not in HIDDEN_TAGS and (text := element.text.strip()):
            yield element, text
        parent = element.getparent()
        if element.tail and parent is not None and (text := element.tail.strip()):
            yield parent, text


def image_text(element: etree._Element) -> str:
    """Return the text that stands for the image in an element, empty if there is none."""
    inside = islice(element.iter(), MAX_IMAGE_STEPS)
    image = next((inner for inner in inside if inner.tag == "img"), None)
    return "" if image is None else image.get("alt") or image.get("title") or ""
