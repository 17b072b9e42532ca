"""`tinhuyen export`: articles for other programs."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.base.errors import TinhuyenError, UsageError
from scraper.commands.arguments import Verb, read_day
from scraper.commands.output import counted
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.transfer.file_copies import CopiedFiles

FOLDER_FORMS = ("markdown", "tei")
FORMS = ("jsonl", "csv", "parquet", *FOLDER_FORMS)


@click.command("export", cls=Verb)
@click.option("--format", "form", type=click.Choice(FORMS), default="jsonl")
@click.option("--source", help="Of one source only.")
@click.option("--section", help="Of one section only.")
@click.option("--since", metavar="DATE", callback=read_day, help="Published on this day or later.")
@click.option("--search", "words", help="Only what a search for these words finds.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A file (stdout without), or a folder."
)
@click.option(
    "--files", "with_files", is_flag=True, help="With photos and attachments, into the folder."
)
@click.pass_obj
def command(
    session: Session,
    form: str,
    source: str | None,
    section: str | None,
    since: date | None,
    words: str | None,
    output: Path | None,
    with_files: bool,
) -> None:
    """Write articles as JSON lines, CSV (safe to open in a spreadsheet) or Parquet into one file.

    Markdown and TEI go into a folder, with a file for each article.

    \b
    Examples:
      tinhuyen export -o articles.jsonl
      tinhuyen export --format csv --source hamyen --since 2026-01-01 -o hamyen.csv
      tinhuyen export --format markdown --search "nông thôn mới" -o nong-thon-moi/ --files
    """
    from scraper.base.atomic_file import atomic_write
    from scraper.store.article_rows import Selection
    from scraper.transfer.exporting import export
    from scraper.transfer.folder import export_to_folder

    day = since.isoformat() if since else None
    selection = Selection(source=source, since=day, section=section, words=words)
    db = session.read_database()
    is_for_folder = form in FOLDER_FORMS
    if is_for_folder and output is None:
        raise UsageError(f"--format {form} writes a file for each article: name a folder with -o")
    if with_files and not is_for_folder:
        raise UsageError("--files copies files beside articles: give --format markdown or tei too")
    archive, copied = session.configuration().archive if with_files else None, None
    if output is None:
        count = export(db, selection, form, sys.stdout.buffer)
    else:
        try:
            if is_for_folder:
                count, copied = export_to_folder(db, selection, form, output, archive)
            else:
                with atomic_write(output) as out:
                    count = export(db, selection, form, out)
        except OSError as error:
            place = "folder" if is_for_folder else "file"
            raise TinhuyenError(f"{output}: {error.strerror}: name another {place}") from error
    click.echo(f"tinhuyen: {count} articles and notices", err=True)
    if with_files and copied:
        click.echo(_describe_copies(copied), err=True)


def _describe_copies(copied: CopiedFiles) -> str:
    """Return the line that says how many files were written beside the articles."""
    return (
        f"tinhuyen: {counted(copied.written, 'file')} written, {copied.present} there already, "
        f"{copied.missing} lost or damaged in the archive, {copied.elsewhere} not archived: "
        "their links lead to the site"
    )
