"""What a page leads to: articles, sections, feeds, documents; nothing elsewhere or in traps."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.items import Page
from scraper.base.source import Source
from spiders.discovery.links import PageLinks, read_links
from spiders.discovery.pagination import Link
from spiders.discovery.url_classifier import UrlClassifier
from spiders.platforms import GENERIC

SITE = Source(slug="suoithu", name="Suối Thử", home_url="http://suoithu.gov.vn/")
TITLE = "Bà con xóm Bờ Hồ góp công làm đường bê tông"


def links_of(body: str | bytes, address: str = "http://suoithu.gov.vn/thoi-su") -> PageLinks:
    raw = body.encode() if isinstance(body, str) else body
    return read_links(Page(address, raw), SITE, GENERIC, UrlClassifier())


def paths(links: list[Link]) -> list[str]:
    return [link.url.removeprefix("http://suoithu.gov.vn") for link in links]


def test_articles_sections_and_the_rest_are_told_apart() -> None:
    links = links_of(
        '<nav><a href="/kinh-te">Kinh tế</a></nav>'
        f'<h3><a href="/lam-duong-34.html">{TITLE}</a></h3>'
        '<a href="/gioi-thieu-chung-ve-xa">Giới thiệu chung về xã</a>'
        '<a href="/van-ban/34.pdf">Quyết định số 34</a><a href="/anh/le-hoi.jpg">Ảnh</a>'
    )
    assert paths(links.sections) == ["/kinh-te"]
    assert paths(links.articles) == ["/lam-duong-34.html"]
    assert paths(links.others) == ["/gioi-thieu-chung-ve-xa"]
    assert paths(links.documents) == ["/van-ban/34.pdf"]


def test_a_quotation_mark_pasted_behind_an_address_is_left_out() -> None:
    links = links_of(f'<h3><a href="/lam-duong-34.html”">{TITLE}</a></h3>')
    assert paths(links.articles) == ["/lam-duong-34.html"]


def test_an_address_linked_a_thousand_times_is_one_link() -> None:
    links = links_of(f'<a href="/lam-duong-34.html">{TITLE}</a>' * 1000)
    assert paths(links.articles) == ["/lam-duong-34.html"]


def test_the_longest_text_speaks_for_an_address() -> None:
    links = links_of(
        '<a href="/tin/34"><img src="a.jpg"></a>'
        f'<h3><a href="/tin/34">{TITLE}</a></h3><a href="/tin/34">Chi tiết</a>'
    )
    assert [link.text for link in links.articles] == [TITLE]


def test_a_picture_speaks_by_its_alternative_text() -> None:
    links = links_of(f'<h3><a href="/tin/34"><img src="a.jpg" alt="{TITLE}"></a></h3>')
    assert [link.text for link in links.articles] == [TITLE]


@pytest.mark.parametrize(
    "href",
    [
        "https://bao-khac.vn/lam-duong-34.html",
        "http://suoithu.gov.vn:8080/lam-duong-34.html",
        "http://169.254.169.254/lam-duong-34.html",
        "file:///lam-duong-34.html",
        "javascript:void(0)",
        "mailto:a@suoithu.gov.vn",
        "http://[::1/lam-duong-34.html",
        "http://",
        "#lam-duong",
        "/users/login/?nv_redirect=bGFt",
        "/@@search?Subject:list=lam%20duong",
        "/lam-duong-34.html?print=1",
        "/" + "lam-duong/" * 500,
    ],
)
def test_what_leads_elsewhere_or_nowhere_is_left_out(href: str) -> None:
    links = links_of(f'<h3><a href="{href}">{TITLE}</a></h3>')
    assert links == PageLinks()


def test_links_are_relative_to_the_base_that_the_page_declares() -> None:
    links = links_of(
        f'<head><base href="/xa/"></head><h3><a href="lam-duong-34.html">{TITLE}</a></h3>'
    )
    assert paths(links.articles) == ["/xa/lam-duong-34.html"]


def test_addresses_come_ready_to_fetch() -> None:
    links = links_of(f'<h3><a href=" /tin tức/làm đường-34.html\n#x">{TITLE}</a></h3>')
    assert paths(links.articles) == [
        "/tin%20t%E1%BB%A9c/l%C3%A0m%20%C4%91%C6%B0%E1%BB%9Dng-34.html"
    ]


def test_the_encoding_of_the_bytes_counts_not_that_of_the_header() -> None:
    body = f'<h3><a href="/tin/34">{TITLE}</a></h3>'.encode()
    page = Page(
        "http://suoithu.gov.vn/", body, headers={"content-type": "text/html; charset=latin1"}
    )
    assert read_links(page, SITE, GENERIC, UrlClassifier()).articles[0].text == TITLE


def test_feeds_and_sitemaps_are_read_and_the_canonical_address_is_no_link() -> None:
    links = links_of(
        '<link rel="alternate" type="application/rss+xml" href="/tin.xml">'
        '<link rel="canonical" href="/thoi-su.html"><a href="/rss/kinh-te.rss">RSS</a>'
        '<a href="/sitemap-news.xml">x</a><link rel="stylesheet" href="/a.css?v=2">'
    )
    assert paths(links.feeds) == ["/tin.xml", "/rss/kinh-te.rss"]
    assert paths(links.sitemaps) == ["/sitemap-news.xml"]
    assert not links.sections + links.articles + links.others


def test_lists_by_date_stand_apart() -> None:
    links = links_of('<a href="/tin/2023/11/">11/2023</a><a href="/tin?ngay=21-11-2023">21</a>')
    assert paths(links.archives) == ["/tin/2023/11/", "/tin?ngay=21-11-2023"]


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x89PNG\r\n", b"<<<>>>", b"<a href=", b'{"a":1}'])
def test_what_is_no_html_has_no_links(body: bytes) -> None:
    assert links_of(body) == PageLinks()


@pytest.mark.fault(43)
def test_a_page_nested_deeply_is_still_read() -> None:
    body = "<div>" * 2000 + f'<h3><a href="/lam-duong-34.html">{TITLE}</a></h3>'
    assert paths(links_of(body).articles) == ["/lam-duong-34.html"]


@given(st.text("<>/=\"' ahref:?&;%#áđ\x00\ud800", max_size=200))
@settings(max_examples=200)
def test_no_markup_makes_it_raise(text: str) -> None:
    links_of(f"<a href='{text}'>{text}</a>{text}".encode("utf-8", "surrogatepass"))


@pytest.mark.fault(43)
def test_a_tag_with_attributes_without_end_stops_no_crawl() -> None:
    attributes = " ".join(f"a{n}='>'" for n in range(100_000))
    began = time.process_time()
    links = links_of(f'<a href="/lam-duong-34.html" {attributes}>{TITLE}</a>')
    assert links.articles == []
    assert time.process_time() - began < 5


@pytest.mark.parametrize("tag", ["div", "font", "h3", "table><tr><td", "ul><li", "a href='/x'><b"])
@pytest.mark.parametrize("depth", [100, 600, 5000])
def test_links_are_found_however_deep_they_lie(tag: str, depth: int) -> None:
    links = links_of(
        f'<h3><a href="/tin/trong-cay-35.html">{TITLE}</a></h3>'
        + f"<{tag}>" * depth
        + f'<h3><a href="/tin/lam-duong-34.html">{TITLE}</a></h3>'
    )
    assert {"/tin/trong-cay-35.html", "/tin/lam-duong-34.html"} <= set(paths(links.articles))


def test_what_lies_behind_deep_elements_keeps_its_place() -> None:
    deep = "<div>" * 600 + "Chữ" + "</div>" * 600
    links = links_of(
        f'<div>{deep}</div><nav><a href="/kinh-te">Kinh tế</a></nav>'
        f'<h3><a href="/lam-duong-34.html">{TITLE}</a></h3>'
    )
    assert paths(links.sections) == ["/kinh-te"]
    assert paths(links.articles) == ["/lam-duong-34.html"]
