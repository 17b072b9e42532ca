"""The owner of a portal, as its home page names it: in its titles, its banner and its imprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from urllib.parse import urlsplit

from lxml import etree

from pipelines.text import normalise
from scraper.base.urls import is_home, urljoin_safely
from spiders.discovery.html import shown_texts
from spiders.discovery.owner_names import Owner, owner_in, parts_of
from spiders.discovery.portal_words import WORD, key_of, portal_words

MAX_TITLES = 20
BANNER_LINES, IMPRINT_LINES = 80, 60
"""Lines at the beginning and at the end of a page in which its owner is searched by name alone."""

LINES_OF_LABEL = 3
"""Lines of the imprint from a label on ("Cơ quan chủ quản:") in which its value is."""

MAX_LINES = 20_000
MAX_LINE_CHARS = 250
MAX_IMAGES = 60
MAX_LINK_LEVELS = 6
"""Ancestors of a text among which a link is searched."""

ENTRANCES = frozenset(("vi", "vn", "vi-vn", "trang-chu", "trangchu", "home", "portal", "web/guest"))
"""Paths of home pages beside the root."""

TITLE_PROPERTIES = frozenset(("og:site_name", "application-name"))


@dataclass(frozen=True, slots=True)
class HomeOwner:
    """Who publishes a home page.

    ``unit_codes`` are the units that it names as its owner. ``is_former`` is True if it also names
    a district or a province that was abolished, ``other`` the name of another body or of a unit
    that the gazetteer does not have.
    """

    unit_codes: frozenset[str] = frozenset()
    is_former: bool = False
    other: str = ""


def read_owner(root: etree._Element, page_url: str, province_code: str | None) -> HomeOwner:
    """Return the owner of a home page.

    A name that the gazetteer does not have counts outside of titles only if no title names a unit:
    templates come with the names of their makers' examples.
    ``province_code`` is the province in which names are looked up if the page names none.
    """
    titles = [owner_in(text, province_code) for text in titles_of(root)]
    scope = province_code or next(iter(_provinces(titles)), None)
    names = chain(_names_of_images(root, page_url), _names_in_text(root, page_url))
    named = [*titles, *(owner_in(text, scope) for text in names)]
    is_titled = any(owner.codes for owner in titles)
    others = [owner.other or owner.unknown for owner in titles]
    others += [] if is_titled else [owner.unknown for owner in named]
    return HomeOwner(
        frozenset(code for owner in named for code in owner.codes),
        any(owner.is_former for owner in named),
        next(filter(None, others), ""),
    )


def titles_of(root: etree._Element) -> list[str]:
    """Return the texts of ``<title>`` and of the names that the page declares, each once."""
    found = [title.text or "" for title in islice(root.iterfind(".//head/title"), MAX_TITLES)]
    for meta in islice(root.iter("meta"), 10 * MAX_TITLES):
        if (meta.get("property") or meta.get("name") or "").lower() in TITLE_PROPERTIES:
            found.append(meta.get("content") or "")
    texts = (normalise(text[: 10 * MAX_LINE_CHARS])[:MAX_LINE_CHARS] for text in found)
    return list(dict.fromkeys(filter(None, texts)))[:MAX_TITLES]


def _provinces(owners: list[Owner]) -> frozenset[str]:
    return frozenset(code for owner in owners for code in owner.provinces)


def _names_of_images(root: etree._Element, page_url: str) -> Iterator[str]:
    """Yield the texts of banner images that name a portal: those in no link but one to the root."""
    for image in islice(root.iter("img"), MAX_IMAGES):
        text = normalise((image.get("alt") or image.get("title") or "")[:MAX_LINE_CHARS])
        if text and _is_name(text, has_lead=False) and _is_own(image, page_url):
            yield text


def _names_in_text(root: etree._Element, page_url: str) -> Iterator[str]:
    """Yield the names of portals and authorities in the banner and in the imprint.

    A line that ends before the name ("TRANG THÔNG TIN ĐIỆN TỬ", "Cơ quan chủ quản:") continues
    with the next one. The name of a unit alone counts only as such a continuation, because it may
    also be a part of an address or of a list.
    """
    lines = [
        line if len(line) <= MAX_LINE_CHARS and _is_own(element, page_url) else ""
        for element, text in islice(shown_texts(root), MAX_LINES)
        for line in (normalise(text[: MAX_LINE_CHARS + 1]),)
    ]
    kept = {*range(BANNER_LINES), *range(len(lines) - IMPRINT_LINES, len(lines))}
    for index, line in enumerate(lines):
        if line and _is_labelled(line):
            kept.update(range(index, index + LINES_OF_LABEL))
    yield from _joined([line if index in kept else "" for index, line in enumerate(lines)])


def _is_labelled(line: str) -> bool:
    return bool(portal_words().imprint_labels.length_at(key_of(line[:40]).split(), 0))


def _joined(lines: list[str]) -> Iterator[str]:
    """Yield the lines, and the lines joined with their beginnings, that name an owner."""
    lead, is_label = "", False
    for line in lines:
        name = _behind_label(line)
        text = line if name is None else name
        is_label = is_label or name is not None
        whole = f"{lead} {text}".strip()
        if _is_name(whole, has_lead=bool(lead) or is_label):
            pure = takewhile(lambda part: not part.rest, parts_of(whole))
            yield ", ".join(part.text for part in pure)
            lead, is_label = ("", False) if _is_complete(whole) else (whole, is_label)
        elif _is_lead(whole) or (is_label and not text):
            lead = whole
        else:
            lead, is_label = "", False


def _behind_label(line: str) -> str | None:
    """Return what follows the label of an imprint line, None if the line has no label."""
    words = portal_words().imprint_labels.length_at(key_of(line[:60]).split(), 0)
    if not words:
        return None
    ends = [found.end() for found in islice(WORD.finditer(line), words)]
    return line[ends[-1] :].strip(" :.-–©®\t")


def _is_name(text: str, has_lead: bool) -> bool:
    """Whether a text is the name of a unit's portal or authority and nothing else."""
    parts = parts_of(text)
    is_portal = has_lead or any(part.is_portal for part in parts)
    is_pure = all(not part.rest for part in parts)
    if has_lead and not is_pure:
        return bool(parts) and parts[0].is_name
    return is_portal and is_pure and any(part.mentions for part in parts)


def _is_complete(text: str) -> bool:
    """Whether a name has more than a province, so that the next line is not a part of it."""
    return any(one.rank != "province" for part in parts_of(text) for one in part.mentions)


def _is_lead(text: str) -> bool:
    """Whether a text is the beginning of a name: "UBND", "CỔNG THÔNG TIN ĐIỆN TỬ", "UBND XÃ"."""
    parts = parts_of(text)
    rest = [word for part in parts for word in key_of(part.rest).split()]
    has_kind = set(rest) <= {"xa", "phuong", "huyen", "dac", "khu", "thi", "tran"}
    is_portal = any(part.is_portal for part in parts)
    return is_portal and has_kind and not any(part.mentions for part in parts)


def _is_own(element: etree._Element, page_url: str) -> bool:
    """Whether an element is in no link, or in a link to the root of its site."""
    above: etree._Element | None = element
    for _ in range(MAX_LINK_LEVELS):
        if above is None:
            return True
        if above.tag == "a" and (href := above.get("href")):
            return _is_root(urljoin_safely(page_url, href[:1000]), page_url)
        above = above.getparent()
    return True


def _is_root(url: str, page_url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_same_host = parts.hostname == urlsplit(page_url).hostname
        is_entrance = parts.path.strip("/").lower() in ENTRANCES and not parts.query
        return is_same_host and (is_home(url) or is_entrance or url.partition("#")[0] == page_url)
    except ValueError:
        return False
