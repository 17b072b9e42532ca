"""Units by what people call them, and which units stand for one place over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TypeAlias

from pipelines.gazetteer.former import (
    FormerCommune,
    former_commune,
    former_communes_named,
    is_former_code,
)
from pipelines.gazetteer.units import (
    District,
    Unit,
    districts,
    find_province,
    letters_of,
    provinces,
    units,
    without_kind,
)
from pipelines.text import normalise

Place: TypeAlias = Unit | District | FormerCommune
"""A province or a commune of today, a former district, or a former commune."""


@dataclass(frozen=True, slots=True)
class FormerProvince:
    """A province as it was until 30 June 2025, and the codes of its districts and communes.

    Its districts are those of then, its communes those of today.
    """

    name: str
    province_code: str
    codes: tuple[str, ...]


MAX_NEAREST = 3
MAX_NAME_CHARS = 100
"""What is compared of a name: comparing takes time in proportion to its length."""


def place_of(code: str) -> Place | None:
    """Return the unit, former district or former commune with a code, None if there is none."""
    if is_former_code(code):
        return former_commune(code)
    return units().get(code) or districts().get(code)


def province_of(place: Place) -> Unit:
    """Return the province of today in which a place lies; a province itself."""
    return units()[place.province_code]


def described(place: Place) -> str:
    """Return the code of a place with its name and province: ``02374 Xã Hàm Yên, Tuyên Quang``."""
    if isinstance(place, Unit) and place.is_province:
        return f"{place.code} {place.name}"
    return f"{place.code} {place.name}, {province_of(place).short_name}"


def find_places(name: str) -> list[Place]:
    """Return the places that a user may mean, by code: one by its code, several by one name.

    A name may be without its kind and accents, and may end with the province: ``Hàm Yên, Tuyên
    Quang``. Of a name with accents, the places that are spelled exactly so come alone. Former
    communes are found if no unit of today and no former district has the name.
    """
    wanted = normalise(name)
    if (place := place_of(wanted.upper())) is not None:
        return [place]
    if found := _named(wanted):
        return found
    first, comma, last = wanted.rpartition(",")
    province = find_province(last) if comma else None
    if province is not None:
        return _named(first.strip(), province.code) or _former(first.strip(), province.code)
    short = find_province(wanted)
    return [short] if short is not None else _former(wanted)


def similar_places(name: str) -> list[Place]:
    """Return up to three places whose names are like a misspelt one, best first."""
    known = _by_letters()
    near = get_close_matches(letters_of(name[:MAX_NAME_CHARS]), known, n=MAX_NEAREST)
    return list(dict.fromkeys(place for key in near for place in known[key]))[:MAX_NEAREST]


def joined_codes(code: str) -> tuple[str, ...]:
    """Return the codes of the units that stand for one place over time, its own first.

    A commune is joined with the former districts that it lay in, a former district or commune with
    the communes that it became, wholly or in part. A province stands alone.
    """
    if is_former_code(code):
        former = former_commune(code)
        return (code, *former.communes) if former else (code,)
    if (district := districts().get(code)) is not None:
        return (code, *district.communes)
    return (code, *_districts_of_communes().get(code, ()))


def former_province(name: str) -> FormerProvince | None:
    """Return the province with this name that is no more.

    None for the name of a province of today, which one of those before may have had, too.
    """
    return _former_provinces().get(letters_of(name))


def former_province_of(code: str) -> str | None:
    """Return the province of until June 2025 in which a commune or district lay."""
    if is_former_code(code):
        former = former_commune(code)
        return former.former_province if former else None
    district = districts().get(code)
    if district is None:
        own = _districts_of_communes().get(code, ())
        district = districts()[own[0]] if own else None
    return district.former_province if district else None


def codes_in(province: Unit) -> tuple[str, ...]:
    """Return the codes of a province, its communes and its former districts."""
    return tuple(place.code for place in _all_places() if place.province_code == province.code)


def names_of(province: Unit) -> tuple[str, ...]:
    """Return how a province and those that it was made of are written."""
    short = province.short_name
    own = (province.name, short, f"TP {short}", f"TP. {short}")
    return (*own, *province.former_provinces)


def _named(name: str, province_code: str | None = None) -> list[Place]:
    """Return the places with a name, in a province if one is named."""
    exact = () if name.isascii() else _by_spelling().get(name.casefold(), ())
    for found in (exact, _by_letters().get(letters_of(name), ())):
        places = [place for place in found if province_code in (None, place.province_code)]
        if places:
            return places
    return []


def _former(name: str, province_code: str | None = None) -> list[Place]:
    """Return the former communes with a name, in a province of today if one is named."""
    found = former_communes_named(name) if name else []
    return [one for one in found if province_code in (None, one.province_code)]


def _all_places() -> Iterator[Place]:
    yield from units().values()
    yield from districts().values()


@cache
def _by_spelling() -> Mapping[str, tuple[Place, ...]]:
    return _indexed(str.casefold)


@cache
def _by_letters() -> Mapping[str, tuple[Place, ...]]:
    return _indexed(letters_of)


def _indexed(key_of: Callable[[str], str]) -> Mapping[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = {}
    for place in _all_places():
        for key in dict.fromkeys((key_of(place.name), key_of(without_kind(place.name)))):
            found.setdefault(key, []).append(place)
    return {key: tuple(places) for key, places in found.items()}


@cache
def _districts_of_communes() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for district in districts().values():
        for commune in district.communes:
            found.setdefault(commune, []).append(district.code)
    return {code: tuple(codes) for code, codes in found.items()}


@cache
def _former_provinces() -> Mapping[str, FormerProvince]:
    codes: dict[str, dict[str, None]] = {}
    for district in districts().values():
        found = codes.setdefault(district.former_province, {})
        found |= dict.fromkeys((district.code, *district.communes))
    today = {letters_of(each) for one in provinces() for each in (one.name, one.short_name)}
    return {
        letters: FormerProvince(name, province.code, tuple(codes.get(name, codes_in(province))))
        for province in provinces()
        for name in province.former_provinces
        if (letters := letters_of(name)) not in today
    }
