"""The command `tinhuyen`: its verbs, its global options and its exit codes.

Verbs are loaded when they are called: `tinhuyen --help` imports neither Scrapy nor Datasette.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Sequence
from importlib import import_module

import click
from click.exceptions import NoArgsIsHelpError

from scraper import commands
from scraper.base.errors import StoreError, TinhuyenError, UsageError, describe_file_error
from scraper.base.messages import speak
from scraper.base.version import version_text
from scraper.commands.arguments import GLOBAL_OPTIONS
from scraper.commands.session import Session
from scraper.commands.translated_click import show_click_error
from scraper.config.reader_language import reader_language

VERBS = {
    "crawl": "Crawl the sources once, now.",
    "daemon": "Crawl every night.",
    "browse": "Browse the database in Datasette.",
    "import": "Take in pages and texts that came another way.",
    "extract": "Read one page and print its article.",
    "clean": "Clean one article that is plain text already.",
    "sources": "List, show and change the sources to watch.",
    "config": "Tell where each setting comes from, and what is wrong.",
    "status": "Tell whether each source is well.",
    "alert": "Tell what changed since the last alert, and give the sign of life.",
    "watch": "List and try saved searches, whose hits are sent.",
    "runs": "Show past runs.",
    "search": "Find articles by their words.",
    "export": "Write articles for other programs.",
    "reprocess": "Read the archive again with the rules of today.",
    "collect": "Build one database for reading from the shards of a crawl.",
    "archive": "Check the archive, delete old photos, copy it to object storage.",
    "backup": "Copy the database, its archive and your sources.",
    "restore": "Put a backup back.",
    "service": "Install services of systemd, or take them away.",
    "demo": "Serve made-up portals, crawl them, show what was found.",
}
"""All verbs and their help texts. Each is ``command`` in module ``scraper.commands.<verb>``."""

KEYWORDS = {"import": "import_"}
"""The modules of verbs that are Python keywords."""


class Verbs(click.Group):
    """The group of verbs, each imported only when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the verbs in the order of everyday use."""
        return list(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import and return the command of a verb, or return None if there is no such verb."""
        if name not in VERBS:
            return None
        command: click.Command = import_module(
            f"{commands.__name__}.{KEYWORDS.get(name, name)}"
        ).command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, params=list(GLOBAL_OPTIONS), context_settings={"max_content_width": 100})
@click.version_option(package_name="tinhuyen", message=version_text())
def tinhuyen() -> None:
    """Gather the news of Vietnam's local portals into one SQLite file.

    Global options work before and after the verb. Exit codes: 0 all went well, 1 it could not do
    its work, 2 wrong usage or configuration, 3 it ran and at least one source failed, 4 another
    run holds this database, 130 interrupted.

    \b
    Examples:
      tinhuyen demo
      tinhuyen crawl --url https://hamyen.tuyenquang.gov.vn/
      tinhuyen browse --open
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with one of the exit codes in the help of ``tinhuyen``.

    ``arguments`` are those of the process by default. Errors are printed to stderr, with ``--json``
    as an object. Raises SystemExit.
    """
    given = sys.argv[1:] if arguments is None else arguments
    session = Session()
    speak(reader_language(given, os.environ))
    try:
        code = tinhuyen.main(given, prog_name="tinhuyen", obj=session, standalone_mode=False)
    except BrokenPipeError:  # the reader of our output, such as `head`, has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(TinhuyenError.exit_code)
    except (click.ClickException, click.Abort, TinhuyenError, sqlite3.Error, OSError) as error:
        sys.exit(_show(error, session, given))
    except KeyboardInterrupt:
        sys.exit(_show(click.Abort(), session, given))
    sys.exit(code if isinstance(code, int) else 0)


def _show(error: Exception, session: Session, arguments: Sequence[str]) -> int:
    """Print an error, and return the exit code that it stands for."""
    if isinstance(error, click.ClickException):
        # The error may be met before the option is read.
        session.as_json = session.as_json or "--json" in arguments
        if not session.as_json or isinstance(error, NoArgsIsHelpError):
            show_click_error(error)
        else:
            session.show_error(error.format_message(), UsageError.kind, error.exit_code)
        return error.exit_code
    message, kind, code = _described(error, session)
    session.show_error(message, kind, code)
    return code


def _described(error: Exception, session: Session) -> tuple[str, str, int]:
    """Return the message of an error, its kind and its exit code."""
    if isinstance(error, TinhuyenError):
        return str(error), error.kind, error.exit_code
    if isinstance(error, sqlite3.Error):
        from scraper.store.database import explanation

        message = explanation(session.configuration().database, error)
        return message, StoreError.kind, StoreError.exit_code
    if isinstance(error, OSError):
        return describe_file_error(error), "file", TinhuyenError.exit_code
    return "interrupted", "interrupted", 130
