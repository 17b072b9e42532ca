"""The entries of the registry that found portals become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pipelines.gazetteer.units import District, Unit, districts, units
from scraper.base.clock import vietnam_time
from scraper.crawling.adding import MAX_NAME_CHARS

EVIDENCE = {
    "link": "found by a link on {found_on} on {day}",
    "pattern": "found by its usual name on {day}",
    "catalogue": "named by the catalogue, and seen on {day}",
    "given": "named by the user, and seen on {day}",
}


def entry_of(candidate: Mapping[str, Any], *, is_enabled: bool) -> dict[str, object]:
    """Return the keys of a portal's entry, from its row of ``candidates``.

    Its home page is the address that was looked at, with the scheme and the host that answered. Its
    province is that of its unit: a paper may link to another province.
    """
    landed = urlsplit(candidate["landed_url"] or candidate["url"])
    path = urlsplit(candidate["url"]).path or "/"
    day = (vietnam_time(candidate["looked_at"]) or "")[:10]
    evidence = EVIDENCE[candidate["found_by"]].format(found_on=candidate["found_on"], day=day)
    unit = unit_of(candidate["unit_code"])
    province = unit.province_code if unit else candidate["province_code"]
    values = {
        "name": _name(unit) if unit else candidate["name"][:MAX_NAME_CHARS],
        "home_url": f"{landed.scheme}://{landed.netloc}{path}",
        "level": candidate["level"],
        "province": units()[province].short_name,
        "unit_code": candidate["unit_code"],
        "platform": candidate["platform"],
        "evidence": evidence,
    }
    entry = {key: value for key, value in values.items() if value is not None}
    return entry | {"enabled": is_enabled}


def unit_of(code: str | None) -> Unit | District | None:
    """Return the unit with a code, None for no code."""
    return units().get(code or "") or districts().get(code or "")


def _name(unit: Unit | District) -> str:
    """Return the usual name of the portal of a unit."""
    return f"Cổng thông tin điện tử {unit.name[0].lower()}{unit.name[1:]}"
