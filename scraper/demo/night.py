"""One night of the demo: serves the portals of that night, crawls them, and lists the changes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date

from scraper.base.clock import VIETNAM, now
from scraper.base.messages import say, say_count, spoken, word
from scraper.base.source import Level, Source, State
from scraper.config.configuration import Configuration
from scraper.crawling.crawl import RunReport, crawl
from scraper.demo.content import NIGHTS
from scraper.demo.place import check_place
from scraper.demo.portal import DemoPortal, DemoSite
from scraper.store.database import open_database, open_for_reading
from scraper.store.files import FileKind
from scraper.store.runs import first_start, list_runs
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

    After the third night, the third is crawled again. All dates are moved to the weeks before the
    day of the first run, so that what the first night stored stays true on the others. Raises
    UsageError if the database is a real one or beside one, and what
    `scraper.crawling.crawl.crawl` raises.
    """
    check_place(configuration.database)
    number, day = _next_night(configuration)
    with DemoPortal(night=number, last_night=day) as portal:
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


def _next_night(configuration: Configuration) -> tuple[int, date]:
    """Return the number of the next night, and the day of the first run in Vietnam."""
    with closing(open_database(configuration.database)) as db:
        number = min(len(list_runs(db, NIGHTS[-1])) + 1, NIGHTS[-1])
        start = first_start(db) or now()
    return number, start.astimezone(VIETNAM).date()


def _describe(changes: dict[str, list[str]]) -> list[str]:
    if not any(changes.values()):
        return [say("nothing new")]
    return [
        f"{word('change', change, spoken())}: "
        f"{titles[0] if len(titles) == 1 else say_count(len(titles), 'article')}"
        for change, titles in changes.items()
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
