"""`tinhuyen config`: where each setting comes from, and what is wrong."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scraper.base.errors import UsageError
from scraper.base.messages import say, say_count
from scraper.commands.arguments import GLOBAL_OPTIONS, Verb
from scraper.commands.session import Session
from scraper.commands.tables import table

if TYPE_CHECKING:
    from scraper.config.checking import Setting
    from scraper.config.registry import Catalogue

COLUMNS = ("setting", "value", "from")


@click.group("config", params=list(GLOBAL_OPTIONS))
def command() -> None:
    """Tell where each setting comes from, and what is wrong.

    \b
    Example:
      tinhuyen config check
    """


@command.command("check", cls=Verb)
@click.pass_obj
def check(session: Session) -> int:
    """Show each setting and where it comes from. Exit code 2: something is wrong.

    Looks at tinhuyen.toml, the TINHUYEN_ variables, the options given here, and sources.toml.
    Secrets are struck out.

    \b
    Examples:
      tinhuyen config check
      tinhuyen config check --json
    """
    from scraper.config.checking import check_configuration

    with suppress(UsageError):  # it is among the problems below
        session.warn_of_exposure()
    found = check_configuration(session.config, os.environ, {"db": session.db})
    sources, problems = _check_sources(session)
    problems = [*found.problems, *problems]
    rows = [
        {
            "setting": setting.key,
            "value": _shown(setting),
            "from": setting.origin,
        }
        for setting in found.settings
    ]
    value = {
        "settings": [asdict(setting) for setting in found.settings],
        "sources_file": str(session.sources_file),
        "sources": sources,
        "problems": problems,
    }
    lines = [
        table(rows, COLUMNS),
        say(
            "{file}: {sources} with the shipped ones",
            file=session.sources_file,
            sources=say_count(sources, "source"),
        ),
        *(say("wrong: {problem}", problem=problem) for problem in problems),
        *([] if problems else [say("nothing is wrong")]),
    ]
    session.show(value, "\n".join(lines))
    return UsageError.exit_code if problems else 0


def _shown(setting: Setting) -> str:
    """Return a value as JSON; one that is wrong is marked."""
    text = json.dumps(setting.value, ensure_ascii=False, default=str)
    return say("{value} (not valid)", value=text) if setting.problem else text


def _check_sources(session: Session) -> tuple[int, list[str]]:
    """Return how many sources there are, and what is wrong with them."""
    from scraper.config.registry import load_catalogue

    try:
        catalogue = load_catalogue(session.sources_file)
    except UsageError as error:
        return 0, [str(error)]
    problems = [*catalogue.problems.values(), *_unknown_platforms(session, catalogue)]
    return len(catalogue.sources), problems


def _unknown_platforms(session: Session, catalogue: Catalogue) -> list[str]:
    from scraper.config.toml_file import line_of, read_toml
    from spiders.platforms import platform_named

    problems = []
    text, _ = read_toml(session.sources_file)
    for source in catalogue.own:
        try:
            platform_named(source.platform)
        except UsageError as error:
            line = line_of(text, [source.slug, "platform"])
            problems.append(f"{session.sources_file}:{line}: [{source.slug}]: {error}")
    return problems
