"""Blocks of one page from which boilerplate of its source is learned."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from pipelines.text import fold

RULE_VERSION = 3
"""Raised when the hash or the places change. Older occurrences do not count any more."""

LEARNED = "learned boilerplate"
"""The name of the rule. It is applied last, and to ledes that were found by their looks."""

METADATA_TITLE = "claim"
"""Place of a title in the metadata. A title that many pages share is that of the site."""

PLACES_OUTSIDE_TEXT = frozenset({"head", "tail", METADATA_TITLE})
PLACES_ABOVE = frozenset({"head", "opening"})
DIGITS = re.compile(r"\d+")
_COUNTER = re.compile(
    r"(?:(?:da|so|tong|luot|lan|xem|doc|nghe|tai|thich|chia se|binh luan|truy cap|dang online"
    r"|online|views?|hits?|comments?|likes?|shares?)\b|[\d\W_])+"
)
"""A folded line that consists of counters and their labels."""


@dataclass(frozen=True, slots=True)
class BlockOccurrence:
    """A block on a page: its hash, its place and its text."""

    hash: str
    place: str
    text: str


def block_occurrence(text: str, place: str) -> BlockOccurrence:
    """Return the occurrence of a text at a place.

    ``place`` is ``head``, ``opening``, ``ending``, ``tail`` or ``claim`` (a title in the metadata).
    The digits of a title are not masked, because they distinguish bulletins.
    """
    if place == METADATA_TITLE:
        key = f"{METADATA_TITLE}\x1e{fold(text)}"
        return BlockOccurrence(hashlib.sha256(key.encode()).hexdigest()[:32], place, text)
    end = "head" if place in PLACES_ABOVE else "tail"
    key = f"{end}\x1e{_masked_counter(fold(text))}"
    return BlockOccurrence(hashlib.sha256(key.encode()).hexdigest()[:32], place, text)


def _masked_counter(folded: str) -> str:
    """Return a folded line with its digits masked if it is a counter."""
    return DIGITS.sub("0", folded) if _COUNTER.fullmatch(folded) else folded


def quarter_of(published_at: str | None) -> str:
    """Return the quarter of a time in ISO 8601 (``2026-Q4``), or "" if the time is unknown."""
    if not published_at:
        return ""
    return f"{published_at[:4]}-Q{(int(published_at[5:7]) + 2) // 3}"


def end_of_article(place: str) -> str:
    """Return the end of the article to which a place belongs. Metadata titles have their own."""
    return (
        METADATA_TITLE if place == METADATA_TITLE else ("head" if place in PLACES_ABOVE else "tail")
    )
