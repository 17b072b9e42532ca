"""Builds the simulated country.

Units and their names are those of the gazetteer; which of them have a portal, and what stands at
all other names, is drawn by lot from a seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from pipelines.gazetteer.units import (
    District,
    Unit,
    communes_of,
    districts,
    find_province,
    without_kind,
)
from pipelines.text import fold
from scraper.base.source import Level
from tests.country.places import (
    PROVINCES,
    WILDCARD_PROVINCE,
    Country,
    Host,
    Kind,
    Link,
    Province,
)

PLATFORMS = ("nukeviet", "sharepoint", "liferay", "wordpress", "generic")
DEPARTMENTS = {
    "snv": "Sở Nội vụ",
    "stc": "Sở Tài chính",
    "syt": "Sở Y tế",
    "sgddt": "Sở Giáo dục và Đào tạo",
    "snnmt": "Sở Nông nghiệp và Môi trường",
    "sxd": "Sở Xây dựng",
}


def build_country(units: int = 10_000, names: Sequence[str] = PROVINCES, seed: int = 20) -> Country:
    """Build the country with so many units at most, of all provinces alike."""
    country = Country()
    for name in names:
        unit = find_province(name)
        assert unit is not None
        lot = Random(f"{seed} {name}")
        chosen = _chosen(communes_of(unit), units // len(names), lot)
        country.provinces.append(_Building(country, Province(unit), lot).build(chosen))
        if name == WILDCARD_PROVINCE:
            country.wildcards += (f"{unit.label}.gov.vn",)
    return country


def _chosen(communes: Sequence[Unit], count: int, lot: Random) -> list[Unit]:
    """Draw units, those with the name of a former district first, since their hosts are theirs."""
    labels = {_label(district.name) for district in districts().values()}
    drawn = lot.sample(list(communes), len(communes))
    some = [unit for unit in drawn if unit.label in labels][: max(1, count // 10)]
    others = [unit for unit in drawn if unit not in some]
    return [*some, *others][:count]


def _label(name: str) -> str:
    return "".join(filter(str.isalnum, fold(without_kind(name.replace("Phố", "phố")))))


class _Building:
    """Fills one province."""

    def __init__(self, country: Country, province: Province, lot: Random) -> None:
        self.country = country
        self.province = province
        self.lot = lot
        self.platforms = iter(_rounds(lot))
        labels = Counter(unit.label for unit in communes_of(province.unit))
        self.shared = {label for label, count in labels.items() if count > 1}

    def build(self, units: list[Unit]) -> Province:
        """Draw what stands at the hosts of all units, and at further ones."""
        self._add_bodies()
        former = {
            _label(district.name): district
            for district in districts().values()
            if district.province_code == self.province.unit.code
        }
        taken = [unit for unit in units if unit.label in former and unit.label not in self.shared]
        held = taken[: max(1, len(units) // 20)]
        for unit in held:
            self._add_district(former.pop(unit.label), linked_as=self.lot.choice([unit.name, ""]))
        for district in list(former.values())[: max(1, len(units) // 20)]:
            if district.communes and _label(district.name) not in {unit.label for unit in units}:
                self._add_district(district, linked_as=district.name)
        rest = [unit for unit in units if unit not in held]
        count = len(units) // 3
        live = [self._add_live(number, unit) for number, unit in enumerate(rest[:count])]
        self._add_shadows(live)
        self._add_others(rest[count:], live)
        self.lot.shuffle(self.province.links)
        return self.province

    def _add(self, host: Host, *names: str) -> Host:
        """Add a host, linked under each of the names."""
        self.country.hosts.setdefault(host.name, host)
        for name in filter(None, names):
            self.province.links.append(Link(name, host.url))
        return host

    def _add_bodies(self) -> None:
        """Add the portal and the paper of the province, and its departments."""
        unit, domain = self.province.unit, self.province.domain
        title = f"Cổng thông tin điện tử {_lower(unit.name)}"
        self._add(Host(domain, Kind.PROVINCE, title, unit.code, Level.PROVINCE, "sharepoint"))
        paper = f"bao{unit.label}.vn"
        name = f"Báo {unit.short_name}"
        self._add(Host(paper, Kind.PAPER, name, unit.code, Level.NEWSPAPER, "wordpress"), name)
        for label, department in DEPARTMENTS.items():
            title = f"{department} {_lower(unit.name)}"
            host = Host(f"{label}.{domain}", Kind.DEPARTMENT, title, unit.code, Level.DEPARTMENT)
            self._add(replace(host, platform=next(self.platforms)), department)
        for text, url in (("Chính phủ", "https://chinhphu.vn/"), ("Báo Nhân Dân", "nhandan.vn")):
            self.province.links.append(Link(text, url))

    def _add_district(self, district: District, linked_as: str) -> None:
        """Add the portal of a former district, which a list may call by the name of a commune."""
        title = f"Cổng thông tin điện tử {_lower(district.name.replace('Phố', 'phố'))}"
        name = f"{_label(district.name)}.{self.province.domain}"
        host = Host(name, Kind.DISTRICT, title, district.code, Level.DISTRICT)
        self._add(replace(host, platform=next(self.platforms)), linked_as)

    def _add_live(self, number: int, unit: Unit) -> Host:
        """Add the portal of a unit: each fourth is linked to by nobody and has the usual name."""
        is_linked = number % 4 != 0
        kind, _, short = _lower(unit.name).partition(" ")
        title = self.lot.choice(
            (
                f"Cổng thông tin điện tử {kind} {short}",
                f"Trang thông tin điện tử {kind} {short} - {_lower(self.province.unit.name)}",
                f"UBND {kind} {short}",
                f"CỔNG THÔNG TIN ĐIỆN TỬ {unit.name.upper()}",
            )
        )
        host = Host(
            self._host_of(unit, is_linked),
            Kind.LIVE,
            title,
            unit.code,
            Level.COMMUNE,
            next(self.platforms),
            schemes=self.lot.choice((("https", "http"), ("https", "http"), ("https",), ("http",))),
        )
        texts = (unit.name, f"UBND {kind} {short}", f"Cổng TTĐT {kind} {short}", unit.name.upper())
        if is_linked and number % 12 == 1:
            self.country.hosts.setdefault(host.name, host)
            self.province.paper_links.append(Link(unit.name, host.url))
            return host
        return self._add(host, self.lot.choice(texts) if is_linked else "")

    def _host_of(self, unit: Unit, is_linked: bool) -> str:
        domain, prefix = (
            self.province.domain,
            "".join(filter(str.isalpha, fold(unit.name.split()[0]))),
        )
        if unit.label in self.shared:
            return f"{prefix}{unit.label}.{domain}"
        if not is_linked:
            return f"{unit.label}.{domain}"
        forms = [f"{unit.label}.{domain}"] * 6
        forms += [f"{prefix}{unit.label}.{domain}", f"{prefix[0]}{unit.label}.{domain}"]
        former = [self._former_domain(name) for name in self.province.unit.former_provinces]
        forms += [f"{unit.label}.{name}" for name in former if name != domain]
        return self.lot.choice(forms)

    @staticmethod
    def _former_domain(name: str) -> str:
        return f"{''.join(filter(str.isalnum, fold(name)))}.gov.vn"

    def _add_shadows(self, live: list[Host]) -> None:
        """Add mirrors of portals, and old hosts that redirect to them, each linked to."""
        for number, host in enumerate(live):
            label = host.name.partition(".")[0]
            if number % 9 == 2:
                name = f"cu-{label}.{self.province.domain}"
                mirror = Host(name, Kind.MIRROR, host.title, host.unit_code, target=host.name)
                self._add(mirror, host.title)
            elif number % 9 == 4:
                moved = Host(f"ubnd{label}.{self.province.domain}", Kind.MOVED, target=host.name)
                self._unlink(host)
                self._add(moved, host.title.replace("Cổng thông tin điện tử ", ""))

    def _unlink(self, host: Host) -> None:
        for links in (self.province.links, self.province.paper_links):
            links[:] = [link for link in links if link.url != host.url]

    def _add_others(self, units: list[Unit], live: list[Host]) -> None:
        """Draw what stands at the usual names of units without a portal: mostly nothing."""
        kinds = [
            *(Kind.PARKED, Kind.OTHER_COMMUNE, Kind.REFUSES, Kind.TO_PROVINCE, Kind.ERROR),
            *(Kind.NAMESAKE, Kind.PARKED, Kind.TO_PROVINCE, Kind.PARKED, Kind.SILENT, None, None),
        ]
        for number, unit in enumerate(units):
            kind = kinds[number % len(kinds)] if number < max(8, len(units) // 2) else None
            name = f"{unit.label}.{self.province.domain}"
            if kind is None or name in self.country.hosts or unit.label in self.shared:
                continue
            target = self.province.domain if kind is Kind.TO_PROVINCE else ""
            title, code = "", None
            if kind is Kind.OTHER_COMMUNE:
                other = live[number % len(live)]
                title, code, target = other.title, other.unit_code, other.name
            if kind is Kind.NAMESAKE:
                title = f"Cổng thông tin điện tử {_lower(unit.name)}, tỉnh Nghệ An"
            host = Host(name, kind, title, code, target=target)
            self._add(host, unit.name if self.lot.random() < 0.5 else "")


def _rounds(lot: Random) -> Iterator[str]:
    while True:
        yield from lot.sample(PLATFORMS, len(PLATFORMS))


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
