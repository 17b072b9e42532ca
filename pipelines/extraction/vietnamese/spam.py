"""Recognise spam: betting, pills, loans, sex."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from pipelines.extraction.vietnamese import read_words
from pipelines.text import fold

PHRASES = sorted({phrase for phrases in read_words("spam").values() for phrase in phrases})


def _alternatives(phrases: Iterable[str]) -> str:
    """Return a pattern of phrases, the longest first."""
    return "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))


def _by_first_letter(phrases: list[str]) -> str:
    """Return a pattern of sorted phrases that tries, at each word, those of its first letter."""
    return "|".join(
        f"{re.escape(letter)}(?:{_alternatives(phrase[1:] for phrase in group)})"
        for letter, group in groupby(phrases, key=lambda phrase: phrase[0])
    )


OFFER = re.compile(rf"\b(?:{_by_first_letter(PHRASES)})\b")

MIN_DISTINCT_PHRASES, MIN_PHRASES = 2, 3
"""Different phrases that spam has, and phrases in all."""


def is_spam(title: str, body: str) -> bool:
    """Whether title and body together read like spam."""
    found = OFFER.findall(fold(f"{title}\n{body}").lower())
    return len(found) >= MIN_PHRASES and len(set(found)) >= MIN_DISTINCT_PHRASES
