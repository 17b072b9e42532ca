"""Pagination by forms: the further pages of a list behind a button or a drop-down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from lxml import etree

from scraper.base.urls import urljoin_safely
from spiders.discovery.pagination import (
    OFFSET_PARAMS,
    PAGE_NUMBER,
    PAGE_PARAMS,
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
"""Names of a form, or of its fields, that show that it is not for pagination."""

SUBMIT_TYPES = "submit", "image"
UNTYPED_INPUTS = "hidden", "submit", "image", "button", "reset"
FORWARD_LABELS = "number", "next", "more"
VIEW_STATE = "__VIEWSTATE"


def read_forms(root: etree._Element, url: str) -> list[Link | Postback]:
    """Return the further pages of the list at ``url`` that its forms request.

    A form counts if one of its buttons is labelled like pagination, or if it has a drop-down of
    page numbers, and the user types nothing into it. The form around a whole ASP.NET page has all
    fields of the page, so only its buttons count.
    """
    found: list[Link | Postback] = []
    for form in root.iter("form"):
        if form.get("onsubmit") is None and (VIEW_STATE in fields_of(form) or _only_pages(form)):
            found += _pages(form, url)
    return found


def has_script_pagination(root: etree._Element) -> bool:
    """Return whether a page has a "more" button or link that only a script can follow."""
    for element in root.iter("a", "button", "input"):
        href = (element.get("href") or "").strip()
        is_link = element.tag == "a" and href and not href.startswith(("#", "javascript:"))
        is_event = POSTBACK.search(f"{href} {element.get('onclick') or ''}")
        if not is_link and not is_event and paging_word(_label(element)) == "more":
            return True
    return False


def _only_pages(form: etree._Element) -> bool:
    """Return whether every field of a form is hidden or a page number, by type and name."""
    named = [form.get(name) or "" for name in ("action", "id", "class", "name")]
    for field in form.iter("input", "select", "textarea", "button"):
        name = field.get("name") or ""
        named += [name, field.get("id") or ""]
        kind = (field.get("type") or "text").lower()
        is_typed = field.tag == "textarea" or (field.tag == "input" and kind not in UNTYPED_INPUTS)
        if is_typed and not (kind in ("text", "number") and PAGE_PARAMS.match(name)):
            return False
    return not any(map(OTHER_PURPOSE.search, named))


def _pages(form: etree._Element, page_url: str) -> Iterator[Link | Postback]:
    fields = fields_of(form)
    for button in form.iter("input", "button"):
        kind = (button.get("type") or ("submit" if button.tag == "button" else "text")).lower()
        name, label = button.get("name") or "", _label(button)
        is_forward = kind in SUBMIT_TYPES and paging_word(label) in FORWARD_LABELS
        if is_forward and not OTHER_PURPOSE.search(name):
            yield from _request(form, page_url, fields | _pressed(button, kind, name), label)
    for choice in () if VIEW_STATE in fields else form.iter("select"):
        name = choice.get("name") or ""
        if PAGE_PARAMS.match(name) or OFFSET_PARAMS.match(name):
            for option in choice.iter("option"):
                label = "".join(option.itertext()).strip()
                if PAGE_NUMBER.match(label.lower()):
                    value = option.get("value") or label
                    yield from _request(form, page_url, fields | {name: value}, label)


def _pressed(button: etree._Element, kind: str, name: str) -> dict[str, str]:
    """Return the fields that a browser adds for the pressed button."""
    if kind == "image":
        return {f"{name}.x": "1", f"{name}.y": "1"} if name else {"x": "1", "y": "1"}
    return {name: button.get("value") or ""} if name else {}


def _request(
    form: etree._Element, page_url: str, fields: dict[str, str], label: str
) -> Iterator[Link | Postback]:
    url = urljoin_safely(page_url, form.get("action") or page_url).partition("#")[0]
    page = _page_of(fields, label)
    if (form.get("method") or "get").strip().lower() == "post":
        yield Postback(url, fields, label, page)
        return
    try:
        target = urlsplit(url)._replace(query=urlencode(fields)).geturl()
    except ValueError:
        return
    if fields and target != page_url:
        yield Link(target, label, page)


def _page_of(fields: dict[str, str], label: str) -> int | None:
    """Return the page number of a form's request, from its button's label or its fields."""
    if number := PAGE_NUMBER.match(label.lower()):
        return int(number[1])
    values = (value for name, value in fields.items() if PAGE_PARAMS.match(name))
    return next((int(value) for value in values if re.fullmatch(r"\d{1,5}", value)), None)


def _label(element: etree._Element) -> str:
    """Return the label of a button or link."""
    text = "".join(element.itertext()).strip()
    names = ("value", "alt", "title", "aria-label")
    named = (element.get(name) or "" for name in names)
    return text or next(filter(None, named), "")
