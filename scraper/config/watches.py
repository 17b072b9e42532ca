"""Finds what is wrong with entries ``[[watch]]`` of ``tinhuyen.toml`` by the sources they name."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from scraper.base.errors import UsageError
from scraper.base.watch import Watch
from scraper.config.registry import Catalogue


def unknown_sources(
    watches: Iterable[Watch], catalogue: Catalogue, stored: Collection[str] = ()
) -> list[str]:
    """Return a line for each slug in a watch that is no source, with the nearest names.

    ``stored`` are slugs of the database, of which some are not in the registry.
    """
    problems = []
    for watch in watches:
        for slug in watch.sources:
            if slug in stored or slug in catalogue.problems:
                continue
            try:
                catalogue.find(slug)
            except UsageError as error:
                problems.append(f"[[watch]] {watch.name!r}: `sources`: {error}")
    return problems
