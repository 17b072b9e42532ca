"""Names of newspapers, agencies and offices, from ``organisations.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipelines.text import fold

MAX_OFFICE_WORDS = 12

_ACRONYM = re.compile(r"(?=\S{3,14}$)[B-DF-HJ-NP-TVXĐ]+(?:[&+-][B-DF-HJ-NP-TVXĐ]+)*")
"""Capitals without a vowel: ``TTVH``, ``TTVHTT&TT``. Every name has a vowel."""


@dataclass(frozen=True, slots=True)
class Organisations:
    """The names, folded. ``offices``, ``office_starts`` and ``office_words`` are not folded."""

    prefixes: frozenset[str]
    no_prefixes: frozenset[str]
    agencies: frozenset[str]
    common_words: frozenset[str]
    compiled: frozenset[str]
    offices: tuple[str, ...]
    office_starts: frozenset[str]
    no_offices: tuple[str, ...]
    office_words: frozenset[str]

    def is_source(self, name: str, *, is_bare: bool = False) -> bool:
        """Whether a name is that of an agency, an office, or an office's initials (``TTVH``).

        ``is_bare`` means that no label announces a source. Newspapers with the name of a common
        thing (``Lao Động``) do not count then.
        """
        if is_bare and fold(name).strip(" .:") in self.common_words:
            return False
        return self.is_agency(name) or self.is_office(name) or bool(_ACRONYM.fullmatch(name))

    def is_agency(self, name: str) -> bool:
        """Whether a name is that of a known agency or newspaper, or a host name."""
        key = fold(name).strip(" .:")
        return key in self.agencies or key.removeprefix("bao ") in self.agencies or _is_host(name)

    def is_wire(self, name: str) -> bool:
        """Whether a name without a label is that of an agency or newspaper."""
        key = fold(name).strip(" .:")
        return key not in self.common_words | self.compiled and (
            key.startswith("bao ") or self.is_agency(name)
        )

    def starts_like_office(self, text: str) -> bool:
        """Whether a text begins with the kind of an office: ``Sở …``, ``Liên đoàn …``."""
        return text.startswith(self.offices)

    def is_office(self, name: str) -> bool:
        """Whether a short line is only the name of an office: ``Công an huyện``."""
        if name[:2] not in self.office_starts:
            return False
        if not name.startswith(self.offices) or len(name.split()) > MAX_OFFICE_WORDS:
            return False
        if fold(name).startswith(self.no_offices):
            return False
        head = next(office for office in self.offices if name.startswith(office))
        return all(
            word.strip(",&()").lower() in self.office_words
            or word[:1].isupper()
            or not any(char.isalpha() for char in word)
            for word in name[len(head) :].split()
        )


@lru_cache(maxsize=1)
def organisations() -> Organisations:
    """Return the names of newspapers, agencies and offices, which are read once."""
    text = (files("pipelines.extraction.vietnamese") / "organisations.toml").read_text(
        encoding="utf-8"
    )
    data: dict[str, list[str]] = tomllib.loads(text)
    return Organisations(
        prefixes=frozenset(map(fold, data["prefixes"])),
        no_prefixes=frozenset(map(fold, data["no_prefixes"])),
        agencies=frozenset(map(fold, data["agencies"] + data["common_words"] + data["compiled"])),
        compiled=frozenset(map(fold, data["compiled"])),
        common_words=frozenset(map(fold, data["common_words"])),
        offices=tuple(f"{office} " for office in sorted(data["offices"], key=len, reverse=True)),
        office_starts=frozenset(office[:2] for office in data["offices"]),
        no_offices=tuple(map(fold, data["no_offices"])),
        office_words=frozenset(data["office_words"]),
    )


def _is_host(name: str) -> bool:
    text = name.strip(" .").lower()
    return " " not in text and text.endswith((".vn", ".com", ".net", ".org"))
