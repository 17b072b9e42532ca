"""What each page of a site is, and which result is right for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lxml import etree, html
from lxml.html import HtmlElement
from w3lib.encoding import html_to_unicode

from tests.bench.sites.platforms import PLATFORMS, Platform, Shown

MIN_PAGE_BYTES = 600
MAX_NOTICE_WORDS = 40
MIN_ARTICLE_WORDS = 25
_STANDING = re.compile(
    r"gioi-thieu|chuc-nang|nhiem-vu|co-cau-to-chuc|lich-su-|so-do|lien-he|dieu-le|vi-tri-va"
    r"|he-thong-to-chuc|ban-thuong-vu|uy-ban-kiem-tra|ban-chap-hanh|danh-ba|don-vi-truc-thuoc"
    r"|dieu-kien-tu-nhien|bo-may|dinh-huong-phat-trien|thuong-truc"
)
"""URLs of pages about the place or the office, which are not news."""


class PageKind(StrEnum):
    """The kinds of pages of a site."""

    ARTICLE = "article"
    NOTICE = "notice"
    STUB = "stub"
    STANDING = "standing"
    LIST = "list"
    BROKEN = "broken"


@dataclass(frozen=True)
class Expected:
    """A page and its kind; ``shown`` is None if it has no article."""

    kind: PageKind
    shown: Shown | None = None


def reference(site: str, root: Path) -> dict[str, Expected]:
    """Return the pages of an unpacked site by path, without those of other hosts."""
    return {
        _path(file, root): _expected(file, _path(file, root), PLATFORMS[site])
        for file in sorted(root.rglob("*.html"))
        if "3rdparty" not in file.parts
    }


def _path(file: Path, root: Path) -> str:
    return "/" + file.relative_to(root).as_posix().removesuffix("index.html")


def _expected(file: Path, path: str, platform: Platform) -> Expected:
    page = _parsed(file)
    if page is None:
        return Expected(PageKind.BROKEN)
    shown = platform(page)
    return Expected(PageKind.LIST) if shown is None else Expected(_kind(path, shown), shown)


def _parsed(file: Path) -> HtmlElement | None:
    content = file.read_bytes()
    if len(content) < MIN_PAGE_BYTES or not content.strip():
        return None
    _, text = html_to_unicode("text/html; charset=utf-8", content)
    try:
        return html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.LxmlError:
        return None


def _kind(path: str, shown: Shown) -> PageKind:
    if _STANDING.search(path) and not shown.day:
        return PageKind.STANDING
    if shown.words < MAX_NOTICE_WORDS and (shown.has_document or shown.images):
        return PageKind.NOTICE
    return PageKind.STUB if shown.words < MIN_ARTICLE_WORDS else PageKind.ARTICLE
