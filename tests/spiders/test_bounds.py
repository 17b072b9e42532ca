"""What one run may cost, and what two runs may do together: measured at the server."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Lock

import pytest

from tests.portals.faults import (
    Call,
    FaultServer,
    Misbehaviour,
    article,
    gaps,
    not_found,
    paths_of,
)
from tests.spiders.crawling import SECONDS, Crawled, Crawling, source_at

(PAGE,) = paths_of("mot")
TEASER = "<h3><a href='{}'>Bà con xóm Suối Thử cùng nhau sửa lại đường ra bến sông</a></h3>"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


class Gauge:
    """Serves any address, slowly, and remembers how many were asked for at the same time."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.open = self.most = 0

    def __call__(self, call: Call) -> None:
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
        time.sleep(0.005)
        with self.lock:
            self.open -= 1
        call.reply(f"<html><body><h1>{call.request.path}</h1></body></html>")


@pytest.mark.fault(32)
def test_a_thousand_addresses_to_begin_with_are_asked_one_by_one(
    tmp_path: Path, stack: ExitStack
) -> None:
    gauge = Gauge()
    lists = tuple(f"/muc-{n}/" for n in range(1000))
    server = stack.enter_context(FaultServer(dict.fromkeys(("/", *lists), gauge)))
    source = source_at(server.home_url, lists=lists)
    crawled = Crawling(tmp_path, {"delay": 0.02}, {"guesses": 0}).crawl(source, max_pages=120)
    assert len(server.log) == 121, "the pages and robots.txt"
    assert gauge.most == 1
    assert min(gaps(server.log)) >= 0.02
    assert crawled.outcomes["deferred"] == 1001 - 120


def test_a_long_crawl_tells_that_it_goes_on(
    tmp_path: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINHUYEN_LOG", "INFO")
    paths = paths_of("mot", "hai")
    server = stack.enter_context(FaultServer(dict.fromkeys(paths, _page)))
    server.home(*paths)
    crawling = Crawling(tmp_path, {"delay": 0.5}, {"guesses": 0}, {"LOGSTATS_INTERVAL": 0.2})
    errors = crawling.crawl(source_at(server.home_url)).errors
    told = [int(count) for count in re.findall(r"crawl goes on answers=(\d+) pages=\d+", errors)]
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] > 0


def test_a_run_that_outgrows_its_memory_is_no_success(tmp_path: Path, stack: ExitStack) -> None:
    server = stack.enter_context(FaultServer({"/": Gauge()}))
    crawling = Crawling(tmp_path, {"delay": 0.5}, settings={"MEMUSAGE_LIMIT_MB": 1})
    with crawling.start(source_at(server.home_url)) as crawl:
        _, errors = crawl.communicate(timeout=SECONDS)
    crawled = Crawled(crawl.returncode, errors, crawling.database)
    assert crawled.code == 1
    assert "the next crawl goes on" in errors
    assert crawled.rows("SELECT state, error FROM runs") == [("interrupted", "memusage_exceeded")]


@pytest.mark.fault(31)
def test_a_second_run_on_the_same_database_is_refused_and_the_pause_holds(
    tmp_path: Path, stack: ExitStack
) -> None:
    paths = paths_of(*(f"so-{n}" for n in range(8)))
    server = stack.enter_context(FaultServer(dict.fromkeys(paths, _page)))
    server.home(*paths)
    is_refused = Event()

    def held(call: Call) -> None:
        is_refused.wait(SECONDS)
        _page(call)

    server.paths[paths[0]] = held
    crawling = Crawling(tmp_path, {"delay": 0.4}, {"guesses": 0}, {"DOWNLOAD_TIMEOUT": SECONDS})
    with crawling.start(source_at(server.home_url)) as first:
        until = time.monotonic() + SECONDS
        while not server.log and time.monotonic() < until:
            time.sleep(0.02)
        with crawling.start(source_at(server.home_url)) as second:
            _, errors = second.communicate(timeout=SECONDS)
        assert first.poll() is None
        is_refused.set()
        first.communicate(timeout=SECONDS)
    assert (first.returncode, second.returncode) == (0, 4)
    assert "another run holds" in errors
    assert min(gaps(server.log)) >= 0.4


def _page(call: Call) -> None:
    call.reply(article(title=f"Bà con sửa đường, đợt {call.request.path[-8:-5]}"))


# Sites without an end: each page leads to a further one, and each names the same article.

TRAPS: dict[str, Callable[[str], str]] = {
    "calendar": lambda path: f"/?lich={1 + int(path.partition('=')[2] or 0)}",
    "stairs": lambda path: f"{path}tang-{path.count('/')}/",
    "sections": lambda path: f"/muc-{1 + int(path.strip('/').rpartition('-')[2] or 0)}/",
}


def endless(further: Callable[[str], str]) -> Misbehaviour:
    def answer(call: Call) -> None:
        path = call.request.path
        page = f"<nav><a href='{further(path)}'>Mục nữa</a></nav>{TEASER.format(PAGE)}"
        time.sleep(0.05)
        call.reply(f"<html><body>{page}</body></html>")

    return answer


def bottomless(stack: ExitStack, name: str) -> FaultServer:
    pages: dict[str, Misbehaviour] = {PAGE: _page, "/robots.txt": not_found}
    return stack.enter_context(FaultServer(pages, endless(TRAPS[name])))


@pytest.mark.fault(33)
def test_a_site_without_an_end_is_left_at_a_depth(tmp_path: Path, stack: ExitStack) -> None:
    servers = {name: bottomless(stack, name) for name in TRAPS}
    sources = [source_at(server.home_url, name) for name, server in servers.items()]
    crawled = Crawling(tmp_path, limits={"guesses": 0, "depth": 8}).crawl(*sources)
    pages = {"robots.txt", "article", *(f"depth {n}" for n in range(9))}
    assert {name: len(server.log) for name, server in servers.items()} == dict.fromkeys(
        TRAPS, len(pages)
    )
    assert len(crawled.titles()) == len(TRAPS)


@pytest.mark.fault(33)
def test_a_site_without_an_end_is_left_after_a_time(tmp_path: Path, stack: ExitStack) -> None:
    server = bottomless(stack, "sections")
    crawling = Crawling(tmp_path, limits={"guesses": 0, "depth": 10_000})
    crawled = crawling.crawl(source_at(server.home_url), max_minutes=0.2)
    assert crawled.end(PAGE) == ("new", None), "articles have their turn"
    assert ("deferred", "budget") in crawled.ends().values(), (
        "not lost: the next run begins with it"
    )
