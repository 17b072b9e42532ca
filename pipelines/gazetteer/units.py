"""Provinces, communes of today, and the former districts, by their codes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from pipelines.text import fold

REFORM_DAY = date(2025, 7, 1)
"""The day on which the districts were abolished, by resolution 203/2025/QH15."""

KINDS = ("Đặc khu", "Phường", "Xã", "Thành phố", "Tỉnh", "Thị xã", "Thị trấn", "Huyện", "Quận")


SHORT_NAMES = {"hcm": "79", "tphcm": "79", "saigon": "79"}
"""What people call provinces beside their names, in letters only, with their codes."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A province or a commune of today.

    ``name`` begins with its kind ("Xã Hàm Yên"). ``label`` is its name as hosts spell it
    ("hamyen"). ``former_provinces`` are those that a province was made of. Degrees are WGS 84.
    """

    code: str
    name: str
    province_code: str
    label: str
    latitude: float
    longitude: float
    former_provinces: tuple[str, ...]

    @property
    def is_province(self) -> bool:
        """Whether this is a province, or a city of the same rank."""
        return self.code == self.province_code

    @property
    def short_name(self) -> str:
        """The name without its kind: "Hàm Yên"."""
        return without_kind(self.name)


@dataclass(frozen=True, slots=True)
class District:
    """A district as it was until 30 June 2025, and the codes of the communes it became."""

    code: str
    name: str
    former_province: str
    province_code: str
    communes: tuple[str, ...]


def without_kind(name: str) -> str:
    """Return the name of a unit without its kind; a name that is only a number keeps it."""
    for kind in KINDS:
        rest = name.removeprefix(f"{kind} ")
        if rest != name and not rest.isdigit():
            return rest
    return name


@cache
def units() -> Mapping[str, Unit]:
    """Return the provinces and communes by code, provinces first."""
    return {
        row["code"]: Unit(
            row["code"],
            row["name"],
            row["province_code"],
            row["label"],
            float(row["latitude"]),
            float(row["longitude"]),
            tuple(row["former_provinces"].split("|")) if row["former_provinces"] else (),
        )
        for row in _rows("units.csv")
    }


@cache
def districts() -> Mapping[str, District]:
    """Return the former districts by code."""
    return {
        row["code"]: District(
            row["code"],
            row["name"],
            row["former_province"],
            row["province_code"],
            tuple(row["communes"].split()),
        )
        for row in _rows("districts.csv")
    }


def provinces() -> list[Unit]:
    """Return the provinces, by code."""
    return [unit for unit in units().values() if unit.is_province]


def communes_of(province: Unit) -> list[Unit]:
    """Return the communes of a province, by code."""
    return [
        unit
        for unit in units().values()
        if unit.province_code == province.code and not unit.is_province
    ]


def find_province(name: str) -> Unit | None:
    """Return the province with this name, as users type it: with or without accents and kind.

    The name of a former province finds the one that it became part of.
    """
    return _province_names().get(letters_of(name))


def find_former_province(name: str) -> str | None:
    """Return the name of the former province that users type so, None if one of today has it."""
    return _former_names().get(letters_of(name))


def similar_provinces(name: str) -> list[str]:
    """Return up to three names of provinces that are like a misspelt one, best first.

    Names that begin with what was typed go before those that are merely near it, those of today
    before former ones.
    """
    names, typed = _province_names(), letters_of(name)
    begun = [key for key in names if typed and key.startswith(typed)]
    begun.sort(key=lambda key: (key != letters_of(names[key].short_name), key))
    near = [*begun, *get_close_matches(typed, names, n=6)]
    return list(dict.fromkeys(names[key].short_name for key in near))[:3]


@cache
def _province_names() -> Mapping[str, Unit]:
    names = {name: units()[code] for name, code in SHORT_NAMES.items()}
    parts = {former: one for one in provinces() for former in one.former_provinces}
    names |= {letters: parts[former] for letters, former in _former_names().items()}
    for province in provinces():
        short = province.short_name
        names |= {letters_of(name): province for name in (province.name, short, f"TP {short}")}
    return names


@cache
def _former_names() -> Mapping[str, str]:
    """Return the names of the former provinces, by their letters with and without their kind."""
    today = {letters_of(province.short_name) for province in provinces()}
    return {
        letters_of(kind + former): former
        for province in provinces()
        for former in province.former_provinces
        if letters_of(former) not in today
        for kind in ("", "Tỉnh ")
    }


def letters_of(text: str) -> str:
    """Return what counts of a name: its letters and digits without accents."""
    return "".join(filter(str.isalnum, fold(text)))


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
