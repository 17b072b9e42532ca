"""Recognise spam: betting, pills, loans, sex."""

from __future__ import annotations

import re

from pipelines.extraction.vietnamese import read_words
from pipelines.text import fold

PHRASES = [phrase for phrases in read_words("spam").values() for phrase in phrases]
OFFER = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(PHRASES, key=len, reverse=True)))})\b")

MIN_DISTINCT_PHRASES, MIN_PHRASES = 2, 3
"""Different phrases that spam has, and phrases in all."""


def is_spam(title: str, body: str) -> bool:
    """Whether title and body together read like spam."""
    found = OFFER.findall(fold(f"{title}\n{body}").lower())
    return len(found) >= MIN_PHRASES and len(set(found)) >= MIN_DISTINCT_PHRASES
