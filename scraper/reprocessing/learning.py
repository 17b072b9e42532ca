"""Learning the boilerplate of a source from its pages, and cleaning what was stored before."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from pipelines.extraction.repeated_blocks import RecurringBlock, learn
from scraper.base.source import Source
from scraper.reprocessing.profiles import profile_with
from scraper.reprocessing.rereading import reread_all
from scraper.reprocessing.rewriting import Report, batches, take
from scraper.store.archived_pages import pages_of
from scraper.store.block_occurrences import (
    articles_with,
    learned_blocks,
    sampled_pages,
    trim_block_occurrences,
    write_blocks,
)
from scraper.store.database import write_transaction

logger = logging.getLogger(__name__)


def learn_boilerplate(
    db: Database, archive: Path, source: Source, workers: int | None = None
) -> None:
    """Learn what recurs on the pages of a source, and clean its articles of it.

    The articles that hold what was found to be boilerplate (or found to be none) are read again
    from the archive first, and only then is it noted as known: an interruption leaves both to
    the next time. That is no revision of theirs.
    """
    with write_transaction(db):
        trim_block_occurrences(db, source.slug)
    blocks = learn(sampled_pages(db, source.slug))
    turned = _turned(learned_blocks(db, source.slug), blocks)
    if turned:
        _clean(db, archive, source, blocks, turned, workers)
    with write_transaction(db):
        write_blocks(db, source.slug, blocks)


def _turned(before: list[RecurringBlock], after: list[RecurringBlock]) -> list[RecurringBlock]:
    """The blocks that are boilerplate now in other quarters, each with only these quarters."""
    old, new = ({block.hash: block for block in blocks} for blocks in (before, after))
    turned = []
    for name, block in sorted((old | new).items()):
        quarters = [set(each[name].quarters if name in each else ()) for each in (old, new)]
        if differing := quarters[0] ^ quarters[1]:
            turned.append(replace(block, quarters=tuple(sorted(differing))))
    return turned


def _clean(
    db: Database,
    archive: Path,
    source: Source,
    blocks: list[RecurringBlock],
    turned: list[RecurringBlock],
    workers: int | None,
) -> None:
    """Read the articles again that what turned concerns, in the light of what is known now."""
    articles = articles_with(db, source.slug, turned)
    known = profile_with(source, blocks)
    report = Report(dry_run=False)
    results = reread_all(pages_of(db, articles), archive, {source.slug: (source, known)}, workers)
    for batch in batches(results):
        with write_transaction(db):
            take(db, batch, {source.slug: source}, report)
    logger.info(
        "boilerplate learned source=%s blocks=%d articles=%d",
        source.slug,
        len(known.boilerplate),
        report.changed,
    )
