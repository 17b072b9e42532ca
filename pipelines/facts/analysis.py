"""The text on which facts are found: one string, its words, and the phrases that they form."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from operator import ne
from typing import Any, TypeAlias

PARAGRAPH_END = "\n\n"
_BREAK = "\x00"
_WORD = re.compile(r"(\w+(?:'\w+)*)")
_SPELLINGS = tuple(
    zip(
        ("oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"),
        ("òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"),
        strict=True,
    )
)
_SIGNS = (("’", "'"), ("–", "-"), ("—", "-"), ("\u00a0", " "), ("\n", _BREAK), ("Ð", "Đ"))
_CAPITALS = tuple(
    pair
    for old, new in _SPELLINGS
    for pair in ((old.upper(), new.upper()), (old.capitalize(), new.capitalize()))
)
_SAME = (*_SPELLINGS, *_SIGNS)
_CAPITAL = re.compile("[OU][àáảãạèéẻẽẹỳýỷỹỵÀÁẢÃẠÈÉẺẼẸỲÝỶỸỴ]")

Node: TypeAlias = dict[str, Any]
"""A node of a tree of phrases: the next words, and under the empty word what a phrase means."""


def agreed_text(title: str | None, lede: str | None, body: str | None) -> str:
    """Return the text that offsets count in: title, lede and body in NFC, a blank line between.

    What is empty or None is left out, so that the body is always the end of the text.
    """
    parts = filter(None, (title, lede, body))
    return unicodedata.normalize("NFC", PARAGRAPH_END.join(parts))


def same_spelling(text: str) -> str:
    """Return a text of the same length in which both ways to place a tone mark are one.

    Dashes, apostrophes and blanks become one each, and ends of lines a sign of their own.
    """
    for old, new in _SAME:
        text = text.replace(old, new)
    if _CAPITAL.search(text):
        for old, new in _CAPITALS:
            text = text.replace(old, new)
    return text


def key_of(text: str) -> str:
    """Return what phrases and names are compared by: lower case in one spelling, with accents."""
    return same_spelling(text).lower()


@dataclass(slots=True)
class Words:
    """The words of a text by their index, with what stands before each."""

    text: str
    same: str
    """The text in one spelling, with the same offsets."""
    words: list[str]
    keys: list[str]
    gaps: list[str]
    """Before each word: what separates it from the last one, without blanks; one more at the end"""
    starts: list[int]
    ends: list[int]
    capitals: list[bool] = field(default_factory=list)
    """Of each word, whether it has a capital letter."""
    name_ends: dict[int, int] = field(default_factory=dict)
    """Where names end that were read before, by where they begin."""

    def index_at(self, position: int) -> int:
        """Return the index of the first word that begins at a position or behind it."""
        return bisect_left(self.starts, position)

    def run_end(self, start: int, most: int = 7) -> int:
        """Return the end of the capitalised words from one on, with only blanks between them."""
        end = start + 1
        last = min(start + most, len(self.words))
        while end < last and not self.gaps[end] and self.capitals[end]:
            end += 1
        return end

    def key(self, start: int, end: int) -> str:
        """Return the words of a span as one key."""
        return " ".join(self.keys[start:end])


def split_words(text: str) -> Words:
    """Split a text into words; numbers are words, too, and an apostrophe is part of one."""
    same = same_spelling(text)
    pieces = _WORD.split(same)
    bounds = list(accumulate(map(len, pieces)))
    words = pieces[1::2]
    keys = list(map(str.lower, words))
    return Words(
        text=text,
        same=same,
        words=words,
        keys=keys,
        gaps=list(map(str.strip, pieces[::2])),
        starts=bounds[0::2][: len(words)],
        ends=bounds[1::2],
        capitals=list(map(ne, words, keys)),
    )


def phrase_tree(phrases: Iterable[tuple[str, Any]]) -> Node:
    """Return a tree of phrases, each with what it means."""
    root: Node = {}
    for phrase, meaning in phrases:
        words = split_words(key_of(phrase))
        node = root
        for at, key in enumerate(words.keys):
            if at and words.gaps[at]:
                node = node.setdefault(words.gaps[at], {})
            node = node.setdefault(key, {})
        node[""] = meaning
    return root


def is_lower_acronym(words: Words, at: int, end: int, acronyms: frozenset[str]) -> bool:
    """Whether a phrase is one word that is an abbreviation, but not written in capitals."""
    return end == at + 1 and words.keys[at] in acronyms and not words.words[at].isupper()


def longest_phrase(words: Words, start: int, tree: Node) -> tuple[int, Any] | None:
    """Return the end and the meaning of the longest phrase that begins with a word."""
    keys, gaps, found = words.keys, words.gaps, None
    node, at, size = tree.get(keys[start]), start + 1, len(keys)
    while node is not None:
        if "" in node:
            found = (at, node[""])
        if at >= size:
            break
        if gaps[at]:
            node = node.get(gaps[at])
            if node is None:
                break
        node = node.get(keys[at])
        at += 1
    return found
