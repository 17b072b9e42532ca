"""Pages of portals that a search for portals may find, and its verdict on them."""

from __future__ import annotations

from scraper.base.source import Level
from spiders.discovery.portal_candidates import Candidate
from spiders.discovery.portal_verdicts import PortalVerdict, judge, read_home_page

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
