"""Learning the boilerplate of a source from its pages, and cleaning what was stored before."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from pipelines.recurrence import RecurringBlock, learn
from scraper.reprocessing.knowledge import knowledge_of
from scraper.reprocessing.rereading import reread_all
from scraper.reprocessing.rewriting import Report, batches, take
from scraper.sources import Source
from scraper.store.database import writing
from scraper.store.kept_pages import pages_of
from scraper.store.sightings import (
    articles_with,
    learned_boilerplate,
    sampled_pages,
    trim_sightings,
    write_blocks,
)

logger = logging.getLogger(__name__)


def learn_boilerplate(
    db: Database, archive: Path, source: Source, workers: int | None = None
) -> int:
    """Learn what recurs on the pages of a source; returns how many articles read otherwise now.

    The articles that hold what was found to be boilerplate (or found to be none) are read again
    from the archive first, and only then is it noted as known: an interruption leaves both to
    the next time. That is no revision of theirs.
    """
    with writing(db):
        trim_sightings(db, source.slug)
    blocks = learn(sampled_pages(db, source.slug))
    boilerplate = frozenset(block.hash for block in blocks if block.is_boilerplate)
    turned = boilerplate ^ learned_boilerplate(db, source.slug)
    changed = _clean(db, archive, source, blocks, boilerplate, turned, workers) if turned else 0
    with writing(db):
        write_blocks(db, source.slug, blocks)
    return changed


def _clean(
    db: Database,
    archive: Path,
    source: Source,
    blocks: list[RecurringBlock],
    boilerplate: frozenset[str],
    turned: frozenset[str],
    workers: int | None,
) -> int:
    """Read the articles again that what turned concerns, in the light of what is known now."""
    texts = [block.text for block in blocks if block.hash in turned & boilerplate]
    articles = articles_with(db, source.slug, turned, texts)
    known = replace(knowledge_of(db, source), boilerplate=boilerplate)
    report = Report(dry_run=False)
    results = reread_all(pages_of(db, articles), archive, {source.slug: (source, known)}, workers)
    for batch in batches(results):
        with writing(db):
            take(db, batch, {source.slug: source}, report)
    logger.info(
        "boilerplate learned source=%s blocks=%d articles=%d",
        source.slug,
        len(boilerplate),
        report.changed,
    )
    return report.changed
