"""`tinhuyen restore`: puts a backup back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from scraper.commands.arguments import Verb
from scraper.commands.session import Session


@click.command("restore", cls=Verb)
@click.argument("folder", type=click.Path(path_type=Path), metavar="PATH")
@click.pass_obj
def command(session: Session, folder: Path) -> None:
    """Put a backup back where there is no database: check it, then copy it completely.

    \b
    Examples:
      tinhuyen restore /media/backup/tinhuyen
      tinhuyen restore /media/backup/tinhuyen --db /srv/tinhuyen/tinhuyen.db
    """
    from scraper.transfer.restoring import restore

    configuration = session.configuration()
    done = restore(folder, configuration.database, configuration.archive, session.sources_file)
    text = (
        f"{done.database}: {done.articles} articles and notices; "
        f"{done.warc_files} archive files put back ({done.warc_bytes} bytes)\n"
        f"sources.toml: {done.sources}\n"
        f"tinhuyen.toml is in no backup: see that {session.sources_file.parent} has yours\n"
        "next: `tinhuyen status`, then `tinhuyen crawl`, which goes on where the backup ends; "
        "`tinhuyen archive verify` reads every record"
    )
    session.show(asdict(done), text)
