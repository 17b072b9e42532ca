"""`tinhuyen sources`: the registry of what to watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.commands.session import GLOBAL_OPTIONS, Session, Verb, table

if TYPE_CHECKING:
    from scraper.sources import Source

COLUMNS = ("slug", "name", "level", "province", "enabled", "state", "home_url")


@click.group("sources", params=list(GLOBAL_OPTIONS))
def command() -> None:
    r"""List, show and change the sources to watch.

    The truth is TOML: the shipped catalogue with your own sources.toml laid over it.

    \b
    Examples:
      tinhuyen sources list
      tinhuyen sources disable baohagiang
    """


@command.command("list", cls=Verb)
@click.pass_obj
def list_sources(session: Session) -> int:
    r"""List the sources.

    \b
    Example:
      tinhuyen sources list --json
    """
    catalogue = session.catalogue()
    rows = [source.model_dump(mode="json") for source in catalogue.sources.values()]
    session.show(rows, table(rows, COLUMNS))
    return 2 if catalogue.problems else 0


@command.command("show", cls=Verb)
@click.argument("slug")
@click.pass_obj
def show(session: Session, slug: str) -> None:
    r"""Show all that the registry says of one source.

    \b
    Example:
      tinhuyen sources show hamyen
    """
    values = session.catalogue().find(slug).model_dump(mode="json")
    lines = [f"{key}: {value}" for key, value in values.items() if value not in (None, [], ())]
    session.show(values, "\n".join(lines))


@command.command("enable", cls=Verb)
@click.argument("slug")
@click.pass_obj
def enable(session: Session, slug: str) -> None:
    r"""Crawl a source from now on.

    \b
    Example:
      tinhuyen sources enable hamyen
    """
    _set_enabled(session, slug, True)


@command.command("disable", cls=Verb)
@click.argument("slug")
@click.pass_obj
def disable(session: Session, slug: str) -> None:
    r"""Crawl a source no more; what was gathered stays.

    \b
    Example:
      tinhuyen sources disable hamyen
    """
    _set_enabled(session, slug, False)


@command.command("remove", cls=Verb)
@click.argument("slug")
@click.pass_obj
def remove(session: Session, slug: str) -> None:
    r"""Take a source of your own out of the registry; its articles stay in the database.

    \b
    Example:
      tinhuyen sources remove 127-0-0-1-8000
    """
    from scraper.catalogue import remove_source

    source = session.catalogue().find(slug)
    remove_source(session.sources_file, slug)
    _tell(session, source, f"{slug} is no longer in {session.sources_file}; its articles stay")


def _set_enabled(session: Session, slug: str, enabled: bool) -> None:
    from scraper.catalogue import write_source

    source = session.catalogue().find(slug)
    write_source(session.sources_file, slug, {"enabled": enabled})
    changed = source.model_copy(update={"enabled": enabled})
    _tell(session, changed, f"{slug} is {'enabled' if enabled else 'disabled'}")


def _tell(session: Session, source: Source, text: str) -> None:
    session.show(source.model_dump(mode="json"), text)
