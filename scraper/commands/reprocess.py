"""`tinhuyen reprocess`: extract the archived pages again with the present rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scraper.base.messages import say, say_count, spoken, word
from scraper.commands.arguments import Verb
from scraper.commands.output import table
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.reprocessing.files import FilesReport
    from scraper.reprocessing.report import Change, ReprocessReport

CHANGED = (
    "{pages}: {changed} changed, {found} found, {lost} no article to today's rules (kept as they"
    " are), {failed} failed"
)
WOULD_CHANGE = (
    "{pages}: {changed} would change, {found} found, {lost} no article to today's rules (kept as"
    " they are), {failed} failed"
)
FILES_READ = "{files} read: {changed} changed, {failed} failed (kept as they are)"


@click.command("reprocess", cls=Verb)
@click.argument("slugs", nargs=-1, metavar="[SOURCE …]")
@click.option("--dry-run", is_flag=True, help="Change nothing, show what would change.")
@click.pass_obj
def command(session: Session, slugs: tuple[str, ...], dry_run: bool) -> None:
    """Extract every archived page again, without the network. No change is a revision.

    Photos and attachments are read again if they never were, or by older rules.

    \b
    Examples:
      tinhuyen reprocess --dry-run
      tinhuyen reprocess hamyen
    """
    from scraper.reprocessing.files import read_files_again
    from scraper.reprocessing.reprocess import reprocess
    from scraper.store.database import open_existing, open_for_reading
    from scraper.store.sources import stored_sources

    configuration = session.configuration()
    if not dry_run:
        session.warn_of_second_writer()
    db = (open_for_reading if dry_run else open_existing)(configuration.database)
    catalogue = session.catalogue()
    known = stored_sources(db, catalogue.sources)
    sources = [known[slug] if slug in known else catalogue.find(slug) for slug in slugs]
    report: ReprocessReport | None = None
    for report in reprocess(
        db, configuration.archive, sources or list(known.values()), dry_run=dry_run
    ):
        session.progress(f"{report.pages} pages read, {report.changed} articles changed")
    assert report is not None
    slugs_read = [source.slug for source in sources or known.values()]
    archive = configuration.archive
    for files in read_files_again(db, archive, slugs_read, dry_run=dry_run):
        session.progress(f"{files.files} files read, {files.changed} texts changed")
    session.show(
        asdict(report) | {"changes": dict(report.changes), "files": asdict(files)},
        "\n\n".join([_as_text(report), *_files_text(files, dry_run=dry_run)]),
    )


def _as_text(report: ReprocessReport) -> str:
    head = say(
        WOULD_CHANGE if report.dry_run else CHANGED,
        pages=say_count(report.pages, "page"),
        changed=say_count(report.changed, "article"),
        found=report.found,
        lost=report.lost,
        failed=report.failed,
    )
    counts = [{"field": name, "articles": count} for name, count in report.changes.most_common()]
    samples = [
        "\n".join([f"{name} {change.url}", *_sides(name, change)])
        for name, changes in report.samples.items()
        for change in changes
    ]
    tables = [table(counts, ("field", "articles"))] if counts else []
    return "\n\n".join([head, *report.unmatched, *tables, *samples])


def _files_text(files: FilesReport, *, dry_run: bool) -> list[str]:
    if dry_run:
        count = say_count(files.files, "photo or attachment", "photos and attachments")
        return [say("{files} would be read", files=count)] if files.files else []
    head = say(
        FILES_READ,
        files=say_count(files.files, "photo or attachment", "photos and attachments"),
        changed=say_count(files.changed, "text"),
        failed=files.failed,
    )
    failed = [(say("failed {url}", url=url), problem) for url, problem in files.samples]
    return [head, *(f"{line}\n  {problem}" for line, problem in failed)]


def _sides(name: str, change: Change) -> Iterator[str]:
    """Yield the value before and after; a side that has none is left out."""
    for sign, value in (("-", change.before), ("+", change.after)):
        if value is not None:
            text = word("reason", str(value), spoken()) if name == "lost" else _short(value)
            yield f"  {sign} {text}"


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 200 else f"{text[:200]}…"
