"""What is known of a source when one of its pages is read, and the layout that it declares.

The CSS selectors of a layout take precedence over all rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cssselect import SelectorError
from lxml import etree
from parsel import Selector, SelectorList

from pipelines.extraction.block_occurrences import BlockOccurrence
from pipelines.text import fold, normalise

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


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """What is known of a source: learned boilerplate (hashes of blocks), its name, its layout.

    ``quarters`` limits a hash to the quarters of a year in which it is boilerplate. ``keep`` are
    folded texts that are never removed; a ``*`` at the end matches any continuation.
    """

    boilerplate: frozenset[str] = frozenset()
    site_name: str | None = None
    layout: Layout | None = None
    quarters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    def boilerplate_in(self, quarter: str) -> frozenset[str]:
        """Return the hashes of blocks that are boilerplate in a quarter (``2026-Q4``)."""
        anywhere = frozenset({quarter})
        return frozenset(
            block for block in self.boilerplate if quarter in self.quarters.get(block, anywhere)
        )

    def is_learned(self, occurrence: BlockOccurrence) -> bool:
        """Whether a block is learned boilerplate and its text is not one to keep."""
        return occurrence.hash in self.boilerplate and not self.is_kept(occurrence.text)

    def is_kept(self, text: str) -> bool:
        """Whether the source's ``keep`` texts include a text."""
        folded = " ".join(fold(text).split()) if self.keep else ""
        return any(
            folded.startswith(kept[:-1]) if kept.endswith("*") else folded == kept
            for kept in self.keep
        )
