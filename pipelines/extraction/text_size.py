"""Count words in scripts with and without spaces between words."""

from __future__ import annotations

import re

_IDEOGRAPHS = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Characters of Chinese and Japanese, each of which counts as a word."""

_IDEOGRAPH_LETTERS = 3.0
"""Letters of an alphabet that are equivalent to one such character."""

_SYLLABIC = re.compile(r"[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff]")
"""Characters of Thai, Lao, Tibetan, Burmese and Khmer, including marks."""

_SYLLABLE_CHARS = 3
"""Characters per syllable in these scripts, on average."""


def count_words(text: str) -> int:
    """Return the number of words; of syllables in scripts without spaces between words."""
    if not text:
        return 0
    words = len(text.split())
    if text.isascii():
        return words
    unspaced = len(_IDEOGRAPHS.findall(text)) + len(_SYLLABIC.findall(text)) // _SYLLABLE_CHARS
    return max(words, unspaced)


def letters_per_character(text: str) -> float:
    """Return how many letters of an alphabet a character of the text equals on average."""
    if text.isascii() or not _IDEOGRAPHS.search(text):
        return 1.0
    return 1.0 + (_IDEOGRAPH_LETTERS - 1.0) * len(_IDEOGRAPHS.findall(text)) / len(text)
