"""What a fetched page leads to: which of the addresses it names are taken up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from scraper.base.clock import to_utc_iso
from scraper.base.urls import belongs
from scraper.store.frontier import named_articles
from scraper.store.pages import Discovery, PageRecord, page_record, page_records
from scraper.store.turns import Turn
from spiders.discovery.announcements import Announced
from spiders.discovery.links import PageLinks
from spiders.discovery.pagination import Link, Postback
from spiders.discovery.sitemaps import Sitemap
from spiders.discovery.traps import is_asset, is_document, trap
from spiders.discovery.url_classifier import address_kind, path_and_query
from spiders.recrawl import (
    credible,
    dropped_from_sitemap,
    is_better_announcement,
    should_fetch,
)
from spiders.slices import in_turns, portions
from spiders.source_crawl import CHILD_RANK, SourceCrawl, unique

ARCHIVE_LIST_RANK = 100_000
"""The rank of lists by date: after everything else, since a calendar has no end."""

EMPTY_ARCHIVES = 3
"""Lists by date without anything new after which no more of them are taken up."""

HOME_FEEDS = 5
"""Feeds of the home page that are read; more of them repeat what the lists say."""


@dataclass(slots=True)
class SelectedLinks:
    """What a page leads to: pages to take up, and announcements that are only to be noted.

    ``advanced`` are pages of the backlog that a list names as well; ``older`` are taken up and put
    off at once, since they are older than the run asks for; ``missed`` are articles that a sitemap
    names no more; ``names_articles`` tells whether a list is one worth coming back to, whatever is
    new in it.
    """

    found: list[Discovery] = field(default_factory=list)
    noted: list[Discovery] = field(default_factory=list)
    advanced: list[Discovery] = field(default_factory=list)
    older: list[Discovery] = field(default_factory=list)
    missed: list[Discovery] = field(default_factory=list)
    names_articles: bool = False


async def of_list(source_crawl: SourceCrawl, known: PageRecord, links: PageLinks) -> SelectedLinks:
    """What a list, a section or the home page leads to."""
    named = [one async for one in in_turns(_named(source_crawl, known, links))]
    before = await _known(source_crawl, named)
    content = [one for one in named if one.kind in ("article", "unknown")]
    further = _further(source_crawl, known, links, content, before)
    found = [one for one in named if _is_taken_up(source_crawl, before.get(one.url_key))]
    source_crawl.named_last[known.list or known.url_key] = [one.url_key for one in content]
    advanced = [one for one in named if _is_in_backlog(source_crawl, before.get(one.url_key))]
    return SelectedLinks(
        unique([*found, *further]), advanced=advanced, names_articles=bool(links.articles)
    )


async def of_announcements(
    source_crawl: SourceCrawl,
    known: PageRecord,
    announced: Iterable[Announced],
    kind: str | None = None,
) -> SelectedLinks:
    """What a feed or a sitemap announces; ``kind`` where all of it is of one kind."""
    latest = sorted(announced, key=lambda one: one.changed_at or "", reverse=True)
    announcements = (
        _announced(source_crawl, known, one, kind, place)
        if _is_worth_asking(source_crawl, one.url, kind)
        else None
        for place, one in enumerate(latest)
    )
    named = unique([one async for one in in_turns(announcements) if one is not None])
    before = await _known(source_crawl, named)
    selected = SelectedLinks(names_articles=bool(named))
    for one in named:
        earlier = before.get(one.url_key)
        if source_crawl.is_before_since(one.announced_at):
            selected.older += [one] if earlier is None else []
        elif _is_taken_up(source_crawl, earlier, one.announced_at):
            selected.found.append(one)
        elif earlier and _adds_to(one, earlier):
            selected.noted.append(one)
    return selected


def _announced(
    source_crawl: SourceCrawl, known: PageRecord, one: Announced, kind: str | None, place: int
) -> Discovery:
    """A page that a feed or a sitemap announces."""
    kind = kind or address_kind(one.url, source_crawl.platform, source_crawl.url_classifier)
    is_named_by_sitemap = known.kind == "sitemap"
    more: dict[str, object] = {"place": place}
    if kind == "sitemap":
        more = {"rank": CHILD_RANK, "place": 2 * place + known.depth}
    elif is_named_by_sitemap:
        more["turn"] = Turn.BACKLOG
    return source_crawl.discovery(
        one.url,
        kind,
        announced_at=one.changed_at,
        depth=known.depth + 1,
        named_by=known.url_key if is_named_by_sitemap else None,
        **more,
    )


async def of_sitemap(
    source_crawl: SourceCrawl, known: PageRecord, sitemap: Sitemap
) -> SelectedLinks:
    """What a sitemap leads to: its pages, its children, and what it names no more."""
    pages = await of_announcements(source_crawl, known, credible(sitemap.pages))
    children = await of_announcements(source_crawl, known, sitemap.children, "sitemap")
    missed = [] if sitemap.problem else await _missed(source_crawl, known, sitemap)
    return SelectedLinks(
        unique([*missed, *children.found, *pages.found]),
        [*pages.noted, *children.noted],
        older=unique([*children.older, *pages.older]),
        missed=missed,
        names_articles=pages.names_articles or children.names_articles,
    )


async def _known(source_crawl: SourceCrawl, named: list[Discovery]) -> dict[str, PageRecord]:
    """What is known of the pages that a page names, by key."""
    found: dict[str, PageRecord] = {}
    async for keys in in_turns(portions([one.url_key for one in named])):
        found |= page_records(source_crawl.db, keys)
    return found


async def _missed(
    source_crawl: SourceCrawl, known: PageRecord, sitemap: Sitemap
) -> list[Discovery]:
    """The articles that a whole sitemap named before and names no more: they may be gone."""
    named = named_articles(source_crawl.db, known.url_key)
    if not named:
        return []
    present = {
        source_crawl.key(page.url, kind): page.changed_at
        async for page in in_turns(sitemap.pages)
        for kind in ("article", "unknown")
    }
    keys = dropped_from_sitemap(named, present, source_crawl.plan.limits.dropped_from_sitemap)
    source_crawl.dropped_from_sitemap.update(keys)
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
        for page in page_records(source_crawl.db, keys).values()
        if page.run != source_crawl.glance.run
    ]


def _named(source_crawl: SourceCrawl, known: PageRecord, links: PageLinks) -> Iterator[Discovery]:
    """The addresses that a page names, paging apart."""
    level = known.rank if known.rank > 2 else 2
    groups = [("article", links.articles, level + 1)]
    if known.depth < source_crawl.plan.limits.depth:
        groups += [("unknown", links.others, level + 1), ("listing", links.sections, 2)]
        if source_crawl.empty_archives < EMPTY_ARCHIVES:
            groups.append(("listing", links.archives, ARCHIVE_LIST_RANK))
    if known.url_key == source_crawl.home_key:
        groups += [("feed", links.feeds[:HOME_FEEDS], 1), ("sitemap", links.sitemaps, 1)]
    for kind, group, rank in groups:
        for place, link in enumerate(group):
            yield source_crawl.discovery(
                link.url, kind, rank=rank, place=place, depth=known.depth + 1
            )


def _further(
    source_crawl: SourceCrawl,
    known: PageRecord,
    links: PageLinks,
    content: list[Discovery],
    before: Mapping[str, PageRecord],
) -> list[Discovery]:
    """The further pages of a list that are worth a request.

    Until a list was read to its end once, all of them; then the next one, while there is anything
    on a page that earlier runs did not see. A page that names nothing which the pages before it
    did not name ends the list: many sites show their last page for ever.
    """
    root = known.list or known.url_key
    keys = {one.url_key for one in content}
    new_in_list = keys - source_crawl.seen[root]
    source_crawl.seen[root] |= keys
    source_crawl.list_pages[root] += 1
    if not new_in_list or source_crawl.list_pages[root] > source_crawl.plan.limits.list_pages:
        return []
    is_unread = _is_unread(source_crawl, known, root)
    fresh = [key for key in new_in_list if _is_fresh(source_crawl, before.get(key))]
    if (
        not is_unread
        and not fresh
        and len(source_crawl.seen[root]) >= source_crawl.plan.limits.known
    ):
        return []
    pages = [
        _paging(source_crawl, known, link, root, place) for place, link in enumerate(links.paging)
    ]
    met = page_records(source_crawl.db, [one.url_key for one in pages])
    taken = {key for key, page in met.items() if page.run == source_crawl.glance.run}
    left = [one for one in pages if one.url_key != root and one.url_key not in taken]
    return left if is_unread else left[:1]


def _is_unread(source_crawl: SourceCrawl, known: PageRecord, root: str) -> bool:
    """Whether a list was never read to its end, or is to be again."""
    first = known if known.url_key == root else page_record(source_crawl.db, root)
    if first is None or first.swept_at is None or source_crawl.plan.full:
        return True
    return first.swept_at < to_utc_iso(source_crawl.stale)


def _is_fresh(source_crawl: SourceCrawl, earlier: PageRecord | None) -> bool:
    """Whether no earlier run saw an address."""
    if earlier is None:
        return True
    return earlier.run == source_crawl.glance.run and earlier.first_seen_at >= to_utc_iso(
        source_crawl.glance.moment
    )


def _paging(
    source_crawl: SourceCrawl, known: PageRecord, link: Link | Postback, root: str, place: int
) -> Discovery:
    """A further page of a list, to be fetched after what the pages before it name."""
    own_rank = max(known.rank, 2)
    rank = (
        2 * link.page
        if link.page and link.page > 1 and own_rank < ARCHIVE_LIST_RANK
        else own_rank + 2
    )
    return replace(source_crawl.paging(link, rank=rank, place=place), depth=known.depth, list=root)


def _is_taken_up(
    source_crawl: SourceCrawl, earlier: PageRecord | None, changed_at: str | None = None
) -> bool:
    """Whether an address that a page names is fetched, by what is known of it."""
    return should_fetch(earlier, source_crawl.glance, changed_at) and not source_crawl.is_put_off(
        earlier
    )


def _is_in_backlog(source_crawl: SourceCrawl, earlier: PageRecord | None) -> bool:
    """Whether an address waits in this run because only a sitemap has named it so far."""
    return (
        earlier is not None
        and earlier.run == source_crawl.glance.run
        and earlier.outcome is None
        and earlier.turn is Turn.BACKLOG
    )


def _is_worth_asking(source_crawl: SourceCrawl, url: str, kind: str | None) -> bool:
    """Whether an announced address is a page of the source at all, or a sitemap of it."""
    if not belongs(url, source_crawl.source):
        return False
    if kind == "sitemap":  # its files end in .gz, or come out of an interface for machines
        return True
    is_page = not (trap(url) or is_asset(url) or is_document(url))
    return is_page and not source_crawl.platform.skips(path_and_query(url))


def _adds_to(one: Discovery, earlier: PageRecord) -> bool:
    """Whether an announcement of a page that is not taken up for it is worth noting."""
    if earlier.source != one.source:
        return False
    is_named = one.named_by is not None and one.named_by != earlier.named_by
    return is_named or is_better_announcement(one.announced_at, earlier)
