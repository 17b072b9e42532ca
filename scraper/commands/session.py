"""The global options, and what they mean for a verb: configuration, database, output."""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scraper.config.configuration import Configuration
    from scraper.config.registry import Catalogue

TERMINAL_SECONDS, LINE_SECONDS = 0.2, 10.0
"""How far apart two words of progress are, on a terminal and in a file of lines."""


@dataclass(slots=True)
class Session:
    """What the global options of one call say."""

    db: Path | None = None
    config: Path | None = None
    as_json: bool = False
    verbosity: int = 0
    told_at: float = -math.inf
    told_problems: set[str] = field(default_factory=set)

    def configuration(self) -> Configuration:
        """The configuration with the global options laid over it. Raises UsageError."""
        from scraper.config.configuration import load_configuration

        return load_configuration(self.config, os.environ, {"db": self.db})

    def catalogue(self) -> Catalogue:
        """The sources to watch; entries that cannot be used are told on stderr, once each."""
        from scraper.config.registry import load_catalogue

        catalogue = load_catalogue(self.sources_file)
        for problem in set(catalogue.problems.values()) - self.told_problems:
            click.echo(f"tinhuyen: {problem}", err=True)
            self.told_problems.add(problem)
        return catalogue

    @property
    def sources_file(self) -> Path:
        """The user's own ``sources.toml``, beside the configuration file."""
        from scraper.config.configuration import configuration_folder

        folder = self.config.parent if self.config else configuration_folder()
        return folder / "sources.toml"

    def read_database(self) -> Database:
        """The database, for reading. Raises StoreError where there is none."""
        from scraper.store.database import open_for_reading

        return open_for_reading(self.configuration().database)

    def show(self, value: object, text: str) -> None:
        """Print the result: the value as JSON where that was asked for, else the text."""
        if self.told_at > -math.inf and sys.stderr.isatty():
            click.echo("\r\x1b[K", err=True, nl=False)
        if self.as_json:
            click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
        elif text:
            click.echo(text)

    def progress(self, text: str) -> None:
        """Tell how far long work is, now and then: on a terminal in one line, elsewhere in many."""
        is_terminal = sys.stderr.isatty()
        pause = TERMINAL_SECONDS if is_terminal else LINE_SECONDS
        if self.verbosity >= 0 and time.monotonic() - self.told_at >= pause:
            self.told_at = time.monotonic()
            click.echo(f"\r{text}\x1b[K" if is_terminal else text, err=True, nl=not is_terminal)

    def start_logging(self) -> None:
        """Send log lines to stderr; a line a page with --verbose only, errors only with --quiet."""
        from scraper.base.log_lines import handler_to

        level = {-1: logging.ERROR, 0: logging.INFO, 1: logging.DEBUG}[self.verbosity]
        handler = handler_to(sys.stderr, level)  # Scrapy sets the root logger's own level anew
        logging.basicConfig(handlers=[handler], level=level, force=True)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as an aligned text table with the columns as headings."""
    from tabulate import tabulate

    cells = [["" if row.get(name) is None else row[name] for name in columns] for row in rows]
    return tabulate(cells, headers=list(columns), tablefmt="simple")


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    session: Session = context.ensure_object(Session)
    if value is not None and option.name is not None:
        setattr(session, option.name, value)


def _global_options() -> list[click.Parameter]:
    path = click.Path(path_type=Path)
    options: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("--db",), {"type": path, "metavar": "PATH", "help": "The database file."}),
        (("--config",), {"type": path, "metavar": "PATH", "help": "The configuration file."}),
        (
            ("--json", "as_json"),
            {"is_flag": True, "flag_value": True, "default": None, "help": "Result as JSON."},
        ),
        (
            ("--verbose", "verbosity"),
            {
                "is_flag": True,
                "flag_value": 1,
                "default": None,
                "type": int,
                "help": "A line a page.",
            },
        ),
        (
            ("--quiet", "verbosity"),
            {"is_flag": True, "flag_value": -1, "default": None, "type": int, "help": "Errors."},
        ),
    ]
    return [
        click.Option(names, expose_value=False, callback=_remember, **more)
        for names, more in options
    ]


GLOBAL_OPTIONS = tuple(_global_options())


class Verb(click.Command):
    """A command that also takes the global options."""

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.params.extend(GLOBAL_OPTIONS)


def read_day(context: click.Context, option: click.Parameter, value: str | None) -> date | None:
    """The day that an option names, written as 2026-11-23. Raises BadParameter for any other."""
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day: write it as 2026-11-23.") from None
