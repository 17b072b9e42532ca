"""Which units have a portal that is read: by province, and for a province by unit.

Portals are counted by their unit: the communes of today, and apart from these the districts of
until June 2025. Each unit has one `Coverage`, the best of those of its portals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from pipelines.gazetteer.lookup import Place
from pipelines.gazetteer.units import Unit, communes_of, districts, provinces
from scraper.store.known_portals import Coverage, Portal

RANKS = {coverage: rank for rank, coverage in enumerate(Coverage)}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units are covered, and how.

    The sums close: ``units`` = ``known`` + ``not_known``, ``known`` = ``live`` + ``unchecked`` +
    ``dark``, ``live`` = ``read`` + ``silent`` + ``unread``.
    """

    units: int = 0
    known: int = 0
    live: int = 0
    read: int = 0
    silent: int = 0
    unread: int = 0
    unchecked: int = 0
    dark: int = 0
    not_known: int = 0

    @classmethod
    def of(cls, found: Iterable[Coverage]) -> Tally:
        """Count units by how each is covered."""
        counts = Counter(found)
        units = counts.total()
        return cls(
            units=units,
            known=units - counts[Coverage.NOT_KNOWN],
            live=counts[Coverage.READ] + counts[Coverage.SILENT] + counts[Coverage.UNREAD],
            **{each.value: counts[each] for each in Coverage},
        )

    def __add__(self, other: Tally) -> Tally:
        """Sum up two provinces."""
        counts = asdict(other)
        return Tally(**{name: count + counts[name] for name, count in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class UnitCoverage:
    """A commune or a former district with its portals, those that are read first."""

    place: Place
    coverage: Coverage
    portals: tuple[Portal, ...]


@dataclass(frozen=True, slots=True)
class ProvinceCoverage:
    """A province: how its communes and former districts are covered, and its other portals.

    ``others`` are of the province itself, its departments and papers, and those whose entry names
    no unit. ``portals`` = those of communes + those of districts + ``others``.
    """

    province: Unit
    communes: tuple[UnitCoverage, ...]
    districts: tuple[UnitCoverage, ...]
    others: tuple[Portal, ...]

    @property
    def commune_tally(self) -> Tally:
        """How its communes are covered."""
        return Tally.of(unit.coverage for unit in self.communes)

    @property
    def district_tally(self) -> Tally:
        """How its former districts are covered."""
        return Tally.of(unit.coverage for unit in self.districts)

    @property
    def portals(self) -> int:
        """How many portals it has in all."""
        units = (*self.communes, *self.districts)
        return sum(len(unit.portals) for unit in units) + len(self.others)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A province in numbers, or the sum of all: ``code`` and ``name`` are empty then."""

    code: str
    name: str
    communes: Tally
    districts: Tally
    portals: int
    other_portals: int

    def __add__(self, other: CoverageRow) -> CoverageRow:
        """Sum up two rows."""
        return CoverageRow(
            "",
            "",
            self.communes + other.communes,
            self.districts + other.districts,
            self.portals + other.portals,
            self.other_portals + other.other_portals,
        )


def cover(portals: Iterable[Portal]) -> tuple[list[ProvinceCoverage], list[Portal]]:
    """Return all provinces by code, and the portals that are of no known province."""
    by_province: dict[str | None, list[Portal]] = {}
    for portal in portals:
        by_province.setdefault(portal.province_code, []).append(portal)
    return [
        cover_province(province, by_province.get(province.code, ())) for province in provinces()
    ], by_province.get(None, [])


def cover_province(province: Unit, portals: Iterable[Portal]) -> ProvinceCoverage:
    """Return a province with those of the portals that are its own."""
    by_unit: dict[str | None, list[Portal]] = {}
    for portal in portals:
        if portal.province_code == province.code:
            by_unit.setdefault(portal.unit_code, []).append(portal)
    former = [one for one in districts().values() if one.province_code == province.code]
    of_communes = tuple(_covered(commune, by_unit) for commune in communes_of(province))
    of_districts = tuple(_covered(district, by_unit) for district in former)
    others = tuple(portal for rest in by_unit.values() for portal in rest)
    return ProvinceCoverage(province, of_communes, of_districts, others)


def _covered(place: Place, by_unit: dict[str | None, list[Portal]]) -> UnitCoverage:
    """Take the portals of a unit out of those of its province."""
    own = sorted(by_unit.pop(place.code, ()), key=lambda portal: RANKS[portal.coverage])
    coverage = own[0].coverage if own else Coverage.NOT_KNOWN
    return UnitCoverage(place, coverage, tuple(own))


def rows_of(covered: Sequence[ProvinceCoverage]) -> list[CoverageRow]:
    """Return the provinces in numbers."""
    return [
        CoverageRow(
            one.province.code,
            one.province.short_name,
            one.commune_tally,
            one.district_tally,
            one.portals,
            len(one.others),
        )
        for one in covered
    ]


def total_of(rows: Sequence[CoverageRow]) -> CoverageRow:
    """Return the sum of all rows."""
    total = CoverageRow("", "", Tally(), Tally(), 0, 0)
    for row in rows:
        total = total + row
    return total
