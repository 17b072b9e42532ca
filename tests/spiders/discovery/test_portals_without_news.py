"""Pages that are parked, moved, mirrored, empty or broken are no portals."""

from __future__ import annotations

import pytest

from spiders.discovery.portal_verdicts import PortalVerdict, read_home_page
from tests.spiders.discovery.portal_pages import (
    NEWS,
    OWN,
    PORTAL_OF_PROVINCE,
    TUYEN_QUANG,
    candidate,
    html,
    linked,
    verdict,
)

PARKED = {
    "nginx": "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>If you see this page…",
    "apache": "<title>Apache2 Ubuntu Default Page: It works</title><p>" + "configuration " * 200,
    "it_works": "<html><body><h1>It works!</h1></body></html>",
    "iis": "<title>IIS Windows Server</title><img src=iis.png>",
    "listing": "<title>Index of /</title><h1>Index of /</h1><a href='backup/'>backup/</a>",
    "panel": "<title>Default Web Site Page</title><p>contact your hosting provider",
    "suspended": "<title>Account Suspended</title>",
    "sale": "<title>phuluu.vn</title><p>This domain is for sale! Buy this domain.",
    "registrar": "<title>phuluu.gov.vn</title><p>Tên miền này đã được đăng ký tại nhà đăng ký X.",
    "frame": "<title></title><script src='//d1.parkingcrew.net/p.js'></script>",
    "building": "<title>UBND xã Phù Lưu</title><h1>Website đang được xây dựng</h1>",
    "maintenance": "<title>Xã Phù Lưu</title><p>Hệ thống đang bảo trì, vui lòng quay lại sau.</p>",
    "soon": "<title>Coming soon</title>",
    "expired": "<p>Tên miền đã hết hạn sử dụng, liên hệ nhà cung cấp",
    "tomcat": "<title>Apache Tomcat/9.0.65</title><h1>Apache Tomcat</h1>",
    "bad_gateway": "<title>502 Bad Gateway</title><center><h1>502 Bad Gateway</h1>",
    "stopped": "<title>Xã Phù Lưu</title><p>Website tạm ngưng do hết hạn dịch vụ lưu trữ.",
    "login": "<title>Đăng nhập hệ thống</title><form><input name=u></form>",
    "betting": html("Nhà cái uy tín - cá cược bóng đá", "UBND xã Phù Lưu"),
    "betting_links": html(
        "Xã Phù Lưu",
        news="".join(
            f"<a href='/{n}-nha-cai-casino-uy-tin.html'>Top {n} nhà cái casino uy tín năm nay</a>"
            for n in range(9)
        ),
    ),
    "script": html("淘宝网上商城", news="<p>" + "最新商品优惠活动请点击进入购买" * 20),
}


@pytest.mark.parametrize("page", PARKED)
def test_a_page_on_which_nobody_publishes_is_parked(page: str) -> None:
    assert verdict(PARKED[page], linked())[0] is PortalVerdict.PARKED


@pytest.mark.parametrize(
    "news",
    [
        "<a href='/tin/cau-treo-12.html'>Cầu treo thôn Bốn đang xây dựng lại sau lũ</a>",
        "<a href='/tin/cong-an-13.html'>Công an triệt phá đường dây cá cược bóng đá</a>",
        "<p>Chuyên mục đang được cập nhật</p>",
    ],
)
def test_words_of_placeholders_in_the_news_park_no_portal(news: str) -> None:
    assert verdict(html("Xã Phù Lưu", news=NEWS + news))[0] is PortalVerdict.PORTAL


def test_a_page_at_another_host_has_moved_and_the_reason_names_it() -> None:
    moved = verdict(OWN["title"], landed="https://phuluu.laocai.gov.vn/vi")
    assert moved == (PortalVerdict.MOVED, "redirects to phuluu.laocai.gov.vn")


@pytest.mark.parametrize(
    "landed",
    [
        "http://phuluu.tuyenquang.gov.vn/portal/pages/default.aspx",
        "https://www.phuluu.tuyenquang.gov.vn/",
        "https://PHULUU.tuyenquang.gov.vn:443/vi",
    ],
)
def test_another_path_or_scheme_of_the_host_is_no_move(landed: str) -> None:
    assert verdict(OWN["title"], landed=landed)[0] is PortalVerdict.PORTAL


def test_the_articles_of_another_host_are_a_mirror() -> None:
    home = read_home_page(candidate(), "https://phuluu.tuyenquang.gov.vn/", OWN["title"].encode())
    seen = {home.fingerprint: "phuluu.tuyenquang.gov.vn"}
    twin = linked(url="https://xaphuluu.tuyenquang.gov.vn/")
    reason = "shows the articles of phuluu.tuyenquang.gov.vn"
    assert verdict(OWN["capitals"], twin, seen) == (PortalVerdict.MIRROR, reason)
    assert verdict(OWN["title"], candidate(), seen)[0] is PortalVerdict.PORTAL
    other_news = OWN["title"].replace("cam sành", "cam vàng")
    assert verdict(other_news, twin, seen)[0] is PortalVerdict.PORTAL


def test_an_answer_of_a_wildcard_is_a_mirror_or_the_portal_of_the_province() -> None:
    portal = html("Cổng thông tin điện tử tỉnh Tuyên Quang")
    home = read_home_page(candidate(TUYEN_QUANG), PORTAL_OF_PROVINCE, portal.encode())
    seen = {home.fingerprint: "tuyenquang.gov.vn"}
    assert verdict(portal)[0] is PortalVerdict.OTHER_BODY
    assert verdict(portal, seen=seen)[0] is PortalVerdict.MIRROR


EMPTY = {
    "no_news": html("Xã Phù Lưu", news="<a href='/gioi-thieu'>Giới thiệu</a>"),
    "news_elsewhere": html(
        "Xã Phù Lưu", news=NEWS.replace('href="', 'href="https://tuyenquang.gov.vn')
    ),
    "samples": html(
        "Xã Phù Lưu",
        news="<a href='/news/1-ra-mat-cong-ty-ma-nguon-mo-dau-tien-tai-viet-nam-1.html'>"
        "Ra mắt công ty mã nguồn mở đầu tiên tại Việt Nam</a>",
    ),
    "script": html(
        "Xã Phù Lưu",
        "<a href='/login'>Đăng nhập</a> Nội dung đang cập nhật"
        + "".join(f"<a href='/muc-{n}'>Mục {n}</a>" for n in range(15)),
        news="<div id=app></div>",
    ),
    "sections": html(
        "Xã Phù Lưu", news="<nav><a href='/tin-tuc'>Tin tức</a><a href='/van-ban'>Văn bản</a></nav>"
    ),
}


@pytest.mark.parametrize("page", EMPTY)
def test_a_portal_without_news_of_its_own_is_empty(page: str) -> None:
    assert verdict(EMPTY[page]) == (PortalVerdict.EMPTY, "shows no articles of its own")


HOSTILE = [
    b"",
    b"\0\xff\xfe",
    b"%PDF-1.7",
    b'{"title": "Xa Phu Luu"}',
    b"<a href='http://[::1'>x</a>" * 50,
    b"<title>" * 500 + b"X\xc3",
    b"<div>" * 20_000,
    "Xã ".encode() * 5_000,
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:12]))
def test_a_broken_page_says_little_and_is_no_portal(body: bytes) -> None:
    assert verdict(body, linked())[0] in (PortalVerdict.OTHER_BODY, PortalVerdict.EMPTY)


@pytest.mark.parametrize(
    "landed", ["http://[::1", "https://", "ftp://x.vn/", "https://x.vn:99999/"]
)
def test_a_broken_address_is_no_portal(landed: str) -> None:
    assert verdict(OWN["title"], landed=landed)[0] is not PortalVerdict.PORTAL
