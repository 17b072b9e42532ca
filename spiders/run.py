"""One run: what it works with, made once and set on the crawler, and the state of its sources."""

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
from scraper.store.runs import set_source_error
from spiders.http.hosts import Host, Hosts
from spiders.limits import CrawlPlan
from spiders.requests import Fetch, RobotsFetch
from spiders.responses import Backoff, Decision
from spiders.source_crawl import SourceCrawl

LONGEST_PAUSE = 30 * 86_400.0
"""Seconds for which a host's wish to be left alone is remembered at most."""


def _ask_nobody() -> None:
    """Until the scheduler is open, there is nobody to ask for requests."""


@dataclass(kw_only=True)
class CrawlRun(StageContext):
    """A run: its number, its sources, its plan, the hosts that it asks, and its sources' state.

    ``sources`` are those of the registry; ``source_crawls`` those that could be opened, by slug;
    ``wake`` has the engine ask the scheduler for requests again; ``now`` is the time of day, and
    ``clock`` the monotonic one of all pauses.
    """

    id: int
    sources: Sequence[Source]
    plan: CrawlPlan
    now: Callable[[], datetime] = field(default_factory=lambda: now)
    clock: Callable[[], float] = field(default_factory=lambda: monotonic)
    hosts: Hosts = field(init=False)
    source_crawls: dict[str, SourceCrawl] = field(init=False, default_factory=dict)
    wake: Callable[[], None] = field(init=False, default_factory=lambda: _ask_nobody)

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
    ) -> Self:
        """A run by its plan, which also says what its stages store."""
        return cls(
            id=run,
            sources=sources,
            plan=plan,
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
        """The state of a source that could be opened."""
        return self.source_crawls[source.slug]

    def sources_of(self, host: Host) -> list[SourceCrawl]:
        """The sources whose home page is on a host."""
        return [one for one in self.source_crawls.values() if one.home is host]

    def end_request(self, fetch: Fetch | RobotsFetch, size: int = 0) -> None:
        """A request has ended: the pause of its host begins, and after it another may leave.

        The engine itself asks for one only when what the answer brought has been stored.
        """
        fetch.host.end(self.clock())
        self.free_source(fetch, size)

    def free_source(self, fetch: Fetch | RobotsFetch, size: int) -> None:
        """What an answer brought has been read: the next request of its source may leave."""
        self.of_source(fetch.source).arrive(size, self.clock())
        self.wake()

    def release(self, source_crawl: SourceCrawl, url_key: str) -> None:
        """A page has its outcome: take it out of flight."""
        source_crawl.release(url_key)
        self.wake()

    def abandon_host(self, host: Host, decision: Decision) -> None:
        """Leave a host alone for this run, with all sources whose home it is."""
        reason = host.given_up or "host_failing"
        wait = decision.seconds if isinstance(decision, Backoff) else 0.0
        due_at = self.now() + timedelta(seconds=min(wait, LONGEST_PAUSE))
        for source_crawl in self.sources_of(host):
            if source_crawl.closed is None:
                source_crawl.close(reason, due_at)
                error = f"{host.name}: {reason} ({decision.reason})"
                set_source_error(self.db, self.id, source_crawl.slug, error)


def is_about_storage(error: BaseException | None) -> bool:
    """Whether database or archive take nothing more: a full disk, a lasting lock."""
    is_network = isinstance(error, (ConnectionError, TimeoutError, gaierror))
    return isinstance(error, (sqlite3.Error, OSError)) and not is_network


@contextmanager
def ending_the_crawl() -> Iterator[None]:
    """End the crawl if the database fails: what could not be recorded stays pending.

    Raises CloseSpider, which Scrapy heeds in callbacks.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise CloseSpider(f"storage: {error}") from error
