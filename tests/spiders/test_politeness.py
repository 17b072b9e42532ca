"""Manners: pauses measured at the server, Retry-After, robots.txt, hosts that are unwell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from scraper.sources import Source
from spiders.plan import CrawlPlan, Limits
from spiders.politeness import Host, delay_of, host_name, retry_after
from spiders.robots import read_robots, rules_of
from tests.portals.faults import Call, FaultServer, Misbehaviour, article, gaps, paths_of
from tests.spiders.crawling import Crawling, source_at

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ONE, TWO, THREE, FOUR = paths_of("mot", "hai", "ba", "bon")


def page(call: Call) -> None:
    call.reply(article(title=f"Bà con sửa đường, đợt {call.request.path[-8:-5]}"))


def site(stack: ExitStack, *paths: str) -> FaultServer:
    server = stack.enter_context(FaultServer(dict.fromkeys(paths, page)))
    server.home(*paths)
    return server


def robots(text: str, status: int = 200) -> Misbehaviour:
    return lambda call: call.reply(text, status, Content_Type="text/plain")


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    """Crawls that try no usual places of feeds and sitemaps, so that tests are short."""
    return Crawling(tmp_path, limits={"probes": 0})


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


# The pause between requests.


def test_requests_are_never_closer_than_the_delay(crawling: Crawling, stack: ExitStack) -> None:
    server = site(stack, ONE, TWO, THREE)
    crawling.crawl(source_at(server.home_url), delay=0.4)
    assert len(server.log) >= 5
    assert min(gaps(server.log)) >= 0.4


def test_sources_on_one_host_share_its_pause(crawling: Crawling, stack: ExitStack) -> None:
    server = site(stack, ONE, TWO)
    server.paths["/xa/"] = page
    sources = [source_at(server.home_url, "huyen"), source_at(f"{server.home_url}xa/", "xa")]
    crawling.crawl(*sources, delay=0.4)
    assert {"/", "/xa/"} <= {request.path for request in server.log}
    assert min(gaps(server.log)) >= 0.4


def test_hosts_are_asked_side_by_side(crawling: Crawling, stack: ExitStack) -> None:
    servers = [site(stack, ONE, TWO) for _ in range(6)]
    crawling.crawl(*(source_at(one.home_url, f"s{n}") for n, one in enumerate(servers)), delay=0.4)
    everything = sorted(request.at for server in servers for request in server.log)
    alone = sum(len(server.log) for server in servers) * 0.4
    assert everything[-1] - everything[0] < alone / 3


def test_delay_below_the_default_is_for_own_hosts_only() -> None:
    public = Source(slug="xa", name="Xã", home_url="https://xa.example/")
    assert delay_of(public, CrawlPlan(delay=0)) == 2.0
    assert delay_of(source_at("http://127.0.0.1:8000/"), CrawlPlan(delay=0)) == 0
    assert delay_of(public.model_copy(update={"delay": 9.0}), CrawlPlan()) == 9.0


def test_jitter_only_lengthens_a_pause() -> None:
    for _ in range(100):
        host = Host("xa.example", 2.0, Limits())
        host.end(100.0)
        assert 102.0 <= host.ready_at <= 102.5


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.xa.example/tin", "xa.example"),
        ("http://xa.example:80/", "xa.example"),
        ("http://xa.example:8080/", "xa.example:8080"),
    ],
)
def test_host_is_one_machine_however_it_is_spelled(url: str, name: str) -> None:
    assert host_name(url) == name


# Retry-After.


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (format_datetime(NOW + timedelta(seconds=90)), 90.0),
        (format_datetime(NOW - timedelta(days=1)), 7.0),
        ("-5", 7.0),
        ("0", 7.0),
        ("sớm thôi", 7.0),
        (None, 7.0),
        ("9" * 400, 999999999999.0),
    ],
)
def test_retry_after_is_read_in_seconds_and_dates(value: str | None, seconds: float) -> None:
    assert retry_after(value, NOW, 7.0) == seconds


@pytest.mark.parametrize("status", [429, 503])
def test_no_request_comes_sooner_than_the_host_asked_for(
    status: int, crawling: Crawling, stack: ExitStack
) -> None:
    server = site(stack, ONE, TWO)

    def busy(call: Call) -> None:
        if call.tries == 1:
            call.reply("Vui lòng đợi", status, Retry_After="2")
        else:
            page(call)

    server.paths[ONE] = busy
    crawled = crawling.crawl(source_at(server.home_url))
    first = server.asked(ONE)[0].at
    later = [request.at - first for request in server.log if request.at > first]
    assert min(later) >= 2
    assert crawled.end(ONE)[0] == crawled.end(TWO)[0] == "new"


def test_a_wait_beyond_the_cap_leaves_the_host_to_a_later_run(
    crawling: Crawling, stack: ExitStack
) -> None:
    server = site(stack, ONE, TWO, THREE)
    for path in (ONE, TWO, THREE):
        server.paths[path] = lambda call: call.reply("Đợi", 429, Retry_After="315360000")
    crawled = crawling.crawl(source_at(server.home_url))
    asked = len(server.log)
    assert crawled.outcomes["deferred"] == 3
    assert {crawled.end(path) for path in (ONE, TWO, THREE)} == {("deferred", "retry_after")}
    assert "retry_after" in str(crawled.error())
    assert len([one for one in server.log if one.path in (ONE, TWO, THREE)]) == 1
    crawling.crawl(source_at(server.home_url))
    assert len(server.log) == asked, "asked again sooner than the host wanted"


# robots.txt.


def test_robots_txt_is_obeyed(crawling: Crawling, stack: ExitStack) -> None:
    server = site(stack, ONE, TWO)
    server.paths["/robots.txt"] = robots(f"\ufeffUser-agent: *\r\nDisallow: {ONE}\r\n")
    crawled = crawling.crawl(source_at(server.home_url))
    assert crawled.end(ONE) == ("refused", "robots")
    assert crawled.end(TWO)[0] == "new"
    assert server.asked(ONE) == []
    assert len(server.asked("/robots.txt")) == 1


@pytest.mark.parametrize(
    "unwell",
    [
        robots("<h1>Bảo trì</h1>", 503),
        robots("User-agent: *\nAllow: /", 500),
        lambda call: call.connection.close(),
    ],
    ids=["503", "500 that allows", "dropped"],
)
def test_who_cannot_tell_the_rules_is_not_crawled(
    unwell: Misbehaviour, crawling: Crawling, stack: ExitStack
) -> None:
    server, other = site(stack, ONE), site(stack, TWO)
    server.paths["/robots.txt"] = unwell
    crawled = crawling.crawl(source_at(server.home_url), source_at(other.home_url, "other"))
    assert {request.path for request in server.log} == {"/robots.txt"}
    assert "robots_unreachable" in str(crawled.error())
    assert crawled.error("other") is None
    assert len(crawled.titles()) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows(status: int) -> None:
    rules = rules_of(status, b"User-agent: *\nDisallow: /")
    assert rules is not None
    assert rules.allows("http://xa.example/tin")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_fails_gives_no_rules(status: int) -> None:
    assert rules_of(status, b"User-agent: *\nAllow: /") is None


def test_robots_txt_is_read_to_half_a_megabyte_and_more() -> None:
    filler = b"# Cong thong tin\n" * 31_000
    assert len(filler) > 512_000
    assert not read_robots(filler + b"User-agent: *\nDisallow: /an").allows("http://xa.example/an")


def test_crawl_delay_is_obeyed_up_to_the_cap(crawling: Crawling, stack: ExitStack) -> None:
    server = site(stack, ONE, TWO)
    server.paths["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 3600\n")
    crawling.limits["crawl_delay"] = 0.5
    crawling.crawl(source_at(server.home_url))
    assert min(gaps(server.log)[1:]) >= 0.5


def test_a_sitemap_that_robots_txt_names_is_read(crawling: Crawling, stack: ExitStack) -> None:
    server = site(stack, ONE)
    server.home()
    place = f"{server.home_url}so-do.xml"
    server.paths["/robots.txt"] = robots(f"User-agent: *\nSitemap: {place}\n")
    listed = f"<urlset><url><loc>{server.home_url.rstrip('/')}{ONE}</loc></url></urlset>"
    server.paths["/so-do.xml"] = lambda call: call.reply(listed, Content_Type="text/xml")
    assert len(crawling.crawl(source_at(server.home_url)).titles()) == 1


# Hosts that are unwell.


def test_a_host_that_keeps_failing_is_left_alone(crawling: Crawling, stack: ExitStack) -> None:
    paths = paths_of(*(f"so-{n}" for n in range(20)))
    server, other = site(stack, *paths), site(stack, ONE)
    first = crawling.crawl(source_at(server.home_url))
    assert first.outcomes["new"] == 20
    for path in paths:
        server.paths[path] = lambda call: call.reply("Lỗi", 500)
    server.log.clear()
    sources = [source_at(server.home_url), source_at(other.home_url, "other")]
    crawled = crawling.crawl(*sources, full=True)
    assert len([request for request in server.log if request.path in paths]) == 5
    assert "host_failing" in str(crawled.error())
    left = [path for path in paths if crawled.end(path) == ("deferred", "host_failing")]
    assert len(left) >= 15
    assert crawled.rows("SELECT count(*), count(gone_at) FROM articles") == [(21, 0)]


def test_a_host_that_blocks_us_is_not_hammered(crawling: Crawling, stack: ExitStack) -> None:
    paths = paths_of(*(f"so-{n}" for n in range(20)))
    server = site(stack, *paths)
    for path in paths:
        server.paths[path] = lambda call: call.reply("Cấm", 403)
    crawled = crawling.crawl(source_at(server.home_url))
    assert crawled.outcomes["blocked"] == 5
    assert crawled.outcomes["deferred"] == 15


def test_tries_of_one_page_are_further_and_further_apart(
    crawling: Crawling, stack: ExitStack
) -> None:
    server = site(stack, ONE)
    server.paths[ONE] = lambda call: call.reply("Lỗi", 502)
    crawled = crawling.crawl(source_at(server.home_url))
    assert crawled.end(ONE) == ("failed", "http_502")
    apart = gaps(server.asked(ONE))
    assert len(apart) == 2
    assert all(b > a for a, b in pairwise(apart))


@pytest.mark.parametrize(
    ("home_url", "reason"), [("http://127.0.0.1:9/", "connect"), ("http://xa.invalid/", "dns")]
)
def test_a_host_that_is_not_there_is_named_as_that(
    home_url: str, reason: str, crawling: Crawling, stack: ExitStack
) -> None:
    server = site(stack, ONE)
    crawling.limits |= {"tries": 2, "backoff": 0.1}
    crawled = crawling.crawl(source_at(home_url, "away"), source_at(server.home_url))
    assert crawled.rows("SELECT outcome, reason FROM pages WHERE source = 'away'") == [
        ("failed", reason)
    ]
    assert reason in str(crawled.error("away"))
    assert crawled.end(ONE)[0] == "new"
