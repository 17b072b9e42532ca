"""The names of a site, and titles in the metadata that only name the site."""

from __future__ import annotations

import re

from pipelines.extraction.html.blocks import Block, Outline
from pipelines.extraction.html.metadata import PageMetadata
from pipelines.extraction.vietnamese.organisations import organisations
from pipelines.text import fold

_SEPARATOR = re.compile(r"(?<!\s)\s+[|–—»·•-]\s+|(?:(?<!\s)\s+)?[|»]\s*|\s::\s|:\s{2,}")
_SITE = re.compile(r"\w+://[^/?#]+")
_SITE_HEADING = re.compile(
    r"\W*(?:(cong|trang|website|web site|web)\b( thong tin| ttdt| giao tiep| dien tu)"
    r"|trang chu$|bao dien tu\b|website\b|chao mung\b.{0,40}\bden voi\b)"
)
"""The name (folded) of a portal in the heading of every page."""

_ADMINISTRATIVE_UNITS = frozenset({
    *("tinh", "huyen", "quan", "xa", "phuong", "tp", "tp.", "thi xa", "thi tran", "thanh pho"),
    *("dac khu",),
})  # fmt: skip
"""Kinds of administrative units (folded)."""

MAX_UNIT_NAME_WORDS = 4
MAX_OFFICE_WORDS = 9
GENERIC_NAMES = frozenset({
    *("trang chu", "trang nhat", "home", "homepage", "home page", "index", "root"),
    *("chi tiet", "chi tiet tin", "chi tiet tin tuc", "chi tiet bai viet", "tin chi tiet"),
    *("noi dung chi tiet", "xem chi tiet", "detail", "details", "ban dang o day", "ban dang o"),
    *("untitled", "untitled document", "untitled page", "no title", "default"),
})  # fmt: skip
"""Names (folded) of pages that are neither a section nor an article, such as the home page."""


def is_site_heading(text: str) -> bool:
    """Whether a heading is the name of a portal: "Cổng thông tin điện tử …", "Trang chủ"."""
    return _SITE_HEADING.match(fold(text[:80])) is not None


def is_office_or_place(text: str) -> bool:
    """Whether a text is only the name of an office or an administrative unit."""
    if len(text.split()) > MAX_OFFICE_WORDS:
        return False
    return all(map(_is_unit, text.split(","))) or organisations().is_office(text)


def _is_unit(text: str) -> bool:
    """Whether a text is the name of an administrative unit, or of one within another.

    Names are capitalised, so that "Huyện đoàn ra quân" is not one. In a heading in capitals only,
    just short names count.
    """
    words = text.split()
    folded = fold(text).split()
    size = (
        2
        if " ".join(folded[:2]) in _ADMINISTRATIVE_UNITS
        else 1
        if folded[:1] and folded[0] in _ADMINISTRATIVE_UNITS
        else 0
    )
    name = words[size:]
    if not size or not name or len(name) > (2 if text.isupper() else MAX_UNIT_NAME_WORDS):
        return False
    inner = (word for word in name if fold(word) not in _ADMINISTRATIVE_UNITS)
    return all(word[:1].isupper() for word in inner)


def article_part(title: str, site_names: frozenset[str]) -> str | None:
    """Return the part of a metadata title that may name the article, or None.

    ``site_names`` are folded. The name of the site is cut off at both ends. After "Trang chủ"
    usually comes the name of the site or the section, so that the rest counts only if it is not the
    name of an office. A title that repeats one of its parts does not name an article.
    """
    parts = [part for part in _SEPARATOR.split(title) if part]
    keys = [fold(part) for part in parts]
    if len(set(keys)) < len(keys):
        return None
    text = _without_site(title, site_names)
    key = fold(text)
    if key in site_names or key in GENERIC_NAMES or is_site_heading(text):
        return None
    if is_office_or_place(text) or (
        keys[0] in GENERIC_NAMES and organisations().starts_like_office(text)
    ):
        return None
    return text


def _without_site(title: str, site_names: frozenset[str]) -> str:
    """Return a title without parts at its ends that name the site."""
    parts = list(_SEPARATOR.finditer(title))
    while parts and _names_site(title[parts[-1].end() :], site_names):
        title = title[: parts.pop().start()]
    if parts and _names_site(title[: parts[0].start()], site_names):
        return title[parts[0].end() :]
    return title


def _names_site(part: str, site_names: frozenset[str]) -> bool:
    """Whether a part of a title is a name of the site."""
    key = fold(part)
    return key in site_names or key in GENERIC_NAMES or is_site_heading(part)


def find_site_names(
    outline: Outline, metadata: PageMetadata, declared: str | None, address: str | None
) -> frozenset[str]:
    """Return the folded names of the site.

    They come from the metadata, the configuration (``declared``), links to the home page and the
    host.
    """
    names = {fold(entry.value) for entry in metadata.of("site_name")}
    site = _SITE.match(address or "")
    roots = frozenset(("/", site[0], f"{site[0]}/") if site else ("/",))
    names |= {fold(block.text) for block in outline.blocks if _is_home_link(block, roots)}
    if declared:
        names.add(fold(declared))
    host = re.sub(r"^\w+://(www\.)?|[/:?].*$", "", address or "")
    if host:
        names.add(fold(host))
    return frozenset(name for name in names if name)


def _is_home_link(block: Block, roots: frozenset[str]) -> bool:
    """Whether a line consists of a link to the root of the site; ``roots`` are its URLs."""
    hrefs = block.hrefs
    if not hrefs or hrefs[0] not in roots or len(set(hrefs)) != 1:
        return False
    return block.link_share == 1
