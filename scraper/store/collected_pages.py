"""Pages and files of a shard, attached as ``shard``, into the tables of the reading database."""

from __future__ import annotations

from sqlite_utils import Database

from scraper.store.database import write_transaction
from scraper.store.gathered_tables import columns_of
from scraper.store.upserts import column_names, columns_in, key_ranges, write_rows

MAPPED = {
    "capture": "captured.capture",
    "run": "shard_runs.run",
    "article": "shard_articles.article",
}
"""Columns with numbers of the shard, and the numbers here."""

JOINS = {
    "capture": "LEFT JOIN temp.captured ON captured.number = own.capture",
    "run": "LEFT JOIN shard_runs ON shard_runs.shard = :shard AND shard_runs.number = own.run",
    "article": "LEFT JOIN shard_articles"
    " ON shard_articles.shard = :shard AND shard_articles.number = own.article",
}


def collect_pages(db: Database, shard: int) -> int:
    """Take over pages: the row of the shard that asked for it last. Returns how many changed."""
    order = (
        "coalesce({0}.settled_at, {0}.first_seen_at), coalesce({0}.announced_at, ''),"
        " coalesce({0}.due_at, '9999'), {0}.source"
    )
    return _collect_keyed(db, "pages", shard, order, ("first_seen_at",))


def collect_files(db: Database, shard: int) -> int:
    """Take over photos and attachments: as they came last, of the article that named them first.

    Returns how many changed.
    """
    order = "coalesce({0}.fetched_at, ''), coalesce({0}.due_at, '9999'), {0}.source"
    with write_transaction(db):
        db.execute(OTHER_BODIES)
        db.execute(EARLIER_BODIES)
    return _collect_keyed(db, "files", shard, order, ("first_seen_at", "source", "kind", "article"))


# Of two bodies of a file that two shards have, the one that came earlier.
OTHER_BODIES = """
INSERT INTO earlier_files (url_key, digest, media_type, size, seen_at)
SELECT url_key, iif(own.fetched_at < ours.fetched_at, own.digest, ours.digest),
    iif(own.fetched_at < ours.fetched_at, own.media_type, ours.media_type),
    iif(own.fetched_at < ours.fetched_at, own.size, ours.size),
    min(own.fetched_at, ours.fetched_at)
FROM shard.files AS own JOIN main.files AS ours USING (url_key)
WHERE own.digest <> ours.digest AND own.fetched_at IS NOT NULL AND ours.fetched_at IS NOT NULL
ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at WHERE excluded.seen_at > seen_at
"""
EARLIER_BODIES = """
INSERT INTO earlier_files (url_key, digest, media_type, size, seen_at)
SELECT url_key, digest, media_type, size, seen_at FROM shard.earlier_files WHERE true
ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at WHERE excluded.seen_at > seen_at
"""


def _collect_keyed(
    db: Database, table: str, shard: int, order: str, earliest: tuple[str, ...]
) -> int:
    """Write rows by ``url_key``.

    Of two rows, the one that is later by ``order`` stays, but the columns ``earliest`` are those of
    the one that was first seen earlier. A source that no other shard has is as it is in the shard.
    """
    latest = (
        f"({order.format('excluded')}) >= ({order.format(table)}) OR (excluded.source ="
        f" {table}.source AND excluded.source NOT IN (SELECT shard_sources.source"
        " FROM shard_sources WHERE shard_sources.shard <> :shard))"
    )
    columns = [name for name in columns_of(db, table) if name != "url_key"]
    own = ", ".join(MAPPED.get(name, f'own."{name}"') for name in columns)
    joins = " ".join(JOINS[name] for name in columns if name in JOINS)
    is_first = (
        f"(excluded.first_seen_at, excluded.source) <= ({table}.first_seen_at, {table}.source)"
    )
    chosen = {
        name: f'iif({is_first if name in earliest else latest}, excluded."{name}",'
        f' {table}."{name}")'
        for name in columns
    }
    sql = (
        f"INSERT INTO main.{table} (url_key, {column_names(columns)}) SELECT own.url_key, {own}"
        f" FROM shard.{table} AS own {joins} WHERE own.url_key BETWEEN :first AND :last"
        " ON CONFLICT (url_key) DO UPDATE SET "
        + ", ".join(f'"{name}" = {value}' for name, value in chosen.items())
        + f" WHERE ({', '.join(chosen.values())}) IS NOT"
        f" ({columns_in(table, columns)})"
    )
    changed = 0
    for first, last in key_ranges(db, table, "url_key"):
        with write_transaction(db):
            changed += write_rows(db, sql, {"shard": shard, "first": first, "last": last})
    return changed


def count_disputed(db: Database) -> int:
    """Return how many pages of the shard are of another source here."""
    return int(
        db.execute(
            "SELECT count(*) FROM shard.pages AS own JOIN main.pages AS ours USING (url_key)"
            " WHERE own.source <> ours.source"
        ).fetchone()[0]
    )
