"""The table ``shards`` of a reading database, and the names of the shards' WARC files in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from scraper.base.clock import now, to_utc_iso
from scraper.base.errors import UsageError
from scraper.store.database import write_transaction

WARC_NAME = re.compile(r"[\w.+-]+\.warc\.gz", re.A)
"""Names that cannot lead out of the folder of an archive."""

OWN_ROWS = """
SELECT EXISTS (SELECT 1 FROM runs WHERE id NOT IN (SELECT run FROM shard_runs))
    OR EXISTS (SELECT 1 FROM articles WHERE id NOT IN (SELECT article FROM shard_articles))
    OR (NOT EXISTS (SELECT 1 FROM shards)
        AND (EXISTS (SELECT 1 FROM pages) OR EXISTS (SELECT 1 FROM captures)))
"""


def refuse_collected(db: Database, database: Path) -> None:
    """Raise UsageError if a database was collected from shards: only `collect` writes into it."""
    if db.execute("SELECT EXISTS (SELECT 1 FROM shards)").fetchone()[0]:
        raise UsageError(
            f"{database} was collected from shards and is only for reading: name another database"
            " with --db; `tinhuyen collect` takes in what is new in the shards"
        )


def has_own_rows(db: Database) -> bool:
    """Whether a database has rows that come from no shard: of its own crawls and imports."""
    return bool(db.execute(OWN_ROWS).fetchone()[0])


def other_part(
    db: Database, province: str | None, year: str | None
) -> tuple[str | None, str | None] | None:
    """Return the part that a database holds if it is another one, else None."""
    row: tuple[str | None, str | None] | None = db.execute(
        "SELECT province, year FROM shards WHERE province IS NOT ? OR year IS NOT ? LIMIT 1",
        [province, year],
    ).fetchone()
    return row


def begin_shard(
    db: Database, place: str, state: str | None, province: str | None, year: str | None
) -> tuple[int, bool]:
    """Note that a shard is being collected.

    Returns its number, and whether exactly this state of it is here already.
    """
    with write_transaction(db):
        row = db.execute("SELECT id, state FROM shards WHERE place = ?", [place]).fetchone()
        if row is not None and state is not None and row[1] == state:
            return row[0], True
        number = db.execute(
            "INSERT INTO shards (place, province, year) VALUES (?, ?, ?)"
            " ON CONFLICT (place) DO UPDATE SET state = NULL RETURNING id",
            [place, province, year],
        ).fetchone()[0]
    return int(number), False


def end_shard(db: Database, shard: int, state: str | None) -> None:
    """Note that all of a shard is here."""
    with write_transaction(db):
        db.execute(
            "UPDATE shards SET state = ?, collected_at = ? WHERE id = ?",
            [state, to_utc_iso(now()), shard],
        )


def name_warc_files(db: Database, shard: int) -> list[str]:
    """Give each WARC file that the attached shard names a name here: its own unless that is taken.

    Returns names that no archive of ours has, whose captures are left out.
    """
    refused = []
    with write_transaction(db):
        for (name,) in db.execute(
            "SELECT warc_file FROM shard.captures UNION SELECT warc_file FROM shard.previews"
            " EXCEPT SELECT name FROM shard_warc_files WHERE shard = ?",
            [shard],
        ).fetchall():
            if not WARC_NAME.fullmatch(name):
                refused.append(name)
                continue
            db.execute(
                "INSERT INTO shard_warc_files (shard, name, warc_file) VALUES (?, ?, ?)",
                [shard, name, _free_name(db, shard, name)],
            )
    return refused


def warc_files_of(db: Database, shard: int) -> list[tuple[str, str]]:
    """Return the names of the WARC files of a shard, there and here."""
    return db.execute(
        "SELECT name, warc_file FROM shard_warc_files WHERE shard = ? ORDER BY name", [shard]
    ).fetchall()


def _free_name(db: Database, shard: int, name: str) -> str:
    """Return the name for a WARC file: that of the same file of another shard, or a free one."""
    for candidate in _names(shard, name):
        taken = db.execute(
            "SELECT EXISTS (SELECT 1 FROM shard_warc_files WHERE warc_file = ?)", [candidate]
        ).fetchone()
        if not taken[0] or _is_same_file(db, candidate, name):
            return candidate
    raise AssertionError("there is always a free name")


def _names(shard: int, name: str) -> Iterator[str]:
    stem = name.removesuffix(".warc.gz")
    yield name
    yield f"{stem}-s{shard}.warc.gz"
    number = 0
    while True:
        number += 1
        yield f"{stem}-s{shard}-{number}.warc.gz"


def _is_same_file(db: Database, warc_file: str, name: str) -> bool:
    """Whether a file here and one of the attached shard hold the same answer at the same place."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM main.captures AS ours JOIN shard.captures AS own"
        " USING (warc_offset, url_key, fetched_at, body_hash)"
        " WHERE ours.warc_file = ? AND own.warc_file = ?)",
        [warc_file, name],
    ).fetchone()
    return bool(row[0])
