"""Stores finished readings in a database: what `reprocess` does, with pages read elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION
from scraper.archive.storage import Storage, open_storage
from scraper.base.errors import ArchiveError
from scraper.base.source import Source
from scraper.cluster.reading_files import Row, count_rows, page_of, read_rows, reading_of
from scraper.cluster.report import ApplyReport
from scraper.cluster.tasks import READINGS, profile_digest
from scraper.reprocessing.page_reading import PageReadings, SourceProfiles
from scraper.reprocessing.profiles import learn_blocks, profile_of, profile_with
from scraper.reprocessing.report import ReprocessReport
from scraper.reprocessing.rewriting import rewrite_in_batches
from scraper.store.archived_pages import (
    ArchivedPage,
    archived_pages,
    note_completion,
    pages_of,
    progress_of,
)
from scraper.store.block_occurrences import articles_with, write_blocks
from scraper.store.database import write_transaction
from scraper.store.spooled_readings import SpooledReadings

READING_FILE = re.compile(r".*-v(\d+)(?:-learned)?\.parquet")

OTHER_VERSION = "of another version of the rules"
OUTDATED = "of captures that are no longer the latest"
OTHER_PROFILE = "with other settings or boilerplate of the source"
NOT_READ = "not read"


def apply_readings(
    db: Database, root: str, sources: Sequence[Source], *, dry_run: bool = False
) -> Iterator[ApplyReport]:
    """Rewrite the articles of the sources that differ from the readings in a shared folder.

    Yields the report after each batch and at the end. Does what `reprocess` does, in the same
    order, and goes on after an interruption like it. Raises ArchiveError if there are no readings.
    """
    slugs = sorted(source.slug for source in sources)
    after = "" if dry_run else progress_of(db, slugs)
    report = ApplyReport(ReprocessReport(dry_run, resumed=bool(after)))
    spool = _spool(open_storage(root), frozenset(slugs), report.not_applied)
    profiles = {source.slug: (source, profile_of(db, source)) for source in sources}
    readings = _readings(spool, archived_pages(db, slugs, after), profiles, report.not_applied)
    for _ in rewrite_in_batches(db, readings, profiles, report.changes, slugs):
        yield report
    if not dry_run:
        with write_transaction(db):
            note_completion(db, slugs)
        for source in sources:
            _learn(db, spool, source, report)
            yield report
    yield report


def _learn(db: Database, spool: SpooledReadings, source: Source, report: ApplyReport) -> None:
    """Store what was learned of a source, and its articles read with that, if all of them are."""
    learned = learn_blocks(db, source.slug)
    profiles = {source.slug: (source, profile_with(source, learned.blocks))}

    def affected() -> Iterator[ArchivedPage]:
        return pages_of(db, articles_with(db, source.slug, learned.changed))

    if learned.changed:
        missing = Counter[str]()
        for _ in _readings(spool, affected(), profiles, missing):
            pass
        if missing:
            report.not_learned.append(source.slug)
            return
        changes = ReprocessReport(dry_run=False)
        readings = _readings(spool, affected(), profiles, missing)
        for _ in rewrite_in_batches(db, readings, profiles, changes):
            pass
    with write_transaction(db):
        write_blocks(db, source.slug, learned.blocks)


def _spool(storage: Storage, sources: frozenset[str], not_applied: Counter[str]) -> SpooledReadings:
    """Gather the readings of sources by page; count those of other versions of the rules."""
    spool = SpooledReadings()
    found = [(name, READING_FILE.fullmatch(name)) for name in storage.names(READINGS)]
    files = [(name, int(match[1])) for name, match in found if match is not None]
    if not files:
        raise ArchiveError(f"{storage.url} has no readings: `tinhuyen reprocess --out` writes them")
    for name, extractor in files:
        if extractor == EXTRACTOR_VERSION:
            spool.add(read_rows(storage, name, sources=sources))
        else:
            not_applied[OTHER_VERSION] += count_rows(storage, name)
    return spool


def _readings(
    spool: SpooledReadings,
    pages: Iterator[ArchivedPage],
    profiles: SourceProfiles,
    not_applied: Counter[str],
) -> PageReadings:
    """Yield each page with its reading; pages without one that fits are counted."""
    digests = {slug: profile_digest(*each) for slug, each in profiles.items()}
    for page in pages:
        row = _fitting(spool.of_page(page.url_key), page, digests[page.source])
        if isinstance(row, str):
            not_applied[row] += 1
        else:
            yield page, reading_of(row)


def _fitting(rows: Sequence[Row], page: ArchivedPage, profile: str) -> Row | str:
    """Return the reading of a page with a profile, or why there is none."""
    if not rows:
        return NOT_READ
    of_page = [row for row in rows if fits(row, page)]
    if not of_page:
        return OUTDATED
    wanted = {row["base"] or profile for row in of_page if row["profile"] == profile}
    read = [row for row in of_page if row["profile"] in wanted and row["base"] is None]
    return read[-1] if read else OTHER_PROFILE


def fits(row: Row, page: ArchivedPage) -> bool:
    """Whether a reading is what would be read from a page now.

    Of a page without an article only the latest capture is read: its reading holds also after its
    article was stored.
    """
    then = page_of(row)
    if (then.source, then.url) != (page.source, page.url):
        return False
    if then.article is None and (page.article is None or row["article"] is not None):
        return then.captures[:1] == page.captures[:1]
    return page.article is not None and then.captures == page.captures
