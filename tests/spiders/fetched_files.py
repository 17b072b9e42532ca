"""What tests of files look up after a crawl: how each ended, and whether the archive is whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from scraper.archive.inspection import verify
from scraper.store.archived_records import named_records, named_warc_files
from scraper.store.database import open_for_reading
from tests.spiders.crawling import Crawled, Crawling

FILES = {"photos": True, "attachments": True}


def ends(crawled: Crawled) -> dict[str, tuple[str | None, str | None]]:
    """Outcome and reason of each file, by path."""
    rows = crawled.rows("SELECT url, outcome, reason FROM files")
    return {"/" + url.split("/", 3)[3]: (outcome, reason) for url, outcome, reason in rows}


def counts(crawled: Crawled) -> dict[tuple[str, str, str], int]:
    """The counts of the latest run: kind, outcome and reason."""
    rows = crawled.rows(
        "SELECT kind, outcome, reason, sum(files) FROM run_files"
        " WHERE run = (SELECT max(id) FROM runs) GROUP BY 1, 2, 3"
    )
    return {row[:3]: row[3] for row in rows}


def assert_archive_is_whole(folder: Path) -> None:
    db = open_for_reading(folder / "tinhuyen.db")
    checks = list(
        verify(folder / "archive", named_warc_files(db), lambda name: named_records(db, name))
    )
    assert [check for check in checks if not check.is_whole] == []
    db.close()


def shift(crawling: Crawling, days: int) -> None:
    """Have all that was stored happen so many days earlier."""
    with closing(sqlite3.connect(crawling.database)) as db, db:
        for table, column in (
            *(("files", name) for name in ("fetched_at", "due_at", "check_at", "first_seen_at")),
            ("captures", "fetched_at"),
        ):
            db.execute(
                f"UPDATE {table} SET {column} ="
                f" strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-{days} days')"
            )
