"""What the stages of a crawl work with; the crawl sets it on its crawler before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlite_utils import Database

from pipelines.extraction import SourceProfile
from pipelines.workers import Workers
from scraper.archive.writer import ArchiveWriter
from scraper.config.recrawl_policy import RecrawlPolicy

ATTRIBUTE = "run"
"""The attribute of a crawler that holds it: Scrapy hands the crawler to every component."""


@dataclass(kw_only=True)
class StageContext:
    """The database, the archive and the workers of a crawl, and what is known of its sources.

    ``policy`` decides when pages are fetched again; no article older than ``since`` is stored.
    """

    db: Database
    archive: ArchiveWriter
    workers: Workers
    profiles: Mapping[str, SourceProfile]
    policy: RecrawlPolicy
    since: date | None = None

    def set_on(self, crawler: Crawler) -> None:
        """Have the components of a crawler find it."""
        setattr(crawler, ATTRIBUTE, self)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """What was set on the crawler. Raises NotConfigured if nothing was."""
        context = getattr(crawler, ATTRIBUTE, None)
        if not isinstance(context, cls):
            raise NotConfigured("only `tinhuyen crawl` sets up what a crawl works with")
        return context
