"""Reading what was fetched: lists, feeds and sitemaps here, articles in the pipelines."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from pipelines.items import Outcome, Page
from pipelines.page_item import PageItem
from pipelines.workers import Workers
from scraper.base.clock import now
from scraper.base.urls import belongs, url_key, urljoin_safely
from scraper.store.database import write_transaction
from scraper.store.declared_url import declared_address
from scraper.store.frontier import BY_SCRIPT, set_due
from scraper.store.pages import Capture, Discovery, discover
from scraper.store.registry import note_platform
from scraper.store.runs import set_site_name
from spiders.discovery.feeds import read_feed
from spiders.discovery.inspection import Inspection, SourceView, inspect_links, inspect_list
from spiders.discovery.links import PageLinks
from spiders.discovery.page_classifier import PageContent
from spiders.discovery.sitemaps import read_sitemap
from spiders.link_selection import ARCHIVE_LIST_RANK, of_announcements, of_list, of_sitemap
from spiders.outcomes import OutcomeRecorder
from spiders.requests import Fetch
from spiders.responses import Done
from spiders.source_crawl import SourceCrawl

NOTICES = frozenset({"document", "photo_only", "video_only"})
"""Reasons for which a page is refused whose content is a file."""

NOTHING_SHOWN = PageContent()


class Reader:
    """Reads the pages of one source; what touches their content is done by a worker."""

    def __init__(
        self, source_crawl: SourceCrawl, recorder: OutcomeRecorder, workers: Workers
    ) -> None:
        self.source_crawl = source_crawl
        self.recorder = recorder
        self.workers = workers
        self.home = PageContent()
        self.list_like: set[str] = set()

    async def read(self, fetch: Fetch, page: Page, capture: Capture | None) -> PageItem | None:
        """Settle a page that announces or lists, with what it leads to; else give its item."""
        known = fetch.known
        body_hash = capture.body_hash if capture else hashlib.sha256(page.body).hexdigest()
        if (
            known.article is not None
            and body_hash == known.body_hash
            and not self.source_crawl.plan.full
        ):
            self.recorder.unchanged(self.source_crawl, fetch, page, "same_body", capture)
            return None
        if known.kind == "feed":
            await self._read_feed(fetch, page, capture)
        elif known.kind == "sitemap":
            await self._read_sitemap(fetch, page, capture)
        elif known.kind == "article" or not await self._is_list(fetch, page, capture):
            return self._item(fetch, page, capture, body_hash)
        return None

    def of_robots(self, sitemaps: list[str]) -> list[Discovery]:
        """The sitemaps that a robots.txt names, as far as they are the source's own."""
        source = self.source_crawl.source
        places = [urljoin_safely(source.home_url, place) for place in sitemaps]
        own = [place for place in places if belongs(place, source)]
        self.source_crawl.names_sitemap |= bool(own)
        return [
            self.source_crawl.discovery(place, "sitemap", place=n) for n, place in enumerate(own)
        ]

    async def follow_later(self, item: PageItem) -> None:
        """Follow the links of an extracted page that is no article, or that looks like a list too.

        A list is fetched again in each run. So is a refused page that looks like a list, unless it
        was refused for being a notice: its content does not change, and others name what it names.
        """
        assert item.reading is not None
        verdict, known = item.reading.article.verdict, item.known
        looks_like_list = item.url_key in self.list_like
        self.list_like.discard(item.url_key)
        is_refused = verdict.outcome in (Outcome.LISTING, Outcome.NOT_ARTICLE)
        if known is None or not (is_refused or looks_like_list):
            return
        links = await self.workers.call(inspect_links, item.page, self._view())
        selected = await of_list(self.source_crawl, known, links)
        is_notice = verdict.reason in NOTICES and known.kind != "listing"
        is_list = verdict.outcome is Outcome.LISTING or (
            is_refused and looks_like_list and not is_notice
        )
        self.source_crawl.names_articles |= is_list and selected.names_articles
        await self.recorder.take_up(selected, now())
        if is_list and selected.names_articles:
            with write_transaction(self.source_crawl.db):
                set_due(self.source_crawl.db, item.url_key, now())

    def guess(self, kind: str) -> None:
        """Try the next of the usual places where nothing names a feed or a sitemap."""
        with write_transaction(self.source_crawl.db):
            discover(
                self.source_crawl.db, self.recorder.run, self.source_crawl.next_guess(kind), now()
            )

    async def _read_feed(self, fetch: Fetch, page: Page, capture: Capture | None) -> None:
        feed = await self.workers.call(read_feed, page.body, fetch.url)
        selected = await of_announcements(self.source_crawl, fetch.known, feed.entries, "article")
        end = _announcing_end(feed.problem, bool(feed.entries))
        await self.recorder.listed(
            self.source_crawl, fetch, page, selected, end, self._announces_again(end, None), capture
        )
        if end.outcome is not Outcome.LISTING:
            self.guess("feed")

    async def _read_sitemap(self, fetch: Fetch, page: Page, capture: Capture | None) -> None:
        sitemap = await self.workers.call(read_sitemap, page.body, fetch.url)
        selected = await of_sitemap(self.source_crawl, fetch.known, sitemap)
        end = _announcing_end(sitemap.problem, bool(sitemap.pages or sitemap.children))
        due = self._announces_again(end, fetch.known.announced_at)
        await self.recorder.listed(self.source_crawl, fetch, page, selected, end, due, capture)
        if end.outcome is not Outcome.LISTING:
            self.guess("sitemap")

    def _announces_again(self, end: Done, announced_at: str | None) -> datetime | None:
        """When a feed or sitemap is read again: each run, but a child whose index tells of it."""
        is_told = announced_at is not None or end.outcome is not Outcome.LISTING
        return None if is_told else now()

    async def _is_list(self, fetch: Fetch, page: Page, capture: Capture | None) -> bool:
        """Read a page as a list and settle it; False where it looks like an article."""
        is_home = fetch.known.url_key == self.source_crawl.home_key
        is_unsure = self._is_unsure(fetch)
        view = self._view(None if is_home else self.home if is_unsure else NOTHING_SHOWN)
        more, known = self.source_crawl.more, fetch.known
        shown = replace(page, final_url=more.shown_on(known) or page.final_url)
        seen = await self.workers.call(inspect_list, shown, view, is_unsure)
        if is_home:
            self._learn_of_home(seen)
        if is_unsure and self._may_be_article(fetch, seen):
            return False
        if further := more.after(known):
            seen.links.paging = [further]
        selected = await of_list(self.source_crawl, known, seen.links)
        self.source_crawl.url_classifier.observe(fetch.url, False)
        if fetch.known.rank >= ARCHIVE_LIST_RANK:
            self.source_crawl.empty_archives += not selected.found
        due = self._lists_again(fetch, selected.names_articles)
        is_told = seen.links.goes_on_by_script and not more.continue_list(known)
        end = Done(Outcome.LISTING, BY_SCRIPT if is_told else None)
        await self.recorder.listed(self.source_crawl, fetch, page, selected, end, due, capture)
        if is_home:
            self._guess_what_is_not_named(seen.links)
        return True

    def _learn_of_home(self, seen: Inspection) -> None:
        """Note what the home page shows of the site: its name, its platform, its content."""
        db, slug = self.source_crawl.db, self.source_crawl.source.slug
        self.home = seen.content
        if seen.site_name:
            with write_transaction(db):
                set_site_name(db, self.recorder.run, slug, seen.site_name)
        if self.source_crawl.learn_platform(seen.platform):
            with write_transaction(db):
                note_platform(db, slug, self.source_crawl.platform.name)

    def _is_unsure(self, fetch: Fetch) -> bool:
        """Whether nothing but its address told what a page is, as far as this run believes it."""
        known = fetch.known
        is_named = known.depth == 0 or known.rank >= ARCHIVE_LIST_RANK
        was_read = known.fetched_at is not None and not self.source_crawl.plan.full
        return known.kind == "unknown" or not (known.is_further or is_named or was_read)

    def _may_be_article(self, fetch: Fetch, seen: Inspection) -> bool:
        """Whether a page is to be extracted, since its address and its looks do not rule it out."""
        if seen.is_article:
            return True
        if seen.adds_nothing:
            return False
        self.list_like.add(fetch.known.url_key)
        return True

    def _lists_again(self, fetch: Fetch, names_articles: bool) -> datetime | None:
        """When a list is read again: its first page each run, further ones as that page says."""
        known = fetch.known
        if known.is_further or known.rank >= ARCHIVE_LIST_RANK:
            return None
        if known.url_key == self.source_crawl.home_key or names_articles:
            return now()
        return now() + self.source_crawl.plan.revisit.empty

    def _guess_what_is_not_named(self, links: PageLinks) -> None:
        if not links.feeds and not self.source_crawl.source.feeds:
            self.guess("feed")
        if not (
            links.sitemaps or self.source_crawl.source.sitemaps or self.source_crawl.has_sitemap
        ):
            self.guess("sitemap")

    def _view(self, home: PageContent | None = NOTHING_SHOWN) -> SourceView:
        source_crawl = self.source_crawl
        return SourceView(
            source_crawl.source, source_crawl.platform.name, source_crawl.url_classifier, home
        )

    def _item(self, fetch: Fetch, page: Page, capture: Capture | None, body_hash: str) -> PageItem:
        known, source_crawl = fetch.known, self.source_crawl
        own = source_crawl.canonical(fetch.url)
        return PageItem(
            page=page,
            run=self.recorder.run,
            source=known.source,
            url_key=known.url_key,
            canonical_url=own,
            kind=known.kind,
            body_hash=body_hash,
            known=known,
            capture=capture,
            canonical_key=url_key(own, source_crawl.url_rules),
            declared=declared_address(page, fetch.url, source_crawl.source, source_crawl.url_rules),
        )


def _announcing_end(problem: str | None, has_entries: bool) -> Done:
    """How a feed or sitemap ends: what could be read of a broken one is a listing all the same."""
    if has_entries or problem in (None, "empty"):
        return Done(Outcome.LISTING, problem)
    return Done(Outcome.NOT_ARTICLE if problem == "html" else Outcome.BROKEN, problem)
