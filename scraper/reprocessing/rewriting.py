"""Writes what was read from archived pages: only what differs, and never as a revision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION, Use, names_of
from pipelines.save_article import save_found
from scraper.base.source import Source
from scraper.base.urls import canonical_url
from scraper.reprocessing.page_reading import PageReading, PageReadings, SourceProfiles, chunks
from scraper.reprocessing.profiles import url_rules_of
from scraper.reprocessing.report import ReprocessReport
from scraper.store.archived_pages import ArchivedPage, is_latest, note_progress
from scraper.store.article_rows import read_article
from scraper.store.articles import rewrite_article, set_extractor_version
from scraper.store.block_occurrences import add_block_occurrences
from scraper.store.database import write_transaction
from scraper.store.states import drop_identical_revision

COMPARED = names_of(Use.COMPARED)

BATCH_PAGES = 50
"""Pages in one transaction: short ones, so that a crawl at the same time never waits long."""


def rewrite_in_batches(
    db: Database,
    readings: PageReadings,
    profiles: SourceProfiles,
    report: ReprocessReport,
    resumed_by: Sequence[str] = (),
) -> Iterator[None]:
    """Rewrite the articles that differ; with ``report.dry_run`` they are only counted.

    Yields after each transaction. After an interruption, a reprocess of the sources ``resumed_by``
    (slugs) goes on behind the last one; without any, no progress is stored.
    """
    for batch in chunks(readings, BATCH_PAGES):
        if report.dry_run:
            rewrite_articles(db, batch, profiles, report)
        else:
            with write_transaction(db):
                rewrite_articles(db, batch, profiles, report)
                if resumed_by:
                    note_progress(db, resumed_by, batch[-1][0].url_key)
        yield


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
