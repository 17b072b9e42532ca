"""Pages take turns: no class of them takes the whole night."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from itertools import count, pairwise
from pathlib import Path

import pytest

from scraper.store.pages import Turn
from spiders import turns
from spiders.discovery.pagination import Link, Postback
from spiders.turns import SLICE_SECONDS, WEIGHTS, Turns, in_turns
from tests.portals.faults import Call, FaultServer, Misbehaviour, article, not_found, paths_of
from tests.portals.schemes import SchemePortal
from tests.spiders.crawling import Crawling, source_at
from tests.spiders.discovery.test_links import links_of

PATHS = paths_of("mot", "hai", "ba", "bon", "nam", "sau")
TEASER = "<h3><a href='{}'>Bà con xóm Suối Thử cùng nhau sửa lại đường ra bến sông {}</a></h3>"


def teasers(*paths: str) -> str:
    return "".join(TEASER.format(path, path[-8:-5]) for path in paths)


def lists(*paths: str, more: str = "") -> Misbehaviour:
    return lambda call: call.reply(f"<html><body>{teasers(*paths)}{more}</body></html>")


def shown(call: Call) -> None:
    path = call.request.path
    call.reply(article(title=f"Bà con sửa đường ra bến, đợt {path[-8:-5]} {PATHS.index(path)}"))


def endless_index(call: Call) -> None:
    path = call.request.path
    if not path.startswith("/so-do-"):
        not_found(call)
        return
    number = int(path.removeprefix("/so-do-").removesuffix(".xml"))
    place = f"http://{call.request.headers['host']}/so-do-{number + 1}.xml"
    call.reply(
        f"<sitemapindex><sitemap><loc>{place}</loc></sitemap></sitemapindex>",
        Content_Type="application/xml",
    )


def portal(home: Misbehaviour, fallback: Misbehaviour, robots: str = "") -> FaultServer:
    pages: dict[str, Misbehaviour] = dict.fromkeys(PATHS, shown)
    pages["/"] = home
    pages["/robots.txt"] = lambda call: call.reply(robots, Content_Type="text/plain")
    return FaultServer(pages, fallback)


@pytest.mark.fault(78)
def test_a_sitemap_index_without_an_end_leaves_articles_their_turn(crawling: Crawling) -> None:
    with portal(lists(*PATHS), endless_index, "Sitemap: /so-do-0.xml\n") as server:
        crawled = crawling.crawl(source_at(server.home_url), max_pages=16)
        first = [one.path for one in server.log if one.path.startswith("/so-do-")]
        assert len(crawled.titles()) == len(PATHS)
        assert len(first) == 4
        assert crawled.end("/so-do-4.xml") == ("deferred", "sitemap_share")
        crawling.crawl(source_at(server.home_url), max_pages=16)
        assert "/so-do-4.xml" in [one.path for one in server.log], "taken up the next night"


@pytest.mark.fault(78)
def test_guesses_have_a_small_part_of_the_pages(crawling: Crawling) -> None:
    with portal(lists(*PATHS[:3]), not_found) as server:
        assert len(crawling.crawl(source_at(server.home_url), max_pages=5).titles()) == 3


def test_nothing_older_than_since_is_stored_and_a_later_run_takes_it_up(tmp_path: Path) -> None:
    with SchemePortal("Page", articles=12) as site:
        days = sorted(one.moment.date().isoformat() for one in site.stories)
        since = days[8]
        crawling = Crawling(tmp_path, limits={"guesses": 0})
        crawled = crawling.crawl(site, since=since)
        stored = [row[0] for row in crawled.rows("SELECT published_at FROM articles")]
        assert stored
        assert min(stored) >= since
        assert crawled.rows("SELECT 1 FROM pages WHERE reason = 'before_since'")
        asked = len(site.log)
        crawling.crawl(site, since=since)
        again = [one.path for one in site.log[asked:]]
        assert not [path for path in again if path in site.article_paths], "nothing is asked twice"
        assert len(crawling.crawl(site).titles()) == len(site.stories)


def test_an_edit_of_an_old_article_that_nothing_names_is_seen(crawling: Crawling) -> None:
    crawling.limits = {"guesses": 0}
    with portal(lists(PATHS[0]), not_found) as server:
        crawled = crawling.crawl(source_at(server.home_url))
        assert crawled.rows("SELECT due_at FROM pages WHERE article NOTNULL") != [(None,)]
        with sqlite3.connect(crawling.database) as db:
            db.execute("UPDATE articles SET published_at = '2020-05-06'")
            db.execute("UPDATE pages SET due_at = '2025-01-01T00:00:00Z' WHERE article NOTNULL")
        db.close()
        server.paths["/"] = lists()
        server.paths[PATHS[0]] = lambda call: call.reply(article(title="Tin đã được sửa lại rồi"))
        crawled = crawling.crawl(source_at(server.home_url))
        assert crawled.rows("SELECT turn, outcome FROM pages WHERE article NOTNULL") == [
            ("recheck", "updated")
        ]


HIDDEN = '<input type="hidden" name="cat" value="3"><input type="hidden" name="page" value="2">'


def test_a_get_form_for_more_is_a_link() -> None:
    found = links_of(f"<form action='/tin'>{HIDDEN}<button>Xem thêm</button></form>").paging
    assert [one.url for one in found if isinstance(one, Link)] == [
        "http://suoithu.gov.vn/tin?cat=3&page=2"
    ]


def test_a_choice_of_pages_is_links() -> None:
    options = "".join(f"<option value={n}>{n}</option>" for n in (1, 2, 3))
    found = links_of(f"<form action='/tin'><select name='page'>{options}</select></form>").paging
    assert [one.page for one in found] == [2, 3]


def test_a_posted_form_for_more_carries_its_fields_and_button() -> None:
    button = '<input type="submit" name="go" value="Trang sau">'
    token = '<input type="hidden" name="_token" value="{}">'
    keys = set()
    for secret in ("a", "b"):
        form = f"<form method='post' action='/tin'>{HIDDEN}{token.format(secret)}{button}</form>"
        (found,) = links_of(form).paging
        assert isinstance(found, Postback)
        assert found.fields | {"_token": ""} == {
            "cat": "3",
            "page": "2",
            "_token": "",
            "go": "Trang sau",
        }
        keys.add(found.key)
    assert len(keys) == 1


@pytest.mark.parametrize(
    "form",
    [
        "<form action='/search'><input name='q'><button>></button></form>",
        "<form method='post' action='/tham-do'><button>Xem thêm</button></form>",
        "<form method='post'><input type='password' name='p'><button>Tiếp</button></form>",
        "<form method='post'><textarea name='noi_dung'></textarea><button>Tiếp</button></form>",
        "<form method='post' action='http://khac.vn/tin'><button>Xem thêm</button></form>",
        "<form method='post' action='/tin'><button>Gửi</button></form>",
    ],
)
def test_forms_for_something_else_are_left_alone(form: str) -> None:
    assert links_of(form).paging == []


def more(call: Call) -> None:
    """Bring the second half as JSON, but only to the form that was posted."""
    if call.request.method != "POST":
        call.reply("Method not allowed", 405)
        return
    body = json.dumps({"html": teasers(*PATHS[2:4]), "items": [{"url": PATHS[4], "title": LONG}]})
    call.reply(body, Content_Type="application/json")


LONG = "Bà con xóm Suối Thử cùng nhau sửa lại đường ra bến sông lần nữa"


def test_more_behind_a_posted_form_is_read_even_as_json(crawling: Crawling) -> None:
    crawling.limits = {"guesses": 0}
    form = f"<form method='post' action='/them'>{HIDDEN}<button>Xem thêm</button></form>"
    with portal(lists(*PATHS[:2], more=form), not_found) as server:
        server.paths["/them"] = more
        crawled = crawling.crawl(source_at(server.home_url))
        assert len(crawled.titles()) == 5
        assert [one.method for one in server.log if one.path == "/them"] == ["POST"]


def test_a_button_that_only_script_follows_is_told(crawling: Crawling) -> None:
    crawling.limits = {"guesses": 0}
    button = "<button class='load-more' onclick='them()'>Xem thêm</button>"
    with portal(lists(*PATHS[:2], more=button), not_found) as server:
        assert crawling.crawl(source_at(server.home_url)).end("/") == ("listing", "more_by_script")


@pytest.mark.fault(83)
def test_the_first_part_of_an_endless_robots_txt_is_obeyed(crawling: Crawling) -> None:
    crawling.limits = {"guesses": 0}
    rules = f"User-agent: *\nDisallow: {PATHS[0]}\n" + "# rác\n" * 4_000_000
    with portal(lists(*PATHS[:2]), not_found, rules) as server:
        crawled = crawling.crawl(source_at(server.home_url))
        assert crawled.end(PATHS[0]) == ("refused", "robots")
        assert len(crawled.titles()) == 1


@pytest.mark.fault(78)
def test_each_class_has_its_weight_in_a_round() -> None:
    turns = Turns(pages=10_000)
    for _ in range(10 * sum(WEIGHTS.values())):
        turn = turns.choose(WEIGHTS)
        assert turn is not None
        turns.take(turn)
    assert turns.taken == {turn: 10 * weight for turn, weight in WEIGHTS.items()}
    assert turns.choose([Turn.SITEMAP, Turn.HOME]) is Turn.HOME


@pytest.mark.fault(77)
def test_long_work_lets_other_tasks_go_on_after_each_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock of this test, each item takes three tenths of a slice."""
    ticks = count(0, 0.3 * SLICE_SECONDS)
    monkeypatch.setattr(turns, "monotonic", lambda: next(ticks))
    done: list[int] = []
    seen = [0]

    async def work() -> None:
        async for item in in_turns(range(1_000)):
            done.append(item)

    async def watch() -> None:
        while len(done) < 1_000:
            seen.append(len(done))
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(work(), watch())

    asyncio.run(both())
    seen.append(len(done))
    assert done == list(range(1_000))
    assert max(after - before for before, after in pairwise(seen)) <= 4
