"""Paging: the further pages of a list, in every way in which portals print them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree

from scraper.addresses import urljoin_safely

Word = Literal["number", "next", "more", "last", "back"]

WORDS: dict[Word, tuple[str, ...]] = {
    "next": (
        *("»", "›", ">", ">>", "→", "…", "...", "tiếp", "tiếp theo", "tiếp tục", "kế tiếp", "sau"),
        *("trang sau", "trang tiếp", "trang tiếp theo", "trang kế", "trang kế tiếp"),
        *("cũ hơn", "bài cũ hơn", "các bài cũ hơn", "tin cũ hơn", "các tin cũ hơn"),
        *("next", "next page", "older", "older posts", "older entries"),
    ),
    "more": ("xem thêm", "xem tiếp", "xem thêm tin", "tải thêm", "more", "load more"),
    "last": ("cuối", "trang cuối", "cuối cùng", "về cuối", "last", "last page", ">|", "»»"),
    "back": (
        *("«", "‹", "<", "<<", "←", "|<", "««", "trước", "trang trước", "mới hơn"),
        *("đầu", "trang đầu", "đầu tiên", "về đầu", "prev", "previous", "first", "newer"),
    ),
}
NUMBER = re.compile(r"^(?:trang |page )?(\d{1,5})$")
ARROWS = re.compile(r"[«»‹›<>→←|()\[\]]+")

PATH_SCHEMES = (
    re.compile(r"/phantrang/[^/]+/(\d{1,5})(?:/|$)", re.I),
    re.compile(r"[/_-](?:page|trang|pages)[-_/]?(\d{1,5})(?:/|\.\w{3,5})?$", re.I),
    re.compile(r"/p(\d{1,5})(?:/|\.\w{3,5})?$", re.I),
)
PARAMETERS = re.compile(
    r"^(page|paged|trang|_?page_?(index|no|num|number)|pg|\w*_cur|cur|\w*page)$",
    re.I,
)
"""Parameters that hold the number of a page wherever they stand."""

OFFSETS = re.compile(r"^(p|pn|cp|start|limitstart|offset|from|skip|pagefirstrow)$", re.I)
"""Parameters that may do so, where the text of the link says the same."""

POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
POSTBACK_OPTIONS = re.compile(r"PostBackOptions\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
PAGER = re.compile(
    r"pag(er|ing|ination)|page-?(nav|num|link|item)|\bpages\b|(phan|so)[-_]?trang|\btrang\b", re.I
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: an absolute address, ready to fetch, and its text.

    ``page`` is the number of the list page it leads to, where that is printed.
    """

    url: str
    text: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Postback:
    """A further page of a list that only a form posted back to the same address gives.

    ``fields`` are the form's own with the event in them (ASP.NET, ``__VIEWSTATE`` and all).
    """

    url: str
    fields: dict[str, str]
    text: str = ""
    page: int | None = None

    @property
    def key(self) -> str:
        """What tells one postback of a list from another, in one visit of the list.

        An event that names its page is the same wherever it stands; "next" is another one on
        every page, told by the state that the page keeps in its form.
        """
        event = f"{self.fields['__EVENTTARGET']},{self.fields['__EVENTARGUMENT']}"
        if re.search(r"\d", self.fields["__EVENTARGUMENT"]):
            return f"{self.url}#{event}"
        state = sha256(self.fields.get("__VIEWSTATE", "").encode()).hexdigest()[:16]
        return f"{self.url}#{event},{self.page or state}"


def paging_word(text: str) -> Word | None:
    """What the text of a link says about paging, None where it says nothing."""
    plain = unicodedata.normalize("NFC", text).strip().lower()
    if NUMBER.match(plain):
        return "number"
    bare = ARROWS.sub("", plain).strip() or plain
    return next((word for word, texts in WORDS.items() if bare in texts), None)


def page_number(url: str, text: str = "") -> int | None:
    """The number of the list page that an address asks for, where it can be told.

    The text goes first: an offset (``start=20``) is no number of a page.
    """
    if found := NUMBER.match(text.strip().lower()):
        return int(found[1])
    parts = urlsplit(url)
    # NukeViet without rewriting has its path in a parameter: op=thoi-su/page-2.
    for path in (unquote(parts.path), *(value for _, value in parse_qsl(parts.query))):
        for scheme in PATH_SCHEMES:
            if found := scheme.search(path):
                return int(found[1])
    return next(iter(_values(url, PARAMETERS)), None)


def is_paging(url: str, text: str, rel: str, in_pager: bool) -> bool:
    """Whether a link leads to another page of the list it stands on."""
    if {"next", "prev"} & set(rel.lower().split()):
        return True
    word = paging_word(text)
    if page_number(url) is not None:
        return word is not None or in_pager
    if word in (None, "more"):
        return False
    return in_pager or any(_values(url, OFFSETS))


def leads_to_first(link: Link) -> bool:
    """Whether a paging link leads back to the first page, which the list's own address shows."""
    return link.text == "1" or (paging_word(link.text) == "back" and (link.page or 0) <= 1)


def read_postbacks(root: etree._Element, address: str) -> list[Postback]:
    """The postbacks of a page that lead further in its list."""
    found = []
    for element in root.iterfind(".//a[@href]"):
        script = f"{element.get('href')} {element.get('onclick') or ''}"
        event = POSTBACK.search(script) or POSTBACK_OPTIONS.search(script)
        if event and (postback := _postback(element, event, address)):
            found.append(postback)
    numbers = sorted({postback.page for postback in found if postback.page is not None})
    return [
        postback
        for postback in found
        if (postback.page is None and not _print_the_next(numbers)) or (postback.page or 0) > 1
    ]


def _print_the_next(numbers: list[int]) -> bool:
    """Whether the numbers of a pager, which leave out the page it is on, go on behind that page.

    They do where one is missing between them, and on the first page.
    """
    return bool(numbers) and (numbers[0] == 2 or numbers[-1] - numbers[0] >= len(numbers))


def in_order(paging: Iterable[Link | Postback]) -> list[Link | Postback]:
    """Next first, then by number, then onward by unknown number, back at last."""
    return sorted(paging, key=_rank)


def last_page(paging: Iterable[Link | Postback]) -> int | None:
    """The highest page number that is printed."""
    return max((link.page for link in paging if link.page is not None), default=None)


def _rank(link: Link | Postback) -> tuple[int, int]:
    word = paging_word(link.text)
    if word in ("next", "more"):
        return (0, 0)
    if word == "number":
        return (1, link.page or 0)
    return (3 if word == "back" else 2, link.page or 0)


def _postback(element: etree._Element, event: re.Match[str], address: str) -> Postback | None:
    target, argument = event.groups()
    text = "".join(element.itertext()).strip()
    number = re.search(r"Page\$(\d+)$", argument) or NUMBER.match(text.lower())
    names_pager = bool(PAGER.search(target) or argument.startswith("Page$"))
    word = paging_word(text)
    if not (number and names_pager) and word not in ("number", "next"):
        return None
    form = next(element.iterancestors("form"), None)
    if form is None:
        return None
    fields = _fields(form) | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    url = urljoin_safely(address, form.get("action") or "")
    return Postback(url, fields, text, int(number[1]) if number else None)


def _fields(form: etree._Element) -> dict[str, str]:
    return {
        name: field.get("value") or ""
        for field in form.iter("input")
        if (name := field.get("name")) and (field.get("type") or "text") in ("hidden", "text")
    }


def _values(url: str, names: re.Pattern[str]) -> list[int]:
    """The numbers that the parameters of these names hold."""
    found = []
    for name, value in parse_qsl(urlsplit(url).query):
        if names.match(name) and (digits := re.match(r"\d{1,6}(?=,|$)", value)):
            found.append(int(digits[0]))
    return found
