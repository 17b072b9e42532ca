"""Read fetched lists, feeds and sitemaps. Pages that may be articles go to the pipelines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from scrapy.http import Response

from pipelines.items import Outcome, Page
from pipelines.page_item import PageItem
from scraper.base.urls import url_key
from scraper.store.captures import Capture
from scraper.store.database import write_transaction
from scraper.store.declared_url import declared_address
from scraper.store.frontier import BY_SCRIPT, named_articles, set_due
from scraper.store.pages import Discovery, PageRecord, page_records
from scraper.store.runs import set_site_name
from scraper.store.sources import note_platform
from spiders.discovery.feeds import FeedEntry, read_feed
from spiders.discovery.inspection import Inspection, inspect_links, inspect_list
from spiders.discovery.links import PageLinks
from spiders.discovery.sitemaps import Sitemap, SitemapEntry, read_sitemap
from spiders.link_selection import (
    ARCHIVE_LIST_RANK,
    SelectedLinks,
    links_of_entries,
    links_of_list,
    merged,
    paging_of_list,
    select_dropped,
    select_from_entries,
    select_from_list,
)
from spiders.outcomes import OutcomeRecorder
from spiders.recrawl import credible, dropped_from_sitemap
from spiders.requests import Fetch
from spiders.responses import Done
from spiders.run import CrawlRun
from spiders.source_crawl import NOTHING_SHOWN, SourceCrawl
from spiders.source_urls import unique
from spiders.turns import in_turns, portions

NOTICES = frozenset({"document", "photo_only", "video_only"})
"""Reasons for which a page that consists of a file, photos or a video is not an article."""


class PageReader:
    """Reads the pages of a run. Workers parse their content."""

    def __init__(self, run: CrawlRun, recorder: OutcomeRecorder) -> None:
        self.run = run
        self.db = run.db
        self.recorder = recorder

    async def read(self, fetch: Fetch, page: Page, response: Response) -> PageItem | None:
        """Record a list, feed or sitemap and queue its links, or return the item of a page.

        Returns None if the outcome has been recorded. Raises what the workers raise.
        """
        known = fetch.known
        capture: Capture | None = response.meta.get("capture")
        body_hash = response.meta.get("body_hash") or hashlib.sha256(page.body).hexdigest()
        is_known_body = known.article is not None and body_hash == known.body_hash
        if is_known_body and not self.run.plan.full:
            self.recorder.unchanged(fetch, page, "same_body", capture)
            return None
        if known.kind == "feed":
            await self._read_feed(fetch, page, capture, body_hash)
        elif known.kind == "sitemap":
            await self._read_sitemap(fetch, page, capture, body_hash)
        elif known.kind == "article" or not await self._read_list(fetch, page, capture, body_hash):
            return self._item(fetch, page, capture, body_hash)
        return None

    async def follow_later(self, item: PageItem) -> None:
        """Queue the links of an extracted page that is not an article or looks like a list.

        A list is fetched again in each run. So is a page that is not an article and looks like a
        list, unless its reason is one of ``NOTICES``: such a page does not change, and other pages
        name its links, too.
        """
        assert item.extraction is not None
        source_crawl = self.run.source_crawls[item.source]
        verdict, known = item.extraction.article.verdict, item.known
        looks_like_list = source_crawl.forget_list_like(item.url_key)
        is_refused = verdict.outcome in (Outcome.LISTING, Outcome.NOT_ARTICLE)
        if known is None or not (is_refused or looks_like_list):
            return
        links = await self.run.workers.call(inspect_links, item.page, source_crawl.view())
        selected = await self._select_from_list(source_crawl, known, links)
        is_notice = verdict.reason in NOTICES and known.kind != "listing"
        is_list = verdict.outcome is Outcome.LISTING or (
            is_refused and looks_like_list and not is_notice
        )
        is_worth_it = is_list and selected.names_articles
        if is_worth_it:
            source_crawl.note_names_articles()
        await self.recorder.queue(selected, self.run.now())
        if is_worth_it:
            with write_transaction(self.db):
                set_due(self.db, item.url_key, self.run.now())

    async def _read_feed(
        self, fetch: Fetch, page: Page, capture: Capture | None, body_hash: str
    ) -> None:
        """Record a feed and queue what it announces."""
        source_crawl = self.run.of_source(fetch.source)
        feed = await self.run.workers.call(read_feed, page.body, fetch.url)
        selected = await self._select_from_entries(
            source_crawl, fetch.known, feed.entries, "article"
        )
        end = _end_of_entries(feed.problem, bool(feed.entries))
        due = self.run.now() if end.outcome is Outcome.LISTING else None
        await self.recorder.listed(fetch, page, selected, end, due, capture, body_hash)

    async def _read_sitemap(
        self, fetch: Fetch, page: Page, capture: Capture | None, body_hash: str
    ) -> None:
        """Read a sitemap. It is due in each run, unless its index announces its changes."""
        source_crawl = self.run.of_source(fetch.source)
        sitemap = await self.run.workers.call(read_sitemap, page.body, fetch.url)
        selected = await self._select_from_sitemap(source_crawl, fetch.known, sitemap)
        end = _end_of_entries(sitemap.problem, bool(sitemap.pages or sitemap.children))
        is_announced = fetch.known.announced_at is not None
        due = None if is_announced or end.outcome is not Outcome.LISTING else self.run.now()
        await self.recorder.listed(fetch, page, selected, end, due, capture, body_hash)

    async def _read_list(
        self, fetch: Fetch, page: Page, capture: Capture | None, body_hash: str
    ) -> bool:
        """Read a page as a list and record it. Returns False if it has to be extracted instead."""
        known, source_crawl = fetch.known, self.run.of_source(fetch.source)
        is_home = known.url_key == source_crawl.home_key
        is_unsure = self._is_unsure(known)
        home = None if is_home else source_crawl.home_content if is_unsure else NOTHING_SHOWN
        more = source_crawl.more
        shown = replace(page, final_url=more.shown_on(known) or page.final_url)
        seen = await self.run.workers.call(inspect_list, shown, source_crawl.view(home), is_unsure)
        if is_home:
            self._learn_from_home(source_crawl, seen)
        if is_unsure and not seen.adds_nothing:
            if not seen.is_article:
                source_crawl.note_list_like(known.url_key)
            return False
        if further := more.after(known):
            seen.links.paging = [further]
        selected = await self._select_from_list(source_crawl, known, seen.links)
        source_crawl.learn_kind(fetch.url, is_article=False)
        if known.rank >= ARCHIVE_LIST_RANK:
            source_crawl.note_archive(selected)
        due = self._list_due_at(source_crawl, known, selected.names_articles)
        is_by_script = seen.links.has_script_pagination and not more.continue_list(known)
        end = Done(Outcome.LISTING, BY_SCRIPT if is_by_script else None)
        await self.recorder.listed(fetch, page, selected, end, due, capture, body_hash)
        if is_home:
            self._guess_what_is_not_named(source_crawl, seen.links)
        return True

    # Selection of links: read the records, call the selection, note its result.

    async def _select_from_list(
        self, source_crawl: SourceCrawl, known: PageRecord, links: PageLinks
    ) -> SelectedLinks:
        """Return the links of a list that are queued, and store what it named."""
        rules = source_crawl.selection_rules
        named = [one async for one in in_turns(links_of_list(rules, known, links))]
        records = await self._records(named)
        paging = paging_of_list(rules, known, links.paging)
        records |= page_records(self.db, [known.list_key, *(one.url_key for one in paging)])
        progress = source_crawl.progress_of(known)
        names_articles = bool(links.articles)
        selected = select_from_list(rules, known, named, paging, records, progress, names_articles)
        source_crawl.note_links(known, selected)
        return selected

    async def _select_from_entries(
        self,
        source_crawl: SourceCrawl,
        known: PageRecord,
        entries: Iterable[FeedEntry | SitemapEntry],
        kind: str | None = None,
    ) -> SelectedLinks:
        """Return the announced pages that are queued or stored."""
        rules = source_crawl.selection_rules
        links = links_of_entries(rules, known, entries, kind)
        named = unique([one async for one in in_turns(links) if one is not None])
        return select_from_entries(rules, named, await self._records(named))

    async def _select_from_sitemap(
        self, source_crawl: SourceCrawl, known: PageRecord, sitemap: Sitemap
    ) -> SelectedLinks:
        """Return the pages, child sitemaps and dropped articles that are queued."""
        pages = await self._select_from_entries(source_crawl, known, credible(sitemap.pages))
        children = await self._select_from_entries(source_crawl, known, sitemap.children, "sitemap")
        missed = [] if sitemap.problem else await self._missed(source_crawl, known, sitemap)
        return merged(pages, children, missed)

    async def _missed(
        self, source_crawl: SourceCrawl, known: PageRecord, sitemap: Sitemap
    ) -> list[Discovery]:
        """Return the articles that a sitemap named before and no longer names."""
        named = named_articles(self.db, known.url_key)
        if not named:
            return []
        present = {
            source_crawl.urls.key(page.url, kind): page.changed_at
            async for page in in_turns(sitemap.pages)
            for kind in ("article", "unknown")
        }
        limit = self.run.plan.limits.dropped_from_sitemap
        keys = dropped_from_sitemap(named, present, limit)
        source_crawl.note_dropped(keys)
        return select_dropped(source_crawl.scope, page_records(self.db, keys).values())

    async def _records(self, named: Sequence[Discovery]) -> dict[str, PageRecord]:
        """Return the stored records of the pages that a page names, by key."""
        found: dict[str, PageRecord] = {}
        async for keys in in_turns(portions([one.url_key for one in named])):
            found |= page_records(self.db, keys)
        return found

    # Whether a page is a list, and when it is read again.

    def _learn_from_home(self, source_crawl: SourceCrawl, seen: Inspection) -> None:
        """Store the name and the platform that the home page shows, and note its content."""
        source_crawl.note_home(seen.content)
        if seen.site_name:
            with write_transaction(self.db):
                set_site_name(self.db, self.run.id, source_crawl.slug, seen.site_name)
        if source_crawl.learn_platform(seen.platform):
            with write_transaction(self.db):
                note_platform(self.db, source_crawl.slug, source_crawl.platform.name)

    def _is_unsure(self, known: PageRecord) -> bool:
        """Whether the kind of a page is known only from its URL.

        In a full run, the kind that earlier runs found does not count.
        """
        is_named = known.depth == 0 or known.rank >= ARCHIVE_LIST_RANK
        was_read = known.fetched_at is not None and not self.run.plan.full
        return known.kind == "unknown" or not (known.is_further or is_named or was_read)

    def _list_due_at(
        self, source_crawl: SourceCrawl, known: PageRecord, names_articles: bool
    ) -> datetime | None:
        """Return when a list is due again: its first page in each run if it names articles.

        Returns None for further pages and lists by date, which are queued if a page names them.
        """
        if known.is_further or known.rank >= ARCHIVE_LIST_RANK:
            return None
        if known.url_key == source_crawl.home_key or names_articles:
            return self.run.now()
        return self.run.now() + self.run.policy.empty

    def _guess_what_is_not_named(self, source_crawl: SourceCrawl, links: PageLinks) -> None:
        """Try default URLs of feeds and sitemaps if the home page names none."""
        source = source_crawl.source
        if not links.feeds and not source.feeds:
            self.recorder.guess(source_crawl, "feed")
        has_named = links.sitemaps or source.sitemaps
        if not has_named and not self.recorder.has_sitemap(source_crawl):
            self.recorder.guess(source_crawl, "sitemap")

    def _item(self, fetch: Fetch, page: Page, capture: Capture | None, body_hash: str) -> PageItem:
        """Return the item of a page that may hold an article."""
        known, urls = fetch.known, self.run.of_source(fetch.source).urls
        own = urls.canonical(fetch.url)
        return PageItem(
            page=page,
            run=self.run.id,
            source=known.source,
            url_key=known.url_key,
            canonical_url=own,
            kind=known.kind,
            body_hash=body_hash,
            known=known,
            capture=capture,
            canonical_key=url_key(own, urls.rules),
            declared=declared_address(page, fetch.url, fetch.source, urls.rules),
            filed_under=fetch.source.filed_under,
        )


def _end_of_entries(problem: str | None, has_entries: bool) -> Done:
    """Return the outcome of a feed or sitemap. A broken one with readable entries counts as one."""
    if has_entries or problem in (None, "empty"):
        return Done(Outcome.LISTING, problem)
    return Done(Outcome.NOT_ARTICLE if problem == "html" else Outcome.BROKEN, problem)
