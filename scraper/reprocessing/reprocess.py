"""Extracts the pages of the archive again: no network, every core, at any time.

From top to bottom: which pages are read, what of it is written, and what a worker does with a page.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION, Article, Use, names_of
from pipelines.extraction import BlockOccurrence, SourceProfile, extract_page
from pipelines.save_article import save_found
from pipelines.workers import Workers, collecting_rarely, reason_of
from scraper.archive.opening import Archive
from scraper.archive.reader import read_page
from scraper.base.errors import ArchiveError
from scraper.base.source import Source
from scraper.base.urls import canonical_url
from scraper.reprocessing.profiles import (
    layout_at,
    learn_blocks,
    profile_of,
    profile_with,
    url_rules_of,
)
from scraper.reprocessing.report import ReprocessReport
from scraper.reprocessing.selectors import unmatched_selectors
from scraper.store.archived_pages import (
    ArchivedPage,
    archived_pages,
    is_latest,
    note_completion,
    note_progress,
    pages_of,
    progress_of,
)
from scraper.store.article_rows import read_article
from scraper.store.articles import rewrite_article, set_extractor_version
from scraper.store.block_occurrences import add_block_occurrences, articles_with, write_blocks
from scraper.store.database import write_transaction
from scraper.store.file_hosts import filed_under, set_file_hosts
from scraper.store.states import drop_identical_revision

COMPARED = names_of(Use.COMPARED)

PAGES_OF_A_CALL, CALLS_AHEAD = 10, 4
"""Pages that a worker reads in one call, and calls for each worker that wait at most: to send a
call takes a tenth of the time of a page."""

BATCH_PAGES = 50
"""Pages in one transaction: short ones, so that a crawl at the same time never waits long."""

Item = TypeVar("Item")

logger = logging.getLogger(__name__)

SourceProfiles = Mapping[str, tuple[Source, SourceProfile]]
"""Each source by its slug, with what was learned of it."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a worker read from an archived page: an article, and blocks that may be boilerplate.

    ``quarter`` is that of the page; ``problem`` is why the page could not be read.
    """

    article: Article | None = None
    block_occurrences: list[BlockOccurrence] = field(default_factory=list)
    quarter: str = ""
    fetched_at: datetime | None = None
    problem: str | None = None


PageReadings = Iterator[tuple[ArchivedPage, PageReading]]


def reprocess(
    db: Database,
    archive: Path,
    sources: Sequence[Source],
    *,
    dry_run: bool = False,
    workers: int | None = None,
) -> Iterator[ReprocessReport]:
    """Extract every archived page of the sources again, and rewrite the articles that differ.

    Yields the report after each batch and at the end, always the same object. After an
    interruption, the next call for the same sources goes on from there. No change is a revision,
    and no article is ever removed. At the end the boilerplate of the sources is learned again.
    ``workers`` is the number of processes, by default one for each core.
    """
    slugs = sorted(source.slug for source in sources)
    after = "" if dry_run else progress_of(db, slugs)
    report = ReprocessReport(dry_run, resumed=bool(after))
    for source in sources:
        report.unmatched += map(str, unmatched_selectors(db, archive, source))
    profiles = {source.slug: (source, profile_of(db, source)) for source in sources}
    readings = read_archived_pages(archived_pages(db, slugs, after), archive, profiles, workers)
    for batch in _chunks(readings, BATCH_PAGES):
        if dry_run:
            rewrite_articles(db, batch, profiles, report)
        else:
            with write_transaction(db):
                rewrite_articles(db, batch, profiles, report)
                note_progress(db, slugs, batch[-1][0].url_key)
        yield report
    if not dry_run:
        with write_transaction(db):
            note_completion(db, slugs)
        for source in sources:
            learn_boilerplate(db, archive, source, workers)
    yield report


def learn_boilerplate(
    db: Database, archive: Path, source: Source, workers: int | None = None
) -> None:
    """Learn which blocks recur on the pages of a source, and clean its articles of them.

    The articles that hold a block that has become boilerplate, or is no longer, are extracted
    again first, and only then is it stored as known: after an interruption, both are done the next
    time. The articles get no revision.
    """
    learned = learn_blocks(db, source.slug)
    if learned.changed:
        profile = profile_with(source, learned.blocks)
        profiles = {source.slug: (source, profile)}
        report = ReprocessReport(dry_run=False)
        pages = pages_of(db, articles_with(db, source.slug, learned.changed))
        readings = read_archived_pages(pages, archive, profiles, workers)
        for batch in _chunks(readings, BATCH_PAGES):
            with write_transaction(db):
                rewrite_articles(db, batch, profiles, report)
        logger.info(
            "boilerplate learned source=%s blocks=%d articles=%d",
            source.slug, len(profile.boilerplate), report.changed,
        )  # fmt: skip
    with write_transaction(db):
        write_blocks(db, source.slug, learned.blocks)


def _chunks(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of so many."""
    while chunk := list(islice(items, size)):
        yield chunk


# What is written of the readings.


def rewrite_articles(
    db: Database,
    batch: list[tuple[ArchivedPage, PageReading]],
    profiles: SourceProfiles,
    report: ReprocessReport,
) -> None:
    """Rewrite the articles that differ; with ``report.dry_run`` they are only counted.

    The caller holds the transaction.
    """
    for archived, reading in batch:
        report.pages += 1
        if not is_latest(db, archived):
            continue  # a run has archived and read the page since it was listed
        if reading.problem:
            report.failed += 1
            report.add_sample("failed", archived.url, None, reading.problem)
        elif reading.article is None or not reading.article.verdict.is_article:
            _count_lost(archived, reading, report)
        elif archived.article is None:
            _add_article(db, archived, reading, profiles[archived.source][0], report)
        else:
            _rewrite_article(db, archived, archived.article, reading, report)


def _count_lost(archived: ArchivedPage, reading: PageReading, report: ReprocessReport) -> None:
    if archived.article is not None:
        report.lost += 1
        verdict = reading.article.verdict if reading.article else None
        reason = verdict and (verdict.reason or verdict.outcome)
        report.add_sample("lost", archived.url, None, reason)


def _add_article(
    db: Database,
    archived: ArchivedPage,
    reading: PageReading,
    source: Source,
    report: ReprocessReport,
) -> None:
    article, fetched_at = reading.article, reading.fetched_at
    assert article is not None
    assert fetched_at is not None
    article = replace(article, url=canonical_url(archived.url, source, url_rules_of(db, source)))
    if report.dry_run or save_found(db, archived, article, fetched_at):
        report.found += 1
        report.add_sample("found", archived.url, None, article.title)


def _rewrite_article(
    db: Database, archived: ArchivedPage, row: int, reading: PageReading, report: ReprocessReport
) -> None:
    article = reading.article
    assert article is not None
    before, after = read_article(db, row), article.as_json()
    changed = [name for name in COMPARED if before[name] != after[name]]
    for name in [name for name in changed if name != "blocks"] or changed:
        report.changes[name] += 1
        report.add_sample(name, archived.url, before[name], after[name])
    report.changed += bool(changed)
    if report.dry_run:
        return
    if changed:
        rewrite_article(db, row, article)
        drop_identical_revision(db, row)
    elif before["extractor"] != EXTRACTOR_VERSION:
        set_extractor_version(db, row, article)
    quarter, seen = reading.quarter, reading.block_occurrences
    add_block_occurrences(db, row, archived.source, archived.url_key, article, quarter, seen)


# What workers do with a page.


def read_archived_pages(
    pages: Iterator[ArchivedPage], archive: Archive, profiles: SourceProfiles, workers: int | None
) -> PageReadings:
    """Each page, in order, with what a worker read from it.

    A page on which a worker hangs, dies or raises is a problem of that page only: if it was read
    together with others, each of them is read alone.
    """
    calls = (_call(chunk, archive, profiles) for chunk in _chunks(pages, PAGES_OF_A_CALL))
    with Workers(workers or os.cpu_count() or 1, preload=[__name__]) as pool:
        for chunk, future in pool.map(_read_each, calls, ahead=CALLS_AHEAD):
            if future.exception() is None:
                yield from zip(chunk, future.result(), strict=True)
            else:
                yield from _read_alone(pool, chunk, archive, profiles)


def _read_alone(
    pool: Workers, chunk: list[ArchivedPage], archive: Archive, profiles: SourceProfiles
) -> PageReadings:
    """Each page with what a worker read from it in a call of its own."""
    calls = (_call([page], archive, profiles) for page in chunk)
    for [page], future in pool.map(_read_each, calls):
        try:
            [reading] = future.result()
        except Exception as error:  # any bug of ours on one page is that page's only
            reading = PageReading(problem=reason_of(error, "extraction"))
        yield page, reading


def _call(
    chunk: list[ArchivedPage], archive: Archive, profiles: SourceProfiles
) -> tuple[list[ArchivedPage], tuple[Archive, list[ArchivedPage], SourceProfiles]]:
    """Some pages, and the arguments of ``_read_each`` for them."""
    slugs = {page.source for page in chunk}
    return chunk, (archive, chunk, {slug: profiles[slug] for slug in slugs})


def _read_each(
    archive: Archive, pages: Sequence[ArchivedPage], profiles: SourceProfiles
) -> list[PageReading]:
    """Read some pages within the limits of one call. What one of them raises is raised."""
    return [_read_archived_page(archive, page, *profiles[page.source]) for page in pages]


def _read_archived_page(
    archive: Archive, archived: ArchivedPage, source: Source, profile: SourceProfile
) -> PageReading:
    """The article of the latest capture that shows one; of a page without one, the latest only."""
    reading = PageReading(problem="no capture")
    for warc_file, warc_offset in archived.captures[: None if archived.article else 1]:
        try:
            page = read_page(archive, warc_file, warc_offset)
        except ArchiveError as error:
            reading = PageReading(problem=str(error))
            continue
        page = replace(page, url=archived.url, source=archived.source)
        then = replace(profile, layout=layout_at(source, page.fetched_at))
        with collecting_rarely():
            read = extract_page(page, then)
        set_file_hosts(read.article, page.address, filed_under(source, page.address))
        reading = PageReading(read.article, read.block_occurrences, read.quarter, page.fetched_at)
        if read.article.verdict.is_article:
            break
    return reading
