"""What managing sources in the browser needs; it is there only for who runs the server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from datasette.app import Datasette
from datasette.utils.asgi import Forbidden

from scraper.base.errors import UsageError
from scraper.browse.form_guard import FormGuard
from scraper.browse.looks import Looks


class Management:
    """The registry that the pages may change, and what runs for them.

    ``command`` is the command line of this program, to which a verb is added.
    """

    def __init__(self, sources_file: Path, command: Sequence[str]) -> None:
        self.sources_file = sources_file
        self.forms = FormGuard()
        self.looks = Looks(command)
        self.trials = Lock()
        """Held while a layout is tried: one at a time."""


def is_managed(password: str | None, *, public: bool, manage: bool | None) -> bool:
    """Whether sources may be managed in the browser: behind a password, and not with ``public``.

    ``manage`` is what the user said, None for nothing. Raises UsageError if there is no password.
    """
    if manage and not password:
        raise UsageError("--manage needs a password: set `password` (TINHUYEN_PASSWORD)")
    return bool(password) and (not public if manage is None else manage)


def management_of(datasette: Datasette) -> Management:
    """Return the management of the database that is served. Raises Forbidden if it is off."""
    management: Management | None = datasette.get_database().management
    if management is None:
        raise Forbidden("sources are managed only behind a password: see `tinhuyen browse --help`")
    return management
