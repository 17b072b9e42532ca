"""Recognise Vietnamese syllables by the rules of spelling, without a dictionary."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pipelines.extraction.vietnamese import read_words

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONED = "".join(
    unicodedata.normalize("NFC", letter + tone) for letter in "aăâeêioôơuưy" for tone in _TONES
)
_TONELESS = str.maketrans(_TONED, "".join(letter * len(_TONES) for letter in "aăâeêioôơuưy"))


def is_syllable(word: str) -> bool:
    """Whether a word (NFC, without punctuation) is a valid syllable without inner capitals."""
    small = word.lower()
    if word[1:] != small[1:] and not word.isupper():
        return False
    return small.translate(_TONELESS) in _syllables()


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """Return all syllables without tone marks: every onset with every rhyme."""
    parts: dict[str, str] = read_words("syllables")
    rhymes = parts["rhymes"].split()
    onsets = ["", *parts["onsets"].split()]
    return frozenset(onset + rhyme for onset in onsets for rhyme in rhymes) | {"gi"}
