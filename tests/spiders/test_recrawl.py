"""What is worth a request: announcements, validators, what vanished, what is due."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from spiders.discovery.sitemaps import SitemapEntry
from spiders.recrawl import (
    CrawlScope,
    announces_change,
    credible,
    dropped_from_sitemap,
    is_better_announcement,
    should_fetch,
    validators,
)
from tests.portals.faults import Call, FaultServer, Misbehaviour, article, paths_of
from tests.portals.schemes import SchemePortal
from tests.spiders.crawling import Crawling, source_at
from tests.spiders.records import page_record

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SCOPE = CrawlScope("xa", 5, NOW)
KNOWN = page_record(
    "https://xa.example/tin-1",
    "2026-11-20T02:00:00Z",
    source="xa",
    etag='"a"',
    last_modified="Sun, 22 Nov 2026 02:00:00 GMT",
)


def test_what_is_new_is_wanted() -> None:
    assert should_fetch(None, SCOPE)


def test_what_is_known_and_not_due_is_not_wanted() -> None:
    assert not should_fetch(KNOWN, SCOPE)
    assert not should_fetch(replace(KNOWN, due_at=to_utc_iso(NOW + timedelta(hours=1))), SCOPE)


def test_what_is_due_is_wanted_but_once_a_run_and_for_its_own_source_only() -> None:
    due = replace(KNOWN, due_at=to_utc_iso(NOW))
    assert should_fetch(due, SCOPE)
    assert not should_fetch(replace(due, run=5), SCOPE)
    assert not should_fetch(replace(due, source="huyen"), SCOPE)


def test_an_article_that_was_gone_is_wanted_once_it_is_named_again() -> None:
    assert should_fetch(replace(KNOWN, outcome=Outcome.GONE, article=7), SCOPE)
    assert not should_fetch(replace(KNOWN, outcome=Outcome.GONE, article=None), SCOPE)


def test_a_list_that_was_gone_is_wanted_once_it_is_named_again() -> None:
    gone = replace(KNOWN, kind="listing", outcome=Outcome.GONE, article=None)
    assert should_fetch(gone, SCOPE)
    assert not should_fetch(replace(gone, body_hash=None), SCOPE), "it was never there"


def test_a_full_look_wants_everything() -> None:
    assert should_fetch(KNOWN, replace(SCOPE, full=True))


@pytest.mark.parametrize(
    ("before", "now", "is_change"),
    [
        ("2023-11-21T08:00:00+07:00", "2023-11-21T08:00:00+07:00", False),
        ("2023-11-21T08:00:00+07:00", "2023-11-21T09:00:00+07:00", True),
        ("2023-11-21T08:00:00+07:00", "2023-11-21T01:30:00+00:00", True),
        ("2023-11-21", "2023-11-21T08:00:00+07:00", False),
        ("2023-11-21", "2023-11-22T08:00:00+07:00", True),
        ("2023-11-21T08:00:00+07:00", "2023-11-21", False),
        ("2023-11-21T08:00:00+07:00", "2023-11-22", True),
        ("2023-11-22", "2023-11-21", False),
        ("2023-11-22", None, False),
        (None, "2023-11-22", False),
        (None, "2026-11-22T08:00:00+07:00", True),
    ],
)
def test_a_change_is_what_was_announced_for_an_earlier_time_before(
    before: str | None, now: str | None, is_change: bool
) -> None:
    assert announces_change(now, replace(KNOWN, announced_at=before)) == is_change


def test_a_better_announcement_is_remembered() -> None:
    day = replace(KNOWN, announced_at="2023-11-21")
    assert is_better_announcement("2023-11-21T08:00:00+07:00", day)
    assert not is_better_announcement("2023-11-20", day)
    assert not is_better_announcement(None, day)


def entries(count: int, changed_at: str) -> list[SitemapEntry]:
    return [SitemapEntry(f"https://xa.example/{n}", changed_at) for n in range(count)]


def test_one_time_for_most_of_a_sitemap_says_nothing_about_its_pages() -> None:
    made = entries(20, "2026-11-23T01:00:00+07:00")
    true = entries(5, "2026-11-20T01:00:00+07:00")
    times = {page.changed_at for page in credible(made + true)}
    assert times == {None, "2026-11-20T01:00:00+07:00"}
    assert credible(entries(5, "2026-11-23T01:00:00+07:00"))[0].changed_at is not None


def test_what_vanished_from_amid_a_sitemap_is_suspect() -> None:
    before = {f"k{day}": f"2026-11-{day}" for day in range(10, 20)}
    now = {key: day for key, day in before.items() if key != "k15"}
    assert dropped_from_sitemap(before, now, 100) == ["k15"]


def test_what_a_sitemap_of_the_latest_pushed_out_is_not_suspect() -> None:
    before = {f"k{day}": f"2026-11-{day}" for day in range(10, 20)}
    now = {key: day for key, day in before.items() if day > "2026-11-12"} | {"k20": "2026-11-20"}
    assert dropped_from_sitemap(before, now, 100) == []


def test_a_sitemap_that_lost_half_of_its_pages_is_not_believed() -> None:
    before = {f"k{day}": f"2026-11-{day}" for day in range(10, 20)}
    assert dropped_from_sitemap(before, {"k10": "2026-11-10", "k19": "2026-11-19"}, 100) == []


@pytest.mark.fault(27)
def test_validators_are_used_for_a_week_and_never_for_lists() -> None:
    seen = datetime.fromisoformat(str(KNOWN.fetched_at))
    assert set(validators(KNOWN, NOW, full=False)) == {"If-None-Match", "If-Modified-Since"}
    assert validators(KNOWN, seen + timedelta(days=8), full=False) == {}
    assert validators(KNOWN, NOW, full=True) == {}
    assert validators(replace(KNOWN, kind="listing", article=None), NOW, full=False) == {}
    assert validators(replace(KNOWN, body_hash=None), NOW, full=False) == {}


# Whole crawls: articles that are looked at again, night after night.

(PAGE,) = paths_of("mot")


def validated(call: Call) -> None:
    """A page that says by its ETag that it has not changed."""
    is_known = call.request.headers.get("if-none-match") == '"mot"'
    call.reply("" if is_known else article(), 304 if is_known else 200, ETag='"mot"')


def absent(status: int) -> Misbehaviour:
    """A page that is there in the first night and in the fourth."""
    return lambda call: call.reply(article(), 200 if call.tries in (1, 4) else status)


PAGES: dict[str, Misbehaviour] = {
    "validated": validated,
    "same": lambda call: call.reply(article()),
    "unasked": lambda call: call.reply(status=304),
    "404": absent(404),
    "410": absent(410),
    "forbidden": lambda call: call.reply(article()),
}


def forbid_later(call: Call) -> None:
    """A robots.txt that allows everything in the first two nights, and the page no more then."""
    rule = "Allow: /" if call.tries < 3 else f"Disallow: {PAGE}"
    call.reply(f"User-agent: *\n{rule}\n", Content_Type="text/plain")


@dataclass(slots=True)
class Nights:
    """What the database held after each of four nights, in which every page was due."""

    servers: dict[str, FaultServer]
    ends: list[dict[str, tuple[str, str | None]]]
    gone: list[dict[str, bool]]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    crawling = Crawling(tmp_path_factory.mktemp("nights"), limits={"guesses": 0, "tries": 1})
    with ExitStack() as stack:
        servers = {name: stack.enter_context(FaultServer({PAGE: PAGES[name]})) for name in PAGES}
        for server in servers.values():
            server.home(PAGE)
        servers["forbidden"].paths["/robots.txt"] = forbid_later
        sources = [source_at(server.home_url, name) for name, server in servers.items()]
        found = Nights(servers, [], [])
        for _ in range(4):
            crawled = crawling.crawl(*sources)
            ends = crawled.rows("SELECT source, outcome, reason FROM pages WHERE depth = 1")
            found.ends.append({name: (outcome, reason) for name, outcome, reason in ends})
            rows = crawled.rows("SELECT source, gone_at, body FROM articles")
            assert all("Đợt 11." in body for _, _, body in rows), "a text is never lost"
            found.gone.append({name: gone_at is not None for name, gone_at, _ in rows})
            make_due(crawling)
        yield found


def make_due(crawling: Crawling) -> None:
    with sqlite3.connect(crawling.database) as connection:
        connection.execute("UPDATE pages SET due_at = '2020-01-01T00:00:00Z'")
    connection.close()


def test_an_article_that_says_it_is_unchanged_is_believed_and_noted(nights: Nights) -> None:
    assert "if-none-match" in nights.servers["validated"].asked(PAGE)[1].headers
    assert nights.ends[1]["validated"] == ("unchanged", "not_modified")


@pytest.mark.fault(27)
def test_a_304_that_nobody_asked_for_is_no_answer(nights: Nights) -> None:
    assert nights.ends[0]["unasked"] == ("failed", "http_304")


def test_the_same_bytes_again_are_unchanged_without_being_read(nights: Nights) -> None:
    assert nights.ends[1]["same"] == ("unchanged", "same_body")


@pytest.mark.fault(17)
def test_an_article_is_gone_after_repeated_sight_and_never_deleted(nights: Nights) -> None:
    assert [night["404"] for night in nights.gone] == [False, False, True, False]
    assert nights.ends[1]["404"] == ("gone", "http_404")


@pytest.mark.fault(17)
def test_an_article_that_the_site_says_is_gone_is_gone_at_once(nights: Nights) -> None:
    assert [night["410"] for night in nights.gone] == [False, True, True, False]


@pytest.mark.fault(30)
def test_what_robots_txt_forbids_from_now_on_is_left_alone_and_kept(nights: Nights) -> None:
    assert [night["forbidden"] for night in nights.ends] == [
        ("new", None),
        ("unchanged", "same_body"),
        ("refused", "robots"),
        ("refused", "robots"),
    ]
    assert len(nights.servers["forbidden"].asked(PAGE)) == 2
    assert not nights.gone[3]["forbidden"]


def test_since_leaves_the_further_pages_of_a_list_when_its_articles_are_older(
    tmp_path: Path,
) -> None:
    with SchemePortal("Page", articles=60) as portal:
        portal.stories.sort(key=lambda one: one.published, reverse=True)
        newest = portal.stories[0].moment.date().isoformat()
        Crawling(tmp_path).crawl(portal, since=newest)
        lists = [one.path for one in portal.log if "?Page=" in one.path]
    assert len(lists) <= 6
