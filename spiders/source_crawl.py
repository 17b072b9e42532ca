"""One source in one run: what is known of it, and what is being found out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.source import Source
from scraper.base.urls import UrlRules, belongs, canonical_url, url_key
from scraper.store.frontier import (
    aged_articles,
    all_pages,
    known_places,
    learned_kinds,
    named_days,
    stored_contents,
)
from scraper.store.pages import (
    BEFORE_SINCE,
    Discovery,
    PageRecord,
    due_pages,
    ends_in_run,
    page_record,
)
from scraper.store.registry import known_platform
from scraper.store.turns import Turn
from spiders.discovery.default_paths import default_paths
from spiders.discovery.pagination import Link, Postback
from spiders.discovery.url_classifier import UrlClassifier
from spiders.discovery.url_params import learn_ignored_params
from spiders.http.hosts import host_name
from spiders.limits import CrawlPlan
from spiders.more import MoreLists
from spiders.origin import to_stored_url
from spiders.platforms import GENERIC, platform_named
from spiders.recrawl import Glance
from spiders.responses import Done

RANKS = {"feed": 1, "sitemap": 1, "listing": 2, "unknown": 3, "article": 3}
"""What is fetched first: what announces, then the first pages of lists, then what they name."""

CHILD_RANK = 2
"""The rank of sitemaps that an index names: the index itself comes first."""


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
"""How what the registry names ends where it gives nothing."""

MISSING_TOLD = 3
"""Addresses of the registry that are told of, of those that gave nothing."""


class SourceCrawl:
    """What one run knows of one source: its platform, its addresses, its lists."""

    def __init__(self, source: Source, db: Database, run: int, plan: CrawlPlan, moment: datetime):
        self.source = source
        self.db = db
        self.plan = plan
        self.glance = Glance(source.slug, run, moment, plan.full)
        self.platform = platform_named(source.platform or known_platform(db, source.slug))
        ignored_params = learn_ignored_params(stored_contents(db, source.slug))
        self.url_rules = UrlRules(self.platform.url_params, ignored_params)
        self.url_classifier = UrlClassifier(learned_kinds(db, source.slug))
        self.home_key = self.key(source.home_url, "listing")
        self.origin = source.home_url
        self.more = MoreLists(source, self.paging_key, plan.limits.list_pages)
        self.seen: defaultdict[str, set[str]] = defaultdict(set)
        self.list_pages: defaultdict[str, int] = defaultdict(int)
        self.named_last: dict[str, list[str]] = {}
        self.dropped_from_sitemap: set[str] = set()
        self.empty_archives = 0
        self.lists_read = 0
        self.names_articles = False
        self.empty: set[str] = set()
        self.names_sitemap = bool(source.sitemaps)
        self.guesses: dict[str, list[str]] = {}

    def key(self, url: str, kind: str) -> str:
        """The key under which an address is known."""
        return url_key(canonical_url(url, self.source, self.url_rules, kind), self.url_rules)

    def paging_key(self, link: Link | Postback) -> str:
        """The key of a page of a list: what is posted for it is a part of that."""
        key = self.key(link.url, "listing")
        return key + link.key.removeprefix(link.url) if isinstance(link, Postback) else key

    def paging(self, link: Link | Postback, **more: object) -> Discovery:
        """A page of a list to take up, with the form to post, if it is asked for so."""
        form = json.dumps(link.fields) if isinstance(link, Postback) else None
        return self.discovery(link.url, "listing", key=self.paging_key(link), form=form, **more)

    @property
    def stale(self) -> datetime:
        """Lists that were read to their end before this moment are to be read so again."""
        return self.glance.moment - self.plan.revisit.full_rescan

    def canonical(self, url: str) -> str:
        """The address under which an article is kept."""
        return canonical_url(url, self.source, self.url_rules)

    def discovery(self, url: str, kind: str, **more: object) -> Discovery:
        """A page to take up, by its address."""
        key = str(more.pop("key", None) or self.key(url, kind))
        values = {"rank": RANKS[kind], "list": None if kind == "article" else key, **more}
        return Discovery(key, self.source.slug, to_stored_url(url, self.source), kind, **values)  # type: ignore[arg-type]

    def beginning(self) -> list[Discovery]:
        """What a run takes up of itself: the home page, what the registry names, what is due."""
        home = self.discovery(self.source.home_url, "listing", rank=0, turn=Turn.HOME)
        named = self.declared()
        db, slug = self.db, self.source.slug
        due = all_pages(db, slug) if self.plan.full else due_pages(db, slug, self.glance.moment)
        own = [page for page in due if belongs(page.url, self.source) and not self.is_put_off(page)]
        aged = {} if self.plan.full else self._aged()
        children = [page for page in own if page.kind == "sitemap" and page.depth]
        places = _places_of_children(children) | aged
        taken = [home, *named, *(self._again(page, places, page.url_key in aged) for page in own)]
        return list({page.url_key: page for page in reversed(taken)}.values())

    def declared(self) -> list[Discovery]:
        """The lists, feeds and sitemaps that the registry names, and the first pages of `more`."""
        return [
            self.discovery(urljoin(self.source.home_url, url), kind)
            for kind, urls in (
                ("listing", self.source.lists),
                ("feed", self.source.feeds),
                ("sitemap", self.source.sitemaps),
            )
            for url in urls
        ] + [self.paging(link) for link in self.more.beginnings()]

    def missing(self) -> str | None:
        """What of the registry's lists, feeds and sitemaps gave nothing in this run, and why.

        None where a run asked for news of some days only, which a feed need not have.
        """
        if self.plan.since is not None:
            return None
        told = []
        for one in self.declared():
            outcome, reason = ends_in_run(self.db, self.glance.run, one.url_key) or (None, None)
            if outcome in GAVE_NOTHING:
                told.append(f"{one.kind} {one.url} gives nothing ({reason or outcome})")
            elif one.url_key in self.empty:
                told.append(f"{one.kind} {one.url} names no article")
        return "; ".join(told[:MISSING_TOLD])

    def learn_platform(self, name: str | None) -> bool:
        """Learn the platform that the home page shows; whether it is one not known before."""
        found = self.platform if name is None else platform_named(name)
        if found is GENERIC or found is self.platform:
            return False
        self.platform = found
        self.url_rules = UrlRules(found.url_params, self.url_rules.ignored_params)
        return True

    def note_origin(self, known: PageRecord, target: str) -> None:
        """Note where the home page sends us on its own host: it serves the other pages, too."""
        if known.url_key == self.home_key and host_name(target) == host_name(self.origin):
            self.origin = target

    def is_too_old(self, known: PageRecord) -> bool:
        """Whether a further page of a list is left, since what the last one named is too old.

        All articles of that page have to be older than the run asks for; one without a date leaves
        the question open.
        """
        if self.plan.since is None or not known.is_further:
            return False
        days = named_days(self.db, self.named_last.get(str(known.list), []))
        return bool(days) and all(map(self.is_before_since, days))

    def is_before_since(self, day: str | None) -> bool:
        """Whether a day, or a time, is before the first one that the run asks for."""
        since = self.plan.since
        return since is not None and day is not None and day[:10] < since.isoformat()

    def is_put_off(self, known: PageRecord | None) -> bool:
        """Whether an earlier run put a page off for an age that is too great for this one, too."""
        if known is None or known.reason != BEFORE_SINCE or known.outcome is not Outcome.DEFERRED:
            return False
        return self.is_before_since(known.published_at or known.announced_at)

    @property
    def has_sitemap(self) -> bool:
        """Whether the source has a sitemap that somebody named or that was found."""
        return self.names_sitemap or any(
            is_one for _, is_one in known_places(self.db, self.source.slug, "sitemap")
        )

    def end_of_redirect(self, known: PageRecord, target: str) -> Done | None:
        """How a page ends that now is at another address of its site; None: it is read there.

        A further page of a list that leads to the first one is past the end. One that leads to a
        page of its own adds nothing to that one.
        """
        key = self.key(target, "listing" if known.kind == "listing" else "article")
        if known.url_key in (key, self.home_key):
            return None
        if known.kind == "listing" and key == known.list:
            return Done(Outcome.SOFT_404, "first_page")
        page = page_record(self.db, key)
        if page is not None and page.outcome is not Outcome.DEFERRED:
            return Done(Outcome.DUPLICATE, "redirect")
        return None

    def next_guess(self, kind: str) -> list[Discovery]:
        """The next usual place of a feed or sitemap to try, none where all were or one is known."""
        if kind not in self.guesses:
            self.guesses[kind] = self._paths_to_guess(kind)
        if not self.guesses[kind]:
            return []
        return [self.discovery(self.guesses[kind].pop(0), kind, turn=Turn.GUESS)]

    def _paths_to_guess(self, kind: str) -> list[str]:
        known = known_places(self.db, self.source.slug, kind)
        if any(is_one for _, is_one in known):
            return []
        feeds, sitemaps = default_paths(self.source.home_url)
        own, usual = {
            "feed": (self.platform.feeds, feeds),
            "sitemap": (self.platform.sitemaps, sitemaps),
        }[kind]
        places = [*(urljoin(self.source.home_url, place) for place in own), *usual]
        tried = {self.key(url, kind) for url, _ in known}
        untried = {self.key(url, kind): url for url in places}
        left = [url for key, url in untried.items() if key not in tried]
        return left[: self.plan.limits.guesses]

    def _aged(self) -> dict[str, int]:
        """The old articles that are due, each with its place, the one longest not seen first."""
        moment = self.glance.moment
        before = (moment - self.plan.revisit.youth).date()
        aged = aged_articles(self.db, self.source.slug, moment, before)
        return {key: place for place, key in enumerate(aged)}

    def _again(self, page: PageRecord, places: dict[str, int], is_aged: bool) -> Discovery:
        """Take up a page that is due: one left over keeps its place in the queue.

        ``places`` are those of sitemaps and of old articles, ``is_aged`` tells one of the latter.
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
    """The places of sitemaps of an index that were read before, the one longest not read first.

    They are odd, and those of sitemaps that were never read are even or go up with their depth:
    neither new ones without an end nor known ones keep the others waiting.
    """
    read = sorted((page.fetched_at, page.url_key) for page in due if page.fetched_at)
    return {key: 2 * number + 1 for number, (_, key) in enumerate(read)}


def unique(found: Iterable[Discovery]) -> list[Discovery]:
    """The discoveries, each key once, the first one kept."""
    kept: dict[str, Discovery] = {}
    for one in found:
        kept.setdefault(one.url_key, one)
    return list(kept.values())
