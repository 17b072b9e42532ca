"""The state of one source in one run, and its requests in flight."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from scraper.base.hosts import host_name
from scraper.base.source import Source
from scraper.base.urls import UrlRules
from scraper.store.pages import Discovery, PageRecord, Turn
from spiders.discovery.inspection import SourceView
from spiders.discovery.page_classifier import PageContent
from spiders.http.hosts import Host
from spiders.limits import CrawlPlan
from spiders.link_selection import ListProgress, SelectedLinks, SelectionRules
from spiders.more import MoreLists
from spiders.platforms import GENERIC, platform_named
from spiders.recrawl import CrawlScope, validators
from spiders.requests import Fetch
from spiders.source_history import SourceHistory
from spiders.source_urls import SourceUrls
from spiders.turns import Turns

MAX_UNREAD_PAGES = 100
MAX_UNREAD_BYTES = 40_000_000
"""Unread pages of one source, and their bytes, above which it sends no further requests."""

MAX_IN_HAND = 4
"""Most pages of a source that are requested and not stored yet. A kill loses no more pages."""

EMPTY_ARCHIVES = 3
"""Lists by date without anything new after which no more of them are queued."""

NOTHING_SHOWN = PageContent()

logger = logging.getLogger(__name__)


class SourceCrawl:
    """The state of one source in one run. Only its methods write its fields.

    ``taken`` holds the pages that were requested and have no outcome yet, by key. ``waiting`` holds
    those of them that will be requested again. ``closed`` is the reason for which the source sends
    no more requests in this run, and ``due_at`` the time at which its pending pages are due. Times
    of the type float are seconds on the monotonic clock.
    """

    def __init__(
        self, source: Source, home: Host, plan: CrawlPlan, scope: CrawlScope, history: SourceHistory
    ) -> None:
        self.source = source
        self.home = home
        self.plan = plan
        self.scope = scope
        self.platform = history.platform
        self.url_classifier = history.url_classifier
        rules = UrlRules(self.platform.url_identity, history.ignored_params)
        self.urls = SourceUrls(source, rules)
        self.home_key = self.urls.key(source.home_url, "listing")
        self.home_content = PageContent()
        self.origin = source.home_url
        self.more = MoreLists(
            source, lambda link: self.urls.paging_key(link), plan.limits.list_pages
        )
        self.lists: dict[str, ListProgress] = {}
        self.list_like: set[str] = set()
        self.dropped_from_sitemap: set[str] = set()
        self.empty_archives = 0
        self.lists_read = 0
        self.names_articles = False
        self.empty: set[str] = set()
        self.names_sitemap = bool(source.sitemaps)
        self.guesses: dict[str, list[str]] = {}
        self.turns = Turns(plan.max_pages)
        self.taken: dict[str, Fetch] = {}
        self.waiting: list[Fetch] = []
        self.is_busy = False
        self.pages = 0
        self.requests = 0
        self.size = 0
        self.began: float | None = None
        self.ended = 0.0
        self.closed: str | None = None
        self.due_at: datetime | None = None

    # Methods that change nothing.

    @property
    def slug(self) -> str:
        """The slug of the source."""
        return self.source.slug

    @property
    def stale(self) -> datetime:
        """The time before which a list must have been read to its end to be read so again."""
        return self.scope.moment - self.plan.revisit.full_rescan

    @property
    def selection_rules(self) -> SelectionRules:
        """The current rules for the selection of links."""
        return SelectionRules(
            self.scope, self.urls, self.platform, self.url_classifier, self.home_key,
            self.plan.limits, self.stale, self.empty_archives < EMPTY_ARCHIVES,
        )  # fmt: skip

    def view(self, home: PageContent | None = NOTHING_SHOWN) -> SourceView:
        """Return what a worker needs to read a page. ``home`` is passed on to ``SourceView``."""
        return SourceView(self.source, self.platform.name, self.url_classifier, home)

    def progress_of(self, known: PageRecord) -> ListProgress:
        """Return what was read so far of the list that a page belongs to."""
        return self.lists.get(known.list_key) or ListProgress()

    def conditions(self, fetch: Fetch, moment: datetime) -> dict[str, str]:
        """Return the headers of a conditional request, or no headers to request the full page."""
        is_suspected = fetch.known.url_key in self.dropped_from_sitemap
        if fetch.asked or fetch.tries or is_suspected:
            return {}
        return validators(fetch.known, moment, self.plan.full)

    @property
    def seconds(self) -> float:
        """The seconds from the first request of the source to the end of its last one."""
        return 0.0 if self.began is None else self.ended - self.began

    def has_spent_budget(self, moment: float) -> bool:
        """Whether the source has reached ``max_pages`` or ``max_minutes``."""
        return self.has_spent_minutes(moment) or self.pages >= self.plan.max_pages

    def has_spent_minutes(self, moment: float) -> bool:
        """Whether the source has reached ``max_minutes``."""
        return self.began is not None and moment - self.began > self.plan.max_minutes * 60

    @property
    def can_ask(self) -> bool:
        """Whether another request of the source may be sent."""
        in_hand = len(self.taken) - len(self.waiting)
        has_room = in_hand < MAX_IN_HAND and not self.has_much_unread
        return not (self.closed or self.is_busy) and has_room

    @property
    def has_much_unread(self) -> bool:
        """Whether the unread pages of the source exceed the limits on their number or bytes."""
        size = sum(fetch.size for fetch in self.taken.values())
        return len(self.taken) > MAX_UNREAD_PAGES or size > MAX_UNREAD_BYTES

    def is_early(self, known: PageRecord) -> bool:
        """Whether a further page of a list has to wait for articles that are being read.

        If the run has a ``since``, the age of these articles decides whether it is requested.
        """
        is_in_question = self.plan.since is not None and known.is_further
        out = (fetch.known.kind for fetch in self.taken.values())
        return is_in_question and any(kind in ("article", "unknown") for kind in out)

    # Methods that store what the run learns.

    def learn_platform(self, name: str | None) -> bool:
        """Set the platform that the home page shows. Returns whether it has changed."""
        found = self.platform if name is None else platform_named(name)
        if found is GENERIC or found is self.platform:
            return False
        self.platform = found
        rules = UrlRules(found.url_identity, self.urls.rules.ignored_params)
        self.urls = SourceUrls(self.source, rules)
        return True

    def learn_kind(self, url: str, is_article: bool) -> None:
        """Train the URL classifier with the kind of a page that was read."""
        self.url_classifier.observe(url, is_article)

    def note_home(self, content: PageContent) -> None:
        """Store the content of the home page. Other pages that repeat it show nothing new."""
        self.home_content = content

    def note_origin(self, known: PageRecord, target: str) -> None:
        """Store the target of a redirect of the home page to its own host, as ``origin``.

        The other pages of the site are requested there, too.
        """
        if known.url_key == self.home_key and host_name(target) == host_name(self.origin):
            self.origin = target

    def note_links(self, known: PageRecord, selected: SelectedLinks) -> None:
        """Store what a page of a list named."""
        progress = self.lists.setdefault(known.list_key, ListProgress())
        progress.seen.update(selected.content)
        progress.pages += 1
        progress.last = selected.content

    def note_archive(self, selected: SelectedLinks) -> None:
        """Count a list by date that leads to nothing new."""
        self.empty_archives += not selected.found

    def note_list(self, known: PageRecord, selected: SelectedLinks, is_listing: bool) -> None:
        """Store whether a list, a feed or a sitemap that was read names articles."""
        self.lists_read += is_listing
        self.names_articles |= selected.names_articles
        if not selected.names_articles:
            self.empty.add(known.url_key)

    def note_names_articles(self) -> None:
        """Store that a list of the source names articles."""
        self.names_articles = True

    def note_sitemaps(self, named: Collection[Discovery]) -> None:
        """Store that robots.txt names sitemaps of the source, if it names any."""
        self.names_sitemap |= bool(named)

    def note_dropped(self, keys: Collection[str]) -> None:
        """Store the keys of articles that a sitemap dropped."""
        self.dropped_from_sitemap.update(keys)

    def note_list_like(self, url_key: str) -> None:
        """Store that a page that will be extracted may be a list."""
        self.list_like.add(url_key)

    def forget_list_like(self, url_key: str) -> bool:
        """Delete the note that a page may be a list. Returns whether there was one."""
        was_noted = url_key in self.list_like
        self.list_like.discard(url_key)
        return was_noted

    def set_guesses(self, kind: str, urls: Sequence[str]) -> None:
        """Set the default URLs of feeds or sitemaps that are tried in turn."""
        self.guesses[kind] = list(urls)

    def take_guess(self, kind: str) -> list[Discovery]:
        """Remove and return the next default URL. Returns an empty list if all were tried."""
        if not self.guesses[kind]:
            return []
        return [self.urls.discovery(self.guesses[kind].pop(0), kind, turn=Turn.GUESS)]

    # Requests in flight.

    def depart(self, moment: float) -> None:
        """Count a request that is sent. The source sends no other one until it has ended."""
        self.is_busy = True
        self.requests += 1
        self.began = self.began or moment

    def resume(self, moment: float) -> None:
        """Leave the time since the last request out of the seconds of the source."""
        if self.began is not None:
            self.began += moment - self.ended
            self.ended = moment

    def take(self, fetch: Fetch, *, is_conditional: bool) -> None:
        """Add a page that is requested to the pages in flight."""
        fetch.is_conditional = is_conditional
        self.pages += 1
        if not fetch.asked:
            self.turns.take(fetch.known.turn)
        self.taken[fetch.known.url_key] = fetch
        self.withdraw(fetch)
        fetch.asked = (*fetch.asked, fetch.url)

    def arrive(self, size: int, moment: float) -> None:
        """Record that the request has ended with a response of ``size`` bytes."""
        self.is_busy = False
        self.size += size
        self.ended = moment

    def retry(self, fetch: Fetch, ready_at: float) -> None:
        """Request a page again, not before ``ready_at``."""
        fetch.ready_at = ready_at
        self.waiting.append(fetch)

    def follow_redirect(
        self, fetch: Fetch, url: str, host: Host, status: int, ready_at: float
    ) -> None:
        """Request a page at the URL to which a response with this status redirects.

        A form is sent again only for 307 and 308 (RFC 9110, 15.4).
        """
        fetch.url, fetch.host, fetch.is_conditional = url, host, False
        fetch.is_posted = status in (307, 308)
        self.retry(fetch, ready_at)

    def withdraw(self, fetch: Fetch) -> None:
        """Remove a page from those that will be requested again."""
        if fetch in self.waiting:
            self.waiting.remove(fetch)

    def finish(self, url_key: str) -> None:
        """Remove a page that has its outcome from those in flight."""
        self.taken.pop(url_key, None)

    def close(self, reason: str, due_at: datetime | None = None) -> None:
        """Send no more requests in this run. The pending pages are deferred at its end."""
        if self.closed is None:
            self.closed, self.due_at = reason, due_at
            self.waiting.clear()
            logger.info("source closed source=%s reason=%s", self.slug, reason)
