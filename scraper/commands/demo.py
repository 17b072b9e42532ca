"""`tinhuyen demo`: made-up portals, really crawled."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    new article.

    \b
    Example:
      tinhuyen demo --db demo.db
    """
    from scraper.demo.night import crawl_next_night

    session.start_logging()
    configuration = session.configuration()
    database = configuration.db or configuration.home / "demo.db"
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
    kept = f"{night.articles} articles and notices kept in {database}"
    lines = [f"Night {night.number} of the demo, {kept}"]
    if night.photos or night.attachments:
        files = f"{night.photos} photos and {night.attachments} attachments"
        lines.append(f"with {files} in the archive beside it")
    lines += ["", run_summary(night.report), "", *night.changes, ""]
    lines.append(f"Browse them:  {_program()} browse --db {database} --open")
    if night.attachments:
        lines.append(f"Find a sentence of a file:  {_program()} search --db {database} {EXAMPLE}")
    return "\n".join(lines)


def _program() -> str:
    """How this very program is called from here."""
    here = Path(sys.argv[0])
    if shutil.which("tinhuyen") or not here.is_relative_to(Path.cwd()):
        return "tinhuyen"
    return str(here.relative_to(Path.cwd()))
