"""One run: the crawl process around Scrapy, from the lock to the closed run."""

from __future__ import annotations

import logging
import signal
from asyncio import Future
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from tempfile import TemporaryFile
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from sqlite_utils import Database

from pipelines.workers import Workers
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.base.errors import StoreError, TinhuyenError, describe_file_error
from scraper.base.lock import lock
from scraper.base.log_lines import set_run_number
from scraper.base.shard import WHOLE, Shard
from scraper.base.source import Source
from scraper.config.configuration import Configuration
from scraper.config.program_settings import settings
from scraper.crawling.source_life import left_out, note_life, was_read
from scraper.reprocessing.profiles import profile_of
from scraper.reprocessing.reprocess import learn_boilerplate
from scraper.reprocessing.selectors import unmatched_selectors
from scraper.store.collected_shards import refuse_collected
from scraper.store.database import open_database, translated_errors
from scraper.store.file_counts import add_file_counts
from scraper.store.runs import (
    add_missing,
    add_reasons,
    finish_run,
    read_run,
    record_skip,
    set_source_error,
    start_run,
)
from scraper.store.source_life import record_skipped, skipped_in
from scraper.store.sources import (
    disable_missing,
    note_fetched_files,
    sync_registry,
    sync_sources,
)
from spiders.extensions import check_reserve
from spiders.limits import CrawlPlan
from spiders.portal import PortalSpider
from spiders.run import CrawlRun, is_about_storage

FINISHED, ASKED = "finished", "shutdown"
"""Scrapy's words for a crawl that came to its end, and for one that a signal ended."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunReport:
    """A closed run: its row, and a row of ``run_sources`` for each source.

    Each of these has its ``reasons`` and its ``files``, the rows of ``run_files``. ``skipped`` are
    the dark sources that the run left out.
    """

    run: dict[str, Any]
    sources: list[dict[str, Any]]
    skipped: list[dict[str, Any]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 if all went well, 3 if a source failed, 130 if the run was interrupted."""
        return {"done": 0, "interrupted": 130}.get(self.run["state"], 3)


def crawl(
    sources: Sequence[Source],
    plan: CrawlPlan,
    configuration: Configuration,
    trigger: str = "manual",
    enabled: Collection[str] | None = None,
    shard: Shard | None = None,
    registry: Iterable[Source] = (),
    *,
    skips_dark: bool = False,
) -> RunReport:
    """Crawl the sources once and return how it went; the process cannot crawl a second time.

    ``enabled`` are the slugs of all sources that the registry has enabled, None if the sources do
    not come from the registry, whose sources are ``registry``. ``shard`` is the shard of the
    crawl, None for the whole. With ``skips_dark``, dark sources that are not due to be asked again
    are left out.
    Raises LockedError if another run holds the database, UsageError if a public site is to be
    crawled without a contact or the database was collected from shards, StoreError if the database
    cannot be used, or if the disk is nearly full before or during the run, TinhuyenError if the run
    ended early for any other reason except a signal.
    """
    configuration.require_contact(sources)
    database = configuration.database
    with lock(database), translated_errors(database):
        db = open_database(database)
        refuse_collected(db, database)
        _require_space(db, trigger, configuration)
        _require_archive(db, trigger, configuration)
        _write_sources(db, sources, plan, enabled, registry)
        dark = left_out(db, sources, now()) if skips_dark else []
        skipped = {one.slug for one in dark}
        sources = [source for source in sources if source.slug not in skipped]
        run = start_run(db, trigger, [source.slug for source in sources], now(), shard)
        record_skipped(db, run, dark)
        set_run_number(run)
        logger.info(
            "run started sources=%d dark=%d shard=%s", len(sources), len(dark), shard or WHOLE
        )
        end = _fetch(db, run, sources, plan, configuration) if sources else FINISHED
        report = _close(db, run, sources, end)
        if end == FINISHED:
            _learn(db, configuration, sources, report)
            _note_unmatched(db, configuration, sources, report)
    _raise_if_cut(end)
    return report


def _write_sources(
    db: Database,
    sources: Sequence[Source],
    plan: CrawlPlan,
    enabled: Collection[str] | None,
    registry: Iterable[Source],
) -> None:
    """Bring the table of sources up to date with the registry, before they are crawled."""
    slugs = {source.slug for source in sources}
    sync_sources(db, sources)
    sync_registry(db, (source for source in registry if source.slug not in slugs))
    note_fetched_files(db, sources, photos=plan.photos, attachments=plan.attachments)
    if enabled is not None:
        disable_missing(db, slugs.union(enabled))


def _raise_if_cut(end: str) -> None:
    """Raise an error if the crawl ended for a reason other than its end or a signal."""
    if end.startswith("storage"):
        raise StoreError(
            f"the crawl stopped ({end}): what was stored is whole; make room, then crawl again"
        )
    if end not in (FINISHED, ASKED):
        raise TinhuyenError(
            f"the crawl stopped ({end}): what was stored is whole; the next crawl goes on from it"
        )


def scrapy_settings(configuration: Configuration) -> Settings:
    """The settings of ``settings.py`` with what this user adds."""
    scrapy = Settings()
    scrapy.setmodule(settings)
    agent = f"tinhuyen/{version('tinhuyen')}"
    scrapy.update(
        {
            "USER_AGENT": f"{agent} (+{configuration.contact})" if configuration.contact else agent,
            "EXTRACTION_WORKERS": configuration.workers,
            "DISK_RESERVE": configuration.reserve_bytes,
        }
    )
    return scrapy


def _fetch(
    db: Database,
    run: int,
    sources: Sequence[Source],
    plan: CrawlPlan,
    configuration: Configuration,
) -> str:
    """Run Scrapy to the end of the crawl; returns Scrapy's word for why it ended."""
    scrapy = scrapy_settings(configuration)
    crawl_run = CrawlRun.make(
        run,
        sources,
        plan,
        db=db,
        archive=ArchiveWriter(configuration.archive),
        workers=_start_workers(scrapy),
        profiles={source.slug: profile_of(db, source) for source in sources},
        has_contact=configuration.contact is not None,
    )
    process = AsyncCrawlerProcess(scrapy)
    crawler: Crawler = process.create_crawler(PortalSpider)
    crawl_run.set_on(crawler)
    crawling = process.crawl(crawler)
    process.start()
    return str(crawler.stats.get_value("finish_reason") or _why_it_never_began(crawling))


def _start_workers(scrapy: Settings) -> Workers:
    """Start the workers with the limits in the settings."""
    return Workers(
        scrapy.getint("EXTRACTION_WORKERS"),
        scrapy.getfloat("EXTRACTION_SECONDS"),
        scrapy.getint("EXTRACTION_MEMORY_MB"),
        scrapy.getfloat("EXTRACTION_TIMEOUT"),
        preload=["spiders.discovery.inspection"],
    )


def _why_it_never_began(crawling: Future[None]) -> str:
    """Why Scrapy gave no reason for its end: what broke while it opened."""
    error = crawling.exception() if crawling.done() and not crawling.cancelled() else None
    if error is None:
        return "it never began"
    return f"storage: {error}" if is_about_storage(error) else f"it never began: {error!r}"


def _require_space(db: Database, trigger: str, configuration: Configuration) -> None:
    """Raise StoreError, and record the run as skipped, if the disk is nearly full."""
    try:
        check_reserve(configuration.database.parent, configuration.reserve_bytes)
    except StoreError as error:
        record_skip(db, trigger, str(error), now(), now())
        raise


def _require_archive(db: Database, trigger: str, configuration: Configuration) -> None:
    """Raise StoreError, and record the run as skipped, if the archive cannot be written."""
    try:
        configuration.archive.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=configuration.archive):
            return
    except OSError as error:
        refusal = StoreError(describe_file_error(error, configuration.archive))
        record_skip(db, trigger, str(refusal), now(), now())
        raise refusal from error


def _close(db: Database, run: int, sources: Sequence[Source], end: str) -> RunReport:
    """Store how each source and the run ended. Returns the report."""
    row = read_run(db, run)
    assert row is not None
    failed = [source for source in row["sources"] if not was_read(source)]
    for source in failed:
        if source["error"] is None and end == FINISHED:
            set_source_error(db, run, source["source"], "no page of the site could be read")
    state = _state(end, len(failed), len(row["sources"]))
    finish_run(db, run, state, now(), None if end in (FINISHED, ASKED) else end)
    logger.info("run ended state=%s", state)
    closed = read_run(db, run)
    assert closed is not None
    note_life(db, run, sources, {one["source"]: one for one in closed["sources"]}, now())
    add_reasons(db, run, closed["sources"])
    add_file_counts(db, run, closed["sources"])
    return RunReport(closed, closed.pop("sources"), skipped_in(db, run))


def _state(end: str, failed: int, sources: int) -> str:
    """Return the state of a run of which so many sources failed."""
    if end != FINISHED:
        return "interrupted"
    if not failed:
        return "done"
    return "failed" if failed == sources else "partial"


def _learn(
    db: Database, configuration: Configuration, sources: Sequence[Source], report: RunReport
) -> None:
    """Learn the boilerplate of sources with new or changed articles, and clean these of it.

    The run is closed: SIGINT and SIGTERM end the process again. The handlers that Scrapy has left
    only stop its reactor, which has stopped already.
    """
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)
    brought = {row["source"] for row in report.sources if row["new"] or row["updated"]}
    for source in sources:
        if source.slug in brought:
            learn_boilerplate(db, configuration.archive, source, configuration.workers)


def _note_unmatched(
    db: Database, configuration: Configuration, sources: Sequence[Source], report: RunReport
) -> None:
    """Record which selectors of the registry match nothing on the last pages of their source."""
    rows = {row["source"]: row for row in report.sources}
    for source in sources:
        if not was_read(rows[source.slug]):
            continue
        for unmatched in unmatched_selectors(db, configuration.archive, source):
            add_missing(db, report.run["id"], source.slug, str(unmatched))
            row = rows[source.slug]
            row["missing"] = "; ".join(filter(None, [row["missing"], str(unmatched)]))
