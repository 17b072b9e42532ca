"""The demo's sites serve what their truth says, with the manners and faults of real portals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from pipelines.documents.media_types import media_type_of
from scraper.demo.portal import DemoPortal, DemoSite
from tests.scraper.demo.truth import DemoArticle, DemoFile, articles, documents

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoPortal]:
    with DemoPortal(night=1) as served:
        yield served


@pytest.fixture(scope="module")
def third_night() -> Iterator[DemoPortal]:
    with DemoPortal(night=3) as served:
        yield served


def site(portal: DemoPortal, slug: str) -> DemoSite:
    return next(one for one in portal.sites if one.slug == slug)


def fetch(address: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    """Ask for an address as it is, without following redirects."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=300)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, headers=named)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def read(portal: DemoPortal, slug: str, path: str) -> str:
    response, body = fetch(urljoin(site(portal, slug).home_url, path))
    assert response.status == 200, path
    return body.decode()


def words(text: str) -> str:
    """Only the words: no tags, entities, zero-width characters or runs of white space."""
    bare = unescape(re.sub(r"<[^>]*>", " ", text)).replace("\u200b", "")
    return " ".join(bare.split())


def links(page: str, address: str) -> set[str]:
    """The addresses on the same host that a page leads to."""
    if not page:
        return set()
    found = {urljoin(address, str(href)) for href in html.fromstring(page).xpath("//a/@href")}
    host = urlsplit(address).netloc
    return {link.partition("#")[0] for link in found if urlsplit(link).netloc == host}


def of(slug: str, night: int = 1) -> list[DemoArticle]:
    return [entry for entry in articles(night) if entry.source == slug]


def published_at(file: DemoFile) -> str:
    return next(
        one.article.published_at or "" for one in articles(1) if one.article.url == file.article
    )


@pytest.mark.parametrize("night", [1, 3])
def test_every_page_shows_the_truth(night: int) -> None:
    with DemoPortal(night=night) as portal:
        for entry in articles(night):
            for path in entry.paths:
                page = words(read(portal, entry.source, path))
                article = entry.article
                assert f" {article.title} " in page
                assert article.lede is None or article.lede in page
                for line in "\n".join(article.paragraphs).splitlines():
                    printed = words(line.removeprefix("- ").replace("\t", " "))
                    assert printed.removesuffix(".") in page, (path, line)
                for photo in article.photos:
                    assert photo.caption is None or photo.caption in page


@pytest.mark.parametrize("slug", ["huyen", "tinh", "xa"])
def test_lists_reach_every_article(portal: DemoPortal, slug: str) -> None:
    home = site(portal, slug).home_url
    wanted = {urljoin(home, path) for entry in of(slug) for path in entry.paths}
    seen, waiting, reached = {home}, [home], set[str]()
    while waiting:
        address = waiting.pop()
        for link in links(fetch(address)[1].decode(), address) - seen:
            seen.add(link)
            if link in wanted:
                reached.add(link)
            elif re.search(r"/page-\d+/$|[?]p(age)?=\d+$|\w/$|/[\w-]+\.(aspx|html)$", link):
                waiting.append(link)
    assert reached == wanted


def test_feed_holds_the_thirty_newest_with_the_month_for_the_minutes(portal: DemoPortal) -> None:
    home = site(portal, "huyen").home_url
    items = etree.fromstring(read(portal, "huyen", "/rss/").encode()).findall(".//item")
    newest = of("huyen")[:30]
    assert [item.findtext("link") for item in items] == [
        urljoin(home, entry.paths[0]) for entry in newest
    ]
    first = newest[0].article.published_at or ""
    assert first == "2025-06-09T17:45:00+07:00"
    assert items[0].findtext("pubDate") == "Mon, 09 Jun 2025 10:06:00 GMT"


def test_sitemap_holds_every_article_and_robots_does_not_name_it(third_night: DemoPortal) -> None:
    home = site(third_night, "huyen").home_url
    assert "itemap" not in read(third_night, "huyen", "/robots.txt")
    index = etree.fromstring(read(third_night, "huyen", "/sitemap.xml").encode())
    children = [str(loc.text) for loc in index.findall("s:sitemap/s:loc", SITEMAP)]
    news = etree.fromstring(fetch(children[0])[1])
    listed = {
        url.findtext("s:loc", namespaces=SITEMAP): url.findtext("s:lastmod", namespaces=SITEMAP)
        for url in news.findall("s:url", SITEMAP)
    }
    assert listed == {
        urljoin(home, entry.paths[0]): entry.article.modified_at or entry.article.published_at
        for entry in of("huyen", 3)
    }
    assert not etree.fromstring(fetch(children[1])[1]).findall("s:url", SITEMAP)


def test_removed_article_answers_404_on_the_third_night(third_night: DemoPortal) -> None:
    now = {entry.paths for entry in articles(3)}
    (removed,) = [entry for entry in articles(1) if entry.paths not in now]
    home = site(third_night, removed.source).home_url
    assert fetch(urljoin(home, removed.paths[0]))[0].status == 404


def test_both_addresses_of_an_article_name_the_same_canonical_one(portal: DemoPortal) -> None:
    (entry,) = [entry for entry in articles(1) if len(entry.paths) > 1]
    pages = [html.fromstring(read(portal, "huyen", path)) for path in entry.paths]
    canonical = {str(page.xpath("string(//link[@rel='canonical']/@href)")) for page in pages}
    assert len(pages) == 2
    assert canonical == {urljoin(site(portal, "huyen").home_url, entry.paths[0])}


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/khong-co/", "/"),
        ("/kinh-te/khong-co", "/"),
        ("/kinh-te/page-9/", "/kinh-te/"),
        ("/kinh-te/page-0/", "/kinh-te/"),
    ],
)
def test_district_redirects_what_it_does_not_have(
    portal: DemoPortal, path: str, target: str
) -> None:
    home = site(portal, "huyen").home_url
    response, _ = fetch(urljoin(home, path))
    assert response.status == 301
    assert response.getheader("Location") == urljoin(home, target)


def test_past_the_end_the_commune_shows_page_one_and_the_province_nothing(
    portal: DemoPortal,
) -> None:
    commune = "/tin-tuc/kinh-te.html"
    assert read(portal, "xa", f"{commune}?p=9") == read(portal, "xa", commune)
    assert "Chưa có tin bài." in read(portal, "tinh", "/portal/Pages/Kinh-te.aspx?page=9")


@pytest.mark.parametrize(
    ("slug", "path"),
    [("tinh", "/robots.txt"), ("xa", "/robots.txt"), ("xa", "/tin-tuc/chi-tiet.html?id=1")],
)
def test_what_is_missing_elsewhere_is_a_plain_404(portal: DemoPortal, slug: str, path: str) -> None:
    assert fetch(urljoin(site(portal, slug).home_url, path))[0].status == 404


def test_photos_are_pictures(portal: DemoPortal) -> None:
    for entry in articles(1):
        for photo in entry.article.photos:
            response, body = fetch(urljoin(site(portal, entry.source).home_url, photo.url or ""))
            assert response.getheader("Content-Type") == media_type_of(body)
            assert media_type_of(body).startswith("image/")


@pytest.mark.parametrize("file", documents(1), ids=lambda file: file.name)
def test_files_are_served_with_their_types_and_validators(
    portal: DemoPortal, file: DemoFile
) -> None:
    url = urljoin(site(portal, file.source).home_url, file.path)
    response, body = fetch(url)
    assert response.status == 200
    assert response.getheader("Content-Type") == file.media_type == media_type_of(body)
    published = datetime.fromisoformat(published_at(file))
    assert parsedate_to_datetime(response.getheader("Last-Modified") or "") == published
    again, empty = fetch(url, If_None_Match=response.getheader("ETag") or "")
    assert (again.status, empty) == (304, b"")


def test_counters_move_while_nothing_is_new(portal: DemoPortal) -> None:
    assert articles(1) == articles(2)
    path = of("huyen")[0].paths[0]
    with DemoPortal(night=2) as second:
        assert read(portal, "huyen", path) != read(second, "huyen", path)


def test_validators_and_lengths_are_right(portal: DemoPortal) -> None:
    home = site(portal, "huyen").home_url
    response, body = fetch(home)
    etag = response.getheader("ETag") or ""
    assert int(response.getheader("Content-Length") or 0) == len(body)
    again, empty = fetch(home, If_None_Match=etag)
    assert (again.status, empty) == (304, b"")
    head, nothing = fetch(home, method="HEAD")
    assert (head.getheader("Content-Length"), nothing) == (str(len(body)), b"")


def test_requests_are_on_record() -> None:
    with DemoPortal() as portal:
        fetch(site(portal, "xa").home_url, User_Agent="tinhuyen-test")
        (request,) = portal.platforms["xa"].log
    seen = (request.method, request.path, request.headers["user-agent"])
    assert seen == ("GET", "/", "tinhuyen-test")


def test_closes_in_bounded_time_with_a_client_still_connected() -> None:
    with DemoPortal() as portal:
        home = site(portal, "huyen").home_url
        idle = HTTPConnection(urlsplit(home).netloc, timeout=300)
        idle.request("GET", "/")
        idle.getresponse().read()
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        fetch(home)


def test_only_three_nights_are_known() -> None:
    with pytest.raises(ValueError, match="nights"):
        DemoPortal(night=4)
