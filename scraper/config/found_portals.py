"""Registering the portals that a search has found: all at once, and no host twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scraper.base.hosts import host_name
from scraper.base.source import Source, State
from scraper.base.urls import normal_host
from scraper.config.registry import Catalogue, changing, entry_in, free_slug, load_catalogue
from scraper.config.shipped_sources import shipped_texts

LOST = frozenset({State.MOVED, State.DEAD, State.HIJACKED})
"""States in which the site of a source is no portal of its unit."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A portal that was registered. ``beside`` are the other sources of its unit (slugs)."""

    slug: str
    host: str
    beside: tuple[str, ...]


def registered_hosts(catalogue: Catalogue) -> frozenset[str]:
    """Return the hosts of all sources, enabled or not."""
    hosts: set[str] = set()
    for source in catalogue.sources.values():
        hosts |= {host_name(url) for url in (source.home_url, source.filed_under) if url}
        hosts |= {normal_host(alias).removeprefix("www.") for alias in source.aliases}
    return frozenset(hosts)


def sources_by_unit(catalogue: Catalogue) -> dict[str, list[Source]]:
    """Return the sources of each unit (code)."""
    found: dict[str, list[Source]] = {}
    for source in catalogue.sources.values():
        if source.unit_code:
            found.setdefault(source.unit_code, []).append(source)
    return found


def units_with_portal(catalogue: Catalogue) -> frozenset[str]:
    """Return the codes of units of which a source is the portal, as far as the registry knows.

    A shipped source that nobody has read only says that a host once had such a name.
    """
    by_unit = sources_by_unit(catalogue).items()
    return frozenset(code for code, sources in by_unit if any(map(_is_portal, sources)))


def _is_portal(source: Source) -> bool:
    is_read = source.confirmed or source.state is State.LIVE
    return source.state not in LOST and (is_read or source.slug not in shipped_texts())


def register_portals(user_file: Path, entries: Iterable[Mapping[str, object]]) -> list[Registered]:
    """Write entries of new sources into the user's file, in one change; returns those written.

    A host that another source has by now is left out. Raises UsageError if the file is not TOML or
    another process does not finish changing it, OSError if it cannot be written.
    """
    done = []
    with changing(user_file) as document:
        catalogue = load_catalogue(user_file)
        hosts = set(registered_hosts(catalogue))
        taken = {*catalogue.sources, *catalogue.problems, *document}
        by_unit = sources_by_unit(catalogue).items()
        units = {code: [each.slug for each in sources] for code, sources in by_unit}
        for entry in entries:
            home_url, unit = str(entry["home_url"]), str(entry.get("unit_code") or "")
            host = host_name(home_url)
            if host in hosts:
                continue
            slug = free_slug(urlsplit(home_url).netloc, taken)
            entry_in(document, slug).update(entry)
            done.append(Registered(slug, host, tuple(units.get(unit, ()))))
            hosts.add(host)
            taken.add(slug)
            if unit:
                units.setdefault(unit, []).append(slug)
    return done
