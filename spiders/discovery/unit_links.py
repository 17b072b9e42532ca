"""What a worker process reads of the pages of portal discovery: link lists and lists of news.

Imports no Scrapy, so that a worker starts fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from urllib.parse import urldefrag

from pipelines.extraction import extract_page
from pipelines.gazetteer.units import Unit
from pipelines.items import Page
from pipelines.text import fold
from scraper.base.hosts import host_name
from scraper.base.urls import scheme_of, urljoin_safely
from spiders.discovery.html import base_url, forget_document, image_text, parse, text_of
from spiders.discovery.links import MAX_LINKS
from spiders.discovery.portal_candidates import Candidate, linked_candidates
from spiders.discovery.portal_verdicts import HomePage, read_home_page
from spiders.discovery.traps import is_asset, is_document, trap

MAX_LABEL_CHARS = 80
"""Characters of the text of a link to a list; titles of articles are longer."""

UNITS = re.compile(
    r"\blien ket\b|\bwebsite\b|\bdanh ba\b|\bso do (?:site|cong|website)\b"
    r"|\b(?:cong|trang) thanh (?:phan|vien)\b|\bcong thong tin (?:thanh phan|cac|cap)\b"
    r"|\b(?:cac |cap )(?:xa|phuong|so)\b|\bxa,? (?:va )?phuong\b|\bphuong,? (?:va )?xa\b"
    r"|\bso,? (?:ban,? )?nganh\b|\b(?:don vi|co quan) (?:truc thuoc|hanh chinh|chuyen mon)\b"
    r"|\bbo may (?:to chuc|hanh chinh)\b|\bubnd (?:cac|cap)\b"
)
"""Folded texts of links to pages that list the portals of units and departments."""

NEWS = re.compile(r"\btin (?:tuc|hoat dong|noi bat|moi|trong|dia phuong)\b|\bsu kien\b|\bthoi su\b")
"""Folded texts of links to lists of news."""


def read_link_list(
    page: Page, province: Unit, limit: int
) -> tuple[list[Candidate], list[str], HomePage]:
    """Return the candidates that a page links to, further pages with links, and what it says.

    At most ``limit`` further pages, all on the same host.
    """
    address = page.address or page.url or ""
    itself = Candidate(address, None, province.name, "given")
    content_type = page.headers.get("content-type")
    try:
        further = list(islice(_labelled(page, UNITS), limit))
        return (
            linked_candidates(address, page, province),
            further,
            read_home_page(itself, address, page.body, content_type),
        )
    finally:
        forget_document()


def read_candidate(page: Page, candidate: Candidate, limit: int) -> tuple[HomePage, list[str]]:
    """Return what the home page of a candidate says, and at most ``limit`` of its lists of news."""
    address = page.address or candidate.url
    content_type = page.headers.get("content-type")
    try:
        lists = list(islice(_labelled(page, NEWS), limit))
        return read_home_page(candidate, address, page.body, content_type), lists
    finally:
        forget_document()


def day_of_article(page: Page) -> date | None:
    """Return the day on which an article says that it was published, None if it does not say."""
    published = extract_page(page).article.published_at
    return date.fromisoformat(published[:10]) if published else None


def _labelled(page: Page, label: re.Pattern[str]) -> Iterator[str]:
    """Yield the pages of the same host to which links with such a text lead, each once."""
    root, address = parse(page), page.address or page.url or ""
    if root is None:
        return
    base, host, met = base_url(root, page), host_name(address), {address}
    for element in islice(root.iter("a"), MAX_LINKS):
        text = text_of(element) or element.get("title") or image_text(element)
        if len(text) > MAX_LABEL_CHARS or not label.search(fold(text)):
            continue
        url = urldefrag(urljoin_safely(base, element.get("href") or "")).url
        if url not in met and _is_page_at(url, host):
            met.add(url)
            yield url


def _is_page_at(url: str, host: str) -> bool:
    try:
        is_there = scheme_of(url) in ("http", "https") and host_name(url) == host
    except ValueError:
        return False
    return is_there and not (trap(url) or is_asset(url) or is_document(url))
