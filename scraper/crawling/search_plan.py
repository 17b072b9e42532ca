"""What a search for portals reads and tries: from the provinces and addresses that were named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from pipelines.gazetteer.units import (
    Unit,
    communes_of,
    find_province,
    provinces,
    similar_provinces,
)
from scraper.base.errors import UsageError, did_you_mean
from scraper.base.hosts import host_name
from scraper.base.source import Level, Source, web_address
from scraper.config.found_portals import (
    LOST,
    registered_hosts,
    units_with_portal,
    unseen_sources,
)
from scraper.config.registry import Catalogue
from spiders.discovery.portal_candidates import Candidate, pattern_candidates
from spiders.portal_search.plan import LinkList, SearchPlan, UnseenSource

READ = (Level.PROVINCE, Level.NEWSPAPER)
"""Sources whose links are read: the portals and papers of a province."""


def plan_search(
    catalogue: Catalogue, named: Sequence[str] = (), urls: Sequence[str] = ()
) -> SearchPlan:
    """Return the plan of a search in the provinces named, in all by default.

    ``urls`` are read in place of the portals and papers of the catalogue. If only they are named,
    no usual names are tried. Raises UsageError for an unknown province, an invalid URL, or one
    whose province cannot be known.
    """
    chosen = list(dict.fromkeys(_province(name) for name in named))
    hosts, unseen = registered_hosts(catalogue), _unseen(catalogue)
    if urls:
        closed = hosts - unseen.keys()
        lists = [_named_list(url, chosen, catalogue, closed) for url in dict.fromkeys(urls)]
    else:
        chosen = chosen or provinces()
        lists = [each for province in chosen for each in _lists_of(province, catalogue)]
    return SearchPlan(
        lists,
        chosen,
        hosts,
        units_with_portal(catalogue),
        unseen,
    )


def _unseen(catalogue: Catalogue) -> Mapping[str, UnseenSource]:
    """Return the shipped sources that nobody has read, by host; their pages say whose they are."""
    found = {}
    for host, source in unseen_sources(catalogue).items():
        if province := _province_of(source):
            code = None if source.level is Level.DEPARTMENT else source.unit_code
            named = Candidate(source.home_url, code, source.name, "catalogue", None, source.level)
            found[host] = UnseenSource(source.slug, province, named)
    return found


def _province(name: str) -> Unit:
    province = find_province(name)
    if province is None:
        hint = did_you_mean(similar_provinces(name), "see `tinhuyen sources list`")
        raise UsageError(f"no province `{name}`: {hint}")
    return province


def _lists_of(province: Unit, catalogue: Catalogue) -> Iterable[LinkList]:
    """Yield the portals and papers of a province in the catalogue, enabled or not.

    If its own portal is not among them, its usual address is.
    """
    has_portal = False
    for source in catalogue.sources.values():
        if source.level in READ and _province_of(source) == province and source.state not in LOST:
            is_portal = source.level is Level.PROVINCE and not source.former_province
            has_portal |= is_portal
            yield LinkList(source.home_url, province, is_required=is_portal)
    if not has_portal:
        yield LinkList(f"https://{province.label}.gov.vn/", province, is_required=True)


def _named_list(
    url: str, chosen: Sequence[Unit], catalogue: Catalogue, hosts: frozenset[str]
) -> LinkList:
    """Return the link list at a URL that the user named; it may be a portal itself, too."""
    try:
        address = web_address(url if "://" in url else f"https://{url}")
        host = host_name(address)
        if "@" in urlsplit(address).netloc:
            raise ValueError("must be an address like https://hamyen.tuyenquang.gov.vn/")
    except ValueError as error:
        raise UsageError(f"{url!r} is no web address: {error}") from error
    province = _province_at(host, chosen, catalogue)
    itself = None if host in hosts else _candidate_at(address, province)
    return LinkList(address, province, is_required=True, itself=itself)


def _province_at(host: str, chosen: Sequence[Unit], catalogue: Catalogue) -> Unit:
    """Return the province of a host: the only one named, that of its source, or that in its name.

    Raises UsageError if there is none.
    """
    if len(chosen) == 1:
        return chosen[0]
    for source in catalogue.sources.values():
        if host_name(source.home_url) == host and (province := _province_of(source)):
            return province
    for label in reversed(host.partition(":")[0].split(".")):
        if province := find_province(label.removeprefix("bao")):
            return province
    raise UsageError(f"the province of {host} is not known: name it with --province")


def _candidate_at(url: str, province: Unit) -> Candidate:
    """Return a URL as a candidate: the portal of the commune that its name spells, if any does."""
    host = urlsplit(url).hostname or ""
    label = host.removeprefix("www.").partition(".")[0]
    spelt = [unit for unit in communes_of(province) if unit.label == label]
    if len(spelt) != 1:
        return Candidate(url, None, host, "given")
    return Candidate(url, spelt[0].code, spelt[0].name, "given", None, Level.COMMUNE)


def _province_of(source: Source) -> Unit | None:
    return find_province(source.province) if source.province else None


def taken_names(plan: SearchPlan) -> list[str]:
    """Return the usual hosts of units without a portal that are registered, as other units' maybe.

    Many communes of today have the name of a former district, and its host.
    """
    names = [
        host_name(candidate.url)
        for province in plan.guessed
        for candidate in pattern_candidates(province, plan.registered_units, ())
    ]
    return [name for name in dict.fromkeys(names) if name in plan.closed_hosts]
