"""`tinhuyen reprocess`: extract the archived pages again with the present rules."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scraper.commands.arguments import Verb
from scraper.commands.output import table
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.reprocessing.files import FilesReport
    from scraper.reprocessing.report import ReprocessReport


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
    verb = "would change" if report.dry_run else "changed"
    head = (
        f"{report.pages} pages: {report.changed} articles {verb}, {report.found} found, "
        f"{report.lost} no article to today's rules (kept as they are), {report.failed} failed"
    )
    counts = [{"field": name, "articles": count} for name, count in report.changes.most_common()]
    samples = [
        f"{name} {change.url}\n  - {_short(change.before)}\n  + {_short(change.after)}"
        for name, changes in report.samples.items()
        for change in changes
    ]
    tables = [table(counts, ("field", "articles"))] if counts else []
    return "\n\n".join([head, *report.unmatched, *tables, *samples])


def _files_text(files: FilesReport, *, dry_run: bool) -> list[str]:
    if dry_run:
        return [f"{files.files} photos and attachments would be read"] if files.files else []
    head = (
        f"{files.files} photos and attachments read: {files.changed} texts changed, "
        f"{files.failed} failed (kept as they are)"
    )
    return [head, *(f"failed {url}\n  {problem}" for url, problem in files.samples)]


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 200 else f"{text[:200]}…"
