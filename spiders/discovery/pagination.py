"""Paging: the further pages of a list, in every way in which portals print them."""

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
from spiders.discovery.document import text_of

Word = Literal["number", "next", "more", "last", "back"]

WORDS: dict[Word, tuple[str, ...]] = {
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
NUMBER = re.compile(r"^[\[(]?\s*(?:trang |page )?(\d{1,5})\s*[\])]?$")
ARROWS = re.compile(r"[«»‹›⟨⟩⟪⟫<>→←|()\[\]]+")

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

OFFSETS = re.compile(
    r"^(p|pn|cp|start|limitstart|offset|from|skip|pagefirstrow|trang_?so|page_?id|b_start(:int)?)$",
    re.I,
)
"""Parameters that may do so, where the text of the link says the same."""

FILE_NUMBER = re.compile(r"(?<=[a-z])\d{0,4}\.html?$", re.I)

POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
POSTBACK_OPTIONS = re.compile(r"PostBackOptions\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
TOKENS = re.compile(r"^__|csrf|token|nonce|verification|form_build_id", re.I)
"""Fields that are new with each answer."""

PAGER = re.compile(
    r"pag(er|ing|ination)|page-?(nav|num|link|item)|\bpages\b|(phan|so)[-_]?trang|\btrang\b", re.I
)


MOST_LINKS = 10_000
MOST_POSTBACKS = 200
"""Links of a page that are looked at for postbacks, and postbacks that are taken: each carries
all fields of its form."""

SCRIPTS = ("href", "onclick")
MAX_SCRIPT_CHARS = 2000
MAX_FORM_DEPTH = 500
"""Characters of a script, and elements around a link, in which an event and its form are found."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: an absolute address, ready to fetch, and its text.

    ``page`` is the number of the list page it leads to, where that is printed; ``in_menu`` tells
    that it stands in menus only.
    """

    url: str
    text: str = ""
    page: int | None = None
    in_menu: bool = False


@dataclass(frozen=True, slots=True)
class Postback:
    """A further page of a list that only a form posted back to the same address gives.

    ``fields`` are the form's own, with the event in them (ASP.NET, ``__VIEWSTATE`` and all) or the
    button that is pressed.
    """

    url: str
    fields: dict[str, str]
    text: str = ""
    page: int | None = None

    @property
    def key(self) -> str:
        """What tells one postback of a list from another, in one visit of the list.

        An event that names its page is the same wherever it stands; "next" is another one on
        every page, told by the state that the page keeps in its form. Without an event, the fields
        tell it, tokens of the visit left out where a number of a page is among them.
        """
        if not self.fields.get("__EVENTTARGET"):
            told = {name: v for name, v in self.fields.items() if not TOKENS.search(name)}
            sent = json.dumps(sorted((told if self.page else self.fields).items()))
            return f"{self.url}#{sha256(sent.encode()).hexdigest()[:16]}"
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


def is_paging(url: str, text: str, rel: str, in_pager: bool, address: str) -> bool:
    """Whether a link leads to another page of the list at ``address``, on which it stands."""
    if {"next", "prev"} & set(rel.lower().split()):
        return True
    word = paging_word(text)
    if page_number(url) is not None:
        return word is not None or in_pager
    if word in (None, "more"):
        return False
    return in_pager or _is_numbered_file(url, address) or any(_values(url, OFFSETS))


def _is_numbered_file(url: str, address: str) -> bool:
    """Whether an address is a list's own with a number at its end: ``tin.html``, ``tin2.html``."""
    stem, own = (FILE_NUMBER.sub("", urlsplit(each).path) for each in (url, address))
    return stem in (own, f"{own}index") and stem != urlsplit(url).path


def read_postbacks(root: etree._Element, address: str) -> list[Postback]:
    """The postbacks of a page that lead to other pages of its list."""
    found: list[Postback] = []
    forms: dict[etree._Element, dict[str, str]] = {}
    for element in islice(root.iter("a", "button", "input", "span"), MOST_LINKS):
        script = " ".join((element.get(name) or "")[:MAX_SCRIPT_CHARS] for name in SCRIPTS)
        event = POSTBACK.search(script) or POSTBACK_OPTIONS.search(script)
        if event and (postback := _postback(element, event, address, forms)):
            found.append(postback)
        if len(found) == MOST_POSTBACKS:
            break
    return found


def in_order(paging: Iterable[Link | Postback], address: str) -> list[Link | Postback]:
    """The paging of the list at ``address``, in the order in which it leads on.

    The next page first, then the numbers behind this page, what leads on without a number, the
    pages before it. The first page is left out, for the list's own address shows it, and so is
    the event "next" where the next number is an event as well.
    """
    found = list(paging)
    numbers = {one.page for one in found if one.page and paging_word(one.text) == "number"}
    current = page_number(address) or _current_page(numbers)
    has_next = current + 1 in numbers
    kept = [
        one
        for one in found
        if not _leads_to_first(one)
        and not (has_next and isinstance(one, Postback) and one.page is None)
    ]
    return sorted(kept, key=lambda one: _rank(one, current))


def _current_page(numbers: set[int]) -> int:
    """The page that a pager stands on: the number that it leaves out."""
    lowest = min(numbers, default=2)
    start = 1 if lowest <= 2 else lowest
    return next(
        number for number in range(start, start + len(numbers) + 1) if number not in numbers
    )


def _leads_to_first(link: Link | Postback) -> bool:
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
    address: str,
    forms: dict[etree._Element, dict[str, str]],
) -> Postback | None:
    """The postback of a link; ``forms`` are the fields of the forms that were read already."""
    target, argument = event.groups()
    text = text_of(element).strip() or (element.get("value") or "").strip()
    number = NUMBER.match(argument.rpartition("$")[2]) or NUMBER.match(text.lower())
    around = islice(element.iterancestors(), MAX_FORM_DEPTH)
    form = next((above for above in around if above.tag == "form"), None)
    if form is None or not _pages_on(target, argument, text):
        return None
    if form not in forms:
        forms[form] = fields_of(form)
    fields = forms[form] | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    url = urljoin_safely(address, form.get("action") or "")
    return Postback(url, fields, text, int(number[1]) if number else None)


def _pages_on(target: str, argument: str, text: str) -> bool:
    """Whether an event leads to another page: the days of a calendar are numbers too.

    A day's argument is another number than its text; a grid's pager has the same or none.
    """
    if paging_word(text) in ("next", "back", "last"):
        return True
    is_number = bool(NUMBER.match(text.lower()))
    is_same = argument.rpartition("$")[2] in ("", text)
    return argument.startswith("Page$") or (is_number and (is_same or bool(PAGER.search(target))))


def fields_of(form: etree._Element) -> dict[str, str]:
    """What a browser would send of a form: no button was pressed."""
    fields = {}
    for field in form.iter("input", "select", "textarea"):
        name, kind = field.get("name"), (field.get("type") or "text").lower()
        if name and field.tag != "input":
            fields[name] = _chosen(field)
            continue
        is_sent = kind in ("hidden", "text") or field.get("checked") is not None
        if name and is_sent:
            fields[name] = field.get("value") or ("on" if kind == "checkbox" else "")
    return fields


def _chosen(field: etree._Element) -> str:
    """What a choice sends, the first option if none is marked; the text of a text area."""
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
    """The numbers that the parameters of these names hold."""
    found = []
    for name, value in parse_qsl(urlsplit(url).query):
        if names.match(name) and (digits := re.match(r"\d{1,6}(?=,|$)", value)):
            found.append(int(digits[0]))
    return found
