"""`tinhuyen sources`: the registry of what to watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from scraper.base.messages import say, say_count
from scraper.commands.arguments import GLOBAL_OPTIONS, Verb, check_delay
from scraper.commands.output import table
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.base.source import Source

COLUMNS = ("slug", "name", "level", "province", "enabled", "state", "home_url")

LEARNED = "learned: {text}, {pages}, {quarters}"
LEARNED_AND_KEPT = "learned: {text}, {pages}, {quarters}, kept all the same"


@click.group("sources", params=list(GLOBAL_OPTIONS))
def command() -> None:
    """List, show and change the sources to watch.

    The truth is TOML: the shipped catalogue with your own sources.toml laid over it.

    \b
    Examples:
      tinhuyen sources list
      tinhuyen sources disable baohagiang
    """


@command.command("list", cls=Verb)
@click.pass_obj
def list_sources(session: Session) -> int:
    """List the sources.

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
    """Show the entry of one source in the registry, and what runs have found out about it.

    That is what was learned to be boilerplate, and which lists go on only by script.

    \b
    Example:
      tinhuyen sources show hamyen
    """
    source = session.catalogue().find(slug)
    values = source.model_dump(mode="json")
    lines = [f"{key}: {value}" for key, value in values.items() if value not in (None, [], ())]
    values["fetched"] = _fetched_files(session, source)
    lines += [
        say(
            "{kind} are fetched" if is_fetched else "{kind} are not fetched: {kind} = false",
            kind=kind,
        )
        for kind, is_fetched in values["fetched"].items()
    ]
    if source.layouts:
        values["unmatched"] = _unmatched(session, source)
        lines += values["unmatched"]
    values["by_script"] = _by_script(session, source)
    lines += [
        say("goes on only by script, not followed: {url}", url=url) for url in values["by_script"]
    ]
    values["learned"] = _learned_blocks(session, source)
    lines += map(_describe_block, values["learned"])
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
@click.option("--delay", type=click.FloatRange(0, 600), help="Seconds between requests to a host.")
@click.pass_obj
def check(session: Session, slugs: tuple[str, ...], delay: float | None) -> int:
    """Preview registered sources. Exit code 3: at least one shows no article.

    \b
    Example:
      tinhuyen sources check baotuyenquang
    """
    from scraper.commands.site_preview import look_at
    from scraper.crawling.preview_report import preview_text, preview_value

    session.start_logging()
    catalogue = session.catalogue()
    sources = [catalogue.find(slug) for slug in slugs] or catalogue.enabled
    check_delay(sources, delay, session.configuration().delay)
    found = look_at(session, sources, delay)
    session.show([preview_value(one) for one in found], "\n\n".join(map(preview_text, found)))
    broken = [one for one in found if not one.samples]
    return 3 if broken or catalogue.problems else 0


@command.command("enable", cls=Verb)
@click.argument("slug")
@click.pass_obj
def enable(session: Session, slug: str) -> None:
    """Crawl a source from now on.

    \b
    Example:
      tinhuyen sources enable hamyen
    """
    _set_enabled(session, slug, True)


@command.command("disable", cls=Verb)
@click.argument("slug")
@click.pass_obj
def disable(session: Session, slug: str) -> None:
    """Stop crawling a source; its articles stay.

    \b
    Example:
      tinhuyen sources disable hamyen
    """
    _set_enabled(session, slug, False)


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


def _unmatched(session: Session, source: Source) -> list[str]:
    """The selectors that match nothing on the archived pages, if there are any pages."""
    from scraper.reprocessing.selectors import unmatched_selectors

    configuration = session.configuration()
    if not configuration.database.exists():
        return []
    db = session.read_database()
    return [str(one) for one in unmatched_selectors(db, configuration.archive, source)]


def _learned_blocks(session: Session, source: Source) -> list[dict[str, Any]]:
    """The recurring texts that are cut from the articles of a source, and in which quarters.

    A text that is stored only in part ends with ``*``, as it does in the key `keep`.
    """
    from scraper.reprocessing.profiles import profile_of
    from scraper.store.block_occurrences import SHOWN, learned_blocks

    if not session.configuration().database.exists():
        return []
    db = session.read_database()
    known = profile_of(db, source)
    return [
        {
            "text": block.text + "*" * (len(block.text) == SHOWN),
            "pages": block.pages,
            "quarters": block.quarters,
            "kept": known.is_kept(block.text),
        }
        for block in learned_blocks(db, source.slug)
    ]


def _by_script(session: Session, source: Source) -> list[str]:
    """The lists of a source that go on only by script, and are to be declared with `more`."""
    from scraper.store.frontier import lists_by_script

    if not session.configuration().database.exists():
        return []
    return lists_by_script(session.read_database(), source.slug)


def _fetched_files(session: Session, source: Source) -> dict[str, bool]:
    """Which files of a source are fetched: those that neither of the two settings leaves out."""
    configuration = session.configuration()
    return {
        "photos": configuration.photos and source.photos,
        "attachments": configuration.attachments and source.attachments,
    }


def _describe_block(block: Mapping[str, Any]) -> str:
    """A learned text, on how many pages it stood, and in which quarters."""
    return say(
        LEARNED_AND_KEPT if block["kept"] else LEARNED,
        text=repr(block["text"]),
        pages=say_count(block["pages"], "page"),
        quarters=_span(block["quarters"]),
    )


def _span(quarters: Sequence[str]) -> str:
    """The first and the last of the quarters."""
    first, last = quarters[0], quarters[-1]
    return first if first == last else say("{first} to {last}", first=first, last=last)


def _question(source: Source, entry: Mapping[str, object]) -> str:
    from scraper.commands.site_preview import written_entry

    return say("register it as {slug} ({entry})?", slug=source.slug, entry=written_entry(entry))


def _set_enabled(session: Session, slug: str, enabled: bool) -> None:
    from scraper.config.registry import write_source

    source = session.catalogue().find(slug)
    write_source(session.sources_file, slug, {"enabled": enabled})
    changed = source.model_copy(update={"enabled": enabled})
    text = f"{slug} is enabled" if enabled else f"{slug} is disabled"
    session.show(changed.model_dump(mode="json"), text)
