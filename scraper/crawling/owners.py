"""Whose site it is: whether what a site calls itself names another owner than a source has.

Pure functions on names, as registered and as a home page has them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from pipelines.gazetteer.units import districts, find_province, units, without_kind
from pipelines.text import fold
from scraper.base.source import Source

RANKS = {
    **dict.fromkeys(("xa", "phuong", "thi tran", "dac khu"), "commune"),
    **dict.fromkeys(("huyen", "quan", "thi xa"), "district"),
    **dict.fromkeys(("thanh pho", "tp"), "city"),
    "tinh": "province",
}
"""The kinds of units (folded), each with its rank. A city may be a district or a province."""

ORDER = ("commune", "district", "city", "province")
"""The ranks, the smallest unit first: "xã Hàm Yên, tỉnh Tuyên Quang" is the commune's site."""

MAX_NAME_WORDS = 5

TOKEN = re.compile(r"\w+|[^\w\s]")
"""A word, or a sign, which ends the name of a unit."""

GENERIC_WORDS = frozenset(
    re.findall(
        r"\w+",
        "cong thong tin dien tu trang chu website web portal home ubnd hdnd uy ban nhan dan"
        " hoi dong chinh thuc cua tai va so bao ban don vi hanh dich vu www com index vn gov"
        " xa phuong thi tran dac khu huyen quan thanh pho tp tinh",
    )
)
"""Words of names, folded, that many sites share."""

TELLING_SHARE = 0.5
"""Two names may be the same owner's if they share this part of the shorter one's other words."""


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit as a name has it: its rank, and its name (folded, without the kind)."""

    rank: str
    name: str

    def is_other_than(self, other: NamedUnit) -> bool:
        """Whether these are two units. A city has the rank of either neighbour.

        Of a name that no unit has, it is not known where it ends.
        """
        ranks = {self.rank, other.rank}
        is_one_rank = len(ranks) == 1 or ranks in ({"city", "district"}, {"city", "province"})
        if not is_one_rank or {self.name, other.name} <= unit_names():
            return not is_one_rank or self.name != other.name
        shorter, longer = sorted((self.name, other.name), key=len)
        return not f"{longer} ".startswith(f"{shorter} ")


def names_other_owner(source: Source, names: Collection[str], site_name: str) -> bool:
    """Whether a site names another unit than that of a source as its owner.

    ``names`` are those that the source had. A name without a unit says nothing.
    """
    found = unit_in(site_name)
    if found is None:
        return False
    if is_of_other_province(source, site_name):
        return True
    registered = _registered_unit(source)
    own = [registered] if registered else [*filter(None, map(unit_in, names))]
    return bool(own) and all(found.is_other_than(one) for one in own)


def is_of_other_province(source: Source, site_name: str) -> bool:
    """Whether a name has a province that is not the source's, today's or a former one."""
    own = find_province(source.province) if source.province else None
    named = [find_province(name) for rank, name in _units_in(site_name) if rank == "province"]
    return own is not None and any(one is not None and one.code != own.code for one in named)


def may_be_same_owner(names: Collection[str], site_name: str) -> bool:
    """Whether a name shares enough telling words with one that a source had."""
    words = _telling_words(site_name)
    return any(_are_alike(words, _telling_words(name)) for name in names)


def unit_in(name: str) -> NamedUnit | None:
    """Return the smallest unit in the name of a site, None if there is none."""
    found = sorted(_units_in(name), key=lambda one: ORDER.index(one[0]))
    return NamedUnit(*found[0]) if found else None


def _units_in(name: str) -> list[tuple[str, str]]:
    """Return the rank and the name of each unit, in their order."""
    found, tokens = [], TOKEN.findall(fold(name))
    for place in range(len(tokens)):
        for size in (2, 1):
            rank = RANKS.get(" ".join(tokens[place : place + size]))
            words = tokens[place + size :][:MAX_NAME_WORDS]
            if rank and (unit := _unit_name(words[1:] if words[:1] == ["."] else words)):
                found.append((rank, unit))
                break
    return found


def _unit_name(words: list[str]) -> str:
    """Return the longest beginning that a unit is called, else what is before a sign or a kind."""
    for count in range(len(words), 0, -1):
        if (name := " ".join(words[:count])) in unit_names():
            return name
    return " ".join(takewhile(lambda word: word.isalnum() and word not in RANKS, words))


@cache
def unit_names() -> frozenset[str]:
    """Return the names of all units, folded, without their kinds; those of former ones, too."""
    known = [*(unit.name for unit in units().values()), *(one.name for one in districts().values())]
    former = [name for unit in units().values() for name in unit.former_provinces]
    return frozenset(
        " ".join(re.findall(r"\w+", fold(without_kind(name)))) for name in [*known, *former]
    )


def _registered_unit(source: Source) -> NamedUnit | None:
    """Return the unit of the code of a source, None if it has none that is known."""
    code = source.unit_code or ""
    unit = units().get(code) or districts().get(code)
    return unit_in(unit.name) if unit else None


def _telling_words(name: str) -> set[str]:
    return set(re.findall(r"\w+", fold(name))) - GENERIC_WORDS


def _are_alike(words: set[str], others: set[str]) -> bool:
    shorter = min(len(words), len(others))
    return shorter > 0 and len(words & others) >= TELLING_SHARE * shorter
