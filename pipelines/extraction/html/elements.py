"""Properties of HTML elements: inline or block, hidden, emphasised, aligned, image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from pipelines.extraction.html.class_hints import read_hints
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.html.images import whole_number
from pipelines.extraction.source_profile import BODY_MARK

Attributes = Mapping[str, str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Kind = Literal["inline", "skipped", "special", "site part"]
"""How an element is read. ``inline`` does not end a line. The content of ``skipped`` is not text of
the page. ``special`` has no text. A ``site part`` belongs to the site if it is outside of
ARTICLE_PARTS. An element of no kind is a box."""

_TAGS: dict[Kind, str] = {
    "inline": (
        "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark "
        "nobr q rp rt ruby s samp small span strike strong sub sup time tt u var wbr o:p st1:place"
    ),
    "skipped": (
        "head script style noscript template svg math object canvas audio select option datalist "
        "button input textarea iframe frame frameset embed map area progress meter track param base"
    ),
    "special": "br hr img image amp-img amp-anim source meta link col colgroup",
    "site part": "footer aside",
}
KINDS: dict[str, Kind] = {tag: kind for kind, tags in _TAGS.items() for tag in tags.split()}
ARTICLE_PARTS = _words("article main")
EMBEDS = _words("iframe embed")
FRAMES = _words("iframe embed object")
FILE_TYPE = re.compile(
    r"\s*application/(?:(?:x-)?pdf|msword|vnd\.(?:ms-(?:word|excel|powerpoint)|rar|oasis\.opendocument"
    r"|openxmlformats-officedocument)|rtf|(?:x-)?(?:zip|rar|7z))",
    re.IGNORECASE,
)
"""The beginning of the media type of a document or an archive, as links declare it."""
BOLD = _words("b strong")
ITALIC = _words("i em cite small")
"""Small print is used like italics, for captions, bylines and notes."""
IMAGES = _words("img image amp-img amp-anim")
CODE = _words("code kbd samp tt pre")
QUOTES = _words("q")
_TAG_HINTS = {"time": Hint.DATE, "q": Hint.QUOTED}
EMPHASIS = BOLD | ITALIC
CELLS = frozenset({"td", "th"})
NOTABLE = _words("style hidden aria-hidden itemprop itemtype align colspan rowspan")
"""Attributes other than names that change how an element is read. Most elements have none."""

_NAMING = frozenset({"class", "id", "itemprop", "data-role", BODY_MARK})
_HINTING = frozenset({"class", "id", "itemprop", "rel"})
_HIDING = frozenset({"hidden", "d-none"})
_HOVER_CARD = re.compile(
    r"(?<![a-z])(?:tooltip-?(?:text|content|body|inner)|popover-?(?:content|body|inner)"
    r"|hover-?card(?:-\w+)?|rollover(?:-\w+)*-block)(?![a-z])"
)
"""Classes of inline elements that open over the text when the pointer is on a word."""

_SHOWING = re.compile(r"d-\w+-|\w+:|visible-")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ALIGNED_STYLE = re.compile(r"text-align\s*:\s*(center|right|justify)", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_ITALIC_STYLE = re.compile(r"font-style\s*:\s*(italic|oblique)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_named_hidden(names: str) -> bool:
    """Whether a class says that an inline element is hidden.

    A class that shows the element for some screen width (``hidden md:block``) does not say so.
    """
    if _HOVER_CARD.search(names):
        return True
    words = names.split()
    return not _HIDING.isdisjoint(words) and not any(map(_SHOWING.match, words))


def is_hidden(tag: str, attributes: Attributes) -> bool:
    """Whether a browser hides the element. ``html`` and ``body`` never count as hidden."""
    style = attributes.get("style")
    hidden = (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or (style is not None and _HIDDEN_STYLE.search(style) is not None)
    )
    return hidden and tag not in ("html", "body")


def alignment(tag: str, attributes: Attributes) -> str:
    """Return ``center``, ``right``, ``justify``, ``left`` or "", from style before attribute."""
    style = attributes.get("style")
    found = _ALIGNED_STYLE.search(style) if style else None
    if found:
        return found[1].lower()
    return "center" if tag == "center" else attributes.get("align", "").lower()


def emphasis(tag: str, attributes: Attributes) -> tuple[bool, bool]:
    """Return whether an element makes its text bold, and italic, by tag or style."""
    style = attributes.get("style")
    if not style:
        return tag in BOLD, tag in ITALIC
    bold = tag in BOLD or bool(_BOLD_STYLE.search(style))
    return bold, tag in ITALIC or bool(_ITALIC_STYLE.search(style))


def cell_span(attributes: Attributes) -> tuple[int, int]:
    """Return how many columns and rows a table cell fills."""
    return whole_number(attributes.get("colspan")) or 1, whole_number(
        attributes.get("rowspan")
    ) or 1


def block_words(attributes: Attributes) -> str:
    """Return the class, id and other names of a block element."""
    if len(attributes) == 1:  # usually the class
        [(name, value)] = attributes.items()
        return value if name in _NAMING else ""
    return " ".join([attributes[name] for name in attributes if name in _NAMING])


def inline_hints(tag: str, attributes: Attributes) -> int:
    """Return the hints of an inline element. A ``time`` is always a date, a ``q`` a quotation."""
    if _HINTING.isdisjoint(attributes):
        return _TAG_HINTS.get(tag, Hint.NONE)
    words = attributes.get("class") or attributes.get("id")
    property_name = attributes.get("itemprop") or attributes.get("rel")
    if not words and not property_name:
        return _TAG_HINTS.get(tag, Hint.NONE)
    hints = read_hints(f"{words or ''} {property_name or ''}")
    return hints | _TAG_HINTS[tag] if tag in _TAG_HINTS else hints


def attribute_value(attributes: Attributes) -> str | None:
    """Return the value of a microdata property that stands in an attribute, None if none does."""
    return attributes.get("content") or attributes.get("datetime")
