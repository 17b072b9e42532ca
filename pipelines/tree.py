"""Parse a page once: from text to an lxml tree that is safe to walk, plus its JSON-LD."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

MAX_CHARACTERS = 16_000_000
"""A longer page is no page for readers; the fetcher's own limit lies far below."""

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
    has_scripts: bool = False


def parse(text: str) -> Document:
    """Parse a decoded page.

    Raises UnreadableError with reason ``too_large`` or ``no_content``.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError("too_large")
    root = _root(text.replace("\0", ""))
    if not isinstance(root.tag, str):
        raise UnreadableError("no_content")
    scripts = list(root.iter("script"))
    json_ld = [
        script.text
        for script in scripts
        if script.text and "ld+json" in (script.get("type") or "").lower()
    ]
    etree.strip_elements(root, "script", *_SILENT_TAGS, with_tail=False)
    return Document(root, json_ld, bool(scripts))


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
