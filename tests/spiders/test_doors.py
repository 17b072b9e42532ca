"""Doors that a page could use: every way that an address comes in ends at the same guard."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from scrapy.settings import Settings

from scraper.config.configuration import Configuration
from scraper.crawling.crawl import scrapy_settings
from tests.portals.faults import Call, FaultServer, Misbehaviour, article, paths_of
from tests.portals.misbehaviours import to
from tests.spiders.crawling import Crawled, Crawling, source_at

ONE, TWO, SENT, CANONICAL, FED, MAPPED = paths_of("mot", "hai", "ba", "bon", "nam", "sau")
TARGET = "http://127.0.0.2:{port}"
"""An address of this machine that nobody named, though it is called one of the site's own."""


def says(body: str, kind: str = "text/html; charset=utf-8") -> Misbehaviour:
    return lambda call: call.reply(body, Content_Type=kind)


def leading_away(server: FaultServer) -> None:
    """Name the target by every way that an address can come in."""
    target = TARGET.format(port=server.port)
    teaser = "<h3><a href='{}'>Bà con xóm Suối Thử sửa đường ra bến, tin {}</a></h3><img src='{}'>"
    places = [ONE, SENT, CANONICAL, target + TWO]
    teasers = "".join(teaser.format(place, n, f"{target}/a.jpg") for n, place in enumerate(places))
    head = "<link rel='alternate' type='application/rss+xml' href='/tin.rss'>"
    menu = "<nav><a href='/co-goc/'>Mục</a><a href='/chuyen/'>Mục</a></nav>"
    base = f"<html><head><base href='{target}/'></head>" + teaser.format("tin-1.html", 1, "b.jpg")
    item = f"<item><title>Tin</title><link>{target}{FED}</link></item>"
    server.paths = {
        "/": says(f"<html><head>{head}</head>{menu}{teasers}</html>"),
        "/co-goc/": says(base),
        "/tin.rss": says(f"<rss><channel>{item}</channel></rss>", "text/xml"),
        "/sitemap.xml": says(f"<urlset><url><loc>{target}{MAPPED}</loc></url></urlset>"),
        "/robots.txt": to(f"{target}/robots.txt"),
        "/chuyen/": says(f"<meta http-equiv=refresh content='0; url={target}/chuyen/'>"),
        SENT: to(f"{target}{SENT}"),
        CANONICAL: says(
            article(title="Tin nhận vơ").replace(
                "</head>", f"<link rel='canonical' href='{target}{CANONICAL}'></head>"
            )
        ),
        ONE: says(article()),
    }


def flooded(call: Call) -> None:
    """Set a thousand cookies, for this host and for everybody."""
    cookies = "".join(f"Set-Cookie: c{n}=x; Path=/\r\n" for n in range(1000))
    everywhere = "Set-Cookie: all=x; Domain=127.0.0.1; Path=/\r\n"
    body = article().encode()
    size = f"Content-Length: {len(body)}\r\n\r\n"
    call.send(f"HTTP/1.1 200 OK\r\n{cookies}{everywhere}{size}".encode() + body)


def going_round(server: FaultServer) -> None:
    """Sitemaps that lead to themselves and to each other."""
    home = server.home_url
    index = "<sitemapindex>{}</sitemapindex>".format(
        "".join(f"<sitemap><loc>{home}{name}.xml</loc></sitemap>" for name in ("sitemap", "b"))
    )
    server.home(ONE)
    server.paths |= {ONE: says(article()), "/sitemap.xml": says(index), "/b.xml": says(index)}


SPELLINGS = [
    "/tin/đường-mới-12.html",
    unicodedata.normalize("NFD", "/tin/đường-mới-12.html"),
    "/tin/%C4%91%C6%B0%E1%BB%9Dng-m%e1%bb%9bi-12.html",
    "/tin/đường-m%E1%BB%9Bi-12.html#dau",
    " /tin/./đường-mới-12.html\n",
]
"""One address, composed and decomposed, escaped in part and in whole."""


def oddly_spelled(server: FaultServer) -> None:
    """Name one article in several ways, and an address without an end."""
    asked = "/tin/%C4%91%C6%B0%E1%BB%9Dng-m%E1%BB%9Bi-12.html"
    server.home(*SPELLINGS, f"/tin/{'dai-' * 2500}13.html")
    server.paths[asked] = says(article())


@dataclass(slots=True)
class Night:
    """One crawl: the servers, one nobody named among them, and what is stored."""

    servers: dict[str, FaultServer]
    target: FaultServer
    crawled: Crawled


NAMES = ("away", "cookies", "lies", "round", "spellings")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    crawling = Crawling(tmp_path_factory.mktemp("doors"), limits={"guesses": 1, "tries": 1})
    with ExitStack() as stack:
        servers = {name: stack.enter_context(FaultServer()) for name in NAMES}
        target = stack.enter_context(FaultServer(host="127.0.0.2", port=servers["away"].port))
        leading_away(servers["away"])
        servers["cookies"].home(ONE, TWO)
        servers["cookies"].paths |= dict.fromkeys((ONE, TWO), flooded)
        servers["lies"].home(ONE)
        servers["lies"].paths |= {place: says(article()) for place in ("/so-do.xml", "/tin.rss")}
        going_round(servers["round"])
        oddly_spelled(servers["spellings"])
        named = {"feeds": ("/tin.rss",), "sitemaps": ("/so-do.xml",)}
        sources = [
            source_at(servers["away"].home_url, "away", aliases=("127.0.0.2",)),
            source_at(servers["cookies"].home_url, "cookies"),
            source_at(servers["lies"].home_url, "lies", **named),
            source_at(servers["round"].home_url, "round", sitemaps=("/sitemap.xml",)),
            source_at(servers["spellings"].home_url, "spellings"),
        ]
        yield Night(servers, target, crawling.crawl(*sources))


@pytest.mark.fault(20, 23)
def test_no_way_leads_to_a_private_address(night: Night) -> None:
    assert night.target.connections == 0
    rows = night.crawled.rows("SELECT url, outcome, reason FROM pages WHERE source = 'away'")
    ends = {url.partition(f":{night.target.port}")[2]: end for url, *end in rows}
    refused = {path for path, end in ends.items() if end == ["refused", "private_address"]}
    assert refused == {TWO, SENT, FED, MAPPED, "/chuyen/", "/tin-1.html"}
    assert len(night.crawled.rows("SELECT 1 FROM articles WHERE source = 'away'")) == 2


@pytest.mark.fault(25)
def test_no_cookie_is_ever_sent_back(night: Night) -> None:
    asked = [request for server in night.servers.values() for request in server.log]
    assert len(asked) > 10
    assert not [request for request in asked if "cookie" in request.headers]
    assert len(night.crawled.rows("SELECT 1 FROM articles WHERE source = 'cookies'")) == 1


@pytest.mark.fault(26)
@pytest.mark.parametrize("path", ["tin.rss", "so-do.xml"])
def test_a_page_in_place_of_a_feed_or_sitemap_is_told(night: Night, path: str) -> None:
    url = night.servers["lies"].home_url + path
    rows = night.crawled.rows("SELECT outcome, reason FROM pages WHERE url = ?", url)
    assert rows == [("not_article", "html")]


@pytest.mark.fault(37)
def test_sitemaps_that_lead_round_are_read_once(night: Night) -> None:
    server = night.servers["round"]
    assert [len(server.asked(path)) for path in ("/sitemap.xml", "/b.xml", ONE)] == [1, 1, 1]


@pytest.mark.fault(34, 38)
def test_an_address_is_asked_for_once_however_it_is_spelled(night: Night) -> None:
    asked = [one.path for one in night.servers["spellings"].log if one.path.startswith("/tin/")]
    assert asked == ["/tin/%C4%91%C6%B0%E1%BB%9Dng-m%E1%BB%9Bi-12.html"]
    rows = night.crawled.rows("SELECT outcome FROM pages WHERE url LIKE '%-12.html'")
    assert rows == [("new",)]


def test_scrapys_own_doors_are_shut() -> None:
    settings: Settings = scrapy_settings(Configuration())
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert not settings.getbool("COOKIES_ENABLED")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
