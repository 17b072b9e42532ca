"""`tinhuyen export`: articles for other programs."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from scraper.base.errors import TinhuyenError
from scraper.commands.arguments import Verb, read_day
from scraper.commands.session import Session


@click.command("export", cls=Verb)
@click.option("--format", "form", type=click.Choice(["jsonl", "csv", "parquet"]), default="jsonl")
@click.option("--source", help="Of one source only.")
@click.option("--section", help="Of one section only.")
@click.option("--since", metavar="DATE", callback=read_day, help="Published on this day or later.")
@click.option("--search", "words", help="Only what a search for these words finds.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; stdout without.")
@click.pass_obj
def command(
    session: Session,
    form: str,
    source: str | None,
    section: str | None,
    since: date | None,
    words: str | None,
    output: Path | None,
) -> None:
    """Write articles as JSON lines, CSV (safe to open in a spreadsheet) or Parquet.

    \b
    Examples:
      tinhuyen export -o articles.jsonl
      tinhuyen export --format csv --source hamyen --since 2026-01-01 -o hamyen.csv
    """
    from scraper.base.atomic_file import atomic_write
    from scraper.store.article_rows import Selection
    from scraper.transfer.exporting import export

    day = since.isoformat() if since else None
    selection = Selection(source=source, since=day, section=section, words=words)
    db = session.read_database()
    if output is None:
        count = export(db, selection, form, sys.stdout.buffer)
    else:
        try:
            with atomic_write(output) as out:
                count = export(db, selection, form, out)
        except OSError as error:
            raise TinhuyenError(f"{output}: {error.strerror}: name another file") from error
    click.echo(f"tinhuyen: {count} articles and notices", err=True)
