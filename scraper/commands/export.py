"""`tinhuyen export`: articles for other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.base.errors import TinhuyenError, UsageError
from scraper.base.messages import counted
from scraper.commands.arguments import Verb, check_folder_of, read_day
from scraper.commands.session import Session
from scraper.commands.source_options import fitting_list, source_options

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scraper.config.source_filters import SourceFilters
    from scraper.store.article_rows import Selection
    from scraper.transfer.export_report import ExportReport
    from scraper.transfer.file_copies import CopiedFiles

FOLDER_FORMS = ("markdown", "tei")
DATASET = "dataset"
FORMS = ("jsonl", "csv", "parquet", "xlsx", *FOLDER_FORMS, DATASET)
CALLED = {
    "articles": ("article or notice", "articles and notices"),
    "revisions": ("revision", "revisions"),
    "photos": ("photo", "photos"),
    "attachments": ("attachment", "attachments"),
}
TABLES = ("articles", "revisions", "photos", "attachments")


@click.command("export", cls=Verb)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="jsonl",
    help="The form of what is written.",
)
@click.option(
    "--table", type=click.Choice(TABLES), default="articles", help="Of the articles selected."
)
@click.option("--source", help="Of one source only.")
@source_options()
@click.option("--section", help="Of one section only.")
@click.option("--since", metavar="DATE", callback=read_day, help="Published on this day or later.")
@click.option("--until", metavar="DATE", callback=read_day, help="Published on it or earlier.")
@click.option("--new-since", metavar="RUN", type=int, help="New, changed or gone after this run.")
@click.option("--search", "words", help="Only what a search for these words finds.")
@click.option("-o", "--output", metavar="PATH", help="A file (stdout without), or a folder.")
@click.option(
    "--files", "with_files", is_flag=True, help="With photos and attachments, into the folder."
)
@click.pass_obj
def command(
    session: Session,
    form: str,
    table: str,
    source: str | None,
    section: str | None,
    since: date | None,
    until: date | None,
    new_since: int | None,
    words: str | None,
    output: str | None,
    with_files: bool,
    filters: SourceFilters,
) -> None:
    """Write articles as JSON lines, CSV, Excel or Parquet into one file.

    Markdown and TEI go into a folder, with a file for each article. A dataset is Parquet by source
    and month, for DuckDB: in a folder, or in object storage (s3://…).

    \b
    Examples:
      tinhuyen export -o articles.jsonl
      tinhuyen export --format xlsx --source hamyen --since 2026-01-01 -o hamyen.xlsx
      tinhuyen export --province "Tuyên Quang" --level commune -o xa.jsonl
      tinhuyen export --table revisions --new-since 12 -o revisions.jsonl
      tinhuyen export --format markdown --search "nông thôn mới" -o nong-thon-moi/ --files
    """
    from scraper.store.article_rows import Selection
    from scraper.store.nearest_names import check_source
    from scraper.store.runs import end_of_run

    _check_options(form, table, output, with_files)
    if output is not None and form not in (*FOLDER_FORMS, DATASET):
        check_folder_of(Path(output))
    db = session.read_database()
    if source is not None:
        check_source(db, source)
    selection = Selection(
        source=source,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        section=section,
        words=words,
        slugs=fitting_list(session, db, filters),
        changed_after=None if new_since is None else end_of_run(db, new_since),
    )
    if form == DATASET and output is not None:
        _export_dataset(session, db, selection, output)
    elif form not in FOLDER_FORMS:
        _export_to_file(session, db, selection, form, table, Path(output) if output else None)
    elif output is not None:
        archive = session.configuration().archive if with_files else None
        _export_to_folder(session, db, selection, form, Path(output), archive)


def _check_options(form: str, table: str, output: str | None, with_files: bool) -> None:
    """Raise UsageError for options that exclude or need one another."""
    is_for_folder = form in (*FOLDER_FORMS, DATASET)
    if form == DATASET and output is None:
        raise UsageError("--format dataset writes many files: name a folder or s3://… with -o")
    if is_for_folder and output is None:
        raise UsageError(f"--format {form} writes a file for each article: name a folder with -o")
    if is_for_folder and table != TABLES[0]:
        raise UsageError(f"--format {form} is for articles: leave --table {table} or name another")
    if with_files and form not in FOLDER_FORMS:
        raise UsageError("--files copies files beside articles: give --format markdown or tei too")


def _export_to_file(
    session: Session,
    db: Database,
    selection: Selection,
    form: str,
    table: str,
    output: Path | None,
) -> None:
    """Write a table to a file, or to stdout, and say what it holds."""
    from scraper.base.atomic_file import atomic_write
    from scraper.transfer.exporting import export

    if output is None:
        report = export(db, selection, form, sys.stdout.buffer, table)
    else:
        try:
            with atomic_write(output) as out:
                report = export(db, selection, form, out, table)
        except OSError as error:
            raise TinhuyenError(f"{output}: {error.strerror}: name another file") from error
    for line in _describe(report, table):
        session.note(line)


def _export_to_folder(
    session: Session,
    db: Database,
    selection: Selection,
    form: str,
    folder: Path,
    archive: Path | None,
) -> None:
    """Write a file for each article, and say how many there are."""
    from scraper.transfer.folder import export_to_folder

    try:
        count, copied = export_to_folder(db, selection, form, folder, archive)
    except OSError as error:
        raise TinhuyenError(f"{folder}: {error.strerror}: name another folder") from error
    session.note(counted(count, *CALLED["articles"]))
    if archive:
        session.note(_describe_copies(copied))


def _export_dataset(session: Session, db: Database, selection: Selection, place: str) -> None:
    """Write Parquet files by source and month, and say how many there are."""
    from scraper.transfer.dataset import export_dataset

    report, files = export_dataset(db, selection, place)
    for line in _describe(report, TABLES[0]):
        session.note(line)
    session.note(counted(files, "file"))


def _describe(report: ExportReport, table: str) -> Iterator[str]:
    """Yield the lines that say what was written, and what a format could not hold."""
    yield counted(report.rows, *CALLED[table])
    if report.sheets > 1:
        yield f"on {report.sheets} sheets: a sheet of Excel holds 1,048,576 rows"
    if report.cut_cells:
        yield (
            f"{counted(report.cut_cells, 'text')} longer than the 32,767 characters of an Excel "
            "cell: cut, and marked with … at the end; the other formats have all of them"
        )
    if report.unread_times:
        yield f"{counted(report.unread_times, 'time')} left out that cannot be read as ISO 8601"


def _describe_copies(copied: CopiedFiles) -> str:
    """Return the line that says how many files were written beside the articles."""
    return (
        f"{counted(copied.written, 'file')} written, {copied.present} there already, "
        f"{copied.missing} lost or damaged in the archive, {copied.elsewhere} not archived: "
        "their links lead to the site"
    )
