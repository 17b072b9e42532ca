"""`tinhuyen backup`: a consistent copy of a live database and its archive."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from scraper.commands.arguments import Verb
from scraper.commands.session import Session


@click.command("backup", cls=Verb)
@click.argument("folder", type=click.Path(path_type=Path), metavar="PATH")
@click.pass_obj
def command(session: Session, folder: Path) -> None:
    """Copy the database and its archive into a folder, also while a crawl runs.

    \b
    Example:
      tinhuyen backup /media/backup/tinhuyen
    """
    from scraper.transfer.backup import back_up

    configuration = session.configuration()
    done = back_up(configuration.database, configuration.archive, folder)
    text = (
        f"{done.database}: {done.articles} articles and notices; "
        f"{done.warc_files} archive files copied ({done.warc_bytes} bytes)"
    )
    session.show(asdict(done), text)
