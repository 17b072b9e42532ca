"""Names of persons, by their family names and their form."""

from __future__ import annotations

import re

from pipelines.facts.analysis import Words
from pipelines.facts.vocabulary import vocabulary

MAX_NAME_WORDS = 6
_HIGHLAND = re.compile(r"[A-ZĐ][a-z]{0,3}'\w{2,12}")


def is_surname(words: Words, at: int, *, sure: bool = False) -> bool:
    """Whether a word is a family name; a sure one is hardly anything else."""
    key = words.keys[at]
    known = vocabulary()
    if sure:
        return key in known.sure_surnames
    return key in known.surnames or _is_highland(words, at)


def _is_highland(words: Words, at: int) -> bool:
    word = words.words[at]
    return "'" in word and _HIGHLAND.fullmatch(word) is not None


def is_name(words: Words, start: int, end: int) -> bool:
    """Whether capitalised words are a name: two to six, of which the first is a family name.

    A name of the highlands may be a single word (K'Thanh).
    """
    count = end - start
    if count == 1:
        return _is_highland(words, start)
    if not 2 <= count <= MAX_NAME_WORDS or not is_surname(words, start):
        return False
    keys, known = words.keys, vocabulary()
    if keys[start] in known.no_names and count == 2 and keys[start] not in known.sure_surnames:
        return False
    return _is_worded(words, start, end)


def is_weak_name(words: Words, start: int, end: int, *, is_titled: bool = False) -> bool:
    """Whether capitalised words may be a name if what stands around them says so."""
    if not 1 <= end - start <= MAX_NAME_WORDS or not _is_worded(words, start, end):
        return False
    return is_titled or words.keys[start] not in vocabulary().no_names


def _is_worded(words: Words, start: int, end: int) -> bool:
    """Whether no word is a number or an abbreviation; a name may be all in capitals."""
    if not all(words.capitals[start:end]):
        return False
    upper = [len(word) > 1 and word.isupper() for word in words.words[start:end]]
    return all(upper) or not any(upper)
