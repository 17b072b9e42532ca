"""Manners: pauses measured at the server, Retry-After, robots.txt, hosts that are unwell."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.store_pipeline import GATHER_SECONDS
from tests.portals.faults import Call, FaultServer, Misbehaviour, article, gaps, paths_of
from tests.spiders.crawling import Crawled, Crawling, source_at

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


@dataclass(slots=True)
class Night:
    """One crawl over a server for each case."""

    servers: dict[str, FaultServer]
    crawled: Crawled

    def end(self, name: str, path: str) -> tuple[str, str | None]:
        url = self.servers[name].home_url.rstrip("/") + path
        return self.crawled.rows("SELECT outcome, reason FROM pages WHERE url = ?", url)[0]

    def titles(self, name: str) -> int:
        return len(self.crawled.rows("SELECT title FROM articles WHERE source = ?", name))


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    """Crawls that try no usual places of feeds and sitemaps, so that tests are short."""
    return Crawling(tmp_path, limits={"guesses": 0})


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


# The pause between requests: one crawl with a delay, on hosts of every sort.

DELAY = 0.4
SIDE_BY_SIDE = tuple(f"s{number}" for number in range(6))


@pytest.fixture(scope="module")
def slow_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with ExitStack() as stack:
        servers = {name: site(stack, ONE, TWO) for name in (*SIDE_BY_SIDE, "shared", "told")}
        servers["shared"].paths["/xa/"] = page
        servers["told"].paths["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 3600\n")
        sources = [source_at(server.home_url, name) for name, server in servers.items()]
        sources.append(source_at(f"{servers['shared'].home_url}xa/", "xa"))
        crawling = Crawling(tmp_path_factory.mktemp("slow"), {"delay": DELAY})
        crawling.limits = {"guesses": 0, "crawl_delay": 0.8}
        yield Night(servers, crawling.crawl(*sources))


@pytest.mark.fault(32)
def test_requests_are_never_closer_than_the_delay(slow_night: Night) -> None:
    for name in SIDE_BY_SIDE:
        log = slow_night.servers[name].log
        assert len(log) == 4
        assert min(gaps(log)) >= DELAY


@pytest.mark.fault(31)
def test_sources_on_one_host_share_its_pause(slow_night: Night) -> None:
    log = slow_night.servers["shared"].log
    assert {"/", "/xa/"} <= {request.path for request in log}
    assert min(gaps(log)) >= DELAY


@pytest.mark.fault(30)
def test_crawl_delay_is_obeyed_up_to_the_cap(slow_night: Night) -> None:
    assert 0.8 <= min(gaps(slow_night.servers["told"].log)) < 3600


def test_hosts_are_asked_side_by_side(slow_night: Night) -> None:
    logs = [slow_night.servers[name].log for name in SIDE_BY_SIDE]
    assert max(log[0].at for log in logs) < min(log[-1].at for log in logs)


def test_a_host_does_not_wait_for_its_last_page_to_be_stored(
    crawling: Crawling, stack: ExitStack
) -> None:
    paths = paths_of(*(f"bai-{number}" for number in range(20)))
    server = site(stack, *paths)
    crawled = crawling.crawl(source_at(server.home_url))
    articles = [request for request in server.log if request.path in paths]
    assert len(crawled.titles()) == len(articles) == 20
    assert min(gaps(articles)) < GATHER_SECONDS


def test_a_connection_that_the_server_is_about_to_close_is_not_used_again(
    crawling: Crawling, stack: ExitStack
) -> None:
    def in_http_1_0(call: Call) -> None:
        body = article().encode()
        head = f"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}"
        call.send(f"{head}\r\n\r\n".encode() + body)
        time.sleep(0.3)
        call.connection.close()

    server = site(stack, ONE, TWO, THREE)
    server.paths |= dict.fromkeys((ONE, TWO, THREE), in_http_1_0)
    crawled = crawling.crawl(source_at(server.home_url))
    assert [len(server.asked(path)) for path in (ONE, TWO, THREE)] == [1, 1, 1]
    assert crawled.rows("SELECT retries FROM run_sources") == [(0,)]


# Hosts that ask for patience, that cannot tell their rules, that are unwell: one crawl.

MANY = paths_of(*(f"so-{number}" for number in range(20)))


def first_busy(status: int) -> Misbehaviour:
    def busy(call: Call) -> None:
        if call.tries == 1:
            call.reply("Vui lòng đợi", status, Retry_After="2")
        else:
            page(call)

    return busy


UNWELL: dict[str, Misbehaviour] = {
    "robots-503": robots("<h1>Bảo trì</h1>", 503),
    "robots-500-that-allows": robots("User-agent: *\nAllow: /", 500),
    "robots-dropped": lambda call: call.connection.close(),
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with ExitStack() as stack:
        names = ("429", "503", "robots", "sitemap", "502", *UNWELL)
        servers = {name: site(stack, ONE, TWO) for name in names}
        servers["403"] = site(stack, *MANY)
        servers["429"].paths[ONE], servers["503"].paths[ONE] = first_busy(429), first_busy(503)
        rules = f"\ufeffUser-agent: *\r\nDisallow: {ONE}\r\n"
        servers["robots"].paths["/robots.txt"] = robots(rules)
        name_sitemap(servers["sitemap"])
        servers["502"].paths[ONE] = lambda call: call.reply("Lỗi", 502)
        servers["403"].paths |= dict.fromkeys(MANY, lambda call: call.reply("Cấm", 403))
        for name, unwell in UNWELL.items():
            servers[name].paths["/robots.txt"] = unwell
        sources = [source_at(server.home_url, name) for name, server in servers.items()]
        sources += [source_at(home_url, name) for name, home_url in AWAY.items()]
        crawling = Crawling(tmp_path_factory.mktemp("unwell"), limits={"guesses": 0})
        yield Night(servers, crawling.crawl(*sources))


def name_sitemap(server: FaultServer) -> None:
    """Have robots.txt alone lead to an article."""
    server.home()
    place = f"{server.home_url}so-do.xml"
    server.paths["/robots.txt"] = robots(f"User-agent: *\nSitemap: {place}\n")
    listed = f"<urlset><url><loc>{server.home_url.rstrip('/')}{ONE}</loc></url></urlset>"
    server.paths["/so-do.xml"] = lambda call: call.reply(listed, Content_Type="text/xml")


AWAY = {"connect": "http://127.0.0.1:9/", "dns": "http://xa.invalid/"}


@pytest.mark.fault(15)
@pytest.mark.parametrize("name", ["429", "503"])
def test_no_request_comes_sooner_than_the_host_asked_for(night: Night, name: str) -> None:
    server = night.servers[name]
    first = server.asked(ONE)[0].at
    assert min(request.at - first for request in server.log if request.at > first) >= 2
    assert night.end(name, ONE)[0] == night.end(name, TWO)[0] == "new"


@pytest.mark.fault(30)
def test_robots_txt_is_obeyed(night: Night) -> None:
    assert night.end("robots", ONE) == ("refused", "robots")
    assert night.end("robots", TWO)[0] == "new"
    assert night.servers["robots"].asked(ONE) == []
    assert len(night.servers["robots"].asked("/robots.txt")) == 1


@pytest.mark.fault(29)
@pytest.mark.parametrize("name", UNWELL)
def test_who_cannot_tell_the_rules_is_not_crawled(night: Night, name: str) -> None:
    assert {request.path for request in night.servers[name].log} == {"/robots.txt"}
    assert "robots_unreachable" in str(night.crawled.error(name))


def test_a_sitemap_that_robots_txt_names_is_read(night: Night) -> None:
    assert night.titles("sitemap") == 1


@pytest.mark.fault(16)
def test_a_host_that_blocks_us_is_not_hammered(night: Night) -> None:
    asked = [request for request in night.servers["403"].log if request.path in MANY]
    assert len(asked) == 5
    ends = [night.end("403", path)[0] for path in MANY]
    assert (ends.count("blocked"), ends.count("deferred")) == (5, 15)


@pytest.mark.fault(13)
def test_tries_of_one_page_are_further_and_further_apart(night: Night) -> None:
    assert night.end("502", ONE) == ("failed", "http_502")
    apart = gaps(night.servers["502"].asked(ONE))
    assert len(apart) == 2
    assert all(later > sooner for sooner, later in pairwise(apart))


@pytest.mark.fault(1, 2)
@pytest.mark.parametrize("reason", AWAY)
def test_a_host_that_is_not_there_is_named_as_that(night: Night, reason: str) -> None:
    rows = night.crawled.rows("SELECT outcome, reason FROM pages WHERE source = ?", reason)
    assert rows == [("failed", reason)]
    assert reason in str(night.crawled.error(reason))


@pytest.mark.fault(1)
def test_nobody_is_harmed_by_the_others_troubles(night: Night) -> None:
    well = ("429", "503", "robots", "sitemap", "502")
    assert [night.crawled.error(name) for name in well] == [None] * len(well)


@pytest.mark.fault(15)
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


@pytest.mark.fault(13)
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
