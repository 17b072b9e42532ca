"""What a run that has ended found out about its sources, besides the outcomes of their pages."""

from __future__ import annotations

import logging

from scraper.store.database import write_transaction
from scraper.store.runs import note_yield, note_zero_items
from scraper.store.source_life import note_silence
from scraper.store.source_record import OFFLINE
from spiders.run import CrawlRun
from spiders.source_crawl import SourceCrawl
from spiders.start_pages import missing_declared

OFFLINE_HOSTS = 3
"""If none of at least so many hosts answered, our own connection may have been down: the run does
not count as a night without an answer for any of its sources."""

logger = logging.getLogger(__name__)


def note_findings(run: CrawlRun) -> None:
    """Store for each source of a run that was not cut whether its lists named articles."""
    for slug, source_crawl in run.source_crawls.items():
        if source_crawl.lists_read and not source_crawl.names_articles:
            note_zero_items(run.db, run.id, slug)
        missing = missing_declared(run, source_crawl)
        note_yield(run.db, run.id, slug, source_crawl.names_articles, missing)


def note_silences(run: CrawlRun, *, is_cut: bool) -> None:
    """Store why no host of a source answered, if none did.

    Of a run that was cut, only the sources count whose host had been abandoned.
    """
    asked = [one for one in run.source_crawls.values() if one.requests]
    silent = [one for one in asked if one.home.silence and not (is_cut and not one.home.given_up)]
    hosts = {one.home.name for one in asked}
    is_offline = len(hosts) >= OFFLINE_HOSTS and len(silent) == len(asked)
    if is_offline:
        logger.warning("run offline hosts=%d", len(hosts))
    with write_transaction(run.db):
        for one in silent:
            note_silence(run.db, run.id, one.slug, OFFLINE if is_offline else _reason(one))


def _reason(source_crawl: SourceCrawl) -> str:
    return source_crawl.home.silence or ""
