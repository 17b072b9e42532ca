"""The sources of the registry by slug: the user's own entries, and the shipped ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from scraper.base.source import Source
from scraper.config.shipped_sources import is_perhaps_enabled, shipped_source, shipped_texts


class RegisteredSources(Mapping[str, Source]):
    """The sources by slug. A shipped entry is parsed and validated when it is asked for.

    ``own`` are the sources that the user's file names, with what the catalogue says of them;
    ``invalid`` the slugs of its entries that cannot be used.
    """

    def __init__(self, own: Mapping[str, Source], invalid: Collection[str]) -> None:
        self.own = own
        self._invalid = frozenset(invalid)

    def __getitem__(self, slug: str) -> Source:
        if slug in self.own:
            return self.own[slug]
        if slug in self._invalid:
            raise KeyError(slug)
        return shipped_source(slug)

    def __iter__(self) -> Iterator[str]:
        shipped = shipped_texts()
        yield from (slug for slug in shipped if slug not in self._invalid)
        yield from (slug for slug in self.own if slug not in shipped)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, slug: object) -> bool:
        return slug in self.own or (slug in shipped_texts() and slug not in self._invalid)


def perhaps_enabled(sources: Mapping[str, Source]) -> Iterator[str]:
    """Yield the slugs of all sources that can be enabled; the others are not parsed."""
    own = own_sources(sources)
    return (slug for slug in sources if slug in own or is_perhaps_enabled(slug))


def own_sources(sources: Mapping[str, Source]) -> Mapping[str, Source]:
    """Return the sources that the user's file names; all, if they are not of the registry."""
    return sources.own if isinstance(sources, RegisteredSources) else sources
