"""Which portals the link lists of a province name, and the usual addresses of its communes."""

from __future__ import annotations

import pytest

from pipelines.gazetteer.units import Unit, communes_of, find_province, provinces
from pipelines.items import Page
from scraper.base.source import Level
from spiders.discovery.portal_candidates import (
    Candidate,
    linked_candidates,
    pattern_candidates,
)
from spiders.discovery.portal_hosts import site_of

PAGE = "https://tuyenquang.gov.vn/"
HOST = "https://phuluu.tuyenquang.gov.vn/"
PHU_LUU, HAM_YEN = "02392", "02374"
VAN_LANG, VAN_LANG_TOO = "02143", "05665"
"""Xã Văn Lang and Xã Văn Lăng, both of Thái Nguyên."""


def province(name: str) -> Unit:
    found = find_province(name)
    assert found is not None
    return found


def candidates(body: str | bytes, page: str = PAGE, name: str = "Tuyên Quang") -> list[Candidate]:
    raw = body.encode() if isinstance(body, str) else body
    return linked_candidates(page, Page(page, raw), province(name))


SHAPES = {
    "link": '<a href="{url}">UBND xã Phù Lưu</a>',
    "nested": '<ul><li><a href="{url}"><span>1.</span> <b>Xã <i>Phù Lưu</i></b></a></li></ul>',
    "option": '<select><option value="">-- Chọn --</option><option value="{url}">Phù Lưu',
    "option_without_scheme": '<option value="phuluu.tuyenquang.gov.vn/">Xã Phù Lưu</option>',
    "href_without_scheme": '<a href="phuluu.tuyenquang.gov.vn/">Xã Phù Lưu</a>',
    "scheme_relative": '<a href="//phuluu.tuyenquang.gov.vn/">Xã Phù Lưu</a>',
    "doubled_scheme": '<a href="http://https://phuluu.tuyenquang.gov.vn/">Xã Phù Lưu</a>',
    "image_alt": '<a href="{url}"><img src="a.jpg" alt="Trang TTĐT xã Phù Lưu"></a>',
    "image_title": '<a href="{url}"><img src="a.jpg" title="XÃ PHÙ LƯU"></a>',
    "title": '<a href="{url}" title="Cổng thông tin điện tử xã Phù Lưu"><i class="icon"></i></a>',
    "aria_label": '<a href="{url}" aria-label="Xã Phù Lưu"></a>',
    "onclick": "<div onclick=\"window.open('{url}', '_blank')\">Xã Phù Lưu</div>",
    "onclick_of_link": '<a href="#" onclick="location.href=\'{url}\'; return false">Xã Phù Lưu</a>',
    "script_url": "<a href=\"javascript:window.open('{url}')\">Xã Phù Lưu</a>",
    "data_url": '<li data-url="{url}">Xã Phù Lưu</li>',
    "map": '<map><area shape="poly" href="{url}" alt="Xã Phù Lưu"></map>',
    "svg": '<svg><a xlink:href="{url}"><text>Xã Phù Lưu</text></a></svg>',
    "table": "<tr><td>12</td><td>Xã Phù Lưu</td><td><a href='{url}'>{url}</a></td></tr>",
    "row_with_button": "<li><b>Xã Phù Lưu</b> <a href='{url}'>Truy cập</a></li>",
    "accordion": "<details><summary>Các xã</summary><p><a href='{url}'>Phù Lưu</a></p></details>",
    "without_kind": '<a href="{url}">Phù Lưu</a>',
    "abbreviated": '<a href="{url}">UBND X. Phù Lưu</a>',
    "unaccented": '<a href="{url}">UBND xa Phu Luu</a>',
    "decomposed": '<a href="{url}">Xa\u0303 Phu\u0300 Lu\u031bu</a>',
    "with_province": '<a href="{url}">Xã Phù Lưu - tỉnh Tuyên Quang</a>',
    "numbered": '<a href="{url}">07 Xã Phù Lưu</a>',
    "with_url": '<a href="{url}">UBND xã Phù Lưu: {url}</a>',
    "counted_click": '<a href="/click?url=https%3A%2F%2Fphuluu.tuyenquang.gov.vn">Phù Lưu</a>',
    "group_of_options": '<optgroup label="Xã"><option value="{url}">Phù Lưu</option></optgroup>',
    "with_district": '<a href="{url}">Xã Phù Lưu (huyện Hàm Yên cũ)</a>',
    "non_breaking": '<a href="{url}">Xã&nbsp;Phù\u200b Lưu</a>',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_link_of_any_shape_is_mapped_to_the_unit_that_it_names(shape: str) -> None:
    (found,) = candidates(f"<body>{SHAPES[shape].format(url=HOST)}</body>")
    assert (found.unit_code, found.level, found.found_by) == (PHU_LUU, Level.COMMUNE, "link")
    assert site_of(found.url) == "phuluu.tuyenquang.gov.vn"
    assert found.found_on == PAGE


@pytest.mark.parametrize(
    ("label", "name", "code"),
    [
        ("P. Minh Xuân", "Tuyên Quang", "02215"),
        ("UBND P Minh Xuân", "Tuyên Quang", "02215"),
        ("PHƯỜNG HÀ GIANG 1", "Tuyên Quang", "00694"),
        ("UBND huyện Hàm Yên", "Tuyên Quang", "H074"),
        ("TP. Tuyên Quang", "Tuyên Quang", "H070"),
        ("Thị Xã Buôn Hồ", "Đắk Lắk", "H644"),
        ("Phường Văn Miếu - Quốc Tử Giám", "Hà Nội", "00226"),
        ("P. Xuân Hương - Đà Lạt", "Lâm Đồng", "24781"),
        ("Xã Hàm Yên", "Tuyên Quang", HAM_YEN),
        ("Xã Hoà An", "Cao Bằng", "01654"),
        ("Xã Hòa An", "Cao Bằng", "01654"),
        ("Xã Đăk Sắk", "Lâm Đồng", "24678"),
        ("Xã Ea Hleo", "Đắk Lắk", "24184"),
        ("Đặc khu Phú Quốc", "An Giang", "31078"),
        ("Xã Tân Thạnh", "Đồng Tháp", "30157"),
        ("Xã Tân Thành", "Đồng Tháp", "29938"),
        ("Xa Tan Thanh", "Đồng Tháp", None),
        ("Phường Mỹ Tho", "Đồng Tháp", "28261"),
        ("Phu Luu", "Tuyên Quang", PHU_LUU),
    ],
)
def test_names_are_looked_up_in_the_province(label: str, name: str, code: str | None) -> None:
    host = f"https://don-vi.{province(name).label}.gov.vn/"
    (found,) = candidates(f'<a href="{host}">{label}</a>', f"https://{name}.vn/", name)
    assert found.unit_code == code


@pytest.mark.parametrize(("heading", "code"), [("Các xã", "30076"), ("Các phường", "28261")])
def test_a_heading_says_which_of_two_units_a_name_without_kind_means(
    heading: str, code: str
) -> None:
    page = f'<h3>{heading}</h3><a href="https://a.dongthap.gov.vn/">My Tho</a>'
    (found,) = candidates(page, "https://dongthap.gov.vn/", "Đồng Tháp")
    assert found.unit_code == code


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("https://www.facebook.com/phuluu", "Xã Phù Lưu"),
        ("https://zalo.me/123", "UBND xã Phù Lưu"),
        ("mailto:phuluu@tuyenquang.gov.vn", "Xã Phù Lưu"),
        ("tel:02073", "Xã Phù Lưu"),
        ("https://dichvucong.tuyenquang.gov.vn/", "Xã Phù Lưu"),
        ("https://qlvbphuluu.tuyenquang.gov.vn/", "Xã Phù Lưu"),
        ("https://mail.tuyenquang.gov.vn/", "Sở Tài chính"),
        ("https://vanban.chinhphu.vn/", "Văn bản"),
        ("https://phuluu.tuyenquang.gov.vn/danh-sach.pdf", "Xã Phù Lưu"),
        ("http://10.1.2.3/", "Xã Phù Lưu"),
        ("http://localhost/", "Xã Phù Lưu"),
        ("http://[::1", "Xã Phù Lưu"),
        ("/tin-tuc/xa-phu-luu", "Xã Phù Lưu"),
        ("https://laocai.gov.vn/", "Cổng TTĐT tỉnh Lào Cai"),
        ("https://sotaichinh.laocai.gov.vn/", "Sở Tài chính"),
        ("https://phuluu.laocai.gov.vn/", "Xã Phù Lưu"),
        ("https://thuonghieu.com.vn/", "Quảng cáo giá tốt"),
        ("https://thphuluu.tuyenquang.edu.vn/", "Trường Tiểu học xã Phù Lưu"),
        ("https://ca.tuyenquang.gov.vn/", "Công an xã Phù Lưu"),
        ("https://a.vn/tin/1.html", "Xã Phù Lưu ra quân làm đường giao thông"),
        ("https://tanyen.tuyenquang.gov.vn/", "Thị trấn Tân Yên"),
        ("javascript:void(0)", "Xã Phù Lưu"),
        ("https://so-do.tuyenquang.gov.vn/", "Sơ đồ cổng"),
        ("https://phuluucu.tuyenquang.gov.vn/", "Xã Phù Lưu cũ"),
        ("https://vi.wikipedia.org/wiki/Phu_Luu", "Xã Phù Lưu"),
    ],
)
def test_what_is_no_portal_of_the_province_is_left_out(url: str, label: str) -> None:
    assert candidates(f'<a href="{url}">{label}</a>') == []


@pytest.mark.parametrize(
    ("url", "label", "level"),
    [
        ("https://sotaichinh.tuyenquang.gov.vn/", "Sở Tài chính", Level.DEPARTMENT),
        ("https://stc.tuyenquang.gov.vn/", "Tài chính", Level.DEPARTMENT),
        ("https://thanhtra.tuyenquang.gov.vn/", "THANH TRA TỈNH", Level.DEPARTMENT),
        ("https://tinhdoantuyenquang.vn/", "Tỉnh đoàn Tuyên Quang", Level.DEPARTMENT),
        ("https://syt.hagiang.gov.vn/", "Sở Y tế", Level.DEPARTMENT),
        ("https://baotuyenquang.com.vn/", "Báo và Phát thanh Tuyên Quang", Level.NEWSPAPER),
    ],
)
def test_departments_and_papers_are_candidates_without_a_unit(
    url: str, label: str, level: Level
) -> None:
    (found,) = candidates(f'<a href="{url}">{label}</a>')
    assert (found.url, found.unit_code, found.level, found.name) == (url, None, level, label)


def test_the_host_says_which_of_several_districts_of_one_name_is_meant() -> None:
    link = '<a href="https://chauthanh.{}.gov.vn/">UBND huyện Châu Thành</a>'
    codes = [
        [each.unit_code for each in candidates(link.format(label), name="Tây Ninh")]
        for label in ("longan", "tayninh")
    ]
    assert codes[0] != codes[1]
    assert len(codes[0]) == len(codes[1]) == 1


def test_a_unit_of_another_province_is_looked_up_there() -> None:
    link = '<a href="https://phongdu.laocai.gov.vn/">Xã Phong Dụ Hạ, tỉnh Lào Cai</a>'
    (found,) = candidates(link)
    assert found.unit_code in {unit.code for unit in communes_of(province("Lào Cai"))}


def test_a_host_is_one_candidate_however_it_is_written() -> None:
    found = candidates(
        f'<a href="{HOST}">Xã Phù Lưu</a>'
        '<a href="http://www.PhuLuu.tuyenquang.gov.vn./x">Phù Lưu</a>'
        '<a href="http://hamyen.tuyenquang.gov.vn/">UBND huyện Hàm Yên</a>'
        '<a href="https://hamyen.tuyenquang.gov.vn/">Xã Hàm Yên</a>'
        '<a href="https://chung.tuyenquang.gov.vn/">Xã Thái Sơn</a>'
        '<a href="https://chung.tuyenquang.gov.vn/">Xã Thái Hòa</a>'
    )
    assert [(site_of(each.url).partition(".")[0], each.unit_code) for each in found] == [
        ("phuluu", PHU_LUU),
        ("hamyen", HAM_YEN),
        ("chung", None),
    ]


def test_sub_sites_of_one_host_are_candidates_of_their_own() -> None:
    found = candidates(
        '<a href="/donvi/vandon/Trang/default.aspx">Tin</a>'
        '<a href="/donvi/vandon/">Đặc khu Vân Đồn</a>'
        '<a href="/donvi/coto/">Đặc khu Cô Tô</a><a href="/tin-tuc/coto">Đặc khu Cô Tô</a>',
        "https://quangninh.gov.vn/",
        "Quảng Ninh",
    )
    assert [each.url.rpartition("/donvi")[2] for each in found] == ["/vandon/", "/coto/"]


def test_a_deep_link_leads_to_the_root_and_a_short_one_is_kept() -> None:
    found = candidates(
        f'<a href="{HOST}tin/2026/11/27/a.html?id=3">Xã Phù Lưu</a>'
        '<a href="https://hamyen.tuyenquang.gov.vn/portal/pages/default.aspx">Xã Hàm Yên</a>'
    )
    assert [each.url for each in found] == [
        HOST,
        "https://hamyen.tuyenquang.gov.vn/portal/pages/default.aspx",
    ]


def test_the_number_of_candidates_is_bounded() -> None:
    links = "".join(f'<a href="https://h{n}.tuyenquang.gov.vn/">Sở {n}</a>' for n in range(3000))
    assert len(candidates(links)) == 2000


@pytest.mark.parametrize(
    "body", [b"", b"\0\xff", b"%PDF", "<a href='//[' onclick=\"open('')\">Xã</a>", "<option>" * 9]
)
def test_a_broken_page_has_no_candidates(body: str | bytes) -> None:
    assert candidates(body) == []


def test_usual_addresses_are_those_of_the_communes_without_a_portal() -> None:
    place = province("Tuyên Quang")
    known = ["WWW.thaison.tuyenquang.gov.vn."]
    found = pattern_candidates(place, {HAM_YEN}, known)
    urls = [each.url for each in found]
    assert "https://phuluu.tuyenquang.gov.vn/" in urls
    assert not {"https://hamyen.tuyenquang.gov.vn/", "https://thaison.tuyenquang.gov.vn/"} & {*urls}
    assert len(found) == len(communes_of(place)) - 2
    assert {each.found_by for each in found} == {"pattern"}


def test_labels_of_former_districts_are_tried_first() -> None:
    urls = [each.url for each in pattern_candidates(province("Tuyên Quang"), (), ())]
    first = urls[: urls.index("https://minhxuan.tuyenquang.gov.vn/")]
    assert "https://hamyen.tuyenquang.gov.vn/" in first
    assert "https://phuluu.tuyenquang.gov.vn/" not in first


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("Hà Nội", "https://vinhtuy.hanoi.gov.vn/"),
        ("Hồ Chí Minh", "https://tandinh.hochiminhcity.gov.vn/"),
        ("Huế", "https://phuxuan.hue.gov.vn/"),
        ("Quảng Ninh", "https://quangninh.gov.vn/donvi/vandon/"),
        ("Lâm Đồng", "https://1baoloc.lamdong.gov.vn/"),
    ],
)
def test_provinces_have_forms_of_their_own(name: str, url: str) -> None:
    assert url in [each.url for each in pattern_candidates(province(name), (), ())]


def test_sub_sites_of_a_known_host_are_not_guessed() -> None:
    assert pattern_candidates(province("Quảng Ninh"), (), {"quangninh.gov.vn"}) == []


def test_units_with_the_same_label_get_their_kind_and_the_first_of_them_the_bare_label() -> None:
    found = {each.url: each.unit_code for each in pattern_candidates(province("Đồng Tháp"), (), ())}
    labels = {url: unit for url, unit in found.items() if "mytho." in url or "tanthanh." in url}
    assert labels == {
        "https://mytho.dongthap.gov.vn/": "28261",
        "https://phuongmytho.dongthap.gov.vn/": "28261",
        "https://xamytho.dongthap.gov.vn/": "30076",
        "https://tanthanh.dongthap.gov.vn/": "29938",
    }
    (second,) = (
        each.unit_code
        for each in pattern_candidates(province("Thái Nguyên"), {VAN_LANG}, ())
        if "vanlang." in each.url
    )
    assert second == VAN_LANG_TOO


def test_no_host_is_guessed_twice_and_every_guess_has_its_unit() -> None:
    for place in provinces():
        found = pattern_candidates(place, (), ())
        urls = [each.url for each in found]
        assert len(set(urls)) == len(urls)
        assert all(each.unit_code for each in found)
        assert len(found) >= len(communes_of(place)) - 4
