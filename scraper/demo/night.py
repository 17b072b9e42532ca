"""One night of the demo: serve the portals as they stand then, crawl them, tell what changed."""

from __future__ import annotations

from dataclasses import dataclass

from scraper.base.source import Level, Source, State
from scraper.config.configuration import Configuration
from scraper.crawling.crawl import RunReport, crawl
from scraper.demo.content import NIGHTS
from scraper.demo.portal import DemoPortal, DemoSite
from scraper.store.database import open_database, open_for_reading
from spiders.limits import CrawlPlan


@dataclass(frozen=True, slots=True)
class DemoNight:
    """A night that was crawled: its number, the run, the articles now kept, the changes told."""

    number: int
    report: RunReport
    articles: int
    changes: list[str]


def spend_night(configuration: Configuration) -> DemoNight:
    """Crawl the demo once into the configured database; each call on it is the next night.

    The last night is repeated for good. Raises what `scraper.crawling.crawl.crawl` raises.
    """
    number = _next_night(configuration)
    with DemoPortal(night=number) as portal:
        sources = [_source(site) for site in portal.sites]
        report = crawl(sources, CrawlPlan(delay=0), configuration)
    db = open_for_reading(configuration.database)
    started = report.run["started_at"]
    told = {
        "new": "SELECT title FROM articles WHERE first_seen_at >= ?",
        "edited": "SELECT title FROM articles WHERE changed_at >= ? AND first_seen_at < changed_at",
        "removed": "SELECT title FROM articles WHERE gone_at >= ?",
    }
    changes = {word: [row[0] for row in db.execute(sql, [started])] for word, sql in told.items()}
    return DemoNight(number, report, db.table("articles").count, _lines(changes))


def _next_night(configuration: Configuration) -> int:
    runs = open_database(configuration.database).table("runs").count
    return min(runs + 1, NIGHTS[-1])


def _lines(changes: dict[str, list[str]]) -> list[str]:
    if not any(changes.values()):
        return ["nothing new"]
    return [
        f"{word}: {titles[0]}" if len(titles) == 1 else f"{word}: {len(titles)} articles"
        for word, titles in changes.items()
        if titles
    ]


def _source(site: DemoSite) -> Source:
    return Source(
        slug=site.slug,
        name=site.name,
        home_url=site.home_url,
        filed_under=site.canonical_url,
        level=Level(site.level),
        province=site.province,
        district=site.district,
        state=State.LIVE,
    )
