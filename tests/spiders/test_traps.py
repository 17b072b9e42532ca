"""Addresses that no crawler should follow, and those that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.discovery.traps import is_asset, is_dated_list, is_document, trap


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/wps/portal/!ut/p/b1/04_Sj9CPykssy0xPLMnMz0vMAf", "portal_state"),
        ("/print/tin/bai-34.html", "print"),
        ("/news/print/thoi-su/bai-34.html", "print"),
        ("/tin/bai-34.html?print=1", "print"),
        ("/index.php/tin/34-bai?tmpl=component", "print"),
        ("/news/savefile/thoi-su/bai-34.html", "save"),
        ("/news/sendmail/thoi-su/bai-34.html", "mail"),
        ("/component/x?option=com_mailto", "mail"),
        ("/users/login/?nv_redirect=YWJj", "login"),
        ("/dang-nhap.html", "login"),
        ("/wp-login.php", "login"),
        ("/_layouts/15/Authenticate.aspx?Source=%2F", "login"),
        ("/c/portal/login", "login"),
        ("/tim-kiem?tukhoa=xa", "search"),
        ("/?s=le+hoi", "search"),
        ("/index.php?nv=seek", "search"),
        ("/tag/nong-thon-moi/", "tag"),
        ("/index.php?language=vi&nv=news&op=tag/xa", "tag"),
        ("/banners/click/?id=3", "banner"),
        ("/bai-34.html?replytocom=5", "comment"),
        ("/tin/bai-34/amp", "twin"),
        ("/a/b/a/b/", "repeating_path"),
        ("/xem/them/xem/them/xem/", "repeating_path"),
        ("/" + "/".join("abcdefghijklmnopq"), "repeating_path"),
        ("/x?" + "&".join(f"p{n}=1" for n in range(21)), "growing_query"),
        ("/x?a=1&a=2&a=3", "growing_query"),
        ("/" + "x" * 10_000, "too_long"),
    ],
)
def test_a_trap_is_named(address: str, reason: str) -> None:
    assert trap("http://suoithu.gov.vn" + address) == reason


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/in-hoa-tiet-cho-ao-dai-34.html",
        "/thoi-su/dang-nhap-du-lieu-dan-cu-34.html",
        "/van-hoa/tim-kiem-nan-nhan-vu-lo-dat-34.html",
        "/tin/tag-heuer-34.html",
        "/?q=node/34",
        "/?s=129&id=34",
        "/tin-tuc/tin-tuc/bai-34.html",
        "/2011/11/11/bai-viet/",
        "/portal/Pages/2023-01-30/Bai.aspx",
        "/web/guest/-/asset_publisher/x/content/bai",
        "/tin?p_p_id=x&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&_x_delta=3&_x_cur=2",
    ],
)
def test_an_honest_address_is_no_trap(address: str) -> None:
    assert trap("http://suoithu.gov.vn" + address) is None


def test_calendars_are_told_from_dated_articles() -> None:
    calendar = [
        *("/lich?d=2026-11-01", "/xem?ngay=1&thang=11&nam=2026", "/tin?ngay=21%2F11%2F2026"),
        *("/2023/11/", "/2023/11/21", "/lich/2026-11", "/tin/20231121.html"),
    ]
    articles = [
        *("/2023/11/bai-viet/", "/Pages/2023-01-30/Bai.aspx", "/tin?date=&page=2", "/bai-2023"),
        *("/tin?id=20231121345", "/?d=34", "/nhiem-ky-2026-2031.html"),
    ]
    assert all(is_dated_list("http://a.vn" + address) for address in calendar)
    assert not any(is_dated_list("http://a.vn" + address) for address in articles)


def test_files_are_told_from_pages() -> None:
    assert is_asset("http://a.vn/anh/LE-HOI.JPG?v=2")
    assert is_document("http://a.vn/van-ban/34-QD-UBND.pdf")
    assert not is_asset("http://a.vn/bai-34.html")
    assert not is_document("http://a.vn/bai.docx.html")


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    for url in (text, "http://" + text, "http://a.vn/" + text):
        trap(url)
        is_asset(url)
        is_document(url)
        is_dated_list(url)
