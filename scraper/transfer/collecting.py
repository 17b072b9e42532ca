"""Builds one reading database from the shards of a crawl, as if one machine had crawled it all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from scraper.base.errors import UsageError
from scraper.store.collected_articles import CollectedArticles, collect_articles
from scraper.store.collected_captures import collect_captures, forget_captures, link_captures
from scraper.store.collected_pages import collect_files, collect_pages, count_disputed
from scraper.store.collected_rows import (
    collect_blocks,
    collect_file_texts,
    collect_previews,
    collect_runs,
    collect_sources,
)
from scraper.store.collected_shards import (
    begin_shard,
    end_shard,
    has_own_rows,
    name_warc_files,
    other_part,
)
from scraper.store.collected_twins import compare_articles
from scraper.store.database import translated_errors
from scraper.store.staging import index_staged, keep_part, staging
from scraper.transfer.collected_archive import PlacedFiles, place_archive
from scraper.transfer.shards import Shard, stage_shard


@dataclass(slots=True)
class CollectedShard:
    """What was taken from a shard: rows that were not here, or were otherwise.

    ``is_unchanged`` if exactly this state of it was here. ``disputed_pages`` are of another source
    here, ``refused_names`` are WARC files whose names no archive of ours has.
    """

    place: str
    is_unchanged: bool = False
    runs: int = 0
    articles: CollectedArticles = field(default_factory=CollectedArticles)
    pages: int = 0
    files: int = 0
    file_texts: int = 0
    captures: int = 0
    forgotten_captures: int = 0
    disputed_pages: int = 0
    refused_names: int = 0
    archive: PlacedFiles = field(default_factory=PlacedFiles)


@dataclass(slots=True)
class Collected:
    """What was taken from all shards; ``compared`` articles of the last one were compared."""

    shards: list[CollectedShard] = field(default_factory=list)
    compared: int = 0


def collect(
    db: Database,
    database: Path,
    archive: Path,
    shards: Sequence[Shard],
    province: str | None = None,
    year: str | None = None,
) -> Iterator[Collected]:
    """Take over what is new or changed in each shard; yields the report as it grows.

    Only what is of a province or was published in a year, if these are given. The same call again
    changes nothing; one that was killed is completed by the next. The caller holds the lock of the
    database. Raises UsageError if the database has rows of its own or holds another part.
    """
    _check(db, database, shards, province, year)
    report = Collected()
    for shard in shards:
        done = CollectedShard(shard.place)
        report.shards.append(done)
        report.compared = 0
        state = shard.state()
        number, done.is_unchanged = begin_shard(db, shard.place, state, province, year)
        if not done.is_unchanged:
            with staging(db, database.with_name(f"{database.name}.shard")):
                yield report
                with translated_errors(database):
                    state = stage_shard(db, shard)
                    keep_part(db, province, year)
                    index_staged(db)
                yield from _collect(db, archive, shard, number, report, done)
        done.archive = place_archive(db, archive, shard, number)
        if not done.is_unchanged:
            end_shard(db, number, state)
    yield report


def _check(
    db: Database, database: Path, shards: Sequence[Shard], province: str | None, year: str | None
) -> None:
    """Raise UsageError unless the database can take the shards."""
    if has_own_rows(db):
        raise UsageError(
            f"{database} has rows of its own crawls or imports: name a new database with --db, and"
            " this one as a shard"
        )
    if any(shard.database and shard.database.samefile(database) for shard in shards):
        raise UsageError(f"{database} is named as a shard, too: name another database with --db")
    if part := other_part(db, province, year):
        held = " ".join(filter(None, part)) or "everything"
        raise UsageError(
            f"{database} holds another part ({held}): give the same --province and --year, or"
            " name another database with --db"
        )


def _collect(
    db: Database,
    archive: Path,
    shard: Shard,
    number: int,
    report: Collected,
    done: CollectedShard,
) -> Iterator[Collected]:
    """Take over a shard whose tables are attached."""
    collect_sources(db, number)
    done.runs = collect_runs(db, number)
    done.refused_names = len(name_warc_files(db, number))
    done.captures = collect_captures(db, number)
    for counts in collect_articles(db, number):
        done.articles = counts
        yield report
    link_captures(db, number)
    done.pages = collect_pages(db, number)
    done.disputed_pages = count_disputed(db)
    done.files = collect_files(db, number)
    done.file_texts = collect_file_texts(db)
    collect_previews(db, number)
    collect_blocks(db, number)
    done.forgotten_captures = forget_captures(db, number)
    for report.compared in compare_articles(db):
        yield report
