"""`tinhuyen demo`: made-up portals, really crawled."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING

import click

import scraper
from scraper.base.messages import say, say_count
from scraper.commands.arguments import Verb
from scraper.commands.output import run_summary
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.demo.night import DemoNight


EXAMPLE = "trừ tiền vào hóa đơn tháng Bảy"
"""Words that stand in an attachment of the demo only."""


@click.command("demo", cls=Verb)
@click.pass_obj
def command(session: Session) -> int:
    """Serve small made-up portals on 127.0.0.1 and crawl them as if they were real.

    The first run finds everything, the second nothing new, the third an edited, a removed and a
    new article. Its database is a file of its own, in a folder of its own.

    \b
    Examples:
      tinhuyen demo
      tinhuyen demo --db demo/demo.db
    """
    from scraper.demo.night import crawl_next_night

    session.start_logging()
    configuration = session.configuration()
    is_named = session.db or os.environ.get("TINHUYEN_DB")
    database = configuration.database if is_named else configuration.home / "demo" / "demo.db"
    night = crawl_next_night(configuration.model_copy(update={"db": database}))
    value = {
        "night": night.number,
        "articles": night.articles,
        "photos": night.photos,
        "attachments": night.attachments,
        "run": night.report.run,
        "sources": night.report.sources,
    }
    session.show(value, _as_text(night, database))
    return night.report.exit_code


def _as_text(night: DemoNight, database: Path) -> str:
    articles = say_count(night.articles, "article or notice", "articles and notices")
    kept = "Night {night} of the demo, {articles} kept in {database}"
    lines = [say(kept, night=night.number, articles=articles, database=database)]
    if night.photos or night.attachments:
        photos = say_count(night.photos, "photo")
        files = say_count(night.attachments, "attachment")
        text = "with {photos} and {files} in the archive beside it"
        lines.append(say(text, photos=photos, files=files))
    lines += ["", run_summary(night.report), "", *night.changes, ""]
    browse = _own_command("browse", database, "--open")
    lines.append(say("Browse them:  {command}", command=browse))
    if night.attachments:
        search = _own_command("search", database, EXAMPLE)
        lines.append(say("Find a sentence of a file:  {command}", command=search))
    return "\n".join(lines)


def _own_command(verb: str, database: Path, *words: str) -> str:
    """Return a command that can be pasted into the shell, in the folder where this one runs."""
    return join([*_program(), verb, "--db", str(database), *words])


def _program() -> list[str]:
    """Return how this very program is called from here."""
    called = Path(sys.argv[0]).absolute()
    if called.name == "__main__.py":
        return [sys.executable, "-m", scraper.__name__.partition(".")[0]]
    on_path = shutil.which(called.name)
    if on_path and Path(on_path).absolute() == called:
        return [called.name]
    return [_from_here(called)]


def _from_here(path: Path) -> str:
    """Return a path relative to the current folder if it lies in it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
