"""Looks up the units that annotators mean; where two are possible, the hint has to decide."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.gazetteer import units as gazetteer
from tests.facts.kinds import place_class

FORMER_COMMUNES = Path(__file__).parents[3] / "shared" / "country" / "gazetteer_map.csv"
TWO_TIERS_SINCE = "2025-07-01"
TONES = "\u0300\u0301\u0303\u0309\u0323"
LEVELS = {
    "tỉnh": "province",
    "huyện": "district",
    "quận": "district",
    "thị xã": "district",
    "xã": "commune",
    "phường": "commune",
    "thị trấn": "commune",
    "đặc khu": "commune",
}
HINTED = {"p": "province", "d": "district", "c": "commune", "f": "former commune"}


class UnitError(ValueError):
    """A place that is no unit, or may be several."""


@dataclass(frozen=True)
class Candidate:
    """A unit that a place may be. ``code`` is of today, or of a former district."""

    level: str
    name: str
    code: str
    province: str
    within: tuple[str, ...] = ()
    former: tuple[str, str] | None = None
    """Code and name of the unit that is no more."""
    others: tuple[str, ...] = ()
    """Further communes that took over parts of it."""


@dataclass(frozen=True)
class Source:
    """Where and when a text was published; ``district`` is a former one or a commune of today."""

    province: str
    district: str
    published_at: str

    @property
    def has_districts(self) -> bool:
        """Whether the text is older than the government in two tiers."""
        return self.published_at < TWO_TIERS_SINCE


def key_of(name: str) -> str:
    """Return a name in lower case, with the tone of a syllable behind it: ``hòa`` and ``hoà``."""
    words = unicodedata.normalize("NFD", name.casefold().replace("-", " ")).split()
    return " ".join(
        "".join(c for c in word if c not in TONES) + "".join(c for c in word if c in TONES)
        for word in words
    )


def place_fields(source: Source, words: str, hint: str) -> dict[str, Any]:
    """Return the fields of a place mention; see README.md for the hints."""
    full, name = place_class(words)
    if hint == "-" or (full == "village" and not hint):
        return _fields("village" if full == "village" else LEVELS.get(full or "", "other"))
    if (coded := _by_code().get(hint)) is not None:
        return _resolved(coded)
    level, _, narrowing = hint.partition(",")
    if level not in HINTED and level != "?":
        level, narrowing = "", hint
    found = [one for one in _candidates(name, full) if _fits(one, full, level, source)]
    if level == "?":
        return _ambiguous(words, full, found)
    found = _narrowed(found, narrowing, source)
    if len(found) != 1:
        shown = [f"{one.level} {one.name} {one.code} {one.within}" for one in found[:8]]
        raise UnitError(f"{words} ({source}): {shown or 'nothing'}")
    return _resolved(found[0])


def _ambiguous(words: str, full: str | None, found: list[Candidate]) -> dict[str, Any]:
    codes = sorted({one.code for one in found})
    if len(codes) < 2:
        raise UnitError(f"{words} is not ambiguous: {codes}")
    kind = LEVELS.get(full or "", "other")
    return _fields(kind) | {"candidates": codes}


def _fields(kind: str) -> dict[str, Any]:
    return {"kind": kind, "unit": None, "others": [], "former": None, "candidates": None}


def _resolved(one: Candidate) -> dict[str, Any]:
    kind = "commune" if one.level == "former commune" else one.level
    former = {"code": one.former[0], "name": one.former[1]} if one.former else None
    return _fields(kind) | {"unit": one.code, "others": list(one.others), "former": former}


def _fits(one: Candidate, full: str | None, level: str, source: Source) -> bool:
    if level in HINTED and one.level != HINTED[level]:
        return False
    wanted = LEVELS.get(full or "")
    if wanted and one.level.removeprefix("former ") != wanted:
        return False
    if full == "thành phố" and not (one.name.startswith("Thành phố ") or one.level == "province"):
        return False
    if wanted in ("commune", "district") and not one.name.casefold().startswith(f"{full} "):
        return False
    if level in HINTED:
        return True
    return one.level != ("commune" if source.has_districts else "former commune")


def _narrowed(found: list[Candidate], narrowing: str, source: Source) -> list[Candidate]:
    """Return those near the source, of these the highest: a bare name is the province first."""
    if narrowing:
        wanted = key_of(narrowing)
        return [one for one in found if wanted in one.within]
    if provinces := [one for one in found if one.level == "province"]:
        return provinces
    found = [one for one in found if key_of(source.province) in one.within] or found
    for place in (source.district, source.province):
        near = [one for one in found if place and key_of(place) in one.within]
        for level in ("district", "commune", "former commune"):
            if of_level := [one for one in near if one.level == level]:
                return of_level
    return found


def _candidates(name: str, full: str | None) -> list[Candidate]:
    asked = f"{full} {name}" if name.isdigit() else name
    return list(_by_name().get(key_of(asked), ()))


@cache
def _by_code() -> dict[str, Candidate]:
    """Return units of today and former districts by code, former communes by ``f`` and theirs."""
    return {
        f"f{one.former[0]}" if one.level == "former commune" and one.former else one.code: one
        for one in (*_former_communes(), *_former_districts(), *_of_today())
    }


@cache
def _by_name() -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for one in _all_candidates():
        for key in dict.fromkeys(map(key_of, (one.name, _bare(one.name)))):
            found.setdefault(key, []).append(one)
    return found


def _all_candidates() -> Iterator[Candidate]:
    yield from _of_today()
    yield from _former_provinces()
    yield from _former_districts()
    yield from _former_communes()


def _within(*names: str) -> tuple[str, ...]:
    both = (part for name in names for part in (name, _bare(name)))
    return tuple(dict.fromkeys(map(key_of, both)))


def _bare(name: str) -> str:
    return gazetteer.without_kind(name.replace("Thị Xã ", "Thị xã "))


def _of_today() -> Iterator[Candidate]:
    for unit in gazetteer.units().values():
        if unit.is_province:
            yield Candidate("province", unit.name, unit.code, unit.code, _within(unit.name))
            continue
        province = gazetteer.units()[unit.province_code]
        within = _within(unit.name, province.name)
        yield Candidate("commune", unit.name, unit.code, province.code, within)


def _former_provinces() -> Iterator[Candidate]:
    today = {unit.short_name for unit in gazetteer.provinces()}
    codes = {row["old_province"]: row["old_province_code"] for row in _rows()}
    for province in gazetteer.provinces():
        for name in province.former_provinces:
            if name not in today:
                former = (codes.get(name, province.code), name)
                within = _within(name)
                yield Candidate("province", name, province.code, province.code, within, former)


def _former_districts() -> Iterator[Candidate]:
    for one in gazetteer.districts().values():
        within = _within(one.name, one.former_province, gazetteer.units()[one.province_code].name)
        former = (one.code, one.name)
        yield Candidate("district", one.name, one.code, one.province_code, within, former)


def _former_communes() -> Iterator[Candidate]:
    rows: dict[str, list[dict[str, str]]] = {}
    for row in _rows():
        if not row["old_code"]:
            continue
        rows.setdefault(row["old_code"], []).append(row)
    for code, parts in rows.items():
        main = next((row for row in parts if row["default"] == "1"), parts[0])
        within = _within(main["old_district"], main["old_province"])
        yield Candidate(
            "former commune",
            main["old_name"],
            main["new_code"],
            main["new_province_code"],
            within,
            (code, main["old_name"]),
            tuple(row["new_code"] for row in parts if row["new_code"] != main["new_code"]),
        )


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with FORMER_COMMUNES.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
