"""The parsed page: one fast parse, with the base of its links."""

from __future__ import annotations

import re

from lxml import etree
from w3lib.encoding import html_to_unicode

from pipelines.page import Page
from scraper.addresses import urljoin_safely

SPACES = re.compile(r"\s+")


def parse(page: Page) -> etree._Element | None:
    """The document of an HTML page, None where the body holds no element. Never raises."""
    body = _utf8(page).replace(b"\0", b"")
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
    """The text inside an element, its blanks folded."""
    return SPACES.sub(" ", "".join(element.itertext())).strip()


def _utf8(page: Page) -> bytes:
    """The body in UTF-8: as it is where it can be, since headers lie more often than bytes."""
    try:
        page.body.decode("utf-8")
    except UnicodeDecodeError:
        declared = page.headers.get("content-type")
        return html_to_unicode(declared, page.body)[1].encode("utf-8", "replace")
    return page.body
