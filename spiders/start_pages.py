"""The start of a run: the state of each source, and the pages that are queued first."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin

from pipelines.items import Outcome
from scraper.base.errors import TinhuyenError
from scraper.base.source import ListPage
from scraper.base.urls import belongs
from scraper.store.database import write_transaction
from scraper.store.frontier import (
    aged_articles,
    all_pages,
    retry_after_until,
)
from scraper.store.outcomes import ends_in_run
from scraper.store.pages import Discovery, PageRecord, Turn, discover, due_pages
from scraper.store.runs import set_source_error
from spiders.discovery.pagination import Link, Postback
from spiders.recrawl import CrawlScope
from spiders.run import CrawlRun
from spiders.source_crawl import SourceCrawl
from spiders.source_history import read_history
from spiders.source_urls import CHILD_RANK, RANKS

GAVE_NOTHING = frozenset(
    (
        Outcome.NOT_ARTICLE,
        Outcome.GONE,
        Outcome.SOFT_404,
        Outcome.BLOCKED,
        Outcome.REFUSED,
        Outcome.FAILED,
        Outcome.BROKEN,
    )
)
"""Outcomes of a list, feed or sitemap of the registry that yielded nothing."""

MAX_MISSING_NAMED = 3
"""Most URLs of the registry without any yield that are named in the summary of a run."""

logger = logging.getLogger(__name__)


def open_sources(run: CrawlRun, moment: datetime) -> None:
    """Queue the start pages of each source of a run.

    If a source cannot be opened, the reason is stored as its error.
    """
    for source in run.sources:
        home = run.hosts.add_home(source)
        try:
            source_crawl = SourceCrawl(
                source,
                home,
                run.plan,
                CrawlScope(source.slug, run.id, moment, run.plan.full, run.plan.since),
                read_history(run.db, source),
            )
            run.source_crawls[source.slug] = source_crawl
            _open(run, source_crawl, moment)
        except TinhuyenError as error:
            if opened := run.source_crawls.get(source.slug):
                opened.close("unusable")
            else:
                logger.info("source closed source=%s reason=%s", source.slug, "unusable")
            set_source_error(run.db, run.id, source.slug, str(error))


def _open(run: CrawlRun, source_crawl: SourceCrawl, moment: datetime) -> None:
    slug = source_crawl.slug
    until = retry_after_until(run.db, slug, moment)
    with write_transaction(run.db):
        discover(run.db, run.id, start_pages(run, source_crawl), moment)
    if not source_crawl.source.verify_tls:
        logger.warning("tls unverified source=%s", slug)
    if until is not None:
        source_crawl.close("retry_after", until)
        set_source_error(run.db, run.id, slug, f"asked for patience until {until}")


def start_pages(run: CrawlRun, source_crawl: SourceCrawl) -> list[Discovery]:
    """Return the home page, the URLs in the registry, and the pages that are due."""
    source, scope = source_crawl.source, source_crawl.scope
    home = source_crawl.urls.discovery(source.home_url, "listing", rank=0, turn=Turn.HOME)
    due = (
        all_pages(run.db, source.slug)
        if scope.full
        else due_pages(run.db, source.slug, scope.moment)
    )
    own = [page for page in due if belongs(page.url, source) and not scope.is_put_off(page)]
    aged = {} if scope.full else _aged(run, source_crawl)
    children = [page for page in own if page.kind == "sitemap" and page.depth]
    places = _places_of_children(children) | aged
    due_again = (_due_again(page, places, page.url_key in aged) for page in own)
    taken = [home, *declared(source_crawl), *due_again]
    return list({page.url_key: page for page in reversed(taken)}.values())


def declared(source_crawl: SourceCrawl) -> list[Discovery]:
    """Return the lists, feeds and sitemaps in the registry, and the first pages of `more`."""
    source, urls = source_crawl.source, source_crawl.urls
    named = [
        urls.discovery(urljoin(source.home_url, url), kind)
        for kind, places in (("feed", source.feeds), ("sitemap", source.sitemaps))
        for url in places
    ]
    lists = [_first_page(each, source.home_url) for each in source.lists]
    links = [*lists, *source_crawl.more.beginnings()]
    return [*(urls.paging(link) for link in links), *named]


def _first_page(declared_list: ListPage, home_url: str) -> Link | Postback:
    """Return the request for a list in the registry."""
    url = urljoin(home_url, declared_list.url)
    return Postback(url, declared_list.formdata) if declared_list.formdata else Link(url)


def missing_declared(run: CrawlRun, source_crawl: SourceCrawl) -> str | None:
    """Return which lists, feeds and sitemaps in the registry yielded nothing, and why, or None.

    Returns None if the run has a ``since``, because a feed may have no news of these days.
    """
    if run.plan.since is not None:
        return None
    missing = []
    for one in declared(source_crawl):
        outcome, reason = ends_in_run(run.db, run.id, one.url_key) or (None, None)
        if outcome in GAVE_NOTHING:
            missing.append(f"{one.kind} {one.url} gives nothing ({reason or outcome})")
        elif one.url_key in source_crawl.empty:
            missing.append(f"{one.kind} {one.url} names no article")
    return "; ".join(missing[:MAX_MISSING_NAMED])


def _aged(run: CrawlRun, source_crawl: SourceCrawl) -> dict[str, int]:
    """Return the places of old articles that are due. The one not seen for longest comes first."""
    moment = source_crawl.scope.moment
    before = (moment - run.plan.revisit.youth).date()
    aged = aged_articles(run.db, source_crawl.slug, moment, before)
    return {key: place for place, key in enumerate(aged)}


def _due_again(page: PageRecord, places: dict[str, int], is_aged: bool) -> Discovery:
    """Return the discovery of a page that is due. A page left over keeps its place in the queue.

    ``places`` holds the places of sitemaps and old articles. ``is_aged`` marks an old article.
    """
    is_left = page.outcome in (None, Outcome.DEFERRED)
    is_child = page.kind == "sitemap" and page.depth > 0
    turn = page.turn if is_left else None
    return Discovery(
        page.url_key,
        page.source,
        page.url,
        page.kind,
        rank=page.rank if is_left else CHILD_RANK if is_child else RANKS[page.kind],
        place=places.get(page.url_key, page.place),
        depth=page.depth,
        list=page.list,
        form=page.form,
        turn=Turn.RECHECK if is_aged else turn,
    )


def _places_of_children(due: Iterable[PageRecord]) -> dict[str, int]:
    """Return the places of child sitemaps that were read before, longest not read first.

    These places are odd. The places of sitemaps that were never read are even or grow with their
    depth, so that known and new sitemaps alternate, however many there are of either.
    """
    read = sorted((page.fetched_at, page.url_key) for page in due if page.fetched_at)
    return {key: 2 * number + 1 for number, (_, key) in enumerate(read)}
