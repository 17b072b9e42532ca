"""One night of the demo: serves the portals of that night, crawls them, and lists the changes."""

from __future__ import annotations

from dataclasses import dataclass

from scraper.base.source import Level, Source, State
from scraper.config.configuration import Configuration
from scraper.crawling.crawl import RunReport, crawl
from scraper.demo.content import NIGHTS
from scraper.demo.portal import DemoPortal, DemoSite
from scraper.store.database import open_database, open_for_reading
from scraper.store.files import FileKind
from scraper.store.runs import list_runs
from scraper.store.stats import count_articles_and_notices, count_kept_files, titles_since
from spiders.limits import CrawlPlan


@dataclass(frozen=True, slots=True)
class DemoNight:
    """A crawled night: its number, the run, the numbers of what is stored, and the changes."""

    number: int
    report: RunReport
    articles: int
    photos: int
    attachments: int
    changes: list[str]


def crawl_next_night(configuration: Configuration) -> DemoNight:
    """Crawl the next night of the demo into the configured database.

    After the third night, the third is crawled again. Raises what `scraper.crawling.crawl.crawl`
    raises.
    """
    number = _next_night(configuration)
    with DemoPortal(night=number) as portal:
        sources = [_source(site) for site in portal.sites]
        report = crawl(sources, CrawlPlan(delay=0, photos=True, attachments=True), configuration)
    db = open_for_reading(configuration.database)
    changes = titles_since(db, report.run["started_at"])
    articles = sum(count_articles_and_notices(db))
    files = count_kept_files(db)
    return DemoNight(
        number,
        report,
        articles,
        photos=files[FileKind.PHOTO],
        attachments=files[FileKind.ATTACHMENT],
        changes=_describe(changes),
    )


def _next_night(configuration: Configuration) -> int:
    runs = list_runs(open_database(configuration.database), NIGHTS[-1])
    return min(len(runs) + 1, NIGHTS[-1])


def _describe(changes: dict[str, list[str]]) -> list[str]:
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
