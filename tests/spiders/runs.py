"""Runs for unit tests: the database, archive and sources of a crawl, without an engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.items import Page
from scraper.archive.writer import ArchiveWriter
from scraper.base.source import Source
from scraper.store.database import open_database, write_transaction
from scraper.store.pages import Discovery, PageRecord, discover, page_record
from scraper.store.runs import start_run
from scraper.store.sources import sync_sources
from spiders.limits import CrawlPlan
from spiders.requests import Fetch
from spiders.run import CrawlRun
from spiders.start_pages import open_sources

NIGHT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


class Clock:
    """The time of day and the monotonic time of a run, which pass when a test says so."""

    def __init__(self, moment: datetime = NIGHT) -> None:
        self.moment = moment
        self.seconds = 1000.0

    def now(self) -> datetime:
        """The time of day."""
        return self.moment

    def monotonic(self) -> float:
        """The monotonic time."""
        return self.seconds

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
        self.moment += timedelta(seconds=seconds)


def new_run(
    folder: Path,
    *sources: Source,
    plan: CrawlPlan | None = None,
    clock: Clock | None = None,
) -> CrawlRun:
    """A run of the sources, in the database of a folder; nothing is taken up yet."""
    clock = clock or Clock()
    db = open_database(folder / "tinhuyen.db")
    sync_sources(db, sources)
    nobody: Any = None
    run = CrawlRun.make(
        start_run(db, "manual", [source.slug for source in sources], clock.moment),
        sources,
        plan or CrawlPlan(),
        db=db,
        archive=ArchiveWriter(folder / "archive"),
        workers=nobody,
        profiles={},
    )
    run.now, run.clock = clock.now, clock.monotonic
    return run


def begin(
    folder: Path,
    *sources: Source,
    plan: CrawlPlan | None = None,
    clock: Clock | None = None,
) -> CrawlRun:
    """A run of the sources that has taken up what it begins with."""
    run = new_run(folder, *sources, plan=plan, clock=clock)
    open_sources(run, run.now())
    return run


def known_page(run: CrawlRun, page: Discovery) -> PageRecord:
    """What the store knows of a page that the run takes up."""
    with write_transaction(run.db):
        discover(run.db, run.id, [page], run.now())
    known = page_record(run.db, page.url_key)
    assert known is not None
    return known


def fetch_of(run: CrawlRun, known: PageRecord) -> Fetch:
    """A page in flight, whose request has left."""
    source_crawl = run.source_crawls[known.source]
    fetch = Fetch(known, source_crawl.source, known.url, source_crawl.home)
    source_crawl.depart(0.0)
    source_crawl.take(fetch, is_conditional=False)
    return fetch


def answer(known: PageRecord, status: int = 200, body: bytes = b"", **headers: str) -> Page:
    """The answer to a request for a page."""
    return Page(known.url, body, known.url, status, headers, NIGHT, known.source)
