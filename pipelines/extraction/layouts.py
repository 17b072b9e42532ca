"""Layouts: CSS selectors that a source declares, which take precedence over all rules."""

from __future__ import annotations

from typing import Protocol

from cssselect import SelectorError
from lxml import etree
from parsel import Selector, SelectorList

from pipelines.text import normalise

BODY_MARK = "data-declared-body"
"""Attribute that marks the element that the layout selects as the body."""

_TEXT_FIELDS = ("title", "lede", "author", "date", "section")


class Layout(Protocol):
    """CSS selectors for the fields of a source. Fields that are None are found by rules."""

    @property
    def title(self) -> str | None: ...  # noqa: D102
    @property
    def lede(self) -> str | None: ...  # noqa: D102
    @property
    def body(self) -> str | None: ...  # noqa: D102
    @property
    def author(self) -> str | None: ...  # noqa: D102
    @property
    def date(self) -> str | None: ...  # noqa: D102
    @property
    def section(self) -> str | None: ...  # noqa: D102


def read_declared(root: etree._Element, layout: Layout) -> dict[str, str]:
    """Return the texts of the selected fields; mark the selected body in the tree."""
    page = Selector(root=root, type="html")
    for body in _select(page, layout.body)[:1]:
        if isinstance(body.root, etree._Element):
            body.root.set(BODY_MARK, BODY_MARK)
    texts: dict[str, str] = {}
    for name in _TEXT_FIELDS:
        found = [_text(each) for each in _select(page, getattr(layout, name))]
        joined = ", ".join(filter(None, found)) if name == "author" else next(iter(found), "")
        if joined:
            texts[name] = joined
    return texts


def _select(page: Selector, selector: str | None) -> SelectorList[Selector]:
    """Return what a selector matches, with parsel's ``::attr(name)``; nothing if it is invalid."""
    try:
        return page.css(selector) if selector else SelectorList()
    except (SelectorError, ValueError):
        return SelectorList()


def _text(found: Selector) -> str:
    parts = found.root.itertext() if isinstance(found.root, etree._Element) else [found.root]
    return normalise(" ".join(map(str, parts)))


SELECTORS = ("body", *_TEXT_FIELDS)
"""The keys of a layout that hold a selector."""


def matching_keys(root: etree._Element, layout: Layout) -> frozenset[str]:
    """Return the keys of a layout whose selectors match something on a page."""
    page = Selector(root=root, type="html")
    return frozenset(key for key in SELECTORS if _select(page, getattr(layout, key)))
