"""What the simulated country consists of: every host, what it is, and who links to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pipelines.gazetteer.units import Unit
from scraper.base.source import Level

PROVINCES = ("Tuyên Quang", "Thái Nguyên", "Quảng Ngãi")
WILDCARD_PROVINCE = "Quảng Ngãi"
"""All names under the host of this province lead to one server."""


class Kind(StrEnum):
    """What stands at a host."""

    LIVE = "live"
    PROVINCE = "province"
    PAPER = "paper"
    DEPARTMENT = "department"
    DISTRICT = "district"
    MIRROR = "mirror"
    MOVED = "moved"
    TO_PROVINCE = "to_province"
    PARKED = "parked"
    OTHER_COMMUNE = "other_commune"
    NAMESAKE = "namesake"
    REFUSES = "refuses"
    SILENT = "silent"
    ERROR = "error"


READABLE = (Kind.LIVE, Kind.PROVINCE, Kind.PAPER, Kind.DEPARTMENT, Kind.DISTRICT)
"""Kinds of hosts with news of their own."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host of the country.

    ``unit_code`` is the unit whose portal it is, None if it is nobody's. ``name`` is what it calls
    itself. ``target`` is the host that it copies or redirects to, or the zone in which any name has
    an address. ``schemes`` are those it serves.
    """

    name: str
    kind: Kind
    title: str = ""
    unit_code: str | None = None
    level: Level = Level.OTHER
    platform: str = "generic"
    target: str = ""
    schemes: tuple[str, ...] = ("https", "http")

    @property
    def url(self) -> str:
        """The address by which others link to it."""
        return f"{self.schemes[0]}://{self.name}/"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a list of links."""

    text: str
    url: str


@dataclass(slots=True)
class Province:
    """A province: the lists of links on its portal and on its paper."""

    unit: Unit
    links: list[Link] = field(default_factory=list)
    paper_links: list[Link] = field(default_factory=list)

    @property
    def domain(self) -> str:
        """The host of the portal, under which its units have theirs."""
        return f"{self.unit.label}.gov.vn"


@dataclass(slots=True)
class Country:
    """All hosts by name, and the provinces. Names under ``wildcards`` lead to a parked page."""

    provinces: list[Province] = field(default_factory=list)
    hosts: dict[str, Host] = field(default_factory=dict)
    wildcards: tuple[str, ...] = ()

    def of_kind(self, *kinds: Kind) -> list[Host]:
        """The hosts of some kinds."""
        return [host for host in self.hosts.values() if host.kind in kinds]

    def host_at(self, name: str) -> Host | None:
        """The host that answers to a name, None if the name does not exist."""
        bare = name.lower().removeprefix("www.")
        if found := self.hosts.get(bare):
            return found
        zones = (zone for zone in self.wildcards if bare.endswith(f".{zone}"))
        if zone := next(zones, None):
            return Host(bare, Kind.PARKED, target=zone)
        return None
