"""Which unit a place is: by its name and class word, and by what is known around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.facts.mentions import Context
from pipelines.facts.unit_index import (
    TWO_TIERS_SINCE,
    Candidate,
    is_renamed,
    similar_units,
    unit_index,
)
from pipelines.facts.vocabulary import PlaceClass
from pipelines.gazetteer.units import letters_of

Found = tuple[Candidate | None, tuple[Candidate, ...], str]
"""The unit, or all that it may be, and the rule that decided."""

MAX_CANDIDATES = 40


@dataclass(slots=True)
class Resolver:
    """Resolves the places of one text; what was resolved before is context for what follows."""

    context: Context
    seen: dict[str, Candidate] = field(default_factory=dict)
    """What names stood for before in the text."""
    named: set[str] = field(default_factory=set)
    """Names that the text has behind a class word."""
    parents: list[str] = field(default_factory=list)
    """Districts and provinces that the text named, the latest last."""

    def known(self, key: str, wanted: PlaceClass | None) -> bool:
        """Whether there is a unit with a name and class."""
        return bool(self._fitting(key, wanted))

    def known_near(self, key: str) -> bool:
        """Whether a name without a class is of a province, a district, or the own province."""
        found = unit_index().get(key)
        return any(one.level != "commune" or self.is_own(one) for one in found)

    def resolve(self, key: str, wanted: PlaceClass | None, around: Iterable[str] = ()) -> Found:
        """Return the unit of a name; ``around`` are the units that are written behind it."""
        before = self.seen.get(key)
        found = self._fitting(key, wanted)
        if before is not None and before in found and not around:
            return before, (), "named before"
        found = self._of_the_time(found)
        places = tuple(around)
        if places and not any(_lies_in(one, place) for one in found for place in places):
            return None, (), "not in the units behind it"
        provinces = [one for one in found if one.level == "province"]
        if wanted is None and len(provinces) == 1:
            found = provinces
        decided, rule = self._narrowed(found, places, wanted)
        if decided is not None:
            self._remember(key, decided)
            return decided, (), rule
        return None, tuple(found), "ambiguous" if found else "unknown"

    def _fitting(self, key: str, wanted: PlaceClass | None) -> list[Candidate]:
        """Return the units with a name and a class; without accents only in the own province."""
        found = list(unit_index().get(key))
        if wanted is None:
            if not any(self.is_own(one) or one.level == "province" for one in found):
                found += filter(self._is_near, similar_units(letters_of(key)))
            return found
        if wanted.level == "village":
            return []
        similar = () if _of_class(found, wanted) else similar_units(letters_of(key))
        return _of_class(found, wanted) or _of_class(filter(self._is_near, similar), wanted)

    def _is_near(self, one: Candidate) -> bool:
        """Whether a unit in another spelling may be meant: a province, or one in the own."""
        return one.level == "province" or self.is_own(one)

    def own_unit(self, level: str) -> str | None:
        """Return the unit of the source at a level."""
        context = self.context
        if level == "province":
            return context.province
        if level == "district":
            return context.district
        return context.commune if level == "commune" else None

    def is_own(self, one: Candidate) -> bool:
        """Whether a unit is in the source's province."""
        return one.province == self.context.province

    def is_own_unit(self, one: Candidate) -> bool:
        """Whether a unit is that of the source itself."""
        return one.codes[0] in (self.context.district, self.context.commune)

    def _remember(self, key: str, one: Candidate) -> None:
        self.seen[key] = one
        if one.level != "commune":
            self.parents.append(
                one.former_name or one.codes[0] if one.level == "province" else one.codes[0]
            )

    def _of_the_time(self, found: list[Candidate]) -> list[Candidate]:
        """Return the units that were there on the day of the text, or all if none was."""
        day = self._day()
        there = [one for one in found if _was_there(one, day)]
        if self.context.published_at and day < TWO_TIERS_SINCE:
            return there
        if any(map(self.is_own, there)) or not any(map(self.is_own, found)):
            return there or found
        return [one for one in found if self.is_own(one)]

    def _day(self) -> str:
        if self.context.published_at:
            return self.context.published_at[:10]
        return "2024" if self.context.district and not self.context.commune else "2026"

    def _narrowed(
        self, found: list[Candidate], around: tuple[str, ...], wanted: PlaceClass | None
    ) -> tuple[Candidate | None, str]:
        steps = (
            (around, "units behind it"),
            (self._own_district(), "district of the source"),
            (self._own_province(), "former province of the source"),
            ((self.context.province,), "province of the source"),
            (tuple(self.parents[-6:]), "units named before"),
        )
        for near, rule in steps:
            close = [one for one in found if any(_lies_in(one, each) for each in near if each)]
            if close:
                found = close
            if close and (one := _only(found)) is not None:
                return one, rule
        if (one := _only(found)) is not None and self._may_be_far(one):
            return one, "only one of its name"
        return (_by_level(found) if wanted is None else None), "highest level"

    def _may_be_far(self, one: Candidate) -> bool:
        """Whether a unit that nothing around speaks for is sure: a commune elsewhere is not."""
        return one.level != "commune" or self.context.province is None or self.is_own(one)

    def _own_district(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.context.district, self.context.commune)))

    def _own_province(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.context.former_province,)))


def _lies_in(one: Candidate, near: str) -> bool:
    return near in one.within or near in one.codes or near == one.province


def _only(found: list[Candidate]) -> Candidate | None:
    """Return the one unit, or the one that all are today."""
    if len(found) == 1:
        return found[0]
    if found and len({one.codes for one in found}) == 1:
        return found[0]
    return None


def _by_level(found: list[Candidate]) -> Candidate | None:
    """Return the unit of the highest level: a name without a class is that of the larger one."""
    for level in ("province", "district"):
        high = [one for one in found if one.level == level]
        if high:
            return high[0] if len(high) == 1 else None
    return None


def _was_there(one: Candidate, day: str) -> bool:
    if one.until:
        began = TWO_TIERS_SINCE if is_renamed(one) else ""
        return began <= day <= one.until
    return day >= TWO_TIERS_SINCE or one.level == "province"


def _of_class(found: Iterable[Candidate], wanted: PlaceClass) -> list[Candidate]:
    """Return the units of a class: of its kinds, or else of another kind of a district."""
    if wanted.level == "city":
        return [one for one in found if one.kind == "Thành phố"]
    level = [one for one in found if one.level == wanted.level]
    exact = [one for one in level if one.kind in wanted.kinds]
    return exact or (level if wanted.level == "district" else [])
