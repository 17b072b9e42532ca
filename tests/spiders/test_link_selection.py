"""Which links of a page are queued: decided from the page and the store, and changing neither."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.base.urls import UrlRules
from scraper.store.pages import BEFORE_SINCE, Discovery, PageRecord, Turn
from spiders.discovery.links import PageLinks
from spiders.discovery.pagination import Link, Postback
from spiders.discovery.sitemaps import SitemapEntry
from spiders.discovery.url_classifier import UrlClassifier
from spiders.limits import Limits
from spiders.link_selection import (
    ARCHIVE_LIST_RANK,
    HOME_FEEDS,
    ListProgress,
    SelectedLinks,
    SelectionRules,
    links_of_entries,
    links_of_list,
    merged,
    paging_of_list,
    select_dropped,
    select_from_entries,
    select_from_list,
)
from spiders.platforms import GENERIC
from spiders.recrawl import CrawlScope
from spiders.source_urls import SourceUrls
from tests.spiders.crawling import source_at
from tests.spiders.records import page_record

NIGHT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
RUN = 5
HOME = "http://xa.example/"
SCOPE = CrawlScope("portal", RUN, NIGHT)
RULES = SelectionRules(
    scope=SCOPE,
    urls=SourceUrls(source_at(HOME), UrlRules()),
    platform=GENERIC,
    url_classifier=UrlClassifier(),
    home_key="xa.example/",
    limits=Limits(),
    stale=NIGHT - timedelta(days=30),
)


def record(path: str, **changes: object) -> PageRecord:
    """A page that an earlier run read, due in a week."""
    seen_at, due_at = (to_utc_iso(NIGHT + timedelta(days=days)) for days in (-3, 7))
    return page_record(HOME + path, seen_at, **{"due_at": due_at, **changes})


LIST = record("tin-tuc", kind="listing", outcome=Outcome.LISTING, article=None, rank=2)
READ = replace(LIST, swept_at=to_utc_iso(NIGHT - timedelta(days=1)))
"""A list that was read to its end the night before."""


def links(*articles: int, paging: tuple[Link | Postback, ...] = ()) -> PageLinks:
    """The links of a list that names articles by number."""
    return PageLinks(articles=[Link(f"{HOME}tin-{n}.html") for n in articles], paging=list(paging))


def selected_from(
    known: PageRecord,
    page: PageLinks,
    *records: PageRecord,
    rules: SelectionRules = RULES,
    progress: ListProgress | None = None,
) -> SelectedLinks:
    """What a list leads to, by what the store knows."""
    return select_from_list(
        rules,
        known,
        list(links_of_list(rules, known, page)),
        paging_of_list(rules, known, page.paging),
        {one.url_key: one for one in records},
        progress or ListProgress(),
        bool(page.articles),
    )


def keys(found: list[Discovery]) -> list[str]:
    return [one.url_key.removeprefix("xa.example/") for one in found]


PAGING = tuple(Link(f"{HOME}tin-tuc?page={page}", page=page) for page in (2, 3))
SECOND, THIRD = "tin-tuc?page=2", "tin-tuc?page=3"


def test_new_articles_are_queued_and_known_ones_are_not() -> None:
    known = record("tin-1.html")
    due = record("tin-2.html", due_at=to_utc_iso(NIGHT - timedelta(hours=1)))
    here = record("tin-3.html", run=RUN, due_at=to_utc_iso(NIGHT))
    selected = selected_from(READ, links(1, 2, 3, 4), known, due, here)
    assert keys(selected.found) == ["tin-2.html", "tin-4.html"]
    assert selected.names_articles
    assert selected.content == [f"xa.example/tin-{n}.html" for n in (1, 2, 3, 4)]


def test_nothing_that_it_is_given_is_changed() -> None:
    page, progress = links(1, 2, paging=PAGING), ListProgress({"xa.example/tin-1.html"}, 1)
    before = deepcopy((page, progress, LIST))
    selected_from(LIST, page, progress=progress)
    assert (page, progress, LIST) == before


def test_all_pages_of_a_list_are_queued_until_it_was_read_to_its_end() -> None:
    selected = selected_from(LIST, links(1, paging=PAGING), record("tin-1.html"))
    assert keys(selected.found) == [SECOND, THIRD]
    assert [(one.rank, one.list) for one in selected.found] == [
        (4, "xa.example/tin-tuc"),
        (6, "xa.example/tin-tuc"),
    ]


@pytest.mark.parametrize(
    ("articles", "further"),
    [((1, 2, 3), []), ((1, 2, 4), ["tin-4.html", SECOND]), ((1, 2), [SECOND])],
    ids=["all known", "one new", "too few to tell"],
)
def test_of_a_list_that_was_read_the_next_page_follows_while_anything_is_new(
    articles: tuple[int, ...], further: list[str]
) -> None:
    known = [record(f"tin-{number}.html") for number in (1, 2, 3)]
    selected = selected_from(READ, links(*articles, paging=PAGING), *known)
    assert keys(selected.found) == further


@pytest.mark.parametrize(
    "rules",
    [replace(RULES, scope=replace(SCOPE, full=True)), replace(RULES, stale=NIGHT)],
    ids=["full", "stale"],
)
def test_a_list_is_read_to_its_end_again_if_the_run_or_its_age_asks_for_it(
    rules: SelectionRules,
) -> None:
    known = [record(f"tin-{number}.html", run=RUN) for number in (1, 2, 3)]
    selected = selected_from(READ, links(1, 2, 3, paging=PAGING), *known, rules=rules)
    assert keys(selected.found) == [SECOND, THIRD]


def test_a_page_that_names_what_the_pages_before_it_named_ends_the_list() -> None:
    progress = ListProgress({"xa.example/tin-1.html"}, 1)
    further = record(SECOND, kind="listing", list="xa.example/tin-tuc")
    assert selected_from(further, links(1, paging=PAGING[1:]), progress=progress).found == [
        RULES.urls.discovery(f"{HOME}tin-1.html", "article", rank=4, depth=2)
    ]


def test_a_list_has_no_more_pages_than_the_limit() -> None:
    rules = replace(RULES, limits=Limits(list_pages=2))
    page = links(1, paging=PAGING)
    assert SECOND in keys(
        selected_from(LIST, page, rules=rules, progress=ListProgress(pages=1)).found
    )
    assert keys(selected_from(LIST, page, rules=rules, progress=ListProgress(pages=2)).found) == [
        "tin-1.html"
    ]


def test_a_further_page_that_this_run_took_up_is_passed_over() -> None:
    taken = record(SECOND, kind="listing", run=RUN)
    selected = selected_from(READ, links(1, paging=PAGING), taken)
    assert keys(selected.found) == ["tin-1.html", THIRD]


def test_the_form_of_a_further_page_is_a_part_of_its_key() -> None:
    forms = (
        Postback(f"{HOME}tin-tuc", {"trang": "2"}, page=2),
        Postback(f"{HOME}tin-tuc", {"trang": "3"}, page=3),
    )
    found = paging_of_list(RULES, LIST, forms)
    assert len({one.url_key for one in found} - {LIST.url_key}) == 2
    assert [one.form for one in found] == ['{"trang": "2"}', '{"trang": "3"}']


def test_feeds_and_sitemaps_are_those_of_the_home_page() -> None:
    page = PageLinks(
        feeds=[Link(f"{HOME}rss/{n}") for n in range(HOME_FEEDS + 3)],
        sitemaps=[Link(f"{HOME}sitemap.xml")],
    )
    home = record("", kind="listing", depth=0)
    kinds = [one.kind for one in links_of_list(RULES, home, page)]
    assert kinds == ["feed"] * HOME_FEEDS + ["sitemap"]
    assert list(links_of_list(RULES, LIST, page)) == []


def test_lists_by_date_come_last_and_only_while_they_lead_anywhere() -> None:
    page = PageLinks(archives=[Link(f"{HOME}2026/11")])
    (archive,) = links_of_list(RULES, LIST, page)
    assert archive.rank == ARCHIVE_LIST_RANK
    assert list(links_of_list(replace(RULES, takes_archives=False), LIST, page)) == []


def test_beyond_the_depth_only_articles_are_named() -> None:
    page = PageLinks(articles=[Link(f"{HOME}tin-1.html")], sections=[Link(f"{HOME}van-hoa")])
    deep = replace(LIST, depth=RULES.limits.depth)
    assert [one.kind for one in links_of_list(RULES, deep, page)] == ["article"]


def test_a_page_of_the_backlog_that_a_list_names_is_advanced() -> None:
    waiting = record("tin-1.html", run=RUN, outcome=None, turn=Turn.BACKLOG)
    selected = selected_from(READ, links(1), waiting)
    assert (keys(selected.advanced), selected.found) == (["tin-1.html"], [])


def entries(
    known: PageRecord,
    *announced: SitemapEntry,
    records: tuple[PageRecord, ...] = (),
    rules: SelectionRules = RULES,
) -> SelectedLinks:
    """What a feed or sitemap leads to."""
    named = [one for one in links_of_entries(rules, known, announced) if one is not None]
    return select_from_entries(rules, named, {one.url_key: one for one in records})


SITEMAP = record("sitemap.xml", kind="sitemap", article=None)
DAY = "2026-11-20"


def test_pages_of_others_and_files_are_no_pages_of_the_source() -> None:
    others = ("http://khac.example/tin-1.html", f"{HOME}anh.jpg", f"{HOME}cong-van.pdf")
    selected = entries(SITEMAP, *map(SitemapEntry, (*others, f"{HOME}tin-1.html")))
    assert keys(selected.found) == ["tin-1.html"]


def test_what_only_a_sitemap_names_waits_in_the_backlog() -> None:
    (page,) = entries(SITEMAP, SitemapEntry(f"{HOME}tin-1.html", DAY)).found
    assert (page.turn, page.named_by, page.announced_at) == (
        Turn.BACKLOG,
        "xa.example/sitemap.xml",
        DAY,
    )


def test_the_latest_entries_come_first() -> None:
    days = {f"{HOME}tin-{n}.html": f"2026-11-{n:02}" for n in (3, 20, 11)}
    found = entries(SITEMAP, *(SitemapEntry(url, day) for url, day in days.items())).found
    assert keys(sorted(found, key=lambda one: one.place)) == [
        "tin-20.html",
        "tin-11.html",
        "tin-3.html",
    ]


def test_an_announced_change_is_fetched_and_a_better_announcement_is_noted() -> None:
    changed = record("tin-1.html", announced_at="2026-11-18")
    told_first = record("tin-2.html", named_by="xa.example/sitemap.xml")
    selected = entries(
        SITEMAP,
        SitemapEntry(f"{HOME}tin-1.html", DAY),
        SitemapEntry(f"{HOME}tin-2.html", DAY),
        records=(changed, told_first),
    )
    assert keys(selected.found) == ["tin-1.html"]
    assert keys(selected.noted) == ["tin-2.html"]


def test_what_is_older_than_the_run_asks_for_is_put_off_once() -> None:
    rules = replace(RULES, scope=replace(SCOPE, since=date(2026, 11, 21)))
    announced = SitemapEntry(f"{HOME}tin-1.html", DAY), SitemapEntry(f"{HOME}tin-2.html", DAY)
    put_off = record("tin-2.html", outcome=Outcome.DEFERRED, reason=BEFORE_SINCE)
    selected = entries(SITEMAP, *announced, records=(put_off,), rules=rules)
    assert (keys(selected.older), selected.found) == (["tin-1.html"], [])


@pytest.mark.parametrize(("day", "found"), [(DAY, []), ("2026-11-22", ["tin-1.html"])])
def test_what_an_earlier_run_put_off_for_its_age_is_fetched_if_this_one_wants_it(
    day: str, found: list[str]
) -> None:
    put_off = record(
        "tin-1.html",
        outcome=Outcome.DEFERRED,
        reason=BEFORE_SINCE,
        published_at=day,
        due_at=to_utc_iso(NIGHT - timedelta(days=1)),
    )
    rules = replace(RULES, scope=replace(SCOPE, since=date(2026, 11, 21)))
    assert keys(selected_from(READ, links(1), put_off, rules=rules).found) == found


def test_a_sitemap_leads_to_what_it_dropped_its_children_and_its_pages() -> None:
    dropped = select_dropped(SCOPE, [record("tin-9.html"), record("tin-8.html", run=RUN)])
    pages = SelectedLinks([RULES.urls.discovery(f"{HOME}tin-1.html", "article")])
    children = SelectedLinks([RULES.urls.discovery(f"{HOME}sitemap-2.xml", "sitemap")])
    selected = merged(pages, replace(children, names_articles=True), dropped)
    assert keys(selected.found) == ["tin-9.html", "sitemap-2.xml", "tin-1.html"]
    assert keys(selected.missed) == ["tin-9.html"]
    assert selected.names_articles
