"""Telling articles from lists, by address before the request and by looks after it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from time import process_time

import pytest

from pipelines.items import Page
from scraper.base.source import Source
from spiders.discovery.links import read_links
from spiders.discovery.page_classifier import page_kind
from spiders.discovery.url_classifier import UrlClassifier, classify_url, learn_ignored_params
from spiders.platforms import GENERIC, platform_for
from tests.portals.portal import Portal
from tests.portals.walk import fetch, source_of

SAVED = Path(__file__).parents[4] / "shared" / "pages"
saved_pages = pytest.mark.skipif(not SAVED.is_dir(), reason="the saved pages are not here")

ARTICLES = [
    "/thoi-su/ba-con-xom-bo-ho-gop-cong-lam-duong-34.html",
    "/tin-tuc/ba-con-xom-bo-ho-gop-cong-lam-duong-be-tong",
    "/2023/11/lam-duong/",
    "/tin-tuc-su-kien/danh-sach-ung-cu-vien-hoi-dong-nhan-dan-34.html",
    "/chuyen-muc/thoi-su/ba-con-xom-bo-ho-gop-cong-lam-duong-34.html",
    "/lam-duong-20260202200530837.htm",
    "/tin-tuc/chi-tiet?id=163145",
    "/xem-tin-tuc/lam-duong-xom-bo-ho/93497",
    "/index.php?option=com_content&id=341&title=ba-con-xom-bo-ho-gop-cong-lam-duong",
]
LISTS = [
    "/",
    "/thoi-su",
    "/tin-tuc-su-kien/thoi-su",
    "/kinh-te.html",
    "/bai-viet",
    "/review",
    "/chu-de/bau-cu-quoc-hoi",
    "/index.php?nv=news&op=thoi-su",
    "/thoi-su/page-2/",
    "/tin-tuc/trang-8.html",
    "/chuyen-muc/van-hoa-xa-hoi",
    "/category/tin-tuc/page/3/",
]


def kind(address: str, url_classifier: UrlClassifier | None = None) -> str:
    return classify_url(
        "http://suoithu.gov.vn" + address, GENERIC, url_classifier or UrlClassifier()
    )


@pytest.mark.parametrize("address", ARTICLES)
def test_an_article_is_known_by_its_address_on_a_site_never_seen(address: str) -> None:
    assert kind(address) == "article"


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_known_by_its_address_on_a_site_never_seen(address: str) -> None:
    assert kind(address) == "listing"


def test_what_an_address_does_not_tell_is_unknown() -> None:
    assert kind("/bai-viet/34-moi") == "unknown"
    assert kind("/gioi-thieu-chung-xa") == "unknown"


def test_outcomes_teach_the_shapes_of_a_source() -> None:
    url_classifier = UrlClassifier(
        (f"http://suoithu.gov.vn/chuyen-de-{n}", True) for n in range(10, 16)
    )
    url_classifier.observe(
        "http://suoithu.gov.vn/danh-sach/tong-hop-nhung-tin-bai-hay-trong-nam-34", False
    )
    assert kind("/chuyen-de-77") == "unknown"
    assert kind("/chuyen-de-77", url_classifier) == "article"
    assert kind("/thoi-su", url_classifier) == "listing"


def test_what_is_learned_in_one_folder_does_not_rule_another() -> None:
    lists = (
        (f"http://suoithu.gov.vn/chu-de/nhung-tin-hay-nhat-trong-nam-{n}", False)
        for n in range(20, 40)
    )
    articles = (
        (f"http://suoithu.gov.vn/tin/nhung-tin-hay-nhat-trong-nam-{n}", True) for n in range(20, 40)
    )
    url_classifier = UrlClassifier([*lists, *articles])
    assert kind("/chu-de/mot-chu-de-khac-hay-hon-nhieu-77", url_classifier) == "listing"
    assert kind("/tin/mot-tin-khac-hay-hon-nhieu-77", url_classifier) == "article"


def looks(page: Page, source: Source) -> str:
    links = read_links(page, source, platform_for(page), UrlClassifier())
    return page_kind(page, links)


def test_pages_of_a_portal_are_told_apart_by_their_looks() -> None:
    with Portal() as portal:
        source, root = source_of(portal), portal.home_url.rstrip("/")
        articles = [looks(fetch(root + path), source) for path in portal.article_paths]
        lists = [looks(fetch(root + path), source) for path in ("/", "/thoi-su", "/kinh-te?page=3")]
    assert set(articles) == {"article"}
    assert set(lists) == {"listing"}


def test_a_page_without_text_is_no_article() -> None:
    source = Source(slug="a", name="A", home_url="http://a.vn/")
    assert looks(Page("http://a.vn/x", b""), source) == "listing"
    assert looks(Page("http://a.vn/x", b"<p>404</p>"), source) == "listing"


@saved_pages
@pytest.mark.parametrize("name", sorted(path.name for path in SAVED.glob("vietnam/*.gz")))
def test_saved_vietnamese_pages_are_told_apart(name: str) -> None:
    site = name.split(".")[0].removesuffix("_list")
    host = {"dantri": "dantri.com.vn", "vnexpress": "vnexpress.net"}.get(site, f"{site}.vn")
    source = Source(slug=site, name=site, home_url=f"https://{host}/")
    page = Page(f"https://{host}/x", gzip.decompress((SAVED / "vietnam" / name).read_bytes()))
    assert looks(page, source) == ("listing" if "_list" in name else "article")


@saved_pages
def test_nearly_all_saved_articles_of_the_world_look_like_articles() -> None:
    truth = json.loads((SAVED / "benchmark" / "ground-truth.json").read_text())
    source = Source(slug="other", name="Other", home_url="https://other.example/")
    names = sorted(truth)[::4]
    pages = [
        gzip.decompress((SAVED / "benchmark" / f"{name}.html.gz").read_bytes()) for name in names
    ]
    kinds = [looks(Page("https://other.example/x", page), source) for page in pages]
    assert kinds.count("article") >= 0.95 * len(kinds)


def test_a_parameter_that_changes_nothing_is_learned() -> None:
    fetched = [
        (f"http://a.vn/tin?id={n}&tu={place}", f"text {n}") for n in range(3) for place in "xy"
    ]
    assert learn_ignored_params(fetched) == {"tu"}


def test_a_parameter_is_kept_while_too_little_is_known() -> None:
    fetched = [(f"http://a.vn/tin?id=1&tu={place}", "text") for place in "xyz"]
    assert learn_ignored_params(fetched) == frozenset()


def test_a_parameter_that_once_changed_the_page_is_kept() -> None:
    fetched = [
        (f"http://a.vn/tin?id={n}&tu={place}", f"text {n}") for n in range(5) for place in "xy"
    ]
    fetched += [("http://a.vn/tin?id=9&tu=x", "one"), ("http://a.vn/tin?id=9&tu=y", "other")]
    assert learn_ignored_params(fetched) == frozenset()


@pytest.mark.parametrize(
    "body",
    [
        b"<p>" + b"<span>" * 1500 + b"x<br>" * 50_000,
        b"<a href=x>y" * 50_000,
        b"<p>" + b"chu " * 1_000_000,
        b"".join(b'<a href="/tin-%d">y</a>' % number for number in range(20_000)),
    ],
    ids=["deep and wide", "links without end", "one long text", "addresses without end"],
)
def test_a_hostile_page_is_judged_in_bounded_time(body: bytes) -> None:
    source = Source(slug="a", name="A", home_url="http://a.vn/")
    started = process_time()
    looks(Page("http://a.vn/x", b"<html><body>" + body), source)
    assert process_time() - started < 5


def test_a_large_menu_makes_no_list_of_an_article() -> None:
    names = [f"Thông tin tuyên truyền về lĩnh vực thứ {number} của xã" for number in range(60)]
    items = "".join(f'<li><a href="/muc-luc/{n}">{name}</a></li>' for n, name in enumerate(names))
    prose = f"<p>{'Bà con góp công làm đường bê tông ra bến. ' * 12}</p>"
    source = Source(slug="suoithu", name="Suối Thử", home_url="http://suoithu.gov.vn/")
    for box, kind in (("nav", "article"), ("div", "listing")):
        body = f"<html><body><{box}><ul>{items}</ul></{box}><div>{prose}</div></body></html>"
        page = Page("http://suoithu.gov.vn/xem/34", body.encode())
        links = read_links(page, source, GENERIC, UrlClassifier())
        assert page_kind(page, links) == kind
