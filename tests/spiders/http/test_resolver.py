"""Where a connection may lead: never to a private address that nobody named."""

from __future__ import annotations

from pathlib import Path

import pytest

from spiders.http.resolver import allowed_endpoints, is_public
from tests.portals.faults import FaultServer, article, paths_of
from tests.spiders.crawling import Crawling, source_at

(PAGE,) = paths_of("mot")

SPELLINGS = ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0.0.0.0"]
PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
    *("0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"),
]
PUBLIC = ["8.8.8.8", "113.160.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.fault(20)
@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_told_in_every_embedding(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_told(address: str) -> None:
    assert is_public(address)


@pytest.mark.fault(20)
def test_only_the_named_host_and_port_of_ones_own_is_allowed() -> None:
    own, public = source_at("http://127.0.0.1:8001/"), source_at("https://xa.example/")
    assert allowed_endpoints([own, public]) == {("127.0.0.1", 8001)}


@pytest.mark.fault(20)
def test_no_spelling_of_a_private_address_gets_a_byte(tmp_path: Path) -> None:
    with FaultServer() as server:
        port = server.home_url.rstrip("/").rpartition(":")[2]
        paths = paths_of(*(f"so-{n}" for n in range(len(SPELLINGS))))
        pairs = zip(SPELLINGS, paths, strict=True)
        server.home(*(f"http://{spelling}:{port}{path}" for spelling, path in pairs))
        server.paths |= dict.fromkeys(paths, lambda call: call.reply(article()))
        crawling = Crawling(tmp_path, limits={"guesses": 0, "tries": 1, "host_failures": 99})
        source = source_at(server.home_url, aliases=tuple(SPELLINGS))
        crawled = crawling.crawl(source)
        ends = crawled.rows("SELECT outcome, reason FROM pages WHERE kind = 'article'")
        assert {request.headers["host"] for request in server.log} == {f"127.0.0.1:{port}"}
    assert len(ends) == len(SPELLINGS)
    assert set(ends) == {("refused", "private_address")}
    assert crawled.titles() == []


@pytest.mark.fault(20, 24)
def test_redirects_away_get_no_byte_and_a_moved_home_page_is_told(tmp_path: Path) -> None:
    with FaultServer() as server, FaultServer() as moved, FaultServer(host="127.0.0.2") as target:
        server.home(PAGE)
        server.paths[PAGE] = lambda call: call.reply("", 302, Location=target.home_url)
        moved.paths["/"] = lambda call: call.reply("", 301, Location=target.home_url)
        crawling = Crawling(tmp_path, limits={"guesses": 0})
        sources = [source_at(server.home_url), source_at(moved.home_url, "moved")]
        crawled = crawling.crawl(*sources)
        assert target.log == []
    assert crawled.end(PAGE) == ("refused", "offsite")
    rows = crawled.rows("SELECT outcome, reason FROM pages WHERE source = 'moved'")
    assert rows == [("refused", "offsite")]
    assert "moved" in str(crawled.error("moved"))
    sql = "SELECT moved_to, moved_status FROM run_sources WHERE source = 'moved'"
    assert crawled.rows(sql) == [(target.home_url, 301)]
