"""Feeds and sitemaps on a crawl: whatever is wrong with them, the articles of the lists come."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.portals.faults import Call, FaultServer, article, paths_of
from tests.spiders.crawling import Crawling, source_at

PATHS = paths_of(*(f"so-{number}" for number in range(8)))


def page(call: Call) -> None:
    call.reply(article(call.request.path))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with ExitStack() as stack:
        server = stack.enter_context(FaultServer(dict.fromkeys(PATHS, page)))
        server.home(*PATHS)
        yield server


def text(call: Call, body: str | bytes, kind: str = "text/plain") -> None:
    call.reply(body, Content_Type=kind)


@pytest.mark.parametrize("status", [403, 500])
def test_a_firewall_that_refuses_our_guesses_costs_no_article(
    tmp_path: Path, server: FaultServer, status: int
) -> None:
    server.elsewhere = lambda call: call.reply("Cấm", status)
    server.paths["/robots.txt"] = lambda call: text(call, "User-agent: *\nAllow: /\n")
    crawled = Crawling(tmp_path).crawl(source_at(server.home_url))
    assert crawled.outcomes["new"] == len(PATHS)
    guesses = [request.path for request in server.log if request.path not in (*PATHS, "/")]
    assert len(guesses) > 5
    assert len(guesses) == len(set(guesses))


@pytest.mark.fault(15)
def test_an_address_that_is_always_busy_starves_no_other(
    tmp_path: Path, server: FaultServer
) -> None:
    place = f"{server.home_url}so-do.xml"
    server.paths["/robots.txt"] = lambda call: text(call, f"Sitemap: {place}\n")
    server.paths["/so-do.xml"] = lambda call: call.reply("Đợi", 503, Retry_After="1")
    crawled = Crawling(tmp_path, limits={"guesses": 0}).crawl(source_at(server.home_url))
    assert crawled.outcomes["new"] == len(PATHS)
    assert crawled.end("/so-do.xml") == ("failed", "http_503")


@pytest.mark.parametrize("child", ["/so-do-1.xml.gz", "/api/sitemap/1"])
def test_every_child_of_a_sitemap_index_is_read(
    tmp_path: Path, server: FaultServer, child: str
) -> None:
    home = server.home_url.rstrip("/")
    server.home()
    server.paths["/robots.txt"] = lambda call: text(call, f"Sitemap: {home}/so-do.xml\n")
    index = f"<sitemapindex><sitemap><loc>{home}{child}</loc></sitemap></sitemapindex>"
    server.paths["/so-do.xml"] = lambda call: text(call, index, "application/xml")
    urls = "".join(f"<url><loc>{home}{path}</loc></url>" for path in PATHS)
    packed = gzip.compress(f"<urlset>{urls}</urlset>".encode())
    server.paths[child] = lambda call: text(call, packed, "application/gzip")
    assert Crawling(tmp_path, limits={"guesses": 0}).crawl(source_at(server.home_url)).outcomes[
        "new"
    ] == len(PATHS)
