"""`tinhuyen sources`: the registry of what to watch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from scraper.base.messages import say
from scraper.commands.arguments import GLOBAL_OPTIONS, Verb, check_delay, shard_option
from scraper.commands.output import with_vietnam_times
from scraper.commands.recovery_progress import recovery_lines, recovery_of
from scraper.commands.session import Session
from scraper.commands.shards import shard_columns
from scraper.commands.source_coverage import command as coverage
from scraper.commands.source_discovery import discover
from scraper.commands.source_findings import (
    by_script,
    describe_block,
    fetched_files,
    learned_texts,
    unmatched,
)
from scraper.commands.source_life import TIMES, findings_of, stored_findings
from scraper.commands.source_lists import export_sources, import_sources
from scraper.commands.source_options import (
    findings_for,
    fitting,
    named_or_fitting,
    source_options,
)
from scraper.commands.source_switches import disable, enable
from scraper.commands.tables import table

if TYPE_CHECKING:
    from scraper.base.source import Source
    from scraper.config.source_filters import Findings, SourceFilters

COLUMNS = ("slug", "name", "level", "province", "enabled", "state", "state_since", "home_url")
BELOW = ("home_url", "state_since", "province", "state")
"""The columns that are lines under the row of their source on a narrow terminal, by turn."""


@click.group("sources", params=list(GLOBAL_OPTIONS))
def command() -> None:
    """List, show and change the sources to watch.

    The truth is TOML: the shipped catalogue with your own sources.toml laid over it.

    \b
    Examples:
      tinhuyen sources list
      tinhuyen sources disable baohagiang
    """


command.add_command(coverage)
command.add_command(discover)
command.add_command(export_sources)
command.add_command(import_sources)
command.add_command(enable)
command.add_command(disable)


@command.command("list", cls=Verb)
@source_options(with_enabled=True)
@shard_option("Show which shard of N crawls each source.")
@click.pass_obj
def list_sources(session: Session, filters: SourceFilters) -> int:
    """List the sources.

    \b
    Examples:
      tinhuyen sources list --enabled
      tinhuyen sources list --province "Tuyên Quang" --level commune --json
      tinhuyen sources list --shard 1/3
    """
    catalogue = session.own_catalogue()
    shards = shard_columns(catalogue)
    findings = findings_for(session, filters)
    sources = (
        fitting(session, catalogue.sources, filters)
        if filters.are_given
        else catalogue.sources.values()
    )
    found = stored_findings(session)
    rows = [
        _row(source, findings.get(source.slug))
        | findings_of(source.slug, source.state, found)
        | shards.get(source.slug, {})
        for source in sources
    ]
    columns = ("shard", *COLUMNS) if shards else COLUMNS
    session.show(rows, table([with_vietnam_times(row, *TIMES) for row in rows], columns, BELOW))
    return 2 if catalogue.problems else 0


def _row(source: Source, findings: Findings | None) -> dict[str, Any]:
    """Return the entry of a source, with the platform that runs have found over its own."""
    values = source.model_dump(mode="json")
    if findings is None:
        return values
    from scraper.config.source_filters import platform_of

    return {**values, "platform": platform_of(source, findings)}


@command.command("show", cls=Verb)
@click.argument("slug")
@click.pass_obj
def show(session: Session, slug: str) -> None:
    """Show the entry of one source in the registry, and what runs have found out about it.

    That is its state, what was learned to be boilerplate, and which lists go on only by script.

    \b
    Example:
      tinhuyen sources show hamyen
    """
    source, found = session.catalogue().find(slug), stored_findings(session)
    values = source.model_dump(mode="json") | findings_of(slug, source.state, found)
    shown = with_vietnam_times(values, *TIMES)
    lines = [f"{key}: {value}" for key, value in shown.items() if value not in (None, [], ())]
    values["fetched"] = fetched_files(session, source)
    lines += [
        say(
            "{kind} are fetched" if is_fetched else "{kind} are not fetched: {kind} = false",
            kind=kind,
        )
        for kind, is_fetched in values["fetched"].items()
    ]
    if source.layouts:
        values["unmatched"] = unmatched(session, source)
        lines += values["unmatched"]
    values["by_script"] = by_script(session, source)
    lines += [
        say("goes on only by script, not followed: {url}", url=url) for url in values["by_script"]
    ]
    values["recovery"] = recovery_of(session, slug)
    lines += recovery_lines(values["recovery"])
    values["learned"] = learned_texts(session, source)
    lines += map(describe_block, values["learned"])
    session.show(values, "\n".join(lines))


@command.command("add", cls=Verb)
@click.argument("url")
@click.option("--name", help="What readers see; the page's own name by default.")
@click.option("--delay", type=click.FloatRange(0, 600), help="Seconds between requests to a host.")
@click.option("--yes", is_flag=True, help="Write the entry without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.pass_obj
def add(
    session: Session, url: str, name: str | None, delay: float | None, yes: bool, dry_run: bool
) -> int:
    """Look at a site, show what would be stored, and register it. Exit code 3: no article.

    What you give is written to its entry: `--delay` holds for every crawl of it from then on.

    \b
    Examples:
      tinhuyen sources add https://hamyen.tuyenquang.gov.vn/
      tinhuyen sources add https://vidu.vn/ --name "Xã Ví Dụ" --delay 5 --dry-run
    """
    from scraper.commands.site_preview import already_there, look_at, written_entry
    from scraper.config.registry import add_entry
    from scraper.crawling.adding import Asked, changes_nothing, new_entry, wanted_source
    from scraper.crawling.preview_report import preview_text, preview_value

    session.start_logging()
    catalogue, asked = session.catalogue(), Asked(name, delay)
    source = wanted_source(url, catalogue, asked)
    check_delay([source], delay, session.configuration().delay)
    if changes_nothing(source, catalogue, asked):
        session.show(*already_there(source))
        return 0
    (found,) = look_at(session, [source], delay)
    click.echo(preview_text(found), err=session.as_json)
    entry = new_entry(found, catalogue, asked) if found.samples else {}
    value = preview_value(found) | {"entry": entry, "registered": False}
    if not entry:
        session.show(value, say("nothing was registered: it would yield no article"))
        return 3
    if dry_run or not (yes or click.confirm(_question(source, entry), err=session.as_json)):
        session.show(
            value, say("nothing was registered: it would be {entry}", entry=written_entry(entry))
        )
        return 0
    slug = add_entry(session.sources_file, source.home_url, entry, found.funnel)
    done = say(
        "{slug} is in {file}: {entry}",
        slug=slug,
        file=session.sources_file,
        entry=written_entry(entry),
    )
    text = f"{done}\n{say('next: tinhuyen crawl {slug}', slug=slug)}"
    session.show(value | {"registered": True}, text)
    return 0


@command.command("check", cls=Verb)
@click.argument("slugs", nargs=-1, metavar="[SOURCE …]")
@source_options(with_enabled=True)
@click.option("--delay", type=click.FloatRange(0, 600), help="Seconds between requests to a host.")
@click.option("--fix", is_flag=True, help="Follow sites that moved: show both addresses, then ask.")
@click.option("--yes", is_flag=True, help="With --fix: change the entries without asking.")
@click.pass_obj
def check(
    session: Session,
    slugs: tuple[str, ...],
    delay: float | None,
    filters: SourceFilters,
    fix: bool,
    yes: bool,
) -> int:
    """Preview registered sources. Exit code 3: at least one shows no article.

    Without names and filters, the enabled ones.

    With `--fix`, a site that moved keeps its articles, and is crawled at its new address from then
    on, unless that is another owner's.

    \b
    Examples:
      tinhuyen sources check baotuyenquang
      tinhuyen sources check --province "Tuyên Quang" --level commune
      tinhuyen sources check hamyen --fix
    """
    from scraper.config.shards import require_own

    session.start_logging()
    catalogue = session.own_catalogue()
    named = [catalogue.find(slug) for slug in slugs]
    for source in named:
        require_own(catalogue, source)
    own = {slug: one for slug, one in catalogue.sources.items() if slug not in catalogue.elsewhere}
    is_for_all = not named and not filters.are_given
    sources = catalogue.enabled if is_for_all else named_or_fitting(session, own, named, filters)
    check_delay(sources, delay, session.configuration().delay)
    from scraper.commands.moved_sources import follow_moves, moves_in, report_moves, wake
    from scraper.commands.site_preview import look_at
    from scraper.crawling.preview_report import preview_text, preview_value

    found = look_at(session, sources, delay)
    text, moves = "\n\n".join(map(preview_text, found)), moves_in(session, catalogue, found)
    wake(session, [one.source.slug for one in found if one.samples])
    if fix:
        click.echo(text, err=session.as_json)
        moved, text = follow_moves(session, moves, delay, yes=yes), ""
    else:
        moved, lines = report_moves(moves)
        text = "\n\n".join([text, *lines])
    by_slug = {one["source"]: one for one in moved}
    values = [preview_value(one) | {"move": by_slug.get(one.source.slug)} for one in found]
    session.show(values, text)
    fixed = {slug for slug, one in by_slug.items() if one["written"]}
    broken = [one for one in found if not one.samples and one.source.slug not in fixed]
    return 3 if broken or catalogue.problems else 0


@command.command("remove", cls=Verb)
@click.argument("slug")
@click.pass_obj
def remove(session: Session, slug: str) -> None:
    """Remove one of your own sources from the registry; its articles stay in the database.

    \b
    Example:
      tinhuyen sources remove 127-0-0-1-8000
    """
    from scraper.config.registry import remove_source

    catalogue = session.catalogue()
    if slug not in catalogue.problems:
        catalogue.find(slug)
    remove_source(session.sources_file, slug)
    text = f"{slug} is no longer in {session.sources_file}; its articles stay"
    session.show({"removed": slug}, text)


def _question(source: Source, entry: Mapping[str, object]) -> str:
    from scraper.commands.site_preview import written_entry

    return say("register it as {slug} ({entry})?", slug=source.slug, entry=written_entry(entry))
