"""One search for portals, from the lock of the database to the closed row of ``discoveries``."""

from __future__ import annotations

import logging
from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from sqlite_utils import Database

from pipelines.workers import Workers
from scraper.base.clock import now
from scraper.base.errors import StoreError, TinhuyenError, UsageError
from scraper.base.lock import lock
from scraper.base.source import is_own_host
from scraper.config.configuration import Configuration
from scraper.crawling.crawl import ASKED, FINISHED, scrapy_settings
from scraper.crawling.search_plan import taken_names
from scraper.store.candidates import count_verdicts, live_units, lost_units, shown_candidates
from scraper.store.collected_shards import refuse_collected
from scraper.store.database import open_database, translated_errors
from scraper.store.discoveries import (
    finish_discovery,
    link_lists,
    read_discovery,
    start_discovery,
)
from scraper.store.source_life import read_sources
from spiders.extensions import check_reserve
from spiders.http.resolver import endpoint_of
from spiders.limits import CrawlPlan, Limits
from spiders.portal_search.host_client import Network
from spiders.portal_search.limits import LONGEST_PAUSE
from spiders.portal_search.plan import SearchPlan
from spiders.portal_search.search import PortalSearch
from spiders.portal_search.spider import PortalSearchSpider

BLIND = "no host name could be looked up"
"""Why a search ended that recorded nothing, since this machine has no connection."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DiscoveryReport:
    """A closed search: its row, how many hosts had each verdict, and what is known of each.

    ``candidates`` are the hosts that it looked at and the portals that were found before. ``lists``
    are the rows of its link lists; ``unread`` those of them without which it is incomplete.
    ``taken`` are the usual hosts of units without a portal that sources have already. ``read``
    are the slugs of sources that a run has read.
    """

    run: dict[str, Any]
    verdicts: dict[str, int]
    candidates: list[dict[str, Any]]
    lists: list[dict[str, Any]]
    unread: list[dict[str, Any]]
    taken: list[str]
    read: frozenset[str] = frozenset()

    @property
    def exit_code(self) -> int:
        """0 if all went well, 3 if a link list could not be read, 130 if it was interrupted."""
        if self.run["state"] == "interrupted":
            return 130
        return 3 if self.unread else 0


def discover(
    plan: SearchPlan,
    configuration: Configuration,
    on_look: Callable[[int, int], None] = lambda looks, requests: None,
) -> DiscoveryReport:
    """Search for portals once and return what was found; the process cannot search a second time.

    ``on_look`` is called after each look with the numbers of looks and requests. Raises LockedError
    if a run holds the database, UsageError if no contact is set, StoreError if the database cannot
    be used, TinhuyenError if the search ended early for any reason except a signal.
    """
    require_contact(plan, configuration)
    database = configuration.database
    with lock(database), translated_errors(database):
        db = open_database(database)
        refuse_collected(db, database)
        check_reserve(database.parent, configuration.reserve_bytes)
        units = (plan.registered_units | live_units(db)) - lost_units(db)
        read = frozenset(read_sources(db))
        unseen = {host: each for host, each in plan.unseen.items() if each.slug not in read}
        plan = replace(plan, registered_units=units, unseen=unseen)
        run = start_discovery(db, plan.provinces, now())
        logger.info("search started provinces=%s", " ".join(plan.provinces))
        end = _search(db, run, plan, configuration, on_look)
        report = replace(_close(db, run, plan, end), read=read)
    if end.startswith("storage"):
        raise StoreError(
            f"the search stopped ({end}): what was stored is whole; make room, then search again"
        )
    if end == BLIND:
        raise TinhuyenError(
            "no host name could be looked up: check the connection of this machine; nothing was "
            "recorded"
        )
    if end not in (FINISHED, ASKED):
        raise TinhuyenError(f"the search stopped ({end}): the next one goes on from it")
    return report


def require_contact(plan: SearchPlan, configuration: Configuration) -> None:
    """Raise UsageError if public sites would be asked by an agent without a contact."""
    is_public = bool(plan.guessed) or not all(is_own_host(each.url) for each in plan.lists)
    if is_public and not configuration.contact:
        raise UsageError(
            "a search asks public sites and `contact` is not set: sites must be able to reach "
            'whoever asks them. Put contact = "you@example.org" into tinhuyen.toml, or set '
            "TINHUYEN_CONTACT"
        )


def _search(
    db: Database,
    run: int,
    plan: SearchPlan,
    configuration: Configuration,
    on_look: Callable[[int, int], None],
) -> str:
    """Run Scrapy to the end of the search; returns its word for why it ended."""
    scrapy = scrapy_settings(configuration)
    limits = Limits(longest_pause=LONGEST_PAUSE)
    network = Network(plan=CrawlPlan(delay=configuration.delay, limits=limits))
    with _workers(scrapy) as workers:
        search = PortalSearch(
            id=run,
            db=db,
            plan=plan,
            network=network,
            workers=workers,
            on_look=on_look,
            has_contact=configuration.contact is not None,
        )
        process = AsyncCrawlerProcess(scrapy)
        crawler: Crawler = process.create_crawler(PortalSearchSpider)
        allowed = [endpoint_of(each.url) for each in plan.lists if is_own_host(each.url)]
        searching = process.crawl(crawler, search=search, allowed=allowed)
        process.start()
    reason = crawler.stats.get_value("finish_reason") or _why_it_never_began(searching)
    return BLIND if search.is_blind and reason == FINISHED else str(reason)


def _workers(scrapy: Settings) -> Workers:
    return Workers(
        scrapy.getint("EXTRACTION_WORKERS"),
        scrapy.getfloat("EXTRACTION_SECONDS"),
        scrapy.getint("EXTRACTION_MEMORY_MB"),
        scrapy.getfloat("EXTRACTION_TIMEOUT"),
        preload=["spiders.discovery.unit_links"],
    )


def _why_it_never_began(searching: Future[None]) -> str:
    error = searching.exception() if searching.done() and not searching.cancelled() else None
    return "it never began" if error is None else f"it never began: {error!r}"


def _close(db: Database, run: int, plan: SearchPlan, end: str) -> DiscoveryReport:
    """Store how the search ended. Returns the report."""
    known = link_lists(db, {each.url for each in plan.lists})
    required = [known[each.url] for each in plan.lists if each.is_required and each.url in known]
    unread = [row for row in required if row["reason"]]
    state = {FINISHED: "partial" if unread else "done", ASKED: "interrupted"}.get(end, "failed")
    finish_discovery(db, run, state, now(), None if end in (FINISHED, ASKED) else end)
    logger.info("search ended state=%s", state)
    candidates = shown_candidates(db, plan.provinces, run)
    lists = [known[each.url] for each in plan.lists if each.url in known]
    return DiscoveryReport(
        read_discovery(db, run),
        count_verdicts(db, run),
        candidates,
        lists,
        unread,
        taken_names(plan),
    )
