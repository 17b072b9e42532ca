"""The options that filter sources, and the sources that a command is about."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from scraper.base.errors import UsageError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scraper.base.source import Source
    from scraper.commands.session import Session
    from scraper.config.registry import Catalogue
    from scraper.config.source_filters import Findings, SourceFilters

LEVELS = ("district", "commune", "province", "department", "newspaper", "other")
STATES = ("unknown", "live", "moved", "dead", "hijacked")


def source_options(*, with_enabled: bool = False) -> Callable[[Any], Any]:
    """Return the options of a command that filter sources; it takes them as ``filters``.

    ``with_enabled`` adds ``--enabled`` and ``--disabled``.
    """
    options = [
        click.option("--province", metavar="NAME", help="Of this province, or former province."),
        click.option("--level", type=click.Choice(LEVELS), help="Whose sites they are."),
        click.option("--platform", metavar="NAME", help="With this software."),
        click.option("--state", type=click.Choice(STATES), help="What runs found them to be."),
    ]
    if with_enabled:
        text = "Only those that are crawled, or only the others."
        options.append(click.option("--enabled/--disabled", default=None, help=text))

    def decorate(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def with_filters(*arguments: Any, **values: Any) -> Any:
            names = ("province", "level", "platform", "state", "enabled")
            given = {name: values.pop(name) for name in names if name in values}
            return function(*arguments, filters=_filters(**given), **values)

        decorated: Any = with_filters
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def _filters(**given: Any) -> SourceFilters:
    """Return the filters that were given. Raises UsageError for an unknown platform."""
    from scraper.config.source_filters import SourceFilters

    if given["platform"] is not None:
        from spiders.platforms import platform_named

        platform_named(given["platform"])
    return SourceFilters(**given)


def findings_for(session: Session, filters: SourceFilters) -> Mapping[str, Findings]:
    """Return what runs have found out about the sources, by slug, if the filters ask for it."""
    if filters.ask_runs and session.configuration().database.exists():
        return findings_in(session.read_database())
    return {}


def findings_in(db: Database) -> dict[str, Findings]:
    """Return what runs have found out about the sources, by slug."""
    from scraper.config.source_filters import Findings
    from scraper.store.sources import found_by_runs

    return {slug: Findings(**found) for slug, found in found_by_runs(db).items()}


def fitting(
    session: Session, sources: Mapping[str, Source], filters: SourceFilters
) -> list[Source]:
    """Return the sources that meet the filters. Raises UsageError if there are none."""
    found = filters.select(sources, findings_for(session, filters))
    if not found:
        raise UsageError(f"no source fits {filters.as_options}: see `tinhuyen sources list`")
    return found


def named_or_fitting(
    session: Session,
    sources: Mapping[str, Source],
    named: Sequence[Source],
    filters: SourceFilters,
) -> list[Source]:
    """Return the sources that were named, or that meet the filters; none without both.

    Raises UsageError if both are given, or if no source meets the filters.
    """
    if not filters.are_given:
        return list(named)
    if named:
        raise UsageError("name sources or filter them, not both")
    return fitting(session, sources, filters)


def fitting_slugs(
    db: Database, catalogue: Catalogue, filters: SourceFilters
) -> tuple[str, ...] | None:
    """Return the slugs of the stored and the enabled sources that meet the filters.

    Returns None without filters. Raises UsageError if there are none.
    """
    from scraper.store.sources import stored_sources

    if not filters.are_given:
        return None
    known = stored_sources(db, catalogue.sources)
    known |= {source.slug: source for source in catalogue.enabled}
    found = filters.select(known, findings_in(db))
    if not found:
        raise UsageError(
            f"no source that is crawled fits {filters.as_options}: "
            f"see `tinhuyen sources list {filters.as_options}`"
        )
    return tuple(source.slug for source in found)


def fitting_list(session: Session, db: Database, filters: SourceFilters) -> str | None:
    """Return the slugs of `fitting_slugs` as a list in JSON; without filters, no registry is read.

    Raises UsageError if there are none.
    """
    if not filters.are_given:
        return None
    return json.dumps(fitting_slugs(db, session.catalogue(), filters))
