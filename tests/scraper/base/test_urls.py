"""One article, one key, however a site writes its address."""

from __future__ import annotations

from itertools import permutations
from urllib.parse import urljoin

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.base.source import Source
from scraper.base.urls import (
    UrlRules,
    belongs,
    canonical_url,
    is_ignored_param,
    url_key,
    urljoin_safely,
)
from spiders.platforms import platform_named

SITE = Source(
    slug="suoithu",
    name="Suối Thử",
    home_url="https://www.suoithu.gov.vn/",
    aliases=("suoithu.tinh.vn",),
)
DEMO = Source(
    slug="demo", name="Demo", home_url="http://127.0.0.1:4711/", filed_under="https://demo.example/"
)


def key(url: str, platform: str | None = None, kind: str = "article") -> str:
    url_rules = UrlRules(platform_named(platform).url_identity)
    return url_key(canonical_url(url, SITE, url_rules, kind), url_rules)


@pytest.mark.fault(34)
@pytest.mark.parametrize(
    "other",
    [
        "http://suoithu.gov.vn/tin/bai-viet-34.html",
        "https://suoithu.gov.vn:443/tin/bai-viet-34.html",
        "http://www.suoithu.gov.vn:80/tin/bai-viet-34.html",
        "HTTPS://WWW.SUOITHU.GOV.VN/tin/bai-viet-34.html",
        "https://suoithu.tinh.vn/tin/bai-viet-34.html",
        "https://suoithu.gov.vn./tin/bai-viet-34.html",
        "//suoithu.gov.vn/tin/bai-viet-34.html",
        "/tin/bai-viet-34.html",
        "  /tin/bai-viet-34.html\n",
        "\\tin\\bai-viet-34.html",
        "/tin/./x/../bai-viet-34.html",
        "/tin/bai-viet-34.html/",
        "/tin/bai-viet-34.html#binh-luan",
        "/tin/bai-viet-34.html?",
        "/tin/bai-viet-34.html?utm_source=zalo&utm_campaign=x",
        "/tin/bai-viet-34.html?fbclid=abc&gclid=d",
        "/tin/bai-viet-34.html?pageindex=3",
        "/tin/bai-viet-34.html?nv_redirect=YWJj",
        "/tin/bai-viet-34.html;jsessionid=1A2B",
        "/tin/bai-viet-34.html?PHPSESSID=ab12",
        "/tin/bai-viet-34.html?_afrLoop=7&_adf.ctrl-state=x9_4&_afrWindowMode=0",
        "/(S(x1y2z3))/tin/bai-viet-34.html",
        "/tin/b%61i-vi%65t-34.html",
    ],
)
def test_every_spelling_of_an_address_has_one_key(other: str) -> None:
    assert key(other) == key("https://www.suoithu.gov.vn/tin/bai-viet-34.html")


@pytest.mark.parametrize(
    "other",
    [
        "/tin/bai-viet-35.html",
        "/tin/Bai-viet-34.html",
        "/tin/bai-viet-34.html?id=5",
        "/tin/bai-viet-34.html?page=2",
        "https://khac.gov.vn/tin/bai-viet-34.html",
        "https://suoithu.gov.vn:8080/tin/bai-viet-34.html",
        "https://m.suoithu.gov.vn/tin/bai-viet-34.html",
    ],
)
def test_what_may_identify_is_kept(other: str) -> None:
    assert key(other) != key("/tin/bai-viet-34.html")


@pytest.mark.fault(34)
def test_index_files_are_their_folder() -> None:
    assert key("/index.php") == key("/Default.aspx") == key("/index.html") == key("/") == key("")
    assert key("/index.php/tin/34-bai") == key("/tin/34-bai")
    assert key("/index.php?gd=1&cn=129") == key("/?cn=129&gd=1")


@pytest.mark.fault(34)
def test_the_order_of_parameters_tells_nothing() -> None:
    parts = ["type=NEWS", "id=163145", "lang=vi"]
    assert len({key("/vi/x?" + "&".join(some)) for some in permutations(parts)}) == 1


def test_values_of_one_name_keep_their_order() -> None:
    assert key("/x?a=1&a=2") != key("/x?a=2&a=1")


def test_an_escaped_ampersand_of_html_is_one() -> None:
    assert key("/x?a=1&amp;b=2") == key("/x?a=1&b=2")


@pytest.mark.fault(38)
@pytest.mark.parametrize(
    ("plain", "escaped"),
    [
        ("/tin-tức/đường-mới", "/tin-t%E1%BB%A9c/%C4%91%C6%B0%E1%BB%9Dng-m%e1%bb%9bi"),
        ("/tin-tức/đường", "/tin-tức/%C4%91%C6%B0%E1%BB%9Dng"),
        ("/văn bản/số 1", "/văn%20bản/s%E1%BB%91%201"),
        ("/x?ten=Hàm Yên", "/x?ten=H%C3%A0m+Y%C3%AAn"),
        ("/100%/x", "/100%25/x"),
    ],
)
def test_plain_and_escaped_letters_are_one(plain: str, escaped: str) -> None:
    assert key(plain) == key(escaped)


@pytest.mark.fault(38)
def test_decomposed_letters_are_the_composed_ones() -> None:
    assert key("/h\u006f\u0300a-bi\u0300nh") == key("/h\u00f2a-b\u00ecnh")


def test_what_a_server_reads_otherwise_stays_escaped() -> None:
    assert canonical_url("/a%2Fb%3Fc", SITE).endswith("/a%2Fb%3Fc")
    assert key("/x?a=b%26c") != key("/x?a=b&c")


@pytest.mark.fault(38)
def test_a_host_with_letters_of_its_own_is_one_with_its_punycode() -> None:
    punycode = "đường.vn".encode("idna").decode()
    assert key("http://đường.vn/a") == key(f"http://{punycode}/a") == f"{punycode}/a"


def test_the_serving_address_is_replaced_by_the_one_it_is_filed_under() -> None:
    served = canonical_url("http://127.0.0.1:4711/tin/bai-34.html", DEMO)
    assert served == "https://demo.example/tin/bai-34.html"
    again = DEMO.model_copy(update={"home_url": "http://127.0.0.1:9999/"})
    assert canonical_url("http://127.0.0.1:9999/tin/bai-34.html", again) == served
    assert canonical_url("https://demo.example/tin/bai-34.html", again) == served


def test_another_port_of_the_same_host_is_another_site() -> None:
    assert belongs("http://127.0.0.1:4711/x", DEMO)
    assert not belongs("http://127.0.0.1:4712/x", DEMO)
    assert not belongs("http://127.0.0.1/x", DEMO)
    assert not belongs("ftp://127.0.0.1:4711/x", DEMO)


def test_lists_keep_their_query() -> None:
    url = "/tin-tuc?pageindex=2&utm_x=1"
    assert canonical_url(url, SITE, kind="listing").endswith("?pageindex=2&utm_x=1")
    assert canonical_url(url, SITE, kind="unknown").endswith("?pageindex=2")
    assert canonical_url(url, SITE, kind="article").endswith("/tin-tuc")


def test_what_a_source_has_taught_is_noise_there() -> None:
    url_rules = UrlRules(ignored_params=frozenset({"from"}))
    assert is_ignored_param("From", url_rules)
    assert canonical_url("/x?id=1&from=home", SITE, url_rules).endswith("/x?id=1")
    assert canonical_url("/x?id=1&from=home", SITE).endswith("/x?from=home&id=1")


@pytest.mark.parametrize(
    ("platform", "one", "other"),
    [
        ("nukeviet", "/thoi-su/hoi-34.html", "/vi/news/van-hoa/hoi-34.html"),
        ("nukeviet", "/thoi-su/hoi-34.html", "/index.php?language=vi&nv=news&op=thoi-su/hoi-34"),
        ("vnptnews", "/vi/tin-bai/hoi?type=NEWS&id=16", "/vi/post/hoi-moi?id=16&type=NEWS"),
        ("sharepoint", "/x/Pages/2023-01-30/Hoi8f.aspx", "/X/pages/2023-01-30/hoi8F.ASPX"),
        ("sharepoint", "/tin.aspx?ItemID=34", "/Tin.aspx?itemid=34"),
        ("liferay", "/-/asset_publisher/a1/content/hoi", "/tin/-/asset_publisher/b2/content/hoi"),
        ("liferay", "/web/guest/-/hoi", "/-/hoi"),
        ("liferay", "/web/xa-a/tin/-/hoi", "/web/xa-a/-/asset_publisher/b2/content/hoi"),
        ("dotnetnuke", "/?tabid=119&mlid=0f-1", "/tin/tabid/120/mlid/0F-1/default.aspx"),
        ("joomla", "/index.php/tin/34-hoi", "/tin/34-hoi.html?Itemid=101"),
        ("vccorp", "/hoi-20260202200530837.htm", "/xa-hoi/hoi-moi-20260202200530837.chn"),
        ("wordpress", "/2023/11/hoi/", "/2023/11/hoi/?replytocom=4#respond"),
    ],
)
def test_a_platform_knows_its_articles_again(platform: str, one: str, other: str) -> None:
    assert key(one, platform) == key(other, platform)


@pytest.mark.parametrize(
    ("platform", "one", "other"),
    [
        ("nukeviet", "/thoi-su/le-hoi-34.html", "/thoi-su/hoi-nghi-34.html"),
        ("nukeviet", "/thoi-su/page-2/", "/thoi-su/page-3/"),
        ("vnptnews", "/vi/tin-bai/le-hoi?type=NEWS&id=16", "/vi/tin-bai/le-hoi?type=NEWS&id=17"),
        ("joomla", "/8-tin-tuc?start=5", "/8-tin-tuc?start=10"),
        ("liferay", "/web/guest/tin?_x_cur=2", "/web/guest/tin?_x_cur=3"),
        ("liferay", "/web/xa-a/-/thong-bao", "/web/xa-b/-/thong-bao"),
        ("drupal", "/thoi-su?page=1", "/thoi-su?page=2"),
    ],
)
def test_a_platform_does_not_fold_what_differs(platform: str, one: str, other: str) -> None:
    assert key(one, platform, "listing") != key(other, platform, "listing")


HOSTS = st.sampled_from(
    ["", "https://www.suoithu.gov.vn", "http://suoithu.gov.vn:80", "//suoithu.tinh.vn"]
)
NAMES = st.text("abcxyzđạ-_25+", min_size=1, max_size=12)
PAIRS = st.lists(st.tuples(st.sampled_from("abcdef"), NAMES), max_size=5, unique_by=lambda p: p[0])


@pytest.mark.fault(38)
@given(st.text(max_size=300))
@example("\u2024")
@settings(max_examples=400)
def test_no_text_makes_it_raise_and_twice_is_once(text: str) -> None:
    for url in (text, "http://" + text, "/" + text, "/?" + text):
        once = canonical_url(url, SITE)
        assert canonical_url(once, SITE) == once
        assert url_key(once) == url_key(canonical_url(once, SITE))


@given(HOSTS, st.lists(NAMES, max_size=4), PAIRS, st.randoms())
@settings(max_examples=300)
def test_noise_order_and_serving_address_do_not_change_the_key(
    host: str, path: list[str], pairs: list[tuple[str, str]], chance: object
) -> None:
    address = "/t/" + "/".join(path)
    query = [f"{name}={value}" for name, value in pairs]
    shuffled = [*query, "utm_source=x", "fbclid=y"]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    plain = key(f"{address}?{'&'.join(query)}")
    assert key(f"{host}{address}?{'&'.join(shuffled)}#top") == plain


@pytest.mark.fault(38)
def test_a_very_long_address_is_done_at_once() -> None:
    assert key("/" + "%C4%91a" * 20_000).startswith("suoithu.gov.vn/")


@given(
    st.sampled_from(["http://a.vn/b/c?d", "http://a.vn", "HTTPS://A.vn/", "http://[::1]:8/x", ""]),
    st.lists(
        st.sampled_from(
            [
                "/",
                "//",
                ".",
                "..",
                "./",
                "?",
                "#",
                "&",
                ";",
                "[",
                "@",
                ":",
                "x",
                "b.html",
                "é",
                "http://",
                "https://",
                "HTTP://",
                "c.vn",
                ":80",
            ]
        ),
        max_size=7,
    ),
)
@settings(max_examples=1000)
def test_links_are_resolved_as_the_standard_library_does(base: str, parts: list[str]) -> None:
    link = "".join(parts)
    try:
        resolved = urljoin(base, link)
    except ValueError:
        resolved = link
    assert urljoin_safely(base, link) == resolved
