"""Pagination: finding the further pages of a list, by links, numbers, offsets and postbacks."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree

from scraper.base.urls import urljoin_safely
from spiders.discovery.html import text_of

PagingWord = Literal["number", "next", "more", "last", "back"]

PAGING_WORDS: dict[PagingWord, tuple[str, ...]] = {
    "next": (
        *("»", "›", "⟩", ">", ">>", "→", "…", "...", "sau"),
        *("tiếp", "tiếp theo", "tiếp tục", "kế tiếp"),
        *("trang sau", "trang tiếp", "trang tiếp theo", "trang kế", "trang kế tiếp"),
        *("cũ hơn", "bài cũ hơn", "các bài cũ hơn", "tin cũ hơn", "các tin cũ hơn"),
        *("next", "next page", "older", "older posts", "older entries"),
    ),
    "more": (
        *("xem thêm", "xem tiếp", "xem thêm tin", "xem thêm tin khác", "xem thêm bài viết"),
        *("tải thêm", "tải thêm tin", "hiển thị thêm", "thêm tin", "tin khác"),
        *("more", "load more", "show more", "view more", "more news"),
    ),
    "last": ("cuối", "trang cuối", "cuối cùng", "về cuối", "last", "last page", ">|", "»»", "⟫"),
    "back": (
        *("«", "‹", "⟨", "⟪", "<", "<<", "←", "|<", "««", "trước", "trang trước", "mới hơn"),
        *("đầu", "trang đầu", "đầu tiên", "về đầu", "prev", "previous", "first", "newer"),
    ),
}
PAGE_NUMBER = re.compile(r"^[\[(]?\s*(?:trang |page )?(\d{1,5})\s*[\])]?$")
ARROWS_AND_BRACKETS = re.compile(r"[«»‹›⟨⟩⟪⟫<>→←|()\[\]]+")

PAGE_IN_PATH = (
    re.compile(r"/phantrang/[^/]+/(\d{1,5})(?:/|$)", re.I),
    re.compile(r"[/_-](?:page|trang|pages)[-_/]?(\d{1,5})(?:/|\.\w{3,5})?$", re.I),
    re.compile(r"/p(\d{1,5})(?:/|\.\w{3,5})?$", re.I),
)
PAGE_PARAMS = re.compile(
    r"^(page|paged|trang|_?page_?(index|no|num|number)|pg|\w*_cur|cur|\w*page)$",
    re.I,
)
"""Query parameters that always hold a page number."""

OFFSET_PARAMS = re.compile(
    r"^(p|pn|cp|start|limitstart|offset|from|skip|pagefirstrow|trang_?so|page_?id|b_start(:int)?)$",
    re.I,
)
"""Query parameters that may hold a page number or an offset: only the link text can tell."""

NUMBERED_FILE = re.compile(r"(?<=[a-z])\d{0,4}\.html?$", re.I)

POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
POSTBACK_OPTIONS = re.compile(r"PostBackOptions\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
TOKEN_FIELDS = re.compile(r"^__|csrf|token|nonce|verification|form_build_id", re.I)
"""Form fields that have another value in each response."""

PAGER_NAMES = re.compile(
    r"pag(er|ing|ination)|page-?(nav|num|link|item)|\bpages\b|(phan|so)[-_]?trang|\btrang\b", re.I
)

MAX_LINKS = 10_000
"""Links of a page that are examined for postbacks."""

MAX_POSTBACKS = 200
"""Postbacks kept of a page; each carries all fields of its form."""

SCRIPT_ATTRIBUTES = ("href", "onclick")
MAX_SCRIPT_CHARS = 2000
MAX_FORM_DEPTH = 500
"""Ancestors of a link among which its form is searched."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link: an absolute, escaped URL and the link text.

    ``page`` is the page number if the link belongs to the pagination and shows one; ``in_menu`` is
    True if the URL is linked in menus only.
    """

    url: str
    text: str = ""
    page: int | None = None
    in_menu: bool = False


@dataclass(frozen=True, slots=True)
class Postback:
    """A further page of a list that is fetched by posting a form.

    ``fields`` are the fields of the form, with the ASP.NET event (``__EVENTTARGET``) or the pressed
    button.
    """

    url: str
    fields: dict[str, str]
    text: str = ""
    page: int | None = None

    @property
    def key(self) -> str:
        """The key that identifies a postback among those of one list, during one crawl of it.

        An event with a page number is the same on every page of the list. The event "next" is
        another one on each page, so ``__VIEWSTATE`` is part of its key. A form without an event is
        identified by its fields, without tokens if it has a page number.
        """
        if not self.fields.get("__EVENTTARGET"):
            steady = {name: v for name, v in self.fields.items() if not TOKEN_FIELDS.search(name)}
            sent = json.dumps(sorted((steady if self.page else self.fields).items()))
            return f"{self.url}#{sha256(sent.encode()).hexdigest()[:16]}"
        event = f"{self.fields['__EVENTTARGET']},{self.fields['__EVENTARGUMENT']}"
        if re.search(r"\d", self.fields["__EVENTARGUMENT"]):
            return f"{self.url}#{event}"
        state = sha256(self.fields.get("__VIEWSTATE", "").encode()).hexdigest()[:16]
        return f"{self.url}#{event},{self.page or state}"


def paging_word(text: str) -> PagingWord | None:
    """Return what a link text means in a pagination, None if it is no word of one."""
    plain = unicodedata.normalize("NFC", text).strip().lower()
    if PAGE_NUMBER.match(plain):
        return "number"
    bare = ARROWS_AND_BRACKETS.sub("", plain).strip() or plain
    return next((word for word, texts in PAGING_WORDS.items() if bare in texts), None)


def page_number(url: str, text: str = "") -> int | None:
    """Return the page number that a link leads to, None if neither text nor URL has one.

    The text takes precedence, because an offset in the URL (``start=20``) is no page number.
    """
    if found := PAGE_NUMBER.match(text.strip().lower()):
        return int(found[1])
    parts = urlsplit(url)
    # NukeViet without URL rewriting has the path in a parameter: op=thoi-su/page-2.
    for path in (unquote(parts.path), *(value for _, value in parse_qsl(parts.query))):
        for scheme in PAGE_IN_PATH:
            if found := scheme.search(path):
                return int(found[1])
    return next(iter(_values(url, PAGE_PARAMS)), None)


def is_paging(url: str, text: str, rel: str, in_pager: bool, list_url: str) -> bool:
    """Return whether a link on the list at ``list_url`` leads to another page of that list."""
    if {"next", "prev"} & set(rel.lower().split()):
        return True
    word = paging_word(text)
    if page_number(url) is not None:
        return word is not None or in_pager
    if word in (None, "more"):
        return False
    return in_pager or _is_numbered_file(url, list_url) or any(_values(url, OFFSET_PARAMS))


def _is_numbered_file(url: str, list_url: str) -> bool:
    """Return whether a URL is the list's with a number: ``tin.html`` and ``tin2.html``."""
    stem, own = (NUMBERED_FILE.sub("", urlsplit(each).path) for each in (url, list_url))
    return stem in (own, f"{own}index") and stem != urlsplit(url).path


def read_postbacks(root: etree._Element, list_url: str) -> list[Postback]:
    """Return the ASP.NET postbacks of a page that lead to other pages of its list."""
    found: list[Postback] = []
    forms: dict[etree._Element, dict[str, str]] = {}
    for element in islice(root.iter("a", "button", "input", "span"), MAX_LINKS):
        script = " ".join(
            (element.get(name) or "")[:MAX_SCRIPT_CHARS] for name in SCRIPT_ATTRIBUTES
        )
        event = POSTBACK.search(script) or POSTBACK_OPTIONS.search(script)
        if event and (postback := _postback(element, event, list_url, forms)):
            found.append(postback)
        if len(found) == MAX_POSTBACKS:
            break
    return found


def in_order(paging: Iterable[Link | Postback], list_url: str) -> list[Link | Postback]:
    """Sort the pagination of the list at ``list_url`` in the order in which to follow it.

    The next page comes first, then higher page numbers, links without a number, and lower page
    numbers. The first page is left out because the URL of the list shows it, and so is a postback
    "next" if the next number is linked too.
    """
    found = list(paging)
    numbers = {one.page for one in found if one.page and paging_word(one.text) == "number"}
    current = page_number(list_url) or _current_page(numbers)
    has_next = current + 1 in numbers
    kept = [
        one
        for one in found
        if not _leads_to_first_page(one)
        and not (has_next and isinstance(one, Postback) and one.page is None)
    ]
    return sorted(kept, key=lambda one: _rank(one, current))


def _current_page(numbers: set[int]) -> int:
    """Return the number of the current page: the one that the pagination does not link."""
    lowest = min(numbers, default=2)
    start = 1 if lowest <= 2 else lowest
    return next(
        number for number in range(start, start + len(numbers) + 1) if number not in numbers
    )


def _leads_to_first_page(link: Link | Postback) -> bool:
    return link.text == "1" or (paging_word(link.text) == "back" and (link.page or 0) <= 1)


def _rank(link: Link | Postback, current: int) -> tuple[int, int]:
    word, number = paging_word(link.text), link.page or 0
    if word in ("next", "more"):
        return (0, 0)
    if word == "back" or (word == "number" and number <= current):
        return (3, number)
    return (1 if word == "number" else 2, number)


def _postback(
    element: etree._Element,
    event: re.Match[str],
    list_url: str,
    forms: dict[etree._Element, dict[str, str]],
) -> Postback | None:
    """Return the postback of a link; ``forms`` caches the fields of each form."""
    target, argument = event.groups()
    text = text_of(element).strip() or (element.get("value") or "").strip()
    number = PAGE_NUMBER.match(argument.rpartition("$")[2]) or PAGE_NUMBER.match(text.lower())
    around = islice(element.iterancestors(), MAX_FORM_DEPTH)
    form = next((above for above in around if above.tag == "form"), None)
    if form is None or not _is_paging_event(target, argument, text):
        return None
    if form not in forms:
        forms[form] = fields_of(form)
    fields = forms[form] | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    url = urljoin_safely(list_url, form.get("action") or "")
    return Postback(url, fields, text, int(number[1]) if number else None)


def _is_paging_event(target: str, argument: str, text: str) -> bool:
    """Return whether an event leads to another page, not to a day of a calendar.

    The argument of a calendar day is another number than its text; that of a pagination link is
    the same number, or empty.
    """
    if paging_word(text) in ("next", "back", "last"):
        return True
    is_number = bool(PAGE_NUMBER.match(text.lower()))
    is_same = argument.rpartition("$")[2] in ("", text)
    return argument.startswith("Page$") or (
        is_number and (is_same or bool(PAGER_NAMES.search(target)))
    )


def fields_of(form: etree._Element) -> dict[str, str]:
    """Return the fields that a browser would submit, without a pressed button."""
    fields = {}
    for field in form.iter("input", "select", "textarea"):
        name, kind = field.get("name"), (field.get("type") or "text").lower()
        if name and field.tag != "input":
            fields[name] = _field_value(field)
            continue
        is_sent = kind in ("hidden", "text") or field.get("checked") is not None
        if name and is_sent:
            fields[name] = field.get("value") or ("on" if kind == "checkbox" else "")
    return fields


def _field_value(field: etree._Element) -> str:
    """Return the value of a ``select`` (its first option if none is selected) or ``textarea``."""
    if field.tag == "textarea":
        return field.text or ""
    options = list(field.iter("option"))
    marked = [option for option in options if option.get("selected") is not None]
    chosen = next(iter(marked or options), None)
    if chosen is None:
        return ""
    value = chosen.get("value")
    return "".join(chosen.itertext()).strip() if value is None else value


def _values(url: str, names: re.Pattern[str]) -> list[int]:
    """Return the numbers in the query parameters whose name matches ``names``."""
    found = []
    for name, value in parse_qsl(urlsplit(url).query):
        if names.match(name) and (digits := re.match(r"\d{1,6}(?=,|$)", value)):
            found.append(int(digits[0]))
    return found
