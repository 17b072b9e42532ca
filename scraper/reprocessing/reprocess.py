"""Reading the archive again with the rules of today: no network, every core, at any time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database

from scraper.base.source import Source
from scraper.reprocessing.learning import learn_boilerplate
from scraper.reprocessing.profiles import profile_of
from scraper.reprocessing.rereading import reread_all
from scraper.reprocessing.rewriting import Report, batches, take
from scraper.reprocessing.selectors import unmatched_selectors
from scraper.store.archived_pages import archived_pages, note_completion, note_progress, progress_of
from scraper.store.database import write_transaction


def reprocess(
    db: Database,
    archive: Path,
    sources: Sequence[Source],
    *,
    dry_run: bool = False,
    workers: int | None = None,
) -> Iterator[Report]:
    """Extract every kept page of the sources again and rewrite what reads otherwise.

    Gives the report after each batch and at the end, always the same object. What was done
    before an interruption is not done again by the next call for the same sources. No change
    is a revision, and no article is ever removed. At the end the sources' boilerplate is learned
    anew. ``workers`` are the processes, by default one for each core.
    """
    slugs = sorted(source.slug for source in sources)
    after = "" if dry_run else progress_of(db, slugs)
    report = Report(dry_run, resumed=bool(after))
    for source in sources:
        report.unmatched += map(str, unmatched_selectors(db, archive, source))
    by_slug = {source.slug: source for source in sources}
    profile = {source.slug: (source, profile_of(db, source)) for source in sources}
    results = reread_all(archived_pages(db, slugs, after), archive, profile, workers)
    for batch in batches(results):
        if dry_run:
            take(db, batch, by_slug, report)
        else:
            with write_transaction(db):
                take(db, batch, by_slug, report)
                note_progress(db, slugs, batch[-1][0].url_key)
        yield report
    if not dry_run:
        with write_transaction(db):
            note_completion(db, slugs)
        for source in sources:
            learn_boilerplate(db, archive, source, workers)
    yield report
