"""One call of the command line: its global options, and the files and output they stand for."""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.base.messages import spoken, translate

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scraper.config.configuration import Configuration
    from scraper.config.registry import Catalogue

TERMINAL_SECONDS, LINE_SECONDS = 0.2, 10.0
"""Seconds between two messages of progress, on a terminal and in a file of lines."""


@dataclass(slots=True)
class Session:
    """The global options of one call, and what was already written to stderr."""

    db: Path | None = None
    config: Path | None = None
    as_json: bool = False
    verbosity: int = 0
    lang: str | None = None
    shard: str | None = None
    progress_at: float = -math.inf
    reported_problems: set[str] = field(default_factory=set)

    def configuration(self) -> Configuration:
        """The configuration with the global options laid over it. Raises UsageError."""
        from scraper.config.configuration import load_configuration

        found = load_configuration(self.config, os.environ, {"db": self.db, "shard": self.shard})
        self.warn_of_exposure()
        return found

    def warn(self, warning: str) -> None:
        """Write a warning to stderr, once in each call of the command line."""
        if warning not in self.reported_problems:
            self.reported_problems.add(warning)
            self.note(warning)

    def warn_of_second_writer(self) -> None:
        """Warn of a bug of SQLite if a daemon or run may write while this command does."""
        from scraper.base.lock import is_held
        from scraper.store.database import wal_warning

        database = self.configuration().database
        warning = wal_warning()
        if warning and any(is_held(database, whose) for whose in ("daemon", "run")):
            self.warn(warning)

    def warn_of_exposure(self) -> None:
        """Warn of secrets in the two files that other users can read. Raises UsageError."""
        from scraper.config.reader_language import configuration_folder
        from scraper.config.secret_files import exposure, exposure_of_sources

        settings = self.config or configuration_folder() / "tinhuyen.toml"
        for warning in (exposure(settings), exposure_of_sources(self.sources_file)):
            if warning:
                self.warn(warning)

    def catalogue(self) -> Catalogue:
        """The sources to watch. Entries that cannot be used are reported on stderr, once each."""
        from scraper.config.registry import load_catalogue

        catalogue = load_catalogue(self.sources_file)
        for problem in catalogue.problems.values():
            self.warn(problem)
        return catalogue

    def own_catalogue(self, *, from_last_run: bool = True) -> Catalogue:
        """The sources as one shard of a crawl sees them.

        The shard is that of ``--shard``, else of the configuration, else of the last run if
        ``from_last_run`` is set. A configuration file that does not exist has none: sources can be
        listed without it.
        """
        from scraper.base.shard import Shard
        from scraper.config.shards import of_shard
        from scraper.store.shards import recorded_shard

        if self.config and not self.config.is_file() and not self.shard:
            return self.catalogue()
        configuration = self.configuration()
        if configuration.shard:
            return of_shard(self.catalogue(), Shard.parse(configuration.shard))
        recorded = recorded_shard(configuration.database) if from_last_run else None
        return of_shard(self.catalogue(), recorded)

    @property
    def sources_file(self) -> Path:
        """The user's own ``sources.toml``, beside the configuration file."""
        from scraper.config.reader_language import configuration_folder

        folder = self.config.parent if self.config else configuration_folder()
        if self.config and str(folder) == os.environ.get("CREDENTIALS_DIRECTORY"):
            # systemd's copy of the file with secrets; what is no secret stays where it was
            folder = Path(os.environ.get("CONFIGURATION_DIRECTORY", folder))
        return folder / "sources.toml"

    def read_database(self) -> Database:
        """The database, for reading. Raises StoreError if there is none."""
        from scraper.store.database import open_for_reading

        return open_for_reading(self.configuration().database)

    def show(self, value: object, text: str) -> None:
        """Print the result: the value as JSON with ``--json``, else the text.

        A text of one line may be an English message; longer ones are composed with `say`.
        """
        if self.progress_at > -math.inf and sys.stderr.isatty():
            click.echo("\r\x1b[K", err=True, nl=False)
        if self.as_json:
            click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
        elif text:
            click.echo(text if "\n" in text else translate(text, spoken()))

    def note(self, text: str) -> None:
        """Write an English message to stderr, in the language of the reader."""
        click.echo(f"tinhuyen: {translate(text, spoken())}", err=True)

    def show_error(self, message: str, kind: str, exit_code: int) -> None:
        """Write an error to stderr, unless a warning has said it already.

        With ``--json`` it is one object, in English, on its own line.
        """
        if not self.as_json:
            self.warn(message)
            return
        value = {"ok": False, "error": message, "kind": kind, "exit_code": exit_code}
        click.echo(json.dumps(value, ensure_ascii=False), err=True)

    def progress(self, text: str) -> None:
        """Write how far long work is, at intervals: in one line on a terminal, else in many."""
        is_terminal = sys.stderr.isatty()
        pause = TERMINAL_SECONDS if is_terminal else LINE_SECONDS
        if self.verbosity >= 0 and time.monotonic() - self.progress_at >= pause:
            self.progress_at = time.monotonic()
            text = translate(text, spoken())
            click.echo(f"\r{text}\x1b[K" if is_terminal else text, err=True, nl=not is_terminal)

    def start_logging(self) -> None:
        """Send log lines to stderr; a line a page with --verbose only, errors only with --quiet."""
        from scraper.base.log_lines import handler_to

        level = {-1: logging.ERROR, 0: logging.INFO, 1: logging.DEBUG}[self.verbosity]
        handler = handler_to(sys.stderr, level)  # Scrapy sets the root logger's own level again
        logging.basicConfig(handlers=[handler], level=level, force=True)
