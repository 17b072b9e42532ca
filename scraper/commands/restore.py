"""`tinhuyen restore`: puts a backup back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from shlex import quote

import click

from scraper.base.messages import say, say_count, spoken, translate
from scraper.commands.arguments import Verb
from scraper.commands.session import Session

NOT_KEPT = "tinhuyen.toml is in no backup: see that {folder} has yours"
REMOTE = "{files} not in the backup: they are read where they were pushed to"
NEXT = (
    "next: `tinhuyen status{options}`, then `tinhuyen crawl{options}`, which goes on where the "
    "backup ends; `tinhuyen archive verify{options}` reads every record"
)


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
    given = {"--config": session.config, "--db": session.db}
    options = [f"{option} {quote(str(path))}" for option, path in given.items() if path]
    lines = [
        say(
            "{database}: {articles}; {files} put back ({size} bytes)",
            database=done.database,
            articles=say_count(done.articles, "article or notice", "articles and notices"),
            files=say_count(done.warc_files, "archive file"),
            size=done.warc_bytes,
        ),
        *_remote_lines(done.remote),
        f"sources.toml: {translate(done.sources, spoken())}",
        say(NOT_KEPT, folder=session.sources_file.parent),
        say(NEXT, options=" ".join(["", *options])),
    ]
    session.show(asdict(done), "\n".join(lines))


def _remote_lines(remote: int) -> list[str]:
    """What the backup lacks and object storage has."""
    files = say_count(remote, "archive file is", "archive files are")
    return [say(REMOTE, files=files)] if remote else []
