"""Registering the portals that a search has found: all at once, and no host twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.gazetteer.units import districts, without_kind
from scraper.base.hosts import host_name
from scraper.base.source import Level, Source, State
from scraper.base.urls import normal_host
from scraper.config.registered_sources import own_sources
from scraper.config.registry import Catalogue, changing, entry_in, free_slug, load_catalogue
from scraper.config.shipped_sources import shipped_entry, shipped_texts

LOST = frozenset({State.MOVED, State.DEAD, State.HIJACKED})
"""States in which the site of a source is no portal of its unit."""


SEEN = ("home_url", "platform", "evidence", "enabled")
"""Keys that a search knows better than the catalogue, which names the right unit."""

SEARCHED = (Level.COMMUNE, Level.DISTRICT, Level.DEPARTMENT)
"""Levels of the sources for whose portals is searched."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A portal that was registered. ``beside`` are the other sources of its unit (slugs).

    ``before`` is the name that a shipped entry has, if the portal is registered over it.
    """

    slug: str
    host: str
    beside: tuple[str, ...]
    before: str | None = None


def registered_hosts(catalogue: Catalogue) -> frozenset[str]:
    """Return the hosts of all sources, enabled or not."""
    return frozenset(host for source in catalogue.sources.values() for host in _hosts_of(source))


def _hosts_of(source: Source) -> set[str]:
    hosts = {host_name(url) for url in (source.home_url, source.filed_under) if url}
    return hosts | {normal_host(alias).removeprefix("www.") for alias in source.aliases}


def unseen_sources(catalogue: Catalogue, read: Collection[str] = ()) -> dict[str, Source]:
    """Return the shipped sources whose hosts nobody has read, by host.

    ``read`` are the slugs of sources that a run has read. A source that the user's file names or
    that is enabled is none, and neither is one that shares its host.
    """
    sources = catalogue.sources.values()
    users = Counter(host for source in sources for host in _hosts_of(source))
    own = own_sources(catalogue.sources)
    return {
        host: source
        for source in sources
        if source.slug not in own and source.slug not in read and _is_unseen(source)
        for host in _hosts_of(source)
        if users[host] == 1
    }


def _is_unseen(source: Source) -> bool:
    is_known = source.enabled or source.confirmed or source.state is not State.UNKNOWN
    return source.level in SEARCHED and not is_known


@dataclass(frozen=True, slots=True)
class RegisteredHosts:
    """The sources by host: ``slugs`` of all of them, and those in ``unseen`` that nobody has read.

    The others are ``closed``: no portal is registered there.
    """

    slugs: Mapping[str, str]
    unseen: Mapping[str, Source]

    @property
    def closed(self) -> frozenset[str]:
        """The hosts at which no portal is registered."""
        return frozenset(self.slugs.keys() - self.unseen.keys())


def registered_as(catalogue: Catalogue, read: Collection[str]) -> RegisteredHosts:
    """Return the sources by host; ``read`` are the slugs of those that a run has read."""
    sources = catalogue.sources.values()
    slugs = {host: source.slug for source in sources for host in _hosts_of(source)}
    return RegisteredHosts(slugs, unseen_sources(catalogue, read))


def sources_by_unit(catalogue: Catalogue) -> dict[str, list[Source]]:
    """Return the sources of each unit (code)."""
    found: dict[str, list[Source]] = {}
    for source in catalogue.sources.values():
        if source.unit_code:
            found.setdefault(source.unit_code, []).append(source)
    return found


def units_with_portal(catalogue: Catalogue) -> frozenset[str]:
    """Return the codes of units of which a source is the portal, as far as the registry knows.

    A shipped source that nobody has read only says that a host once had such a name. If a search
    has seen its portal, the user's file has other evidence of it.
    """
    by_unit = sources_by_unit(catalogue).items()
    return frozenset(code for code, sources in by_unit if any(map(_is_portal, sources)))


def _is_portal(source: Source) -> bool:
    is_read = source.confirmed or source.state is State.LIVE
    return source.state not in LOST and (is_read or _is_seen(source))


def _is_seen(source: Source) -> bool:
    """Whether a source is the user's own, or the user's file has evidence of its own for it."""
    if source.slug not in shipped_texts():
        return True
    return source.evidence not in (None, shipped_entry(source.slug).get("evidence"))


def is_of_other_unit(source: Source, entry: Mapping[str, object]) -> bool:
    """Whether a portal at the host of a source is that of another unit than the source names."""
    if source.level is Level.DEPARTMENT:
        return entry["level"] != source.level
    return source.unit_code != entry.get("unit_code")


def values_over(source: Source, entry: Mapping[str, object]) -> dict[str, object]:
    """Return the keys that the user's entry gets over those of a shipped source.

    If the portal is that of another unit by now, these are all that say whose it is; the articles
    of the past stay under the same slug.
    """
    values = dict(entry)
    if source.platform and "platform" not in values:
        values["platform"] = "generic"
    if not is_of_other_unit(source, entry):
        return {key: values[key] for key in SEEN if key in values}
    past = [one for one in districts().values() if entry.get("unit_code") in one.communes]
    if source.district and source.district not in {without_kind(one.name) for one in past}:
        values["district"] = ""
    if source.former_province and source.former_province not in {
        one.former_province for one in past
    }:
        values["former_province"] = ""
    return {**values, "note": f"the catalogue names {source.name} at this host"}


def register_portals(
    user_file: Path, entries: Iterable[Mapping[str, object]], read: Collection[str] = ()
) -> list[Registered]:
    """Write entries of portals into the user's file, in one change; returns those written.

    A portal at the host of a shipped source that nobody has read is registered over it: ``read``
    are the slugs of those that a run has read. Any other host that a source has by now is left
    out. Raises UsageError if the file is not TOML or
    another process does not finish changing it, OSError if it cannot be written.
    """
    done = []
    with changing(user_file) as document:
        catalogue = load_catalogue(user_file)
        unseen = unseen_sources(catalogue, read)
        hosts = {*registered_hosts(catalogue)} - unseen.keys()
        taken = {*catalogue.sources, *catalogue.problems, *document}
        by_unit = sources_by_unit(catalogue).items()
        units = {code: [each.slug for each in sources] for code, sources in by_unit}
        for entry in entries:
            home_url, unit = str(entry["home_url"]), str(entry.get("unit_code") or "")
            host = host_name(home_url)
            if host in hosts:
                continue
            old = unseen.get(host)
            slug = old.slug if old else free_slug(urlsplit(home_url).netloc, taken)
            entry_in(document, slug).update(values_over(old, entry) if old else entry)
            before = old.name if old and is_of_other_unit(old, entry) else None
            beside = tuple(other for other in units.get(unit, ()) if other != slug)
            done.append(Registered(slug, host, beside, before))
            hosts.add(host)
            taken.add(slug)
            if unit:
                units.setdefault(unit, []).append(slug)
    return done
