"""Which links of a fetched page are queued.

The functions have no side effects: the caller reads the records from the store and writes the
selection to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from scraper.base.clock import to_utc_iso
from scraper.base.source import Source
from scraper.base.urls import belongs
from scraper.store.pages import Discovery, PageRecord, Turn
from spiders.discovery.feeds import FeedEntry
from spiders.discovery.links import PageLinks
from spiders.discovery.pagination import Link, Postback
from spiders.discovery.sitemaps import SitemapEntry
from spiders.discovery.traps import is_asset, is_document, trap
from spiders.discovery.url_classifier import UrlClassifier, classify_url, path_and_query
from spiders.limits import Limits
from spiders.platforms.base import Platform
from spiders.recrawl import (
    CrawlScope,
    adds_to_record,
    is_fresh,
    is_in_backlog,
    is_queued,
)
from spiders.source_urls import CHILD_RANK, SourceUrls, unique

ARCHIVE_LIST_RANK = 100_000
"""The rank of lists by date. They come last, because a calendar has no end."""

HOME_FEEDS = 5
"""Feeds of the home page that are read. Further ones repeat what the lists name."""


@dataclass(frozen=True, slots=True)
class SelectionRules:
    """What the selection depends on, apart from the page and the store.

    A list that was last read to its end before ``stale`` is read to its end again. Lists by date
    are queued if ``takes_archives`` is true.
    """

    scope: CrawlScope
    urls: SourceUrls
    platform: Platform
    url_classifier: UrlClassifier
    home_key: str
    limits: Limits
    stale: datetime
    takes_archives: bool = True


@dataclass(slots=True)
class ListProgress:
    """What a run has read of one list.

    ``seen`` holds the keys that all its pages named, ``last`` those of the page read last.
    ``pages`` counts the pages.
    """

    seen: set[str] = field(default_factory=set)
    pages: int = 0
    last: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SelectedLinks:
    """The links of a page that are queued or stored.

    ``found`` are pages to queue. Of ``noted``, only the announcement is stored. ``advanced`` are
    pages of the backlog that a list names, too. ``older`` are queued and deferred at once, because
    they are older than ``since``. ``missed`` are articles that a sitemap no longer names.
    ``names_articles`` is true if the page names any article, new or not. ``content`` holds the keys
    of the articles and unclassified pages that a page of a list names.
    """

    found: list[Discovery] = field(default_factory=list)
    noted: list[Discovery] = field(default_factory=list)
    advanced: list[Discovery] = field(default_factory=list)
    older: list[Discovery] = field(default_factory=list)
    missed: list[Discovery] = field(default_factory=list)
    names_articles: bool = False
    content: list[str] = field(default_factory=list)


def links_of_list(
    rules: SelectionRules, known: PageRecord, links: PageLinks
) -> Iterator[Discovery]:
    """Yield the pages that a list, a section or the home page names, without its further pages."""
    level = known.rank if known.rank > 2 else 2
    groups = [("article", links.articles, level + 1)]
    if known.depth < rules.limits.depth:
        groups += [("unknown", links.others, level + 1), ("listing", links.sections, 2)]
        if rules.takes_archives:
            groups.append(("listing", links.archives, ARCHIVE_LIST_RANK))
    if known.url_key == rules.home_key:
        groups += [("feed", links.feeds[:HOME_FEEDS], 1), ("sitemap", links.sitemaps, 1)]
    for kind, group, rank in groups:
        for place, link in enumerate(group):
            yield rules.urls.discovery(
                link.url, kind, rank=rank, place=place, depth=known.depth + 1
            )


def paging_of_list(
    rules: SelectionRules, known: PageRecord, paging: Sequence[Link | Postback]
) -> list[Discovery]:
    """Return the further pages of a list that one page names, ranked after its other links."""
    return [
        replace(
            rules.urls.paging(link, rank=_paging_rank(known, link), place=place),
            depth=known.depth,
            list=known.list_key,
        )
        for place, link in enumerate(paging)
    ]


def select_from_list(
    rules: SelectionRules,
    known: PageRecord,
    named: Sequence[Discovery],
    paging: Sequence[Discovery],
    records: Mapping[str, PageRecord],
    progress: ListProgress,
    names_articles: bool,
) -> SelectedLinks:
    """Return the links of a page of a list that are queued.

    ``records`` holds the stored records of ``named``, of ``paging`` and of the first page of the
    list. ``progress`` holds what the earlier pages of the list named.
    """
    content = [one.url_key for one in named if one.kind in ("article", "unknown")]
    scope = rules.scope
    return SelectedLinks(
        found=unique(
            [
                *(one for one in named if is_queued(scope, records.get(one.url_key))),
                *_further(rules, known, paging, content, records, progress),
            ]
        ),
        advanced=[one for one in named if is_in_backlog(scope, records.get(one.url_key))],
        names_articles=names_articles,
        content=content,
    )


def links_of_entries(
    rules: SelectionRules,
    known: PageRecord,
    entries: Iterable[FeedEntry | SitemapEntry],
    kind: str | None = None,
) -> Iterator[Discovery | None]:
    """Yield the pages that a feed or a sitemap announces, latest first.

    Yields None for an entry that is not a page of the source. If ``kind`` is None, each URL is
    classified; otherwise, all entries are of that kind.
    """
    latest = sorted(entries, key=lambda one: one.changed_at or "", reverse=True)
    for place, one in enumerate(latest):
        is_asked = is_worth_asking(rules.urls.source, rules.platform, one.url, kind)
        yield _announced(rules, known, one, kind, place) if is_asked else None


def select_from_entries(
    rules: SelectionRules, named: Sequence[Discovery], records: Mapping[str, PageRecord]
) -> SelectedLinks:
    """Return which of the pages that a feed or a sitemap announces are queued or stored."""
    selected = SelectedLinks(names_articles=bool(named))
    for one in named:
        earlier = records.get(one.url_key)
        if rules.scope.is_before_since(one.announced_at):
            selected.older += [one] if earlier is None else []
        elif is_queued(rules.scope, earlier, one.announced_at):
            selected.found.append(one)
        elif earlier and adds_to_record(one, earlier):
            selected.noted.append(one)
    return selected


def select_dropped(scope: CrawlScope, records: Iterable[PageRecord]) -> list[Discovery]:
    """Return the articles that a sitemap no longer names and that this run has not queued yet.

    They are fetched once, because they may be gone.
    """
    return [
        Discovery(
            page.url_key,
            page.source,
            page.url,
            page.kind,
            rank=3,
            depth=page.depth,
            turn=Turn.BACKLOG,
        )
        for page in records
        if page.run != scope.run
    ]


def merged(pages: SelectedLinks, children: SelectedLinks, missed: list[Discovery]) -> SelectedLinks:
    """Return the selections of a sitemap as one: pages, child sitemaps and dropped articles."""
    return SelectedLinks(
        found=unique([*missed, *children.found, *pages.found]),
        noted=[*pages.noted, *children.noted],
        older=unique([*children.older, *pages.older]),
        missed=missed,
        names_articles=pages.names_articles or children.names_articles,
    )


def _announced(
    rules: SelectionRules,
    known: PageRecord,
    one: FeedEntry | SitemapEntry,
    kind: str | None,
    place: int,
) -> Discovery:
    """Return the discovery of an entry of a feed or a sitemap."""
    kind = kind or classify_url(one.url, rules.platform, rules.url_classifier)
    is_named_by_sitemap = known.kind == "sitemap"
    more: dict[str, object] = {"place": place}
    if kind == "sitemap":
        more = {"rank": CHILD_RANK, "place": 2 * place + known.depth}
    elif is_named_by_sitemap:
        more["turn"] = Turn.BACKLOG
    return rules.urls.discovery(
        one.url,
        kind,
        announced_at=one.changed_at,
        depth=known.depth + 1,
        named_by=known.url_key if is_named_by_sitemap else None,
        **more,
    )


def _further(
    rules: SelectionRules,
    known: PageRecord,
    paging: Sequence[Discovery],
    content: Sequence[str],
    records: Mapping[str, PageRecord],
    progress: ListProgress,
) -> list[Discovery]:
    """Return the further pages of a list that are queued.

    Until a list has been read to its end once, these are all of them. Afterwards, it is the next
    page, as long as a page names anything that earlier runs did not see. A page that names only
    what earlier pages named ends the list: many sites repeat their last page for any number.
    """
    new_in_list = set(content).difference(progress.seen)
    if not new_in_list or progress.pages >= rules.limits.list_pages:
        return []
    root = known.list_key
    is_unread = _is_unread(rules, known if known.url_key == root else records.get(root))
    has_fresh = any(is_fresh(rules.scope, records.get(key)) for key in new_in_list)
    seen = len(progress.seen) + len(new_in_list)
    if not is_unread and not has_fresh and seen >= rules.limits.known:
        return []
    run = rules.scope.run
    left = [
        one
        for one in paging
        if one.url_key != root and not ((page := records.get(one.url_key)) and page.run == run)
    ]
    return left if is_unread else left[:1]


def _is_unread(rules: SelectionRules, first: PageRecord | None) -> bool:
    """Whether a list has to be read to its end: for the first time, or again.

    ``first`` is the record of its first page.
    """
    if first is None or first.swept_at is None or rules.scope.full:
        return True
    return first.swept_at < to_utc_iso(rules.stale)


def _paging_rank(known: PageRecord, link: Link | Postback) -> int:
    own_rank = max(known.rank, 2)
    if link.page and link.page > 1 and own_rank < ARCHIVE_LIST_RANK:
        return 2 * link.page
    return own_rank + 2


def is_worth_asking(source: Source, platform: Platform, url: str, kind: str | None) -> bool:
    """Whether an announced URL is a page or a sitemap of the source."""
    if not belongs(url, source):
        return False
    if kind == "sitemap":  # it may end in .gz or be served by an API
        return True
    is_page = not (trap(url) or is_asset(url) or is_document(url))
    return is_page and not platform.skips(path_and_query(url))
