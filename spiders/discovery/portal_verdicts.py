"""Whether a home page is the portal of the unit in question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pipelines.gazetteer.units import districts, units
from scraper.base.source import Level
from spiders.discovery.home_articles import HomeArticle
from spiders.discovery.home_page import HomePage, read_home_page
from spiders.discovery.owner_names import owner_in, parts_of
from spiders.discovery.portal_candidates import Candidate, has_usual_host
from spiders.discovery.portal_hosts import province_of_host, site_of
from spiders.discovery.portal_words import key_of

__all__ = ["HomeArticle", "HomePage", "PortalVerdict", "judge", "read_home_page", "unit_of"]

FOUNDED = date(2025, 7, 1)
"""The day from which the communes of today exist, and districts do not (Resolutions 202 and
203/2025/QH15). News from before it are those of another body, even of one with the same name."""


GOVERNMENT = ".gov.vn"
DOTS_OF_PROVINCE_HOST = 2
KIND_WORDS = frozenset(("tinh", "thanh", "pho", "tp", "trang", "website", "cong", "ttdt"))
"""Words that a department's own title may leave out of the name that a link calls it by."""


class PortalVerdict(StrEnum):
    """What a look at a candidate showed.

    The last three are those of the network: the server is down, its name does not exist, or
    robots.txt or our own rules refuse it. ``judge`` never returns them.
    """

    PORTAL = "portal"
    PARKED = "parked"
    MOVED = "moved"
    OTHER_BODY = "other_body"
    MIRROR = "mirror"
    EMPTY = "empty"
    DOWN = "down"
    NO_NAME = "no_name"
    REFUSED = "refused"


def judge(
    candidate: Candidate, home: HomePage, seen: Mapping[str, str]
) -> tuple[PortalVerdict, str]:
    """Return the verdict on a candidate, and the reason in words.

    ``seen`` maps the fingerprints of home pages to the hosts that were judged portals before.
    A page that could belong to another body is never a portal.
    """
    site, landed = site_of(home.url), site_of(home.landed_url)
    if home.parked_by:
        return PortalVerdict.PARKED, f"shows {home.parked_by}"
    if site != landed:
        return PortalVerdict.MOVED, f"redirects to {landed}"
    mirrored = seen.get(home.fingerprint, "") if home.fingerprint else ""
    if mirrored and mirrored.removeprefix("www.") != site:
        return PortalVerdict.MIRROR, f"shows the articles of {mirrored}"
    if reason := _other_body(candidate, home):
        return PortalVerdict.OTHER_BODY, reason
    if not home.articles:
        return PortalVerdict.EMPTY, "shows no articles of its own"
    return PortalVerdict.PORTAL, _evidence(candidate, home)


def unit_of(candidate: Candidate, home: HomePage) -> str | None:
    """Return the unit whose portal a page is: that of the candidate, else the one that it names."""
    if candidate.unit_code or candidate.level in (Level.DEPARTMENT, Level.NEWSPAPER):
        return candidate.unit_code
    named = _without_provinces(home.unit_codes) or home.unit_codes
    return next(iter(named)) if len(named) == 1 and not home.other_owner else None


def _evidence(candidate: Candidate, home: HomePage) -> str:
    code = unit_of(candidate, home)
    if code and code in home.unit_codes:
        return f"names {_name(code)}"
    return f"named by the link on {site_of(candidate.found_on or '')}" if code else "has news"


def _other_body(candidate: Candidate, home: HomePage) -> str:
    """Return why a page may belong to another body, an empty text if it does not."""
    if candidate.unit_code is None:
        return _other_subject(candidate, home)
    if home.other_owner:
        return f"names {home.other_owner}"
    if not _is_official(candidate):
        return "is at no host of the government"
    if not home.unit_codes:
        return "" if _is_vouched_for(candidate, home) else "does not say whose it is"
    if candidate.unit_code not in home.unit_codes:
        return f"names {_names(home.unit_codes)}"
    return _rivals(candidate.unit_code, home) or _predecessor(candidate.unit_code, home)


def _rivals(code: str, home: HomePage) -> str:
    """Return which other units a page names that cannot be named by the unit's own portal."""
    allowed = {code, _province_of(code), *_former_districts(code)}
    others = home.unit_codes - allowed
    return f"names also {_names(others)}" if others else ""


def _predecessor(code: str, home: HomePage) -> str:
    """Return why a page may be that of a body before the unit, with the same name.

    A new portal may keep an old imprint, which counts unless the page has news of today.
    """
    if not _is_commune(code):
        return ""
    if home.newest and home.newest < FOUNDED:
        return f"its newest article ({home.newest.isoformat()}) is older than the unit"
    former = home.unit_codes & _former_districts(code)
    if home.newest is None and (former or home.is_former):
        return f"names {_names(former)}" if former else "names a district or province of the past"
    return ""


def _other_subject(candidate: Candidate, home: HomePage) -> str:
    """Return why a page may not be that of a candidate without a unit."""
    named = _without_provinces(home.unit_codes)
    if candidate.level in (Level.DEPARTMENT, Level.NEWSPAPER):
        if named:
            return f"names {_names(named)}"
        return "" if _names_subject(candidate, home) else "does not name what the link names"
    if len(named) > 1:
        return f"names {_names(named)}"
    if code := unit_of(candidate, home):
        return _predecessor(code, home) or _other_link(candidate, named)
    return "does not say whose it is" if candidate.level is Level.COMMUNE else ""


def _other_link(candidate: Candidate, named: frozenset[str]) -> str:
    """Return which unit a page names, if the link to it names others."""
    linked = owner_in(candidate.name, province_of_host(site_of(candidate.url))).codes
    return f"names {_names(named)}" if linked and not named & linked else ""


def _without_provinces(codes: frozenset[str]) -> frozenset[str]:
    return frozenset(code for code in codes if code in districts() or _is_commune(code))


def _names_subject(candidate: Candidate, home: HomePage) -> bool:
    """Whether a page names the department or paper that the link to it names."""
    wanted = set(key_of(candidate.name).split()) - KIND_WORDS
    if candidate.level is Level.DEPARTMENT and (code := province_of_host(site_of(candidate.url))):
        wanted -= set(key_of(units()[code].short_name).split())
    shown = key_of(" ".join((home.title, home.site_name, home.other_owner))).split()
    letters = "".join(shown)
    return bool(wanted) and all(
        word in shown or (len(word) > 4 and word in letters) for word in wanted
    )


def _is_vouched_for(candidate: Candidate, home: HomePage) -> bool:
    """Whether the province's own portal names the unit of a host that has the unit's label.

    This stands for a home page that names nobody: whose titles have no other words than "Trang
    chủ" or the unit's name without its kind. A guessed address has no such witness.
    """
    if not (has_usual_host(candidate) and _is_linked_by_province(candidate)):
        return False
    own = key_of(units()[candidate.unit_code or ""].short_name).split()
    parts = [part for title in (home.title, home.site_name) for part in parts_of(title)]
    return all(set(key_of(part.rest).split()) <= {*own} for part in parts)


def _is_official(candidate: Candidate) -> bool:
    """Whether the host is the government's, or the province's own portal or the user names it.

    Anybody can name a site after a commune.
    """
    is_government = site_of(candidate.url).endswith(GOVERNMENT)
    return is_government or candidate.found_by == "given" or _is_linked_by_province(candidate)


def _is_linked_by_province(candidate: Candidate) -> bool:
    """Whether the portal of the unit's own province has the link to a candidate."""
    witness = site_of(candidate.found_on or "")
    if candidate.found_by != "link" or witness.count(".") != DOTS_OF_PROVINCE_HOST:
        return False
    return province_of_host(witness) == _province_of(candidate.unit_code or "")


def _is_commune(code: str) -> bool:
    return code in units() and not units()[code].is_province


def _former_districts(code: str) -> frozenset[str]:
    """Return the former districts that a commune lies in."""
    return frozenset(one.code for one in districts().values() if code in one.communes)


def _province_of(code: str) -> str:
    return districts()[code].province_code if code in districts() else units()[code].province_code


def _name(code: str) -> str:
    named = districts().get(code) or units().get(code)
    return f"{named.name} ({code})" if named else code


def _names(codes: frozenset[str]) -> str:
    return ", ".join(map(_name, sorted(codes)))
