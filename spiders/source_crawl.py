"""One source in one run: all that the run knows of it, and its requests in flight."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scraper.base.source import Source
from scraper.base.urls import UrlRules
from scraper.store.pages import Discovery, PageRecord
from scraper.store.turns import Turn
from spiders.discovery.inspection import SourceView
from spiders.discovery.page_classifier import PageContent
from spiders.discovery.url_classifier import UrlClassifier
from spiders.http.hosts import Host, host_name
from spiders.limits import CrawlPlan
from spiders.link_selection import ListProgress, SelectedLinks, SelectionRules, list_of
from spiders.more import MoreLists
from spiders.platforms import GENERIC, platform_named
from spiders.platforms.base import Platform
from spiders.recrawl import CrawlScope, validators
from spiders.requests import Fetch
from spiders.source_urls import SourceUrls
from spiders.turns import Turns

MAX_UNREAD_PAGES = 100
MAX_UNREAD_BYTES = 40_000_000
"""Pages of one source, and their bytes, that may wait to be read before more are asked for."""

MAX_IN_HAND = 4
"""Pages of a source that are fetched and not stored yet: what a kill costs at most."""

EMPTY_ARCHIVES = 3
"""Lists by date without anything new after which no more of them are taken up."""

NOTHING_SHOWN = PageContent()

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class SourceHistory:
    """What earlier runs found out about a source."""

    platform: Platform = GENERIC
    ignored_params: frozenset[str] = frozenset()
    url_classifier: UrlClassifier = field(default_factory=UrlClassifier)


class SourceCrawl:
    """All that one run knows of one source. Others read its fields; only its methods write them.

    ``taken`` are the pages whose request has left and whose outcome is not recorded yet, by key;
    ``waiting`` those that are to be asked for once more. ``closed`` tells why no more of the source
    is taken in this run, and ``due_at`` when what is left is due. All moments are seconds of the
    monotonic clock.
    """

    def __init__(
        self,
        source: Source,
        home: Host,
        plan: CrawlPlan,
        scope: CrawlScope,
        history: SourceHistory,
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

    # What it answers.

    @property
    def slug(self) -> str:
        """The slug of the source."""
        return self.source.slug

    @property
    def stale(self) -> datetime:
        """A list that was last read to its end before this moment is read so again."""
        return self.scope.moment - self.plan.revisit.full_rescan

    @property
    def selection_rules(self) -> SelectionRules:
        """What the selection of links depends on, as it is now."""
        return SelectionRules(
            self.scope,
            self.urls,
            self.platform,
            self.url_classifier,
            self.home_key,
            self.plan.limits,
            self.stale,
            self.empty_archives < EMPTY_ARCHIVES,
        )

    def view(self, home: PageContent | None = NOTHING_SHOWN) -> SourceView:
        """What a worker has to know to read a page of the source; ``home`` as there."""
        return SourceView(self.source, self.platform.name, self.url_classifier, home)

    def progress_of(self, known: PageRecord) -> ListProgress:
        """What was read so far of the list that a page belongs to."""
        return self.lists.get(list_of(known)) or ListProgress()

    def conditions(self, fetch: Fetch, moment: datetime) -> dict[str, str]:
        """The headers that make a request conditional, none if the page has to come in full."""
        is_suspected = fetch.known.url_key in self.dropped_from_sitemap
        if fetch.asked or fetch.tries or is_suspected:
            return {}
        return validators(fetch.known, moment, self.plan.full)

    @property
    def seconds(self) -> float:
        """How long the source was at work, from its first request to the end of its last."""
        return 0.0 if self.began is None else self.ended - self.began

    def has_spent_budget(self, moment: float) -> bool:
        """Whether the source has used up the pages or the time that it may cost."""
        is_late = self.began is not None and moment - self.began > self.plan.max_minutes * 60
        return is_late or self.pages >= self.plan.max_pages

    @property
    def can_ask(self) -> bool:
        """Whether another request of the source may leave."""
        in_hand = len(self.taken) - len(self.waiting)
        has_room = in_hand < MAX_IN_HAND and not self.has_much_unread
        return not (self.closed or self.is_busy) and has_room

    @property
    def has_much_unread(self) -> bool:
        """Whether so much of the source waits to be read that it has to wait for its readers."""
        size = sum(fetch.size for fetch in self.taken.values())
        return len(self.taken) > MAX_UNREAD_PAGES or size > MAX_UNREAD_BYTES

    def is_early(self, known: PageRecord) -> bool:
        """Whether a further page of a list has to wait for articles that are being read.

        Their age decides whether it is asked for at all.
        """
        is_in_question = self.plan.since is not None and known.is_further
        out = (fetch.known.kind for fetch in self.taken.values())
        return is_in_question and any(kind in ("article", "unknown") for kind in out)

    # What it learns.

    def learn_platform(self, name: str | None) -> bool:
        """Learn the platform that the home page shows; returns whether it is a new one."""
        found = self.platform if name is None else platform_named(name)
        if found is GENERIC or found is self.platform:
            return False
        self.platform = found
        rules = UrlRules(found.url_identity, self.urls.rules.ignored_params)
        self.urls = SourceUrls(self.source, rules)
        return True

    def learn_kind(self, url: str, is_article: bool) -> None:
        """Learn what a URL turned out to be."""
        self.url_classifier.observe(url, is_article)

    def note_home(self, content: PageContent) -> None:
        """Note what the home page shows, which says nothing on any other page."""
        self.home_content = content

    def note_origin(self, known: PageRecord, target: str) -> None:
        """Note where the home page redirects on its own host: it serves the other pages, too."""
        if known.url_key == self.home_key and host_name(target) == host_name(self.origin):
            self.origin = target

    def note_links(self, known: PageRecord, selected: SelectedLinks) -> None:
        """Note what a page of a list named."""
        progress = self.lists.setdefault(list_of(known), ListProgress())
        progress.seen.update(selected.content)
        progress.pages += 1
        progress.last = selected.content

    def note_archive(self, selected: SelectedLinks) -> None:
        """Count a list by date that leads to nothing new."""
        self.empty_archives += not selected.found

    def note_list(self, known: PageRecord, selected: SelectedLinks, is_listing: bool) -> None:
        """Note whether a list, a feed or a sitemap that was read names articles."""
        self.lists_read += is_listing
        self.names_articles |= selected.names_articles
        if not selected.names_articles:
            self.empty.add(known.url_key)

    def note_names_articles(self) -> None:
        """Note that a list of the source names articles."""
        self.names_articles = True

    def note_sitemaps(self, named: Collection[Discovery]) -> None:
        """Note that somebody names sitemaps of the source."""
        self.names_sitemap |= bool(named)

    def note_dropped(self, keys: Collection[str]) -> None:
        """Note which articles a sitemap dropped."""
        self.dropped_from_sitemap.update(keys)

    def note_list_like(self, url_key: str) -> None:
        """Note that a page that is extracted may be a list."""
        self.list_like.add(url_key)

    def forget_list_like(self, url_key: str) -> bool:
        """Forget that a page may be a list; returns whether that was noted."""
        was_noted = url_key in self.list_like
        self.list_like.discard(url_key)
        return was_noted

    def set_guesses(self, kind: str, urls: Sequence[str]) -> None:
        """Set the usual places of feeds or sitemaps that are tried in turn."""
        self.guesses[kind] = list(urls)

    def take_guess(self, kind: str) -> list[Discovery]:
        """Take the next usual place of a feed or sitemap; returns nothing if all were tried."""
        if not self.guesses[kind]:
            return []
        return [self.urls.discovery(self.guesses[kind].pop(0), kind, turn=Turn.GUESS)]

    # Its requests in flight.

    def depart(self, moment: float) -> None:
        """A request leaves: no other one of the source may until it has ended."""
        self.is_busy = True
        self.requests += 1
        self.began = self.began or moment

    def take(self, fetch: Fetch, *, is_conditional: bool) -> None:
        """The request that leaves is a page's."""
        fetch.is_conditional = is_conditional
        self.pages += 1
        if not fetch.asked:
            self.turns.take(fetch.known.turn)
        self.taken[fetch.known.url_key] = fetch
        self.withdraw(fetch)
        fetch.asked = (*fetch.asked, fetch.url)

    def arrive(self, size: int, moment: float) -> None:
        """The request has ended, and brought so many bytes."""
        self.is_busy = False
        self.size += size
        self.ended = moment

    def retry(self, fetch: Fetch, ready_at: float) -> None:
        """Ask for a page once more, from a moment on."""
        fetch.ready_at = ready_at
        self.waiting.append(fetch)

    def follow_redirect(
        self, fetch: Fetch, url: str, host: Host, status: int, ready_at: float
    ) -> None:
        """Ask for a page at the URL to which an answer of this status redirects.

        Only 307 and 308 have a form sent there again (RFC 9110, 15.4).
        """
        fetch.url, fetch.host, fetch.is_conditional = url, host, False
        fetch.is_posted = status in (307, 308)
        self.retry(fetch, ready_at)

    def withdraw(self, fetch: Fetch) -> None:
        """Stop asking for a page."""
        if fetch in self.waiting:
            self.waiting.remove(fetch)

    def release(self, url_key: str) -> None:
        """A page has its outcome: take it out of flight."""
        self.taken.pop(url_key, None)

    def close(self, reason: str, due_at: datetime | None = None) -> None:
        """Ask for nothing else of the source in this run; at its end, the rest is deferred."""
        if self.closed is None:
            self.closed, self.due_at = reason, due_at
            self.waiting.clear()
            logger.info("source closed source=%s reason=%s", self.slug, reason)
