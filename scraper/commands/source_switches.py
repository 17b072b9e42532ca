"""`tinhuyen sources enable` and `disable`: which sources are crawled from now on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from scraper.base.errors import UsageError
from scraper.base.messages import say, say_count
from scraper.commands.arguments import Verb
from scraper.commands.session import Session
from scraper.commands.source_options import named_or_fitting, source_options

if TYPE_CHECKING:
    from scraper.base.source import Source
    from scraper.config.source_filters import SourceFilters

ENABLED, ENABLED_ALREADY = "{count} enabled", "enabled already: {count}"
DISABLED, DISABLED_ALREADY = "{count} disabled", "disabled already: {count}"


@click.command("enable", cls=Verb)
@click.argument("slugs", nargs=-1, metavar="[SOURCE …]")
@source_options()
@click.pass_obj
def enable(session: Session, slugs: tuple[str, ...], filters: SourceFilters) -> None:
    """Crawl sources from now on: those named, or all that meet the filters.

    \b
    Examples:
      tinhuyen sources enable hamyen
      tinhuyen sources enable --province "Tuyên Quang" --level commune
    """
    _switch(session, slugs, filters, enabled=True)


@click.command("disable", cls=Verb)
@click.argument("slugs", nargs=-1, metavar="[SOURCE …]")
@source_options()
@click.pass_obj
def disable(session: Session, slugs: tuple[str, ...], filters: SourceFilters) -> None:
    """Stop crawling sources, those named or all that meet the filters; their articles stay.

    \b
    Examples:
      tinhuyen sources disable hamyen
      tinhuyen sources disable --province "Tuyên Quang" --state dead
    """
    _switch(session, slugs, filters, enabled=False)


@dataclass(frozen=True, slots=True)
class Switched:
    """The sources that a command has enabled or disabled, and those that were so already."""

    enabled: bool
    changed: Sequence[Source]
    unchanged: Sequence[Source]


def _switch(
    session: Session, slugs: tuple[str, ...], filters: SourceFilters, *, enabled: bool
) -> None:
    """Enable or disable sources in the user's file, and say which."""
    from scraper.config.registry import write_sources

    catalogue = session.catalogue()
    if not slugs and not filters.are_given:
        raise UsageError("which sources? Name them, or filter them, for example with --province")
    named = [catalogue.find(slug) for slug in dict.fromkeys(slugs)]
    sources = named_or_fitting(session, catalogue.sources, named, filters)
    changed = [source for source in sources if source.enabled is not enabled]
    if to_write := named or changed:
        entries = {source.slug: {"enabled": enabled} for source in to_write}
        write_sources(session.sources_file, entries)
    if len(named) == 1:
        _show_one(session, named[0], enabled=enabled)
        return
    unchanged = [source for source in sources if source.enabled is enabled]
    _show_several(session, Switched(enabled, changed, unchanged))


def _show_one(session: Session, source: Source, *, enabled: bool) -> None:
    entry = source.model_copy(update={"enabled": enabled}).model_dump(mode="json")
    session.show(entry, f"{source.slug} is enabled" if enabled else f"{source.slug} is disabled")


def _show_several(session: Session, switched: Switched) -> None:
    """Show how many sources were switched, and which."""
    value = {
        "enabled": switched.enabled,
        "changed": [source.slug for source in switched.changed],
        "unchanged": [source.slug for source in switched.unchanged],
    }
    heads = (ENABLED, ENABLED_ALREADY) if switched.enabled else (DISABLED, DISABLED_ALREADY)
    counts = [say_count(len(each), "source") for each in (switched.changed, switched.unchanged)]
    head, already = (say(text, count=count) for text, count in zip(heads, counts, strict=True))
    lines = [head, *(f"  {source.slug}  {source.name}" for source in switched.changed)]
    if switched.unchanged:
        lines.append(already)
    session.show(value, "\n".join(lines))
