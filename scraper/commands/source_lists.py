"""`tinhuyen sources export` and `import`: the registry as OPML and CSV."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.base.errors import TinhuyenError, UsageError, did_you_mean
from scraper.base.messages import say, say_count
from scraper.commands.arguments import Verb, check_folder_of
from scraper.commands.session import Session
from scraper.commands.source_options import fitting, source_options
from scraper.commands.tables import table

if TYPE_CHECKING:
    from scraper.config.source_filters import SourceFilters
    from scraper.transfer.source_import import Change, ImportPlan

FORMS = ("opml", "csv")
NEW_COLUMNS = ("slug", "name", "level", "province", "home_url")
CHANGED_COLUMNS = ("slug", "key", "value_before", "value_after")
REFUSED_COLUMNS = ("line", "name", "reason")
OWN_HOST = "{slug}: {url} is in your own network: it is asked if you import this"
NO_UNIT = "{slug}: no unit has the code {code}: it counts for none in `tinhuyen sources coverage`"
NO_PROVINCE = "{slug}: no province `{name}`: {hint}"
UNPROTECTED = "{slug}: verify_tls = false: it is read without protection"


@click.command("export", cls=Verb)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default=FORMS[0],
    help="OPML for feed readers, CSV for spreadsheets.",
)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path))
@source_options(with_enabled=True)
@click.pass_obj
def export_sources(session: Session, form: str, output: Path | None, filters: SourceFilters) -> int:
    """Write the registry as OPML or CSV, with all that an entry says.

    \b
    Examples:
      tinhuyen sources export --enabled -o sources.opml
      tinhuyen sources export --format csv --province "Tuyên Quang" -o sources.csv
    """
    from scraper.config.secret_files import has_password
    from scraper.transfer.opml import write_opml
    from scraper.transfer.source_csv import write_csv

    catalogue = session.catalogue()
    sources = (
        fitting(session, catalogue.sources, filters)
        if filters.are_given
        else list(catalogue.sources.values())
    )
    content = io.BytesIO()
    (write_opml if form == FORMS[0] else write_csv)(sources, content)
    _write(content.getvalue(), output)
    session.note(say_count(len(sources), "source"))
    if has_password(content.getvalue().decode()):
        session.note(say("the list holds a password in an address: give it to nobody"))
    return 2 if catalogue.problems else 0


def _write(content: bytes, output: Path | None) -> None:
    """Write a list to a file, or to stdout."""
    from scraper.base.atomic_file import atomic_write

    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    check_folder_of(output)
    try:
        with atomic_write(output) as out:
            out.write(content)
    except OSError as error:
        raise TinhuyenError(f"{output}: {error.strerror}: name another file") from error


@click.command("import", cls=Verb)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Write the entries without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.pass_obj
def import_sources(session: Session, file: Path, yes: bool, dry_run: bool) -> int:
    """Register the sources of a file, OPML of a feed reader or CSV. Exit code 3: some are refused.

    Shows what is new, what changes and what is refused first. A source that is registered is known
    by its home page, its slug or a feed. An empty cell leaves a key as it is.

    \b
    Examples:
      tinhuyen sources import feeds.opml --dry-run
      tinhuyen sources import sources.csv
    """
    from scraper.transfer.source_files import read_source_list
    from scraper.transfer.source_import import plan_import, write_import

    listed = read_source_list(file)
    if listed.ignored:
        columns = ", ".join(listed.ignored)
        session.warn(f"columns that no source has are left out: {columns}")
    plan = plan_import(listed, session.catalogue())
    code = 3 if plan.refused else 0
    value, text = _plan_value(plan), "\n\n".join(_plan_parts(plan))
    if not plan.changes or dry_run:
        session.show(value, f"{text}\n{say('nothing was registered')}")
        return code
    if not yes:
        click.echo(text, err=session.as_json)
        if not _confirms(session, len(plan.changes)):
            session.show(value, say("nothing was registered"))
            return code
    write_import(session.sources_file, listed, plan)
    count = say_count(len(plan.changes), "source")
    done = say("{sources} written to {file}", sources=count, file=session.sources_file)
    session.show(value | {"registered": True}, f"{text}\n{done}" if yes else done)
    return code


def _confirms(session: Session, count: int) -> bool:
    """Ask on the terminal. Raises UsageError if there is none."""
    if not sys.stdin.isatty():
        raise UsageError("sources import asks before it writes: give --yes if no terminal is there")
    question = say("write {sources}?", sources=say_count(count, "source"))
    return click.confirm(question, err=session.as_json)


def _plan_parts(plan: ImportPlan) -> Iterator[str]:
    """The parts of the report: tables of what is new, changes and is refused, and the counts."""
    if plan.new:
        yield table([change.source.model_dump(mode="json") for change in plan.new], NEW_COLUMNS)
    if plan.changed:
        rows = [row for change in plan.changed for row in _changed_rows(change)]
        yield table(rows, CHANGED_COLUMNS)
    if plan.refused:
        rows = [asdict(refused) for refused in plan.refused]
        yield table(rows, REFUSED_COLUMNS)
    if notices := list(_notices(plan)):
        yield "\n".join(notices)
    yield say(
        "{new} new, {changed} changed, {same} as they are, {refused} refused",
        new=len(plan.new),
        changed=len(plan.changed),
        same=plan.same,
        refused=len(plan.refused),
    )


def _changed_rows(change: Change) -> Iterator[dict[str, Any]]:
    before = change.before.model_dump(mode="json") if change.before else {}
    for key, value in change.values.items():
        yield {
            "slug": change.source.slug,
            "key": key,
            "value_before": before.get(key),
            "value_after": value,
        }


def _notices(plan: ImportPlan) -> Iterator[str]:
    """What a user should know of a file of somebody else's before it is imported."""
    from pipelines.gazetteer.lookup import place_of
    from pipelines.gazetteer.units import find_province, similar_provinces

    for change in plan.changes:
        code = change.values.get("unit_code")
        if code and place_of(str(code)) is None:
            yield say(NO_UNIT, slug=change.source.slug, code=code)
        for name in dict.fromkeys(map(change.values.get, ("province", "former_province"))):
            if name and find_province(str(name)) is None:
                near = similar_provinces(str(name))
                hint = did_you_mean(near, "see `tinhuyen sources coverage`")
                yield say(NO_PROVINCE, slug=change.source.slug, name=name, hint=hint)
        if "home_url" in change.values and change.source.is_own:
            yield say(OWN_HOST, slug=change.source.slug, url=change.source.home_url)
        if change.values.get("verify_tls") is False:
            yield say(UNPROTECTED, slug=change.source.slug)


def _plan_value(plan: ImportPlan) -> dict[str, Any]:
    return {
        "new": [
            {"line": change.line, "slug": change.source.slug, "entry": change.values}
            for change in plan.new
        ],
        "changed": [
            {"line": change.line, **row} for change in plan.changed for row in _changed_rows(change)
        ],
        "same": plan.same,
        "refused": [asdict(refused) for refused in plan.refused],
        "registered": False,
    }
