"""Layouts that a source declares: CSS selectors that win over every guess."""

from __future__ import annotations

from typing import Protocol

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from pipelines.vietnamese.text import normalise

BODY_MARK = "data-declared-body"
_TEXT_FIELDS = ("title", "lede", "author", "date", "section")


class Layout(Protocol):
    """CSS selectors of a source's fields; what is None is guessed."""

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
    """The texts of the declared fields that the page has; marks the declared body in the tree."""
    for element in _select(root, layout.body)[:1]:
        element.set(BODY_MARK, BODY_MARK)
    texts: dict[str, str] = {}
    for name in _TEXT_FIELDS:
        found = [_text(each) for each in _select(root, getattr(layout, name))]
        joined = ", ".join(filter(None, found)) if name == "author" else next(iter(found), "")
        if joined:
            texts[name] = joined
    return texts


def _select(root: etree._Element, selector: str | None) -> list[etree._Element]:
    """The elements of a selector; none where there is no selector or it is not CSS."""
    if not selector:
        return []
    try:
        found = CSSSelector(selector, translator="html")(root)
    except (SelectorError, etree.XPathError):
        return []
    return [each for each in found if isinstance(each, etree._Element)]


def _text(element: etree._Element) -> str:
    return normalise(" ".join(str(part) for part in element.itertext()))
