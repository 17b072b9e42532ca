"""One source in one run: what is known of it, and what is being found out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin

from sqlite_utils import Database

from pipelines.page import Outcome
from scraper.addresses import Learned, canonical_url, url_key
from scraper.sources import Source
from scraper.store.frontier import (
    all_pages,
    known_places,
    learned_kinds,
    stored_contents,
)
from scraper.store.pages import Discovery, KnownPage, due_pages, ends_in_run, known_page
from scraper.store.registry import known_platform
from spiders.answers import End
from spiders.discovery.identity import learn_noise
from spiders.discovery.kinds import AddressModel
from spiders.discovery.places import usual_places
from spiders.incremental import Glance
from spiders.origin import filed
from spiders.plan import CrawlPlan
from spiders.platforms import GENERIC, platform_named
from spiders.politeness import host_name

RANKS = {"feed": 1, "sitemap": 1, "listing": 2, "unknown": 3, "article": 3}
"""What is fetched first: what announces, then the first pages of lists, then what they name."""

OLD_ARTICLES = 3
"""Articles in a row before ``since`` after which the further pages of their list are left."""


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


class Visit:
    """What one run knows of one source: its platform, its addresses, its lists."""

    def __init__(self, source: Source, db: Database, run: int, plan: CrawlPlan, moment: datetime):
        self.source = source
        self.db = db
        self.plan = plan
        self.glance = Glance(source.slug, run, moment, plan.full)
        self.platform = platform_named(source.platform or known_platform(db, source.slug))
        noise = learn_noise(stored_contents(db, source.slug))
        self.learned = Learned(self.platform.identity, noise)
        self.model = AddressModel(learned_kinds(db, source.slug))
        self.home_key = self.key(source.home_url, "listing")
        self.origin = source.home_url
        self.seen: defaultdict[str, set[str]] = defaultdict(set)
        self.list_pages: defaultdict[str, int] = defaultdict(int)
        self.found_in: dict[str, str] = {}
        self.old_in_row: defaultdict[str, int] = defaultdict(int)
        self.vanished: set[str] = set()
        self.barren_archives = 0
        self.lists_read = 0
        self.names_articles = False
        self.barren: set[str] = set()
        self.names_sitemap = bool(source.sitemaps)
        self.probes: dict[str, list[str]] = {}
        self.guessed: set[str] = set()

    def key(self, url: str, kind: str) -> str:
        """The key under which an address is known."""
        return url_key(canonical_url(url, self.source, self.learned, kind), self.learned)

    @property
    def stale(self) -> datetime:
        """Lists that were read to their end before this moment are to be read so again."""
        return self.glance.moment - self.plan.revisit.sweep

    def canonical(self, url: str) -> str:
        """The address under which an article is kept."""
        return canonical_url(url, self.source, self.learned)

    def discovery(self, url: str, kind: str, **more: object) -> Discovery:
        """A page to take up, by its address."""
        key = str(more.pop("key", None) or self.key(url, kind))
        values = {"rank": RANKS[kind], "list": None if kind == "article" else key, **more}
        return Discovery(key, self.source.slug, filed(url, self.source), kind, **values)  # type: ignore[arg-type]

    def beginning(self) -> list[Discovery]:
        """What a run takes up of itself: the home page, what the registry names, what is due."""
        home = self.discovery(self.source.home_url, "listing", rank=0)
        named = self.declared()
        db, slug = self.db, self.source.slug
        due = all_pages(db, slug) if self.plan.full else due_pages(db, slug, self.glance.moment)
        taken = [home, *named, *(self._again(page) for page in due)]
        return list({page.url_key: page for page in reversed(taken)}.values())

    def declared(self) -> list[Discovery]:
        """The lists, feeds and sitemaps that the registry names."""
        return [
            self.discovery(urljoin(self.source.home_url, url), kind)
            for kind, urls in (
                ("listing", self.source.lists),
                ("feed", self.source.feeds),
                ("sitemap", self.source.sitemaps),
            )
            for url in urls
        ]

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
            elif one.url_key in self.barren:
                told.append(f"{one.kind} {one.url} names no article")
        return "; ".join(told[:MISSING_TOLD])

    def learn_platform(self, name: str | None) -> bool:
        """Learn the platform that the home page shows; whether it is one not known before."""
        found = self.platform if name is None else platform_named(name)
        if found is GENERIC or found is self.platform:
            return False
        self.platform = found
        self.learned = Learned(found.identity, self.learned.noise)
        return True

    def note_origin(self, known: KnownPage, target: str) -> None:
        """Note where the home page sends us on its own host: it serves the other pages, too."""
        if known.url_key == self.home_key and host_name(target) == host_name(self.origin):
            self.origin = target

    def is_too_old(self, known: KnownPage) -> bool:
        """Whether a further page of a list holds only what is older than the run asks for."""
        return known.is_further and self.old_in_row[str(known.list)] >= OLD_ARTICLES

    def note_age(self, url_key: str, published_at: str | None) -> None:
        """Note how old an article of a list is, for lists are left at what ``since`` excludes."""
        origin = self.found_in.get(url_key)
        if self.plan.since is None or origin is None or published_at is None:
            return
        is_old = published_at[:10] < self.plan.since.isoformat()
        self.old_in_row[origin] = self.old_in_row[origin] + 1 if is_old else 0

    @property
    def has_sitemap(self) -> bool:
        """Whether the source has a sitemap that somebody named or that was found."""
        return self.names_sitemap or any(
            is_one for _, is_one in known_places(self.db, self.source.slug, "sitemap")
        )

    def end_of_redirect(self, known: KnownPage, target: str) -> End | None:
        """How a page ends that now is at another address of its site; None: it is read there.

        A further page of a list that leads to the first one is past the end. One that leads to a
        page of its own adds nothing to that one.
        """
        key = self.key(target, "listing" if known.kind == "listing" else "article")
        if known.url_key in (key, self.home_key):
            return None
        if known.kind == "listing" and key == known.list:
            return End(Outcome.SOFT_404, "first_page")
        page = known_page(self.db, key)
        if page is not None and page.outcome is not Outcome.DEFERRED:
            return End(Outcome.DUPLICATE, "redirect")
        return None

    def next_probe(self, kind: str) -> list[Discovery]:
        """The next usual place of a feed or sitemap to try, none where all were or one is known."""
        if kind not in self.probes:
            self.probes[kind] = self._places_to_try(kind)
        if not self.probes[kind]:
            return []
        guess = self.discovery(self.probes[kind].pop(0), kind)
        self.guessed.add(guess.url_key)
        return [guess]

    def _places_to_try(self, kind: str) -> list[str]:
        known = known_places(self.db, self.source.slug, kind)
        if any(is_one for _, is_one in known):
            return []
        feeds, sitemaps = usual_places(self.source.home_url)
        own, usual = {
            "feed": (self.platform.feeds, feeds),
            "sitemap": (self.platform.sitemaps, sitemaps),
        }[kind]
        places = [*(urljoin(self.source.home_url, place) for place in own), *usual]
        tried = {self.key(url, kind) for url, _ in known}
        untried = {self.key(url, kind): url for url in places}
        left = [url for key, url in untried.items() if key not in tried]
        return left[: self.plan.limits.probes]

    def _again(self, page: KnownPage) -> Discovery:
        """Take up a page that is due: one left over keeps its place in the queue."""
        is_left = page.outcome in (None, Outcome.DEFERRED)
        return Discovery(
            page.url_key,
            page.source,
            page.url,
            page.kind,
            rank=page.rank if is_left else RANKS[page.kind],
            place=page.place,
            depth=page.depth,
            list=page.list,
            form=page.form,
        )


def unique(found: Iterable[Discovery]) -> list[Discovery]:
    """The discoveries, each key once, the first one kept."""
    kept: dict[str, Discovery] = {}
    for one in found:
        kept.setdefault(one.url_key, one)
    return list(kept.values())
