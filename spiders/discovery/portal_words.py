"""The words and hosts of ``portals.toml``, prepared for lookup."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pipelines.text import fold, normalise

WORD = re.compile(r"[^\W_]+")
"""A word of a folded text."""

MAX_KEY_CHARS = 2000
"""Characters of a text that are compared with phrases."""


def key_of(text: str) -> str:
    """Return the words of a text without accents, in lower case, separated by one space."""
    return " ".join(WORD.findall(fold(text[:MAX_KEY_CHARS])))


def letters_of(name: str) -> str:
    """Return a name as hosts spell it: its letters without accents, ``longan``."""
    return "".join(key_of(name).split())


def lower_words(text: str) -> list[str]:
    """Return the words of a text in lower case, with their accents."""
    return WORD.findall(normalise(text[:MAX_KEY_CHARS]).lower())


@dataclass(frozen=True, slots=True)
class Phrases:
    """A set of phrases that are searched at a position of a list of words."""

    phrases: frozenset[tuple[str, ...]]
    longest: int

    def length_at(self, words: list[str], start: int) -> int:
        """Return the number of words of the longest phrase that begins there, 0 if none does."""
        for length in range(min(self.longest, len(words) - start), 0, -1):
            if tuple(words[start : start + length]) in self.phrases:
                return length
        return 0

    def found_in(self, words: list[str]) -> str:
        """Return the first phrase among the words, an empty text if there is none."""
        for start in range(len(words)):
            if length := self.length_at(words, start):
                return " ".join(words[start : start + length])
        return ""


def _accented(texts: Iterable[str]) -> Phrases:
    """Return phrases as they are written, and without accents."""
    return _of([words for text in texts for words in (lower_words(text), key_of(text).split())])


def _phrases(texts: Iterable[str]) -> Phrases:
    return _of([key_of(text).split() for text in texts])


def _of(lists: list[list[str]]) -> Phrases:
    phrases = frozenset(map(tuple, lists)) - {()}
    return Phrases(phrases, max(map(len, phrases), default=0))


@dataclass(frozen=True, slots=True)
class PortalWords:
    """The tables of ``portals.toml``."""

    other_services: frozenset[str]
    other_service_starts: tuple[str, ...]
    foreign_domains: frozenset[str]
    province_labels: Mapping[str, tuple[str, ...]]
    subsites: Mapping[str, str]
    subsite_folders: frozenset[str]
    generic_labels: frozenset[str]
    departments: Phrases
    department_labels: frozenset[str]
    papers: Phrases
    around: Phrases
    portal_words: Phrases
    imprint_labels: Phrases
    no_names: frozenset[str]
    no_kinds_after: frozenset[str]
    spellings: Mapping[str, str]
    parked_titles: frozenset[str]
    placeholders: Phrases
    parking_services: tuple[bytes, ...]
    sample_articles: frozenset[str]


@cache
def portal_words() -> PortalWords:
    """Return the words of ``portals.toml``, which are read once."""
    text = (files("spiders.discovery") / "portals.toml").read_text(encoding="utf-8")
    data: dict[str, dict[str, Any]] = tomllib.loads(text)
    hosts, links, names, parked = (data[name] for name in ("hosts", "links", "names", "parked"))
    return PortalWords(
        frozenset(hosts["other_services"]),
        tuple(hosts["other_service_starts"]),
        frozenset(hosts["foreign_domains"]),
        {code: tuple(labels) for code, labels in hosts["provinces"].items()},
        hosts["subsites"],
        frozenset(links["subsite_folders"]),
        frozenset(links["generic_labels"]),
        _accented(links["departments"]),
        frozenset(links["department_labels"]),
        _accented(links["papers"]),
        _phrases(names["around"]),
        _phrases(names["portal_words"]),
        _phrases(names["imprint_labels"]),
        frozenset(names["no_names"]),
        frozenset(names["no_kinds_after"]),
        names["spellings"],
        frozenset(map(key_of, parked["titles"])),
        _phrases(parked["placeholders"]),
        tuple(name.encode() for name in parked["services"]),
        frozenset(map(key_of, parked["sample_articles"])),
    )
