"""Where the demo may be stored: not in a real database, and not beside one, in its archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from scraper.base.errors import StoreError, UsageError
from scraper.demo.portal import PROVINCE, SITES
from scraper.store.database import connect_to_read
from scraper.store.sources import source_places

SQLITE_HEADER = b"SQLite format 3\0"


def check_place(database: Path) -> None:
    """Raise UsageError if a database is a real one, or one in the same folder is.

    The archive is a folder beside the database, so two databases in one folder share it.
    """
    if is_real(database):
        raise UsageError(
            f"{database} holds sources of your own: the demo needs a file of its own, in a folder "
            "of its own: name it with --db"
        )
    folder = database.parent
    real = next((path for path in _databases_in(folder) if is_real(path)), None)
    if real is not None:
        raise UsageError(
            f"{folder} holds {real.name} already, whose archive the demo would share: name a "
            "file in a folder of its own with --db, such as demo/demo.db"
        )


def is_real(database: Path) -> bool:
    """Whether a file is a database of ours with sources, and none of them is the demo's."""
    if not database.is_file():
        return False
    try:
        with closing(connect_to_read(database)) as db:
            sources = source_places(db)
    except (StoreError, sqlite3.Error):
        return False
    demo = [one for one in sources if one["slug"] in SITES and one["province"] == PROVINCE]
    return bool(sources) and not demo


def _databases_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file():
            with path.open("rb") as file:
                if file.read(len(SQLITE_HEADER)) == SQLITE_HEADER:
                    yield path
