"""Forms that page on: the further pages of a list behind a button or a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from lxml import etree

from scraper.base.urls import urljoin_safely
from spiders.discovery.pagination import (
    NUMBER,
    OFFSETS,
    PARAMETERS,
    POSTBACK,
    Link,
    Postback,
    fields_of,
    paging_word,
)

OTHER_PURPOSE = re.compile(
    r"search|tim-?_?kiem|log-?in|log-?on|dang-?_?nhap|log-?out|dang-?_?xuat|comment|binh-?_?luan"
    r"|contact|lien-?_?he|vote|poll|binh-?_?chon|tham-?_?do|subscri|newsletter|dang-?_?ky|register"
    r"|captcha|delete|xoa|passw|mat-?_?khau|upload|gop-?_?y|keyword|tu-?_?khoa",
    re.I,
)
"""Words in a form's names that tell that it is for something else than paging."""

BUTTONS = "submit", "image"
HIDDEN = "hidden", "submit", "image", "button", "reset"
ONWARD = "number", "next", "more"
STATE = "__VIEWSTATE"


def read_forms(root: etree._Element, address: str) -> list[Link | Postback]:
    """The further pages of the list at ``address`` that its forms ask for.

    A form is followed if a button of it says so, or if it offers page numbers to choose from, and
    nothing in it is to be typed. The one form around a page of ASP.NET holds all fields of the
    page: there only the button counts.
    """
    found: list[Link | Postback] = []
    for form in root.iter("form"):
        if form.get("onsubmit") is None and (STATE in fields_of(form) or _only_pages(form)):
            found += _pages(form, address)
    return found


def goes_on_by_script(root: etree._Element) -> bool:
    """Whether a page shows a button or link for more of its list that no request is known for."""
    for element in root.iter("a", "button", "input"):
        href = (element.get("href") or "").strip()
        is_link = element.tag == "a" and href and not href.startswith(("#", "javascript:"))
        is_event = POSTBACK.search(f"{href} {element.get('onclick') or ''}")
        if not is_link and not is_event and paging_word(_label(element)) == "more":
            return True
    return False


def _only_pages(form: etree._Element) -> bool:
    """Whether all fields of a form are hidden or hold the number of a page, by type and name."""
    named = [form.get(name) or "" for name in ("action", "id", "class", "name")]
    for field in form.iter("input", "select", "textarea", "button"):
        name = field.get("name") or ""
        named += [name, field.get("id") or ""]
        kind = (field.get("type") or "text").lower()
        is_typed = field.tag == "textarea" or (field.tag == "input" and kind not in HIDDEN)
        if is_typed and not (kind in ("text", "number") and PARAMETERS.match(name)):
            return False
    return not any(map(OTHER_PURPOSE.search, named))


def _pages(form: etree._Element, address: str) -> Iterator[Link | Postback]:
    fields = fields_of(form)
    for button in form.iter("input", "button"):
        kind = (button.get("type") or ("submit" if button.tag == "button" else "text")).lower()
        name, label = button.get("name") or "", _label(button)
        is_onward = kind in BUTTONS and paging_word(label) in ONWARD
        if is_onward and not OTHER_PURPOSE.search(name):
            yield from _request(form, address, fields | _pressed(button, kind, name), label)
    for choice in () if STATE in fields else form.iter("select"):
        name = choice.get("name") or ""
        if PARAMETERS.match(name) or OFFSETS.match(name):
            for option in choice.iter("option"):
                label = "".join(option.itertext()).strip()
                if NUMBER.match(label.lower()):
                    value = option.get("value") or label
                    yield from _request(form, address, fields | {name: value}, label)


def _pressed(button: etree._Element, kind: str, name: str) -> dict[str, str]:
    """What a browser adds for the button that was pressed."""
    if kind == "image":
        return {f"{name}.x": "1", f"{name}.y": "1"} if name else {"x": "1", "y": "1"}
    return {name: button.get("value") or ""} if name else {}


def _request(
    form: etree._Element, address: str, fields: dict[str, str], label: str
) -> Iterator[Link | Postback]:
    url = urljoin_safely(address, form.get("action") or address).partition("#")[0]
    page = _page_of(fields, label)
    if (form.get("method") or "get").strip().lower() == "post":
        yield Postback(url, fields, label, page)
        return
    try:
        target = urlsplit(url)._replace(query=urlencode(fields)).geturl()
    except ValueError:
        return
    if fields and target != address:
        yield Link(target, label, page)


def _page_of(fields: dict[str, str], label: str) -> int | None:
    """The number of the page that a form asks for, by its button's text, else by its fields."""
    if number := NUMBER.match(label.lower()):
        return int(number[1])
    values = (value for name, value in fields.items() if PARAMETERS.match(name))
    return next((int(value) for value in values if re.fullmatch(r"\d{1,5}", value)), None)


def _label(element: etree._Element) -> str:
    """What a button or link says."""
    text = "".join(element.itertext()).strip()
    names = ("value", "alt", "title", "aria-label")
    named = (element.get(name) or "" for name in names)
    return text or next(filter(None, named), "")
