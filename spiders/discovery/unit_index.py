"""The units of the gazetteer by the spelling of their names."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipelines.gazetteer.units import districts, provinces, units
from pipelines.text import fold
from spiders.discovery.portal_words import portal_words

Rank = Literal["commune", "district", "province"]

KINDS: Mapping[str, tuple[Rank, ...]] = {
    "xã": ("commune",),
    "phường": ("commune",),
    "đặc khu": ("commune",),
    "thị trấn": ("commune",),
    "huyện": ("district",),
    "quận": ("district",),
    "thị xã": ("district",),
    "thành phố": ("district", "province"),
    "tỉnh": ("province",),
}
"""The kinds of units, and the ranks that each may have."""

WORD = re.compile(r"[^\W_]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


@dataclass(frozen=True, slots=True)
class Match:
    """A unit that a name may mean; ``is_exact`` if it has the kind that the text names."""

    code: str
    province_code: str
    rank: Rank
    is_exact: bool


def spelling(words: Iterable[str]) -> str:
    """Return the key of a name: its letters, then its tones in order.

    The two ways to place a tone mark (``hòa``, ``hoà``) give the same key, and so do hyphens,
    apostrophes and spaces between the same syllables.
    """
    spellings = portal_words().spellings
    letters: list[str] = []
    tones: list[str] = []
    for word in words:
        lower = unicodedata.normalize("NFC", word.lower()).replace("ð", "đ")
        for char in unicodedata.normalize("NFD", spellings.get(lower, lower)):
            (tones if char in _TONES else letters).append(char)
    return "".join(letters) + "|" + "".join(tones)


def kind_of(name: str) -> str:
    """Return the kind with which the name of a unit begins, in lower case."""
    return next(kind for kind in KINDS if name.lower().startswith(f"{kind} "))


@cache
def names_of_units() -> Mapping[str, tuple[tuple[str, Match], ...]]:
    """Return the units of each name, with their kinds: by ``spelling``, and by folded letters."""
    found: dict[str, list[tuple[str, Match]]] = defaultdict(list)
    named: list[tuple[str, str, str, Rank]] = [
        (unit.name, unit.code, unit.province_code, "province" if unit.is_province else "commune")
        for unit in units().values()
    ]
    named += [(one.name, one.code, one.province_code, "district") for one in districts().values()]
    named += [
        (f"Tỉnh {former}", province.code, province.code, "province")
        for province in provinces()
        for former in (*province.former_provinces, province.short_name)
    ]
    for name, code, province_code, rank in named:
        kind = kind_of(name)
        parts = WORD.findall(name[len(kind) :])
        match = Match(code, province_code, rank, True)
        for key in (spelling(parts), "".join(map(fold, parts))):
            if (kind, match) not in found[key]:
                found[key].append((kind, match))
    return {key: tuple(matches) for key, matches in found.items()}
