"""The communes that are no more, and what they became; read when the first one is asked for."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.gazetteer.units import districts, letters_of, units, without_kind
from pipelines.text import fold

TABLE = Path(__file__).parent / "former_communes.csv"
DISSOLVED, RENAMED = "C", "R"
"""With what codes begin: of a commune that was dissolved, of one that only changed its kind."""


@dataclass(frozen=True, slots=True)
class FormerCommune:
    """A commune as it was until a day: the last day of its name, and the communes it became.

    The first of ``communes`` took over the whole, or the largest part. ``district`` is the code of
    its former district, empty if the commune was renamed after there were districts.
    """

    code: str
    name: str
    district: str
    communes: tuple[str, ...]
    until: str

    @property
    def province_code(self) -> str:
        """The province of today in which it lay."""
        return units()[self.communes[0]].province_code

    @property
    def former_province(self) -> str | None:
        """The province of until June 2025, None if it was renamed later."""
        return districts()[self.district].former_province if self.district else None


def is_former_code(code: str) -> bool:
    """Whether a code has the form of those of former communes: a letter and five digits."""
    return code[:1] in (DISSOLVED, RENAMED) and len(code) == 6 and code[1:].isdigit()


def former_commune(code: str) -> FormerCommune | None:
    """Return the former commune with a code (``C`` or ``R`` and five digits), None if none has."""
    row = former_rows().get(code)
    return _commune(row) if row else None


def former_communes_named(name: str) -> list[FormerCommune]:
    """Return the former communes with a name: with accents if it has some, with or without kind."""
    found = [_commune(former_rows()[code]) for code in _by_letters().get(letters_of(name), ())]
    exact = [one for one in found if name.casefold() in _spellings(one.name)]
    return exact if exact and not name.isascii() else found


def _spellings(name: str) -> tuple[str, str]:
    return name.casefold(), without_kind(name).casefold()


def _commune(row: list[str]) -> FormerCommune:
    code, name, district, communes, until = row
    return FormerCommune(code, name, district, tuple(communes.split()), until)


@cache
def former_rows() -> Mapping[str, list[str]]:
    """Return the lines of the table by code: code, name, district, communes, last day."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {row[0]: row for row in rows}


@cache
def _by_letters() -> Mapping[str, tuple[str, ...]]:
    """Return the codes by the letters of the names; all names are folded at once for speed."""
    codes = list(former_rows())
    names = [row[1] for row in former_rows().values()]
    short = [without_kind(name) for name in names]
    found: dict[str, list[str]] = {}
    for code, full, bare in zip(codes, _folded(names), _folded(short), strict=True):
        for key in {full, bare}:
            found.setdefault(key, []).append(code)
    return {key: tuple(each) for key, each in found.items()}


def _folded(names: list[str]) -> list[str]:
    lines = fold("\n".join(names)).split("\n")
    return ["".join(filter(str.isalnum, line)) for line in lines]
