"""Which home pages are the portal of the unit in question, and what the others are."""

from __future__ import annotations

from datetime import date

import pytest

from scraper.base.source import Level
from spiders.discovery.portal_candidates import Candidate
from spiders.discovery.portal_verdicts import PortalVerdict, judge, read_home_page, unit_of

HAM_YEN, PHU_LUU, OLD_HAM_YEN, TUYEN_QUANG = "02374", "02392", "H074", "08"
PORTAL_OF_PROVINCE = "https://tuyenquang.gov.vn/"

NEWS = """
<ul class="news">
 <li><a href="/vi/tin-bai/hoi-nghi-tong-ket-cong-tac-nam?type=NEWS&id=11">
  Hội nghị tổng kết công tác năm</a>
  <span>26/11/2026</span></li>
 <li><a href="/vi/tin-bai/ba-con-thon-bon-thu-hoach-cam-sanh?type=NEWS&id=12">
  Bà con thôn Bốn thu hoạch cam sành</a>
  <span>25/11/2026 08:30</span></li>
 <li><a href="/vi/tin-bai/ra-quan-lam-duong-giao-thong?type=NEWS&id=13">
  Ra quân làm đường giao thông nông thôn</a>
  <span>03/11/2026</span></li>
</ul>
"""
OLD_NEWS = NEWS.replace("2026", "2024")
UNDATED_NEWS = (
    NEWS.replace("26/11/2026", "").replace("25/11/2026 08:30", "").replace("03/11/2026", "")
)


def candidate(
    code: str | None = PHU_LUU,
    url: str = "https://phuluu.tuyenquang.gov.vn/",
    name: str = "Xã Phù Lưu",
    found_by: str = "pattern",
    found_on: str | None = None,
    level: Level = Level.COMMUNE,
) -> Candidate:
    return Candidate(url, code, name, found_by, found_on, level)


def linked(**fields: object) -> Candidate:
    return candidate(found_by="link", **{"found_on": PORTAL_OF_PROVINCE, **fields})  # type: ignore[arg-type]


def html(title: str = "", head: str = "", news: str = NEWS, foot: str = "") -> str:
    return (
        f"<html><head><title>{title}</title></head><body><div id=banner>{head}</div>"
        f"<div>{news}</div><footer>{foot}</footer></body></html>"
    )


def verdict(
    page: str | bytes,
    of: Candidate | None = None,
    seen: dict[str, str] | None = None,
    landed: str | None = None,
) -> tuple[PortalVerdict, str]:
    of = of or candidate()
    body = page if isinstance(page, bytes) else page.encode()
    return judge(of, read_home_page(of, landed or of.url, body), seen or {})


OWN = {
    "title": html("Cổng thông tin điện tử xã Phù Lưu - tỉnh Tuyên Quang"),
    "capitals": html("UBND XÃ PHÙ LƯU"),
    "decomposed": html("Xa\u0303 Phu\u0300 Lu\u031bu"),
    "unaccented": html("Cong thong tin dien tu xa Phu Luu"),
    "abbreviated": html("Trang TTĐT UBND X. Phù Lưu"),
    "authorities": html("Đảng ủy - HĐND - UBND - UBMTTQ xã Phù Lưu"),
    "site_name": html("Trang chủ").replace(
        "</head>", '<meta property="og:site_name" content="Xã Phù Lưu"></head>'
    ),
    "banner": html("Trang chủ", "<div>TRANG THÔNG TIN ĐIỆN TỬ</div><div>XÃ PHÙ LƯU</div>"),
    "banner_in_pieces": html("Trang chủ", "<p>UBND XÃ</p><h2>PHÙ LƯU</h2><p>TỈNH TUYÊN QUANG</p>"),
    "banner_below_province": html("Home", "<p>UBND TỈNH TUYÊN QUANG</p><p>XÃ PHÙ LƯU</p>"),
    "image": html("Trang chủ", '<a href="/"><img src=b.png alt="Cổng TTĐT xã Phù Lưu"></a>'),
    "imprint": html("Trang chủ", foot="<p>Cơ quan chủ quản: <b>UBND xã Phù Lưu</b></p>"),
    "imprint_of_province": html(
        "Xã Phù Lưu", foot="<p>Cơ quan chủ quản: UBND tỉnh Tuyên Quang</p>"
    ),
    "rights": html(
        "Trang chủ", foot="Bản quyền © 2026 thuộc về UBND xã Phù Lưu. Địa chỉ: thôn Bốn"
    ),
    "rights_with_address": html(
        "Trang chủ", foot="Bản quyền thuộc về UBND xã Phù Lưu. Địa chỉ: xã Hàm Yên, Tuyên Quang"
    ),
    "greeting": html("Chào mừng bạn đến với Cổng thông tin điện tử xã Phù Lưu"),
    "login_above": html("Trang chủ | Xã Phù Lưu", "<a href='/login'>Đăng nhập</a>"),
    "address_elsewhere": html(
        "Xã Phù Lưu", foot="<p>Địa chỉ: xã Hàm Yên, tỉnh Tuyên Quang</p><p>Phường Minh Xuân</p>"
    ),
    "links_to_others": html(
        "Xã Phù Lưu",
        foot='<a href="https://hamyen.tuyenquang.gov.vn/">UBND xã Hàm Yên</a>'
        '<select><option value="https://x.vn">UBND huyện Hàm Yên</option></select>',
    ),
    "news_of_others": html(
        "Xã Phù Lưu",
        "<a href='/tin/1.html'>UBND huyện Hàm Yên</a> UBND xã Hàm Yên họp với xã Phù Lưu hôm qua",
    ),
    "old_imprint": html("Xã Phù Lưu", foot="Cơ quan chủ quản: UBND huyện Hàm Yên"),
    "undated_news": html("Xã Phù Lưu", news=UNDATED_NEWS),
    "changed_kind": html("Cổng thông tin điện tử phường Phù Lưu"),
}


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
