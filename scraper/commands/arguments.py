"""Options and arguments that several commands take."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from scraper.base.errors import TinhuyenError, UsageError
from scraper.base.messages import LANGUAGES, spoken, translate
from scraper.commands.session import Session
from scraper.commands.translated_click import paragraphs_of

if TYPE_CHECKING:
    from scraper.base.source import Source


def _store_in_session(context: click.Context, option: click.Parameter, value: Any) -> None:
    session: Session = context.ensure_object(Session)
    if value is not None and option.name is not None:
        setattr(session, option.name, value)


def _global_options() -> list[click.Parameter]:
    path = click.Path(path_type=Path)
    flag: dict[str, Any] = {"is_flag": True, "default": None}
    level = {**flag, "type": int}
    options: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("--db",), {"type": path, "metavar": "PATH", "help": "The database file."}),
        (("--config",), {"type": path, "metavar": "PATH", "help": "The configuration file."}),
        (("--lang",), {"type": click.Choice(LANGUAGES), "help": "The language of the output."}),
        (("--json", "as_json"), {**flag, "flag_value": True, "help": "Result as JSON."}),
        (("--verbose", "verbosity"), {**level, "flag_value": 1, "help": "A line a page."}),
        (("--quiet", "verbosity"), {**level, "flag_value": -1, "help": "Errors."}),
    ]
    return [
        click.Option(names, expose_value=False, callback=_store_in_session, **more)
        for names, more in options
    ]


GLOBAL_OPTIONS = tuple(_global_options())


class Verb(click.Command):
    """A command that also takes the global options."""

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.params.extend(GLOBAL_OPTIONS)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help, for the list of a group."""
        text = translate(paragraphs_of(self.help or "")[0], spoken())
        return text.partition(". ")[0].removesuffix(".")


def shard_option(text: str) -> Callable[[Any], Any]:
    """Return the option ``--shard`` of a command; its value is part of the configuration."""
    return click.option(
        "--shard", metavar="I/N", expose_value=False, callback=_store_in_session, help=text
    )


def read_day(context: click.Context, option: click.Parameter, value: str | None) -> date | None:
    """The day of an option, written as 2026-11-23. Raises BadParameter for anything else."""
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day: write it as 2026-11-23.") from None


def read_input(name: str) -> bytes:
    """The bytes of a file, or of stdin for ``-``. Raises TinhuyenError if it cannot be read."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise TinhuyenError(f"{name}: {error.strerror}: name a file that can be read") from error


def check_folder_of(path: Path) -> None:
    """Raise TinhuyenError if the folder in which a file is to be written does not exist."""
    folder = path.parent
    if not os.path.lexists(folder):
        raise TinhuyenError(
            f"{path}: the folder {folder} does not exist: mkdir -p {quote(str(folder))}"
        )


def check_delay(sources: Iterable[Source], delay: float | None, usual: float) -> None:
    """Raise UsageError if ``--delay`` is below the usual pause and a source is a public host."""
    if delay is None or delay >= usual:
        return
    for source in sources:
        if not source.is_own:
            raise UsageError(
                f"--delay {delay:g} is below the default of {usual:g} s and {source.slug} is not a "
                "host of your own: leave it out"
            )
