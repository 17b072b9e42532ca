"""What a crawl of a site would store: a small crawl into a temporary database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydispatch import dispatcher
from scrapy import signals
from scrapy.signalmanager import SignalManager
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.source import Source
from scraper.config.configuration import Configuration
from scraper.crawling.crawl import crawl
from scraper.store.article_fill import read_fills, spam_share
from scraper.store.database import open_for_reading
from scraper.store.frontier import lists_by_script
from scraper.store.source_life import article_keys
from scraper.store.sources import known_platform
from scraper.store.stats import count_pages_by, first_published, newest_rows, read_lists
from spiders.limits import CrawlPlan

PAGES = 40
"""Pages of a preview: the home page, feeds, sitemaps, some lists and articles."""

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Proof:
    """By what a site is recognised: its articles.

    ``keys`` are those of the pages met, ``texts`` the hashes of the texts that were read; ``spam``
    and ``vietnamese`` are shares of the articles read, as in `Fill`.
    """

    keys: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    spam: float = 0.0
    vietnamese: float | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a preview of a site found.

    ``kinds`` counts the URLs found by kind, ``outcomes`` the fetched ones by outcome;
    ``feeds``, ``sitemaps`` and ``lists`` are URLs that answered; ``samples`` rows of ``articles``;
    ``oldest`` the earliest date of publication; ``by_script`` lists with a button for more that
    only script follows; ``problem`` why the site could not be read, or None; ``missing`` which
    keys of its entry match nothing on the site; ``site_name`` what the site calls itself;
    ``reasons`` why pages were not stored: outcome → reason → pages. ``moved_to`` is where the home
    page redirects if that is another site, ``moved_status`` by which HTTP status.
    """

    source: Source
    platform: str | None
    kinds: dict[str, int]
    outcomes: dict[str, int]
    feeds: list[str]
    sitemaps: list[str]
    lists: list[str]
    samples: list[dict[str, Any]]
    oldest: str | None
    by_script: list[str]
    problem: str | None
    missing: str | None = None
    site_name: str | None = None
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    moved_to: str | None = None
    moved_status: int | None = None
    proof: Proof = Proof()

    @property
    def funnel(self) -> str:
        """How many URLs were found, classified as articles, fetched and stored as articles."""
        stored = self.outcomes.get(Outcome.NEW, 0)
        read = sum(self.outcomes.values()) - self.outcomes.get(Outcome.DEFERRED, 0)
        return (
            f"{sum(self.kinds.values())} addresses met → {self.kinds.get('article', 0)} like "
            f"articles → {read} pages asked for → {stored} articles read"
        )


def preview(
    sources: Sequence[Source],
    configuration: Configuration,
    delay: float | None = None,
    tell: Callable[[int], None] = lambda answers: None,
) -> list[Preview]:
    """Crawl a few pages of each site, as politely as a crawl; a process can do this once.

    ``tell`` is called after each answer of a site with how many there are. Raises what
    `scraper.crawling.crawl.crawl` raises.
    """
    folder = Path(tempfile.mkdtemp(prefix="tinhuyen-look-"))
    try:
        place = configuration.model_copy(update={"db": folder / "look.db"})
        plan = CrawlPlan(max_pages=PAGES, delay=configuration.delay if delay is None else delay)
        with _counted_answers(tell):
            report = crawl(sources, plan, place)
        rows = {row["source"]: row for row in report.sources}
        db = open_for_reading(place.database)
        return [_preview(db, source, rows[source.slug]) for source in sources]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _counted_answers(tell: Callable[[int], None]) -> Iterator[None]:
    """Call ``tell`` after each answer that any crawler of this process gets."""
    count = 0

    def note_answer() -> None:
        nonlocal count
        count += 1
        tell(count)

    everywhere = SignalManager(dispatcher.Any)
    everywhere.connect(note_answer, signals.response_received)
    try:
        yield
    finally:
        everywhere.disconnect(note_answer, signals.response_received)


def _preview(db: Database, source: Source, row: dict[str, Any]) -> Preview:
    return Preview(
        source=source,
        platform=known_platform(db, source.slug),
        kinds=count_pages_by(db, source.slug, "kind"),
        outcomes=count_pages_by(db, source.slug, "outcome"),
        feeds=read_lists(db, source.slug, "feed"),
        sitemaps=read_lists(db, source.slug, "sitemap"),
        lists=read_lists(db, source.slug, "listing"),
        samples=newest_rows(db, source.slug, SAMPLES),
        oldest=first_published(db, source.slug),
        by_script=lists_by_script(db, source.slug),
        problem=row["error"],
        missing=row["missing"] or None,
        site_name=row["site_name"],
        reasons=row["reasons"],
        moved_to=row["moved_to"],
        moved_status=row["moved_status"],
        proof=_proof(db, source.slug),
    )


def _proof(db: Database, slug: str) -> Proof:
    read = newest_rows(db, slug, PAGES)
    ids = [row["id"] for row in read]
    [fill] = read_fills(db, ids)
    return Proof(
        keys=tuple(article_keys(db, slug)),
        texts=tuple(row["content_hash"] for row in read),
        spam=spam_share(db, ids),
        vietnamese=fill.vietnamese if fill else None,
    )
