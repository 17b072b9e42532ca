"""Extracts the pages of the archive again: no network, every core, at any time."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database

from scraper.base.source import Source
from scraper.reprocessing.page_reading import read_archived_pages
from scraper.reprocessing.profiles import (
    learn_blocks,
    profile_of,
    profile_with,
)
from scraper.reprocessing.report import ReprocessReport
from scraper.reprocessing.rewriting import rewrite_in_batches
from scraper.reprocessing.selectors import unmatched_selectors
from scraper.store.archived_pages import (
    archived_pages,
    note_completion,
    pages_of,
    progress_of,
)
from scraper.store.block_occurrences import articles_with, write_blocks
from scraper.store.database import write_transaction

logger = logging.getLogger(__name__)


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
    for _ in rewrite_in_batches(db, readings, profiles, report, slugs):
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
        for _ in rewrite_in_batches(db, readings, profiles, report):
            pass
        logger.info(
            "boilerplate learned source=%s blocks=%d articles=%d",
            source.slug, len(profile.boilerplate), report.changed,
        )  # fmt: skip
    with write_transaction(db):
        write_blocks(db, source.slug, learned.blocks)
