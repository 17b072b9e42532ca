"""Whether an article offers what no public body offers: betting, pills, loans, sex."""

from __future__ import annotations

import re

from pipelines.extraction.vietnamese import read_words
from pipelines.text import fold

PHRASES = [phrase for phrases in read_words("spam").values() for phrase in phrases]
OFFER = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(PHRASES, key=len, reverse=True)))})\b")

MIN_DISTINCT_PHRASES, MIN_PHRASES = 2, 3
"""How many different phrases an offer has at least, and how many in all."""


def is_spam(title: str, body: str) -> bool:
    """Whether title and body together read like an offer."""
    found = OFFER.findall(fold(f"{title}\n{body}").lower())
    return len(found) >= MIN_PHRASES and len(set(found)) >= MIN_DISTINCT_PHRASES
