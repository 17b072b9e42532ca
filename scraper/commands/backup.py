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
def command(session: Session, folder: Path) -> int:
    """Copy the database, its archive and your sources.toml into a folder, also during a crawl.

    `tinhuyen restore` puts it back. tinhuyen.toml, which can hold a password, is left out. Exit
    code 1: the archive lacks something that the database names.

    \b
    Example:
      tinhuyen backup /media/backup/tinhuyen
    """
    from scraper.transfer.backup import back_up

    configuration = session.configuration()
    done = back_up(configuration.database, configuration.archive, folder, session.sources_file)
    sources = "with your sources.toml" if done.sources else "no sources.toml of yours"
    lines = [
        f"{done.database}: {done.articles} articles and notices; "
        f"{done.warc_files} archive files copied ({done.warc_bytes} bytes); {sources}; "
        "without tinhuyen.toml"
    ]
    if done.missing:
        lines.append(
            f"{len(done.missing)} archive files are missing ({done.missing[0]}): "
            "see `tinhuyen archive verify`"
        )
    session.show(asdict(done), "\n".join(lines))
    return 1 if done.missing else 0
