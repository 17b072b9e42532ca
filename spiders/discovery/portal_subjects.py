"""Whose page an address shows, if it is not that of the unit in question."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pipelines.gazetteer.units import Unit, communes_of, districts, units
from scraper.base.source import Level
from spiders.discovery.home_page import HomePage
from spiders.discovery.portal_candidates import Candidate, labels_of
from spiders.discovery.portal_hosts import province_of_host, site_of

UNPROVEN = ("pattern", "catalogue")
"""How addresses were found that nobody links to: only their page says whose they are."""


def subject_of(candidate: Candidate, home: HomePage, found: Collection[str]) -> Candidate:
    """Return a candidate as that of the unit that its page names, if the host may be that unit's.

    This is a commune with the label of the host, or one in the former district whose host it was.
    ``found`` are the codes of units with a portal, which get no other.
    """
    named = [code for code in home.unit_codes if code in units() and not units()[code].is_province]
    if len(named) != 1 or named[0] == candidate.unit_code or named[0] in found:
        return candidate
    unit = units()[named[0]]
    if not _may_become(candidate, unit):
        return candidate
    return replace(candidate, unit_code=unit.code, name=unit.name, level=Level.COMMUNE)


def _may_become(candidate: Candidate, unit: Unit) -> bool:
    """Whether the host of a candidate may be that of another unit by now."""
    district = districts().get(candidate.unit_code or "")
    if district and unit.code in district.communes:
        return True
    if not district and candidate.found_by not in UNPROVEN:
        return False
    return unit.code in units_at(candidate.url)


def units_at(url: str) -> frozenset[str]:
    """Return the codes of the communes whose label the host of a URL has, in its province."""
    site = site_of(url)
    province = units().get(province_of_host(site) or "")
    label = site.partition(".")[0]
    communes = communes_of(province) if province else []
    return frozenset(unit.code for unit in communes if label in labels_of(unit))
