"""Reading what was fetched: lists, feeds and sitemaps here, articles in the pipelines."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pipelines.item import PageItem
from pipelines.page import Outcome, Page
from scraper.addresses import belongs, url_key, urljoin_safely
from scraper.clock import now
from scraper.declared_address import declared_address
from scraper.store.database import writing
from scraper.store.frontier import look_again
from scraper.store.pages import Capture, Discovery, discover
from scraper.store.registry import note_platform
from scraper.store.runs import set_site_name
from spiders.answers import End
from spiders.discovery.feeds import read_feed
from spiders.discovery.kinds import (
    PageContent,
    adds_nothing,
    content_of,
    page_kind,
)
from spiders.discovery.links import PageLinks, read_links
from spiders.discovery.naming import site_name
from spiders.discovery.sitemaps import read_sitemap
from spiders.fetch import Fetch
from spiders.leads import ARCHIVES, of_announcements, of_list, of_sitemap
from spiders.settling import Settler
from spiders.visit import Visit

NOTICES = frozenset({"document", "photo_only", "video_only"})
"""Reasons for which a page is refused whose content is a file."""


class Reader:
    """Reads the pages of one source."""

    def __init__(self, visit: Visit, settler: Settler) -> None:
        self.visit = visit
        self.settler = settler
        self.home = PageContent()
        self.list_like: set[str] = set()

    def read(self, fetch: Fetch, page: Page, capture: Capture | None) -> PageItem | None:
        """Settle a page that announces or lists, with what it leads to; else give its item."""
        known = fetch.known
        body_hash = capture.body_hash if capture else hashlib.sha256(page.body).hexdigest()
        if known.article is not None and body_hash == known.body_hash and not self.visit.plan.full:
            self.settler.unchanged(self.visit, fetch, page, "same_body", capture)
            return None
        if known.kind == "feed":
            self._read_feed(fetch, page, capture)
        elif known.kind == "sitemap":
            self._read_sitemap(fetch, page, capture)
        elif known.kind == "article" or not self._is_list(fetch, page, capture):
            return self._item(fetch, page, capture, body_hash)
        return None

    def of_robots(self, sitemaps: list[str]) -> list[Discovery]:
        """The sitemaps that a robots.txt names, as far as they are the source's own."""
        source = self.visit.source
        places = [urljoin_safely(source.home_url, place) for place in sitemaps]
        own = [place for place in places if belongs(place, source)]
        self.visit.names_sitemap |= bool(own)
        return [self.visit.discovery(place, "sitemap", place=n) for n, place in enumerate(own)]

    def follow_later(self, item: PageItem) -> None:
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
        leads = of_list(self.visit, known, self._links(item.page))
        is_notice = verdict.reason in NOTICES and known.kind != "listing"
        is_list = verdict.outcome is Outcome.LISTING or (
            is_refused and looks_like_list and not is_notice
        )
        self.visit.names_articles |= is_list and leads.names_articles
        with writing(self.visit.db):
            self.settler.take_up(leads, now())
            if is_list and leads.names_articles:
                look_again(self.visit.db, item.url_key, now())

    def probe(self, kind: str) -> None:
        """Try the next of the usual places where nothing names a feed or a sitemap."""
        with writing(self.visit.db):
            discover(self.visit.db, self.settler.run, self.visit.next_probe(kind), now())

    def _read_feed(self, fetch: Fetch, page: Page, capture: Capture | None) -> None:
        feed = read_feed(page.body, fetch.url)
        leads = of_announcements(self.visit, fetch.known, feed.entries, "article")
        end = _announcing_end(feed.problem, bool(feed.entries))
        self.settler.listed(
            self.visit, fetch, page, leads, end, self._announces_again(end, None), capture
        )
        if end.outcome is not Outcome.LISTING:
            self.probe("feed")

    def _read_sitemap(self, fetch: Fetch, page: Page, capture: Capture | None) -> None:
        sitemap = read_sitemap(page.body, fetch.url)
        leads = of_sitemap(self.visit, fetch.known, sitemap)
        end = _announcing_end(sitemap.problem, bool(sitemap.pages or sitemap.children))
        due = self._announces_again(end, fetch.known.announced_at)
        self.settler.listed(self.visit, fetch, page, leads, end, due, capture)
        if end.outcome is not Outcome.LISTING:
            self.probe("sitemap")

    def _announces_again(self, end: End, announced_at: str | None) -> datetime | None:
        """When a feed or sitemap is read again: each run, but a child whose index tells of it."""
        is_told = announced_at is not None or end.outcome is not Outcome.LISTING
        return None if is_told else now()

    def _is_list(self, fetch: Fetch, page: Page, capture: Capture | None) -> bool:
        """Read a page as a list and settle it; False where it looks like an article."""
        is_home = fetch.known.url_key == self.visit.home_key
        if is_home and (name := site_name(page)):
            with writing(self.visit.db):
                set_site_name(self.visit.db, self.settler.run, self.visit.source.slug, name)
        if is_home and self.visit.recognise(page):
            with writing(self.visit.db):
                note_platform(self.visit.db, self.visit.source.slug, self.visit.platform.name)
        links = self._links(page)
        if is_home:
            self.home = content_of(page, links)
        if self._is_unsure(fetch) and self._may_be_article(fetch, page, links):
            return False
        leads = of_list(self.visit, fetch.known, links)
        self.visit.model.observe(fetch.url, False)
        if fetch.known.rank >= ARCHIVES:
            self.visit.barren_archives += not leads.found
        due = self._lists_again(fetch, leads.names_articles)
        self.settler.listed(
            self.visit, fetch, page, leads, End(Outcome.LISTING, None), due, capture
        )
        if is_home:
            self._probe_what_is_not_named(links)
        return True

    def _is_unsure(self, fetch: Fetch) -> bool:
        """Whether nothing but its address told what a page is, as far as this run believes it."""
        known = fetch.known
        is_named = known.depth == 0 or known.rank >= ARCHIVES
        was_read = known.fetched_at is not None and not self.visit.plan.full
        return known.kind == "unknown" or not (known.is_further or is_named or was_read)

    def _may_be_article(self, fetch: Fetch, page: Page, links: PageLinks) -> bool:
        """Whether a page is to be extracted, since its address and its looks do not rule it out."""
        if page_kind(page, links) == "article":
            return True
        if adds_nothing(page, links, self.home):
            return False
        self.list_like.add(fetch.known.url_key)
        return True

    def _lists_again(self, fetch: Fetch, names_articles: bool) -> datetime | None:
        """When a list is read again: its first page each run, further ones as that page says."""
        known = fetch.known
        if known.is_further or known.rank >= ARCHIVES:
            return None
        if known.url_key == self.visit.home_key or names_articles:
            return now()
        return now() + self.visit.plan.revisit.barren

    def _probe_what_is_not_named(self, links: PageLinks) -> None:
        if not links.feeds and not self.visit.source.feeds:
            self.probe("feed")
        if not (links.sitemaps or self.visit.source.sitemaps or self.visit.has_sitemap):
            self.probe("sitemap")

    def _links(self, page: Page) -> PageLinks:
        return read_links(page, self.visit.source, self.visit.platform, self.visit.model)

    def _item(self, fetch: Fetch, page: Page, capture: Capture | None, body_hash: str) -> PageItem:
        known, visit = fetch.known, self.visit
        own = visit.canonical(fetch.url)
        return PageItem(
            page=page,
            run=self.settler.run,
            source=known.source,
            url_key=known.url_key,
            canonical_url=own,
            kind=known.kind,
            body_hash=body_hash,
            known=known,
            capture=capture,
            canonical_key=url_key(own, visit.learned),
            declared=declared_address(page, fetch.url, visit.source, visit.learned),
        )


def _announcing_end(problem: str | None, has_entries: bool) -> End:
    """How a feed or sitemap ends: what could be read of a broken one is a listing all the same."""
    if has_entries or problem in (None, "empty"):
        return End(Outcome.LISTING, problem)
    return End(Outcome.NOT_ARTICLE if problem == "html" else Outcome.BROKEN, problem)
