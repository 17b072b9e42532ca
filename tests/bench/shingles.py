"""The metric of the scrapinghub article-extraction benchmark: 4-gram shingles of word tokens.

Each page counts the same: its true positives, false positives and false negatives are divided by
their sum before they are added up (https://github.com/scrapinghub/article-extraction-benchmark).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SIZE = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Score:
    """Precision, recall and F1, from 0 to 1."""

    precision: float
    recall: float
    f1: float


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the word 4-grams of a text with their counts; a shorter text is one shingle."""
    words = _WORD.findall(text)
    if len(words) < SIZE:
        return Counter([tuple(words)] if words else [])
    return Counter(tuple(words[i : i + SIZE]) for i in range(len(words) - SIZE + 1))


def compare(truth: str, found: str, neutral: Iterable[str] = ()) -> tuple[float, float, float]:
    """Return the shares of true positives, false positives and false negatives on a page.

    ``neutral`` texts (title, lede, headings) are no fault where they are found.
    """
    expected, actual = shingles(truth), shingles(found)
    for text in neutral:
        for shingle in shingles(text):
            if shingle not in expected:
                actual.pop(shingle, None)
    right = sum((expected & actual).values())
    wrong = sum((actual - expected).values())
    missing = sum((expected - actual).values())
    total = right + wrong + missing
    return (right / total, wrong / total, missing / total) if total else (0.0, 0.0, 0.0)


def score(pages: Iterable[tuple[float, float, float]]) -> Score:
    """Return the score of all pages."""
    right, wrong, missing = (sum(column) for column in zip(*pages, strict=True))
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missing) if right + missing else 0.0
    both = precision + recall
    return Score(precision, recall, 2 * precision * recall / both if both else 0.0)


def share_found(text: str, within: str) -> float:
    """Return the share of a text's shingles that another text has, from 0 to 1."""
    wanted = shingles(text)
    total = sum(wanted.values())
    return sum((wanted & shingles(within)).values()) / total if total else 0.0
