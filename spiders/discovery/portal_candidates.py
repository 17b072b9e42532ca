"""Addresses that may be the portals of units: from link lists, and from the names of units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipelines.gazetteer.units import Unit, communes_of, districts, units
from pipelines.items import Page
from pipelines.text import normalise
from scraper.base.source import Level
from scraper.base.urls import normal_host
from spiders.discovery.html import base_url, parse
from spiders.discovery.labelled_links import LabelledLink, labelled_links
from spiders.discovery.owner_names import NamePart, owner_in, parts_of, without_namesakes
from spiders.discovery.portal_hosts import (
    entrance,
    host_label,
    may_be_portal,
    province_of_host,
    site_of,
)
from spiders.discovery.portal_words import key_of, letters_of, lower_words, portal_words
from spiders.discovery.unit_index import kind_of
from spiders.discovery.unit_names import KIND_OF_PLAIN, units_named

MAX_CANDIDATES = 2000
"""Candidates of one page; a province has up to 168 communes and some hundred departments."""

DOTS_OF_UNIT_HOST = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be the portal of a unit.

    ``unit_code`` is the unit whose portal it may be, None if it is not known (a department, a
    paper). ``name`` is what the link calls it, else the name of the unit. ``found_by`` is ``link``,
    ``pattern``, ``catalogue`` or ``given``; ``found_on`` the URL of the page with the link.
    """

    url: str
    unit_code: str | None
    name: str
    found_by: str
    found_on: str | None = None
    level: Level = Level.OTHER


def linked_candidates(page_url: str, page: Page, province: Unit) -> list[Candidate]:
    """Return the portals that a page of a province's portal or paper links to, each host once.

    Sub-sites of units on the page's own host are candidates of their own. Never raises: a page
    that is not HTML has no links.
    """
    root = parse(page)
    if root is None:
        return []
    found: dict[str, Candidate] = {}
    base = base_url(root, page) or page_url
    for link in labelled_links(root, base, lambda url: may_be_portal(url, site_of(page_url))):
        candidate = _candidate(link, page_url, province)
        if candidate is None:
            continue
        key = _site_key(candidate.url, page_url)
        if key in found:
            found[key] = _merged(found[key], candidate)
        elif len(found) < MAX_CANDIDATES:
            found[key] = candidate
    return list(found.values())


def _candidate(link: LabelledLink, page_url: str, province: Unit) -> Candidate | None:
    """Return the candidate that a link leads to, None if it leads to no portal of the province."""
    site = site_of(link.url)
    is_inside = site == site_of(page_url)
    place = _province_of(site, province)
    unit_code, level = _subject(link, place)
    is_other_province = level is Level.PROVINCE and unit_code != province.code
    if is_other_province or (unit_code is None and not _is_of(level, place, province, is_inside)):
        return None
    url = link.url if is_inside else entrance(link.url)
    return Candidate(url, unit_code, normalise(link.label), "link", page_url, level)


def _is_of(level: Level, place: Unit, province: Unit, is_inside: bool) -> bool:
    """Whether a candidate without a unit belongs to the province that is searched."""
    return level is not Level.OTHER and place.code == province.code and not is_inside


def _province_of(site: str, province: Unit) -> Unit:
    """Return the province whose domain a site is in, else the one that is searched."""
    code = province_of_host(site)
    return units()[code] if code else province


def _subject(link: LabelledLink, province: Unit) -> tuple[str | None, Level]:
    """Return the unit whose portal a link names, and the level of what it names.

    A name that several units of the province have is None, with the level of communes.
    """
    owner = owner_in(link.label, province.code)
    codes = without_namesakes(owner.codes, site_of(link.url))
    if len(codes) == 1:
        (code,) = codes
        return code, level_of(code)
    parts = parts_of(link.label)
    if codes:
        return None, Level.COMMUNE if codes.isdisjoint(districts()) else Level.OTHER
    if owner.unknown:
        return None, Level.OTHER
    if level := _level_of_body(link, province, parts):
        return None, level
    named = units_named(_bare_name(link.label), province, _kind_of_heading(link.heading))
    if not named or owner.other:
        return None, Level.OTHER
    return (next(iter(named)) if len(named) == 1 else None), Level.COMMUNE


def level_of(code: str) -> Level:
    """Return the level of a unit."""
    if code in districts():
        return Level.DISTRICT
    return Level.PROVINCE if units()[code].is_province else Level.COMMUNE


def _level_of_body(link: LabelledLink, province: Unit, parts: Sequence[NamePart]) -> Level | None:
    """Return the level of a department or paper of the province, None for anything else."""
    listed = portal_words()
    words = lower_words(link.label)
    named = {
        match.province_code for part in parts for one in part.mentions for match in one.matches
    }
    if named and province.code not in named:
        return None
    is_low = any(one.rank != "province" for part in parts for one in part.mentions)
    site = site_of(link.url)
    is_in_domain = province_of_host(site) == province.code
    if listed.departments.length_at(words, 0) and not is_low:
        return Level.DEPARTMENT if is_in_domain or named or _names(site, province) else None
    if (
        listed.papers.length_at(words, 0)
        and not is_low
        and (_names(site, province) or _names(link.label, province))
    ):
        return Level.NEWSPAPER
    is_labelled = site.partition(".")[0] in listed.department_labels
    return Level.DEPARTMENT if is_in_domain and is_labelled and not is_low else None


def _names(text: str, province: Unit) -> bool:
    """Whether a host or a label has the name of a province or of a former one in it."""
    letters = letters_of(text)
    names = (province.label, *map(letters_of, province.former_provinces))
    return any(name in letters for name in names)


def _bare_name(label: str) -> str:
    """Return a label without numbers and words that stand around names: "1. UBND Hàm Yên"."""
    words = label.split()
    around = portal_words().around
    while words and (
        words[0].rstrip(".)").isdigit() or around.length_at(key_of(words[0]).split(), 0)
    ):
        words.pop(0)
    return " ".join(words)


def _kind_of_heading(heading: str) -> str | None:
    """Return the kind of units that a heading announces: ``phường`` for "Các phường"."""
    words = key_of(heading).split()
    kinds = {KIND_OF_PLAIN[word] for word in words if word in ("xa", "phuong")}
    return next(iter(kinds)) if len(kinds) == 1 else None


def _site_key(url: str, page_url: str) -> str:
    """Return what makes a candidate one: its host, and the folder of a sub-site."""
    site = site_of(url)
    if site != site_of(page_url):
        return site
    return site + "/".join(urlsplit(url).path.lower().split("/")[:3])


def _merged(first: Candidate, second: Candidate) -> Candidate:
    """Return one candidate for two links to the same host.

    A unit of today goes before a former district; two units of today make the unit unknown.
    """
    if second.unit_code is None or first.unit_code == second.unit_code:
        return first
    if first.unit_code is None and first.level is not Level.COMMUNE:
        return second
    if second.level is not Level.COMMUNE:
        return first
    return second if first.level is not Level.COMMUNE else replace(first, unit_code=None)


def pattern_candidates(
    province: Unit, known_units: Collection[str], known_hosts: Collection[str]
) -> list[Candidate]:
    """Return the usual addresses of the communes that have no portal yet, most probable first.

    ``known_units`` are the codes of units with a portal; ``known_hosts`` are hosts that need no
    look. Most probable are communes with the label of a former district, because its host often
    stays. Of units of one province with the same label, each gets the host with its kind before the
    label unless another is of the same kind, and the first gets that with the bare label: whose it
    is, its page says. Sub-sites on a known host are left to links.
    """
    known = {normal_host(host).removeprefix("www.") for host in known_hosts}
    template = portal_words().subsites.get(province.code)
    missing = [unit for unit in communes_of(province) if unit.code not in known_units]
    former = _former_labels(province)
    missing.sort(key=lambda unit: (unit.label not in former, unit.name.startswith("Xã"), unit.code))
    if template:
        is_known = site_of(template) in known
        return (
            [] if is_known else [_guess(template.format(label=one.label), one) for one in missing]
        )
    labels = Counter(label for unit in communes_of(province) for label in labels_of(unit))
    found: dict[str, Candidate] = {}
    for unit in missing:
        for guess in _guesses(unit, host_label(province), labels):
            if (site := site_of(guess.url)) not in known:
                found.setdefault(site, guess)
    return list(found.values())


def _former_labels(province: Unit) -> frozenset[str]:
    names = (one.name for one in districts().values() if one.province_code == province.code)
    return frozenset(letters_of(name[len(kind_of(name)) :]) for name in names)


def labels_of(unit: Unit) -> tuple[str, str]:
    """Return the label of a unit, and that with its kind before it: ``xahamyen``."""
    kind = letters_of(unit.name.removesuffix(unit.short_name))
    return unit.label, kind + unit.label


def has_usual_host(candidate: Candidate) -> bool:
    """Whether the host of a candidate is its unit's label in the domain of its province.

    Of several hosts with the same portal, this is the portal and the others are its mirrors.
    """
    unit = units().get(candidate.unit_code or "")
    site = site_of(candidate.url)
    if unit is None or unit.is_province or province_of_host(site) != unit.province_code:
        return False
    return site.count(".") == DOTS_OF_UNIT_HOST and site.partition(".")[0] in labels_of(unit)


def _guesses(unit: Unit, province_label: str, labels: Counter[str]) -> Iterator[Candidate]:
    """Yield the candidates of a unit; ``labels`` counts the labels of its province."""
    bare, with_kind = (f"https://{label}.{province_label}.gov.vn/" for label in labels_of(unit))
    if labels[unit.label] > 1 and labels[labels_of(unit)[1]] == 1:
        yield _guess(with_kind, unit)
    yield _guess(bare, unit)


def _guess(url: str, unit: Unit) -> Candidate:
    return Candidate(url, unit.code, unit.name, "pattern", None, Level.COMMUNE)
