"""Which home pages are the portal of the unit in question, and what the others are."""

from __future__ import annotations

from datetime import date

import pytest

from scraper.base.source import Level
from spiders.discovery.portal_candidates import Candidate
from spiders.discovery.portal_verdicts import PortalVerdict, judge, read_home_page, unit_of
from tests.spiders.discovery.portal_pages import (
    HAM_YEN,
    NEWS,
    OLD_HAM_YEN,
    OLD_NEWS,
    OWN,
    PHU_LUU,
    TUYEN_QUANG,
    UNDATED_NEWS,
    candidate,
    html,
    linked,
    verdict,
)


@pytest.mark.parametrize("page", OWN)
def test_a_page_that_names_the_unit_and_has_news_is_its_portal(page: str) -> None:
    assert verdict(OWN[page]) == (PortalVerdict.PORTAL, "names Xã Phù Lưu (02392)")


OTHERS = {
    "other_unit": (html("Xã Hàm Yên"), "names Xã Hàm Yên (02374)"),
    "other_unit_in_imprint": (
        html("Trang chủ", foot="Đơn vị quản lý: UBND xã Hàm Yên"),
        "names Xã Hàm Yên (02374)",
    ),
    "two_units": (
        html("Xã Phù Lưu", foot="Bản quyền thuộc về UBND xã Hàm Yên"),
        "names also Xã Hàm Yên (02374)",
    ),
    "district": (html("UBND huyện Hàm Yên"), "names Huyện Hàm Yên (H074)"),
    "province": (
        html("Cổng thông tin điện tử tỉnh Tuyên Quang"),
        "names Tỉnh Tuyên Quang (08)",
    ),
    "police": (html("Công an xã Phù Lưu"), "names Công an xã Phù Lưu"),
    "school": (html("Trường Tiểu học xã Phù Lưu"), "names Trường Tiểu học xã Phù Lưu"),
    "police_with_portal": (
        html("Trang thông tin điện tử Công an xã Phù Lưu"),
        "names Trang thông tin điện tử Công an xã Phù Lưu",
    ),
    "co_operative": (html("Hợp tác xã Phù Lưu"), "names Hợp tác xã Phù Lưu"),
    "unit_of_the_past": (html("Thị trấn Tân Yên"), "names Thị trấn Tân Yên"),
    "longer_name": (html("XÃ PHÙ LƯU ĐÔNG"), "names XÃ PHÙ LƯU ĐÔNG"),
    "same_name_elsewhere": (
        html("Xã Phù Lưu, tỉnh Lào Cai"),
        "names Xã Phù Lưu",
    ),
    "name_before_a_word": (html("Xã Phù Lưu Mới"), "names Xã Phù Lưu Mới"),
    "nobody": (html("Trang chủ"), "does not say whose it is"),
    "commune_of_the_past": (
        html("Xã Phù Lưu - huyện Hàm Yên - tỉnh Tuyên Quang", news=UNDATED_NEWS),
        "names a district or province of the past",
    ),
    "province_of_the_past": (
        html("Xã Phù Lưu, tỉnh Hà Giang", news=UNDATED_NEWS),
        "names a district or province of the past",
    ),
    "undated_with_old_imprint": (
        html("Xã Phù Lưu", news=UNDATED_NEWS, foot="Cơ quan chủ quản: UBND huyện Hàm Yên"),
        "names Huyện Hàm Yên (H074)",
    ),
    "old_news": (
        html("Xã Phù Lưu", news=OLD_NEWS),
        "its newest article (2024-11-26) is older than the unit",
    ),
}


@pytest.mark.parametrize("page", OTHERS)
def test_a_page_that_may_be_of_another_body_is_no_portal(page: str) -> None:
    text, reason = OTHERS[page]
    assert verdict(text) == (PortalVerdict.OTHER_BODY, reason)


def test_a_commune_is_not_the_district_whose_name_and_host_it_has() -> None:
    commune = candidate(HAM_YEN, "https://hamyen.tuyenquang.gov.vn/", "Xã Hàm Yên")
    district = linked(
        code=OLD_HAM_YEN, url=commune.url, name="UBND huyện Hàm Yên", level=Level.DISTRICT
    )
    old, new = html("UBND huyện Hàm Yên", news=OLD_NEWS), html("UBND xã Hàm Yên")
    assert verdict(old, commune) == (PortalVerdict.OTHER_BODY, "names Huyện Hàm Yên (H074)")
    assert verdict(old, district)[0] is PortalVerdict.PORTAL
    assert verdict(new, commune)[0] is PortalVerdict.PORTAL
    assert verdict(new, district) == (PortalVerdict.OTHER_BODY, "names Xã Hàm Yên (02374)")


def test_names_that_differ_in_their_accents_only_are_different_units() -> None:
    tan_thanh, tan_thanh_heavy = "29938", "30157"
    of = candidate(tan_thanh, "https://xatanthanh.dongthap.gov.vn/", "Xã Tân Thành")
    assert verdict(html("Xã Tân Thành"), of)[0] is PortalVerdict.PORTAL
    assert verdict(html("Xã Tân Thạnh"), of)[1] == f"names Xã Tân Thạnh ({tan_thanh_heavy})"
    assert verdict(html("Xa Tan Thanh"), of)[0] is PortalVerdict.OTHER_BODY


def test_only_the_portal_of_the_province_vouches_for_a_page_that_names_nobody() -> None:
    page = html("Trang chủ")
    assert verdict(page, linked())[0] is PortalVerdict.PORTAL
    other_label = linked(url="https://tintuc.tuyenquang.gov.vn/")
    by_paper = linked(found_on="https://baotuyenquang.com.vn/")
    elsewhere = linked(url="https://phuluu.com.vn/")
    assert verdict(html("Phù Lưu - Cổng thông tin"), linked())[0] is PortalVerdict.PORTAL
    for title in ("Huyện ủy Phù Lưu", "Công ty cam sành Phù Lưu", "Vườn Cam"):
        assert verdict(html(title), linked())[0] is PortalVerdict.OTHER_BODY
    for of in (candidate(), other_label, by_paper, elsewhere):
        assert verdict(page, of) == (PortalVerdict.OTHER_BODY, "does not say whose it is")


@pytest.mark.parametrize(
    ("name", "level", "title", "expected"),
    [
        ("Sở Tài chính", Level.DEPARTMENT, "Sở Tài chính tỉnh Tuyên Quang", "portal"),
        ("Sở Tài chính tỉnh", Level.DEPARTMENT, "Trang chủ - SỞ TÀI CHÍNH", "portal"),
        ("Sở Tài chính", Level.DEPARTMENT, "Sở Nội vụ tỉnh Tuyên Quang", "other_body"),
        ("Sở Tài chính", Level.DEPARTMENT, "Cổng TTĐT tỉnh Tuyên Quang", "other_body"),
        ("Sở Tài chính", Level.DEPARTMENT, "Xã Phù Lưu", "other_body"),
        ("Báo Tuyên Quang", Level.NEWSPAPER, "Báo Tuyên Quang Online", "portal"),
        ("Báo Tuyên Quang", Level.NEWSPAPER, "Báo Lào Cai điện tử", "other_body"),
        ("Xã Tân An", Level.COMMUNE, "Trang chủ", "other_body"),
    ],
)
def test_a_department_or_a_paper_must_name_what_its_link_names(
    name: str, level: Level, title: str, expected: str
) -> None:
    of = linked(code=None, url="https://stc.tuyenquang.gov.vn/", name=name, level=level)
    assert verdict(html(title), of)[0] == expected


def test_a_host_outside_of_the_government_needs_the_link_of_the_province() -> None:
    of_province = linked(url="https://phuluu.com.vn/")
    of_paper = linked(url="https://phuluu.com.vn/", found_on="https://baotuyenquang.com.vn/")
    assert verdict(OWN["title"], of_province)[0] is PortalVerdict.PORTAL
    expected = (PortalVerdict.OTHER_BODY, "is at no host of the government")
    assert verdict(OWN["title"], of_paper) == expected


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("Xa Tan Thanh", "UBND xã Tân Thạnh", "30157"),
        ("Xa Tan Thanh", "UBND xã Tân Thành", "29938"),
        ("Xã Tân Thành", "UBND xã Tân Thạnh", None),
        ("Xa Tan Thanh", "Trang chủ", None),
    ],
)
def test_the_page_says_which_of_two_units_a_link_means(
    name: str, title: str, expected: str | None
) -> None:
    url = "https://tanthanh.dongthap.gov.vn/"
    of = linked(code=None, url=url, name=name, found_on="https://dongthap.gov.vn/")
    home = read_home_page(of, url, html(title).encode())
    is_portal = judge(of, home, {})[0] is PortalVerdict.PORTAL
    assert (unit_of(of, home) if is_portal else None) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("UBND xã Hàm Yên", (PortalVerdict.PORTAL, HAM_YEN)),
        ("UBND huyện Hàm Yên - tỉnh Tuyên Quang", (PortalVerdict.PORTAL, OLD_HAM_YEN)),
        ("Cổng thông tin điện tử tỉnh Tuyên Quang", (PortalVerdict.PORTAL, TUYEN_QUANG)),
        ("Báo Tuyên Quang", (PortalVerdict.PORTAL, None)),
        ("Công an xã Hàm Yên", (PortalVerdict.PORTAL, None)),
    ],
)
def test_the_page_of_a_given_address_says_whose_it_is(
    title: str, expected: tuple[PortalVerdict, str | None]
) -> None:
    of = Candidate("https://hamyen.tuyenquang.gov.vn/", None, "hamyen", "given")
    home = read_home_page(of, of.url, html(title).encode())
    assert (judge(of, home, {})[0], unit_of(of, home)) == expected


def test_a_given_address_with_news_of_a_body_of_the_past_is_no_portal() -> None:
    of = Candidate("https://phuluu.tuyenquang.gov.vn/", None, "phuluu", "given")
    assert verdict(html("Xã Phù Lưu", news=OLD_NEWS), of)[0] is PortalVerdict.OTHER_BODY


def test_a_home_page_says_what_it_is() -> None:
    page = html("Trang chủ - Xã Phù Lưu", news=NEWS)
    home = read_home_page(candidate(), "https://phuluu.tuyenquang.gov.vn/vi", page.encode())
    assert (home.title, home.platform) == ("Trang chủ - Xã Phù Lưu", "vnptnews")
    assert home.unit_codes == {PHU_LUU}
    assert [each.title for each in home.articles] == [
        "Hội nghị tổng kết công tác năm",
        "Bà con thôn Bốn thu hoạch cam sành",
        "Ra quân làm đường giao thông nông thôn",
    ]
    assert home.articles[1].day == date(2026, 11, 25)
    assert home.newest == date(2026, 11, 26)


def test_a_day_in_a_title_or_a_clock_is_not_the_day_of_an_article() -> None:
    news = """<p>Thứ Sáu, 27/11/2026</p><div><div>
      <a href="/tin/lich-lam-viec-tuan-tu-01-12-2025-14.html">
      Lịch làm việc tuần từ 01/12/2025</a></div>
      <div><a href="/tin/thon-bon-don-tet-doc-lap-cua-ba-con-15.html">
      Thôn Bốn đón Tết Độc lập của bà con</a>
      <time datetime="2025-09-02">2/9</time></div></div>"""
    of = candidate()
    home = read_home_page(of, of.url, html("Xã Phù Lưu", news=news).encode())
    assert [each.day for each in home.articles] == [None, date(2025, 9, 2)]
