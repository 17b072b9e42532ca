"""A page made to hurt costs its own source, and no source beside it."""

from __future__ import annotations

import gzip
import re
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.portals.faults import FaultServer, article
from tests.spiders.crawl_measured import LINE
from tests.spiders.crawling import SECONDS, Crawling, source_at

LIMIT = 5 * 1024 * 1024


def packed(text: str | bytes) -> bytes:
    return gzip.compress(text if isinstance(text, bytes) else text.encode())


HOMES = {
    "class": '<div class="'
    + "x" * LIMIT
    + '">'
    + "".join(f'<a href="/t{n}">x</a>' for n in range(10_000)),
    "anchors": "<a href='/x'><div>" * 30_000,
    "headings": "<h1>Tin " * 30_000,
    "rel": "".join(f'<a href="/x" rel="{"r" * 500}{n}">x</a>' for n in range(10_000)),
    "meta": "<meta " * 100_000,
    "theme": "/o/" + "-theme" * 100_000,
    "link": "<link " * 100_000,
    "og": "<html><head>" + "<meta property='og:site_name' content=' '>" * 50_000,
    "options": "<select>" * 20_000 + "<option value='?page=1'>" * 20_000,
    "spaces": "<html><body>" + " " * LIMIT,
    "attributes": "<p " + "".join(f"a{n}='>'" for n in range(100_000)),
}
FILES = {
    "/rss": b"\n" * 2_000_000 + b"<rss>",
    "/sitemap.xml": b"<urlset>" + b"<url><loc>" * 50_000,
    "/robots.txt": b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*b\n" * 40_000,
}


def healthy(count: int = 6) -> FaultServer:
    server = FaultServer()
    names = [f"/tin/ba-con-xom-suoi-thu-sua-duong-ra-ben-{100 + n}.html" for n in range(count)]
    server.home(*names)
    for n, name in enumerate(names):
        text = article(f"Bà con xóm Suối Thử sửa đường ra bến, tin {n}", 12 + n)
        server.paths[name] = lambda call, text=text: call.reply(text)  # type: ignore[misc]
    return server


def hostile(path: str, body: bytes) -> FaultServer:
    server = FaultServer()
    server.home("/tin/ba-con-xom-suoi-thu-sua-duong-ra-ben-201.html")
    server.paths[path] = lambda call: call.reply(body, Content_Encoding="gzip")
    return server


ATTACKS = {
    **{name: ("/", packed(body)) for name, body in HOMES.items()},
    **{path: (path, packed(body)) for path, body in FILES.items()},
    "members": ("/", gzip.compress(b"") * 200_000),
}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.fault(77)
def test_a_hostile_page_keeps_no_article_of_a_neighbour_from_coming(
    tmp_path: Path, name: str
) -> None:
    path, body = ATTACKS[name]
    with healthy() as well, hostile(path, body) as ill:
        lists = {"feeds": ["/rss"]} if path == "/rss" else {}
        crawled = Crawling(tmp_path, plan={"max_pages": 200}).crawl(
            source_at(ill.home_url, "ill", **lists), source_at(well.home_url, "well")
        )
    assert crawled.rows("SELECT count(*) FROM articles WHERE source = 'well'") == [(6,)]
    assert crawled.rows("SELECT count(*) FROM pages WHERE outcome IS NULL") == [(0,)]


@pytest.mark.slow
def test_all_hostile_pages_of_one_night_keep_no_article_of_a_neighbour_from_coming(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        well = stack.enter_context(healthy())
        ill = [stack.enter_context(hostile(*attack)) for attack in ATTACKS.values()]
        sources = [
            source_at(one.home_url, f"ill-{number}", feeds=["/rss"])
            for number, one in enumerate(ill)
        ]
        crawled = Crawling(tmp_path, plan={"max_pages": 200}).crawl(
            *sources, source_at(well.home_url, "well")
        )
    assert crawled.rows("SELECT count(*) FROM articles WHERE source = 'well'") == [(6,)]
    assert crawled.rows("SELECT count(*) FROM pages WHERE outcome IS NULL") == [(0,)]
    assert crawled.rows("SELECT count(*) FROM run_sources") == [(len(ATTACKS) + 1,)]


LONGEST_SLICE_SECONDS = 1.0
"""Processor time during which a neighbour and a signal may have to wait. Measured: 0.2 s."""


@pytest.mark.fault(77)
def test_a_sitemap_of_fifty_thousand_addresses_lets_the_neighbour_go_first(tmp_path: Path) -> None:
    places = "".join(f"<url><loc>{{0}}tin/ba-con-{n}.html</loc></url>" for n in range(50_000))
    with healthy(20) as well, FaultServer() as great:
        great.home()
        body = f"<urlset>{places.replace('{0}', great.home_url)}</urlset>".encode()
        great.paths["/sitemap.xml"] = lambda call: call.reply(body)
        rules = b"User-agent: *\nDisallow: /tin/"
        great.paths["/robots.txt"] = lambda call: call.reply(rules)
        source = source_at(great.home_url, "great", sitemaps=["/sitemap.xml"])
        crawling = Crawling(tmp_path, module="tests.spiders.crawl_measured")
        crawled = crawling.crawl(source, source_at(well.home_url, "well"))
    assert crawled.rows("SELECT count(*) FROM articles WHERE source = 'well'") == [(20,)]
    refused = crawled.rows("SELECT refused FROM run_sources WHERE source = 'great'")
    assert refused == [(50_000,)]
    last = crawled.rows("SELECT max(settled_at) FROM pages WHERE source = 'well'")
    end = crawled.rows("SELECT max(settled_at) FROM pages WHERE source = 'great'")
    assert last < end
    [slice_seconds] = re.findall(rf"^{LINE}(\S+)$", crawled.errors, re.MULTILINE)
    assert float(slice_seconds) < LONGEST_SLICE_SECONDS


@pytest.mark.fault(77)
def test_a_hostile_page_keeps_no_crawl_from_ending(tmp_path: Path) -> None:
    with hostile(*ATTACKS["class"]) as ill:
        process = Crawling(tmp_path, plan={"delay": 0.5}).start(source_at(ill.home_url))
        while len(ill.log) < 2:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 130
