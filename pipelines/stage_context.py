"""The resources of the stages of a crawl. They are set on the crawler before the crawl starts."""

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
"""The attribute of a crawler that holds the context. Scrapy passes the crawler to components."""


@dataclass(kw_only=True)
class StageContext:
    """The database, the archive, the workers and the source profiles of a crawl.

    ``policy`` decides when pages are fetched again. Articles older than ``since`` are not stored.
    """

    db: Database
    archive: ArchiveWriter
    workers: Workers
    profiles: Mapping[str, SourceProfile]
    policy: RecrawlPolicy
    since: date | None = None

    def set_on(self, crawler: Crawler) -> None:
        """Set the context on a crawler, so that its components find it."""
        setattr(crawler, ATTRIBUTE, self)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the context that was set on a crawler. Raises NotConfigured if there is none."""
        context = getattr(crawler, ATTRIBUTE, None)
        if not isinstance(context, cls):
            raise NotConfigured("only `tinhuyen crawl` sets up what a crawl works with")
        return context
