"""One run: what it works with, made once and set on the crawler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlite_utils import Database

from pipelines.extraction import SourceProfile
from pipelines.stage_context import StageContext
from pipelines.workers import Workers
from scraper.archive.writer import ArchiveWriter
from scraper.base.source import Source
from spiders.http.hosts import Hosts
from spiders.limits import CrawlPlan


@dataclass(kw_only=True)
class CrawlRun(StageContext):
    """A run: its number, its sources, its plan, and the hosts that it asks."""

    id: int
    sources: Sequence[Source]
    plan: CrawlPlan
    hosts: Hosts = field(init=False)

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
