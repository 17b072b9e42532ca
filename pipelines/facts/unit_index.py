"""All units that a name may be: of today and former ones, by their names without the kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import NamedTuple, TypeAlias

from pipelines.facts.analysis import same_spelling
from pipelines.facts.vocabulary import vocabulary
from pipelines.gazetteer.former import RENAMED, former_rows
from pipelines.gazetteer.units import KINDS, District, Unit, districts, provinces, units
from pipelines.text import fold

TWO_TIERS_SINCE = "2025-07-01"
"""The day on which districts and former communes were no more."""
LAST_DAY_OF_DISTRICTS = "2025-06-30"


class Candidate(NamedTuple):
    """A unit that a name may be. ``codes`` are of today, the main one first; a district its own."""

    level: str
    kind: str
    codes: tuple[str, ...]
    province: str
    within: tuple[str, ...]
    """Codes and names of what it lies in: districts, and its former province."""
    former_code: str | None
    former_name: str | None
    until: str
    """The last day on which it was, empty if it still is."""


Row: TypeAlias = Callable[[], Candidate]
"""Makes a candidate from a row of the gazetteer."""

_KINDS = frozenset(kind.lower() for kind in KINDS)
_FIRST_OF_TWO = frozenset(kind.split()[0] for kind in _KINDS if " " in kind)


class UnitIndex:
    """The units by the keys of their names; they are made when they are asked for."""

    def __init__(self) -> None:
        self._rows = _rows_by_key()
        self._made: dict[str, tuple[Candidate, ...]] = {}
        self._other_names = vocabulary().other_names

    def __contains__(self, key: str) -> bool:
        return key in self._rows or key in self._other_names

    def get(self, key: str) -> tuple[Candidate, ...]:
        """Return the units that a name may be."""
        made = self._made.get(key)
        if made is None:
            usual = key if key in self._rows else self._other_names.get(key, key)
            made = tuple(row() for row in self._rows.get(usual, ()))
            if made:
                self._made[key] = made
        return made

    def names(self) -> list[str]:
        """Return the keys of all names."""
        return list(self._rows)


@cache
def unit_index() -> UnitIndex:
    """Return the index of all units, built on first use."""
    return UnitIndex()


@cache
def _names_by_letters() -> Mapping[str, tuple[str, ...]]:
    """Return the names by their letters; all are folded at once for speed."""
    names = unit_index().names()
    found: dict[str, tuple[str, ...]] = {}
    for name, letters in zip(names, fold("\n".join(names)).split("\n"), strict=True):
        key = letters.replace(" ", "").replace("'", "")
        found[key] = (*found.get(key, ()), name)
    return found


def similar_units(letters: str) -> list[Candidate]:
    """Return the units whose names have the same letters, for spellings that differ in accents."""
    names = _names_by_letters().get(letters, ())
    return [one for name in names for one in unit_index().get(name)]


def _spaced(key: str) -> str:
    return " ".join(key.replace("-", " ").split())


def _rows_by_key() -> dict[str, list[Row]]:
    """Return what makes the candidates, by key; all names are brought to one spelling at once."""
    rows = [*_named_units()]
    keys = same_spelling("|".join([name for name, _ in rows])).lower().split("|")
    found: dict[str, list[Row]] = {}
    for (_, row), key in zip(rows, keys, strict=True):
        found.setdefault(_without_kind(key), []).append(row)
    return found


def _without_kind(key: str) -> str:
    first, _, short = key.partition(" ")
    if first in _FIRST_OF_TWO:
        second, _, short = short.partition(" ")
        first = f"{first} {second}"
    if first not in _KINDS:
        short = key
    if short.isdigit():
        return f"{first} {int(short)}"
    return _spaced(short) if "-" in short else short


def _named_units() -> Iterator[tuple[str, Row]]:
    for unit in units().values():
        yield unit.name, partial(_of_today, unit)
    for province, name in _former_provinces():
        yield name, partial(_former_province, province, name)
    for district in districts().values():
        yield district.name, partial(_district, district)
    for row in former_rows().values():
        yield row[1], partial(_former_commune, row)


def _of_today(unit: Unit) -> Candidate:
    level = "province" if unit.is_province else "commune"
    within = _parents().get(unit.code, ())
    return Candidate(
        level, _kind(unit.name), (unit.code,), unit.province_code, within, None, None, ""
    )


@cache
def _parents() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for district in districts().values():
        for commune in district.communes:
            found[commune] = (*found.get(commune, ()), district.code, district.former_province)
    return found


def _former_provinces() -> Iterator[tuple[Unit, str]]:
    today = {province.short_name for province in provinces()}
    for province in provinces():
        yield from ((province, name) for name in province.former_provinces if name not in today)


def _former_province(province: Unit, name: str) -> Candidate:
    codes = (province.code,)
    return Candidate(
        "province", "Tỉnh", codes, province.code, (name,), None, name, LAST_DAY_OF_DISTRICTS
    )


def _district(one: District) -> Candidate:
    return Candidate(
        "district",
        _kind(one.name),
        (one.code,),
        one.province_code,
        (one.code, one.former_province),
        one.code,
        one.name,
        LAST_DAY_OF_DISTRICTS,
    )


def _former_commune(row: list[str]) -> Candidate:
    code, name, district, communes, until = row
    codes = tuple(communes.split())
    within = (district, districts()[district].former_province) if district else ()
    province = units()[codes[0]].province_code
    return Candidate("commune", _kind(name), codes, province, within, code, name, until)


def _kind(name: str) -> str:
    return next((kind for kind in KINDS if name.casefold().startswith(kind.casefold())), "")


def is_renamed(one: Candidate) -> bool:
    """Whether a unit is one of today by an earlier name."""
    return bool(one.former_code and one.former_code.startswith(RENAMED))
