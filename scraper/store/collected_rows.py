"""Rows of a shard, attached as ``shard``, into the tables of the reading database.

Every step can be repeated: a row is written only if it differs. Each takes the caller's transaction
or transactions of its own, so that a killed collection goes on where it ended.
"""

from __future__ import annotations

from sqlite_utils import Database

from scraper.store.database import write_transaction
from scraper.store.file_texts import FileText, save_text
from scraper.store.gathered_tables import columns_of
from scraper.store.upserts import assignments, column_names, is_other, write_rows


def collect_sources(db: Database, shard: int) -> int:
    """Take over sources: the row of the shard that read the site last. Returns how many."""
    columns = list(columns_of(db, "sources"))
    with write_transaction(db):
        db.execute("DELETE FROM shard_sources WHERE shard = ?", [shard])
        db.execute(
            "INSERT INTO shard_sources (shard, source)"
            " SELECT ?, source FROM shard.pages UNION SELECT ?, source FROM shard.articles",
            [shard, shard],
        )
        return write_rows(
            db,
            f"INSERT INTO sources ({column_names(columns)}) SELECT {column_names(columns)}"
            " FROM shard.sources WHERE true"
            f" ON CONFLICT (slug) DO UPDATE SET {assignments(columns)}"
            " WHERE coalesce(excluded.last_success_at, '') >= coalesce(sources.last_success_at, '')"
            f" AND {is_other('sources', columns)} AND (excluded.last_success_at IS NOT NULL"
            " OR NOT EXISTS (SELECT 1 FROM shard_sources"
            " WHERE source = slug AND shard <> :shard))",
            {"shard": shard},
        )


def collect_runs(db: Database, shard: int) -> int:
    """Take over runs and their counts; returns how many are new.

    A run that another shard has too, since its database was copied, is taken once.
    """
    new = 0
    with write_transaction(db):
        for (number,) in db.execute(
            "SELECT id FROM shard.runs WHERE id NOT IN"
            " (SELECT number FROM shard_runs WHERE shard = ?) ORDER BY id",
            [shard],
        ).fetchall():
            run = _same_run(db, number)
            if run is None:
                new += 1
                run = db.execute(
                    "INSERT INTO runs (started_at, trigger, state)"
                    " SELECT started_at, trigger, state FROM shard.runs WHERE id = ?",
                    [number],
                ).lastrowid
            db.execute(
                "INSERT INTO shard_runs (shard, number, run) VALUES (?, ?, ?)",
                [shard, number, run],
            )
        _update_runs(db, shard)
    return new


def _same_run(db: Database, number: int) -> int | None:
    """Return the run of another shard with the same times and counts, or None."""
    counts = "source, discovered, requests, bytes"
    row = db.execute(
        "SELECT ours.id FROM runs AS ours JOIN shard.runs AS own ON own.id = :number"
        " WHERE (ours.started_at, ours.trigger, ours.discovered, ours.new)"
        " = (own.started_at, own.trigger, own.discovered, own.new)"
        " AND ours.finished_at IS own.finished_at AND NOT EXISTS"
        f" (SELECT {counts} FROM run_sources WHERE run = ours.id EXCEPT"
        f" SELECT {counts} FROM shard.run_sources WHERE run = :number) AND NOT EXISTS"
        f" (SELECT {counts} FROM shard.run_sources WHERE run = :number EXCEPT"
        f" SELECT {counts} FROM run_sources WHERE run = ours.id)",
        {"number": number},
    ).fetchone()
    return row[0] if row else None


def _update_runs(db: Database, shard: int) -> None:
    columns = [name for name in columns_of(db, "runs") if name != "id"]
    own = ", ".join(f'own."{name}" AS "{name}"' for name in columns)
    db.execute(
        f"INSERT INTO runs (id, {column_names(columns)}) SELECT run, {own} FROM shard.runs AS own"
        " JOIN shard_runs ON shard_runs.shard = :shard AND number = own.id WHERE true"
        f" ON CONFLICT (id) DO UPDATE SET {assignments(columns)}"
        f" WHERE {is_other('runs', columns)}",
        {"shard": shard},
    )
    for table, key in (("run_sources", 2), ("run_files", 5), ("skipped_sources", 2)):
        columns = list(columns_of(db, table))
        own = ", ".join(f'own."{name}"' for name in columns if name != "run")
        db.execute(
            f"INSERT INTO {table} ({column_names(columns)}) SELECT shard_runs.run, {own}"
            f" FROM shard.{table} AS own"
            " JOIN shard_runs ON shard_runs.shard = :shard AND number = own.run WHERE true"
            f" ON CONFLICT ({column_names(columns[:key])})"
            f" DO UPDATE SET {assignments(columns[key:])}"
            f" WHERE {is_other(table, columns[key:])}",
            {"shard": shard},
        )


def collect_file_texts(db: Database) -> int:
    """Take over the texts of files that are not here, or were read by later rules, and index them.

    Returns how many.
    """
    rows = db.execute(
        "SELECT own.digest, own.media_type, own.pages, own.text, own.reason, own.reader"
        " FROM shard.file_texts AS own LEFT JOIN main.file_texts AS ours USING (digest)"
        " WHERE ours.digest IS NULL"
        " OR (own.reader, length(own.text)) > (ours.reader, length(ours.text)) ORDER BY own.id"
    )
    taken = 0
    while chunk := rows.fetchmany(100):
        with write_transaction(db):
            for digest, *text in chunk:
                save_text(db, digest, FileText(*text))
        taken += len(chunk)
    return taken


def collect_previews(db: Database, shard: int) -> None:
    """Take over where the small pictures of photos are."""
    with write_transaction(db):
        db.execute(
            "INSERT INTO previews (digest, media_type, width, height, warc_file, warc_offset)"
            " SELECT digest, media_type, width, height, files.warc_file, warc_offset"
            " FROM shard.previews AS own"
            " JOIN shard_warc_files AS files ON shard = :shard AND name = own.warc_file"
            " WHERE true ON CONFLICT (digest) DO UPDATE SET"
            " warc_file = excluded.warc_file, warc_offset = excluded.warc_offset"
            " WHERE (excluded.warc_file, excluded.warc_offset)"
            " <> (previews.warc_file, previews.warc_offset) AND previews.warc_file IN"
            " (SELECT warc_file FROM shard_warc_files WHERE shard = :shard)",
            {"shard": shard},
        )


def collect_blocks(db: Database, shard: int) -> None:
    """Take over what was learned of recurring blocks; of several shards, the most pages count."""
    own = "SELECT source FROM shard_sources AS others WHERE others.shard <> :shard"
    columns = ["text", "pages", "is_boilerplate", "quarters"]
    with write_transaction(db):
        db.execute(
            "DELETE FROM main.blocks WHERE source IN"
            f" (SELECT source FROM shard_sources WHERE shard = :shard) AND source NOT IN ({own})"
            " AND NOT EXISTS (SELECT 1 FROM shard.blocks AS own WHERE"
            " (own.source, own.block_hash) = (blocks.source, blocks.block_hash))",
            {"shard": shard},
        )
        db.execute(
            f"INSERT INTO blocks (source, block_hash, {column_names(columns)})"
            f" SELECT source, block_hash, {column_names(columns)} FROM shard.blocks WHERE true"
            f" ON CONFLICT (source, block_hash) DO UPDATE SET {assignments(columns)}"
            f" WHERE {is_other('blocks', columns)} AND"
            f" (excluded.pages >= blocks.pages OR excluded.source NOT IN ({own}))",
            {"shard": shard},
        )
