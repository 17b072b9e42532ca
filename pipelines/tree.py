"""Parse a page once: from text to an lxml tree that is safe to walk, plus its JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

MAX_CHARACTERS = 16_000_000
"""A longer page is no page for readers; the fetcher's own limit lies far below."""

MAX_ATTRIBUTES = 5_000
"""Words in one tag; libxml2 compares each attribute with all before it."""

_WINDOW = 10_000
_TAG = re.compile(r"""[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*""")
_SILENT_TAGS = ("style", "noscript", "template", "svg", "math", "object", "canvas", "audio")


class UnreadableError(Exception):
    """The page cannot be read; ``reason`` is the word that goes on record."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Document:
    """A parsed page without scripts, styles and comments; ``json_ld`` holds the raw scripts."""

    root: etree._Element
    json_ld: list[str] = field(default_factory=list)


def parse(text: str) -> Document:
    """Parse a decoded page.

    Raises UnreadableError with reason ``too_large``, ``too_many_attributes`` or ``no_content``.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError("too_large")
    if _has_attribute_bomb(text):
        raise UnreadableError("too_many_attributes")
    root = _root(text.replace("\0", ""))
    if not isinstance(root.tag, str):
        raise UnreadableError("no_content")
    json_ld = [
        script.text
        for script in root.iter("script")
        if script.text and "ld+json" in (script.get("type") or "").lower()
    ]
    etree.strip_elements(root, "script", *_SILENT_TAGS, with_tail=False)
    return Document(root, json_ld)


def _has_attribute_bomb(text: str) -> bool:
    """Whether one tag has so many attributes that the parser's check for twins takes minutes."""
    return any(
        len(tag[0].split()) > MAX_ATTRIBUTES
        for start in _long_parts(text)
        if (tag := _TAG.match(text, start))
    )


def _long_parts(text: str) -> Iterator[int]:
    """Where parts begin that hold no ``<`` for long; found by a few jumps on a normal page."""
    for window in range(0, len(text), _WINDOW):
        if text.find("<", window, window + _WINDOW) == -1:
            yield text.rfind("<", 0, window) + 1


def _root(text: str) -> etree._Element:
    parser = etree.HTMLParser(
        encoding="utf-8",
        huge_tree=True,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("no_content") from error
    if root is None:
        raise UnreadableError("no_content")
    return root
