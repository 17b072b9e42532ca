"""`tinhuyen backup`: a consistent copy of a live database and its archive."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from scraper.base.messages import say, say_count, spoken, translate
from scraper.commands.arguments import Verb
from scraper.commands.session import Session

COPIED = "{database}: {articles}; {files} copied ({size} bytes); {sources}; without tinhuyen.toml"
UNFETCHED = "{files} ({first}), only where they were pushed to: {problem}"
MISSING = "{files} ({first}): see `tinhuyen archive verify`"


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
    lines = [
        say(
            COPIED,
            database=done.database,
            articles=say_count(done.articles, "article or notice", "articles and notices"),
            files=say_count(done.warc_files, "archive file"),
            size=done.warc_bytes,
            sources=say("with your sources.toml" if done.sources else "no sources.toml of yours"),
        )
    ]
    if done.missing:
        count = say_count(len(done.missing), "archive file is missing", "archive files are missing")
        lines.append(say(MISSING, files=count, first=done.missing[0]))
    if done.problem:
        count = say_count(len(done.unfetched), "archive file is", "archive files are")
        problem = translate(done.problem, spoken())
        lines.append(say(UNFETCHED, files=count, first=done.unfetched[0], problem=problem))
    session.show(asdict(done), "\n".join(lines))
    return 1 if done.missing or done.unfetched else 0
