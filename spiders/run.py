"""The context of one run: its plan, its resources and the state of its sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from socket import gaierror
from time import monotonic
from typing import Self

from scrapy.exceptions import CloseSpider
from sqlite_utils import Database

from pipelines.extraction import SourceProfile
from pipelines.stage_context import StageContext
from pipelines.workers import Workers
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.base.source import Source
from scraper.store.database import ROW_ERRORS
from scraper.store.runs import set_source_error
from spiders.http.hosts import Host, Hosts
from spiders.limits import CrawlPlan
from spiders.requests import Fetch, FileFetch, RobotsFetch
from spiders.responses import Backoff, Decision
from spiders.source_crawl import SourceCrawl

LONGEST_PAUSE = 30 * 86_400.0
"""Longest ``Retry-After`` that is stored, in seconds. A longer one is cut to it."""


def _wake_nobody() -> None:
    """Do nothing. It stands for ``wake`` until the scheduler is open."""


@dataclass(kw_only=True)
class CrawlRun(StageContext):
    """One run. It is set on the crawler, where all components find it.

    ``id`` is the number of the run in the database. ``sources`` are those of the registry,
    ``source_crawls`` the state of those that could be opened, by slug. ``wake`` makes the engine
    call the scheduler for requests. ``now`` returns the time of day, ``clock`` the monotonic time
    by which pauses are measured. Public hosts are requested only if ``has_contact`` is set.
    """

    id: int
    sources: Sequence[Source]
    plan: CrawlPlan
    has_contact: bool = True
    now: Callable[[], datetime] = field(default_factory=lambda: now)
    clock: Callable[[], float] = field(default_factory=lambda: monotonic)
    hosts: Hosts = field(init=False)
    source_crawls: dict[str, SourceCrawl] = field(init=False, default_factory=dict)
    wake: Callable[[], None] = field(init=False, default_factory=lambda: _wake_nobody)

    @classmethod
    def make(
        cls,
        run: int,
        sources: Sequence[Source],
        plan: CrawlPlan,
        *,
        db: Database,
        archive: ArchiveWriter,
        workers: Workers,
        profiles: Mapping[str, SourceProfile],
        has_contact: bool = True,
    ) -> Self:
        """Build a run. The stages take the recrawl policy and ``since`` from its plan."""
        return cls(
            id=run,
            sources=sources,
            plan=plan,
            has_contact=has_contact,
            db=db,
            archive=archive,
            workers=workers,
            profiles=profiles,
            policy=plan.revisit,
            since=plan.since,
        )

    def __post_init__(self) -> None:
        self.hosts = Hosts(self.plan)

    def of_source(self, source: Source) -> SourceCrawl:
        """Return the state of a source that could be opened. Raises KeyError for any other."""
        return self.source_crawls[source.slug]

    def sources_of(self, host: Host) -> list[SourceCrawl]:
        """Return the states of the sources whose home page is on a host."""
        return [one for one in self.source_crawls.values() if one.home is host]

    def end_request(self, fetch: Fetch | RobotsFetch | FileFetch, size: int = 0) -> None:
        """Begin the pause of the host of a request that has ended, and free its source.

        ``size`` is the number of bytes received. The scheduler is woken, because the engine calls
        it only after the response has been stored.
        """
        fetch.host.end(self.clock())
        self.free_source(fetch, size)

    def free_source(self, fetch: Fetch | RobotsFetch | FileFetch, size: int) -> None:
        """Allow the next request of a source, because a response of ``size`` bytes was read."""
        self.of_source(fetch.source).arrive(size, self.clock())
        self.wake()

    def finish(self, source_crawl: SourceCrawl, url_key: str) -> None:
        """Remove a page that has its outcome from those in flight."""
        source_crawl.finish(url_key)
        self.wake()

    def abandon_host(self, host: Host, decision: Decision) -> None:
        """Skip a host and all sources whose home page is on it for the rest of the run."""
        reason = host.given_up or "host_failing"
        wait = decision.seconds if isinstance(decision, Backoff) else 0.0
        due_at = self.now() + timedelta(seconds=min(wait, LONGEST_PAUSE))
        for source_crawl in self.sources_of(host):
            if source_crawl.closed is None:
                source_crawl.close(reason, due_at)
                error = f"{host.name}: {reason} ({decision.reason})"
                set_source_error(self.db, self.id, source_crawl.slug, error)


def is_about_storage(error: BaseException | None) -> bool:
    """Whether an error means that the database or the archive cannot be written.

    The disk may be full, or the database locked for too long. Values that a table refuses are the
    matter of one page only.
    """
    is_other = isinstance(error, (ConnectionError, TimeoutError, gaierror, *ROW_ERRORS))
    return isinstance(error, (sqlite3.Error, OSError)) and not is_other


@contextmanager
def ending_the_crawl() -> Iterator[None]:
    """Return a context manager that ends the crawl if the database fails.

    Pages whose outcome could not be recorded stay pending. Raises CloseSpider, upon which Scrapy
    ends the crawl if a callback raises it.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise CloseSpider(f"storage: {error}") from error
