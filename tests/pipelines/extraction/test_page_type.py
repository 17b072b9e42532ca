"""Which pages are articles: prose in any script is one, lists and pages of the site are none."""

from __future__ import annotations

import pytest

from pipelines.article import Verdict
from pipelines.extraction import extract

ADDRESS = "https://xa.example/tin/bai-12.html"

PROSE = {
    "vi": (
        "Khe Vàng thông xe cầu treo mới",
        "Sáng 4/6, xã Khe Vàng đưa cầu treo dài 68 mét bắc qua suối Lũng vào sử dụng sau bảy "
        "tháng thi công, giúp ba thôn bên kia suối không còn bị chia cắt khi mưa lũ.",
        "Kinh phí làm cầu do huyện hỗ trợ một phần, phần còn lại do bà con góp ngày công và "
        "doanh nghiệp trong tỉnh ủng hộ xi măng, sắt thép.",
        "Theo lãnh đạo xã, từ nay xe máy chở nông sản đi thẳng ra chợ trung tâm, quãng đường "
        "ngắn hơn trước chín cây số.",
    ),
    "en": (
        "Village opens its rebuilt footbridge",
        "The village council opened the rebuilt footbridge on Tuesday, seven months after a "
        "flood carried away the old one and cut off three hamlets from the market road.",
        "Farmers had been walking nine kilometres to the next crossing, and the school moved "
        "lessons for forty children into a barn on the far bank.",
        "The council said the remaining money would pay for lamps and for a gauge that warns "
        "of high water before the deck is reached.",
    ),
    "ja": (
        "村の吊り橋が七か月ぶりに開通",
        "村は四日、洪水で流された吊り橋の架け替え工事が終わり、住民が渡り初めをしたと発表した。",
        "橋の長さは六十八メートルで、対岸の三つの集落から市場までの道のりが九キロ短くなる。",
        "工事費は県の補助と住民の寄付でまかない、残りは水位計の設置に使うという。",
    ),
    "zh": (
        "山村吊桥重建后恢复通行",
        "四日上午，村委会宣布新建的吊桥正式通行，河对岸三个村民小组的居民不再因洪水受阻。",
        "新桥全长六十八米，工程历时七个月，费用由县里补助，其余由村民自愿捐助。",
        "村干部表示，今后运送农产品到集市的路程将缩短九公里，孩子上学也更加安全。",
    ),
    "th": (
        "หมู่บ้านเปิดใช้สะพานแขวนแห่งใหม่",
        "เมื่อวันอังคารที่ผ่านมา หมู่บ้านเปิดใช้สะพานแขวนแห่งใหม่ซึ่งสร้างแทนสะพานเดิมที่ถูกน้ำป่าพัดหายไปเมื่อเจ็ดเดือนก่อน",
        "สะพานยาวหกสิบแปดเมตรช่วยให้ชาวบ้านสามชุมชนไม่ต้องเดินอ้อมเก้ากิโลเมตรไปตลาดและโรงเรียนอีกต่อไป",
        "ผู้ใหญ่บ้านกล่าวว่าเงินที่เหลือจะนำไปติดตั้งไฟส่องสว่างและเครื่องวัดระดับน้ำเพื่อเตือนภัย",
    ),
    "lo": (
        "ບ້ານເປີດໃຊ້ຂົວແຂວນແຫ່ງໃໝ່",
        "ໃນຕອນເຊົ້າວັນທີສີ່ ບ້ານໄດ້ເປີດໃຊ້ຂົວແຂວນແຫ່ງໃໝ່ທີ່ສ້າງແທນຂົວເກົ່າເຊິ່ງຖືກນ້ຳພັດໄປເມື່ອເຈັດເດືອນກ່ອນ",
        "ຂົວຍາວຫົກສິບແປດແມັດຊ່ວຍໃຫ້ປະຊາຊົນສາມຄຸ້ມບໍ່ຕ້ອງຍ່າງອ້ອມເກົ້າກິໂລແມັດໄປຕະຫຼາດແລະໂຮງຮຽນ",
        "ນາຍບ້ານກ່າວວ່າເງິນທີ່ເຫຼືອຈະໃຊ້ຕິດຕັ້ງໄຟເຍືອງທາງແລະເຄື່ອງວັດລະດັບນ້ຳເພື່ອເຕືອນໄພ",
    ),
    "ar": (
        "القرية تفتتح جسرها المعلق الجديد",
        "افتتح مجلس القرية يوم الثلاثاء الجسر المعلق الجديد بعد سبعة أشهر من السيول التي جرفت "
        "الجسر القديم وعزلت ثلاث حارات عن طريق السوق.",
        "ويبلغ طول الجسر ثمانية وستين مترا، ويوفر على المزارعين تسعة كيلومترات كانوا يقطعونها "
        "سيرا على الأقدام للوصول إلى السوق والمدرسة.",
        "وقال رئيس المجلس إن المبلغ المتبقي سيخصص للإنارة ولمقياس ينذر بارتفاع المياه.",
    ),
}
MENU = "".join(
    f'<div class="m{index}"><a href="/{name}">{text}</a></div>'
    for index, (name, text) in enumerate(
        {
            "": "Trang chủ",
            "so-luoc": "Sơ lược về xã",
            "tin": "Tin tức",
            "thu-tuc": "Thủ tục",
            "van-ban": "Văn bản",
        }.items()
    )
)
HEADLINES = (
    "Bản Mới thu hoạch vụ lạc sớm được giá",
    "Trường nội trú đón năm mươi học sinh mới",
    "Đội thanh niên dọn sạch kênh mương đầu làng",
    "Hội phụ nữ mở lớp dạy thêu cho chị em",
    "Trạm y tế tiêm chủng lưu động ở bản xa",
)
SUMMARY = "Nhờ giống mới và thời tiết thuận lợi, bà con ba bản đều phấn khởi trong những ngày này."


def page(main: str, title: str, body: str = "", head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body class='{body}'>"
        f"{main}</body></html>"
    )


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def teasers(form: str) -> str:
    return "".join(
        form.format(title=title, href=f"/tin/{index}.html", day=f"1{index}/05/2026", text=SUMMARY)
        for index, title in enumerate(HEADLINES)
    )


def verdict(html: str, address: str = ADDRESS) -> Verdict:
    return extract(html, address).verdict


@pytest.mark.parametrize("language", PROSE)
@pytest.mark.parametrize("body", ["", "page-template page page-id-9"])
def test_dated_prose_in_any_script_is_an_article(language: str, body: str) -> None:
    title, *texts = PROSE[language]
    main = f"<h1>{title}</h1><p class='date'>04/06/2026 09:10</p>{paragraphs(tuple(texts))}"
    assert verdict(page(main, title, body)).is_article


@pytest.mark.parametrize("language", PROSE)
def test_undated_prose_in_any_script_is_an_article(language: str) -> None:
    title, *texts = PROSE[language]
    assert verdict(page(f"{MENU}<h1>{title}</h1>{paragraphs(tuple(texts))}", title)).is_article


@pytest.mark.parametrize("language", PROSE)
def test_headlines_around_prose_make_no_list_of_it(language: str) -> None:
    title, *texts = PROSE[language]
    links = teasers('<div class="t"><a href="{href}">{title}</a></div>')
    summaries = teasers('<div><h3><a href="{href}">{title}</a></h3><p>{text}</p></div>')
    main = f"{links}<h1>{title}</h1>{paragraphs(tuple(texts))}<h2>Tin liên quan</h2>{summaries}"
    assert verdict(page(main, title)).is_article


def test_an_article_whose_title_no_element_marks_is_no_list_of_the_links_above_it() -> None:
    title, *texts = PROSE["vi"]
    links = teasers('<div class="t"><a href="{href}">{title}</a></div>')
    main = f"{links}<div><div>{title}</div><div>04/06/2026</div>{paragraphs(tuple(texts))}</div>"
    assert verdict(page(main, "Xã Khe Vàng")).is_article


@pytest.mark.parametrize(
    "form",
    [
        '<article><h2>{title}</h2><p>{text}</p><i>{day}</i><a href="{href}"></a></article>',
        '<article><h2>{title}</h2><i>{day}</i><p>{text}</p><a href="{href}">Đọc tiếp</a></article>',
        '<div><h3><a href="{href}">{title}</a></h3><p>{text} {text}</p></div>',
        '<div><a class="overlay" href="{href}"></a><h4>{title}</h4><p>{text}</p></div>',
        '<h2><a href="{href}">{title}</a> ({day})</h2><p>{text} {text}</p>',
    ],
)
@pytest.mark.parametrize("heading", ["<h1>Tin tức</h1>", ""])
def test_a_section_page_is_a_list(form: str, heading: str) -> None:
    html = page(f"{MENU}<main>{heading}{teasers(form)}</main>", "Tin tức | Xã Khe Vàng")
    assert not verdict(html, "https://xa.example/tin").is_article


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_list_whose_first_teaser_looks_like_an_article_is_a_list(count: int) -> None:
    """The box of each teaser reads like a body, and no claim names what the page shows."""
    form = (
        '<div class="detail"><h2><a href="/tin/{n}.html">{title}</a> (1{n}/05/2026)</h2>'
        "<p>{text}</p></div>"
    )
    prose = " ".join(PROSE["vi"][1:])
    shown = zip(HEADLINES[:count], [f"{prose} {SUMMARY}", *[SUMMARY * 2] * 4], strict=False)
    boxes = [form.format(n=n, title=title, text=text) for n, (title, text) in enumerate(shown)]
    html = page(f"{MENU}<h1>Tin nổi bật</h1>{''.join(boxes)}", "Trang chủ - Xã Khe Vàng")
    assert verdict(html, "https://xa.example/tin-noi-bat").reason == "list_of_links"


def test_a_topic_page_with_an_opening_is_a_list() -> None:
    opening = f"<h1>Đường về vùng cao của Khe Vàng</h1><div>{SUMMARY} {SUMMARY} {SUMMARY}</div>"
    links = teasers('<li><a href="{href}">{title}</a><span>{day}</span></li>')
    html = page(f"{opening}<ul>{links}</ul>", "Đường về vùng cao của Khe Vàng")
    assert verdict(html).reason == "list_of_links"


@pytest.mark.parametrize(
    "title", ["Giới thiệu", "GIỚI THIỆU CHUNG", "Điều khoản sử dụng", "Privacy Policy", "Liên hệ"]
)
@pytest.mark.parametrize("form", ["<h1>{}</h1>", "<div>{}</div><p><b>1. Vị trí địa lý</b></p>"])
def test_a_page_named_like_one_of_the_site_is_no_article(title: str, form: str) -> None:
    html = page(form.format(title) + paragraphs(PROSE["vi"][1:]), f"{title} - Xã Khe Vàng")
    assert verdict(html) == verdict(html, "https://xa.example/a") != Verdict()


def test_an_undated_page_to_which_the_menu_leads_is_no_article() -> None:
    html = page(f"{MENU}<h1>Khe Vàng xưa và nay</h1>{paragraphs(PROSE['vi'][1:])}", "Khe Vàng")
    assert verdict(html, "https://xa.example/so-luoc").reason == "site_page"
    assert verdict(html, "https://xa.example/khac").is_article


def test_a_dated_page_with_a_label_above_its_title_is_an_article() -> None:
    title, *texts = PROSE["vi"]
    main = f"<div>Giới thiệu</div><h1>{title}</h1><p>04/06/2026</p>{paragraphs(tuple(texts))}"
    assert verdict(page(main, title)).is_article


def test_a_captcha_in_a_form_makes_no_challenge_of_a_list() -> None:
    links = teasers('<li><a href="{href}">{title}</a></li>')
    form = "<form><label>Mã xác nhận</label><input name='captcha'></form>"
    html = page(f"{MENU}<h1>Thời khóa biểu</h1>{MENU}<ul>{links}</ul>{form}", "Thời khóa biểu")
    assert verdict(html).outcome != "blocked"
    assert verdict(page(form, "Xã Khe Vàng")).reason == "challenge"


@pytest.mark.parametrize(
    "form",
    [
        '<div><h3><a href="{href}">{title}</a></h3><i>{day}</i><p>{text}</p></div>',
        '<div><a href="{href}">{title}</a></div>',
    ],
)
def test_news_with_related_articles_amid_its_text_is_no_list(form: str) -> None:
    title, first, *rest = PROSE["vi"]
    main = (
        f"<h1>{title}</h1><i>04/06/2026</i><p>{first}</p>{teasers(form)}{paragraphs(tuple(rest))}"
    )
    assert verdict(page(main, title)).is_article


@pytest.mark.parametrize(
    "form",
    [
        "<article><h2>{title}</h2><i>0{hour}:10 04/06/2026</i><p>{text}</p>"
        "<a href='/share?part={hour}'>Chia sẻ</a></article>",
        "<section><h2>{title}</h2><p>{text}</p><a href='//map.example/{hour}'>Bản đồ</a></section>",
        "<section><h2>{title}</h2><a href='/a/{hour}.jpg'><img src='/a/{hour}.jpg'></a>"
        "<p>{text}</p></section>",
    ],
)
def test_parts_with_headings_of_their_own_are_no_teasers(form: str) -> None:
    parts = "".join(
        form.format(title=title, text=text, hour=hour)
        for hour, (title, text) in enumerate(zip(HEADLINES, PROSE["vi"][1:], strict=False))
    )
    title = "Một ngày ở Khe Vàng sau trận lũ"
    assert verdict(page(f"<h1>{title}</h1>{parts}", title)).is_article


def test_a_breadcrumb_that_ends_with_the_page_itself_is_no_menu() -> None:
    title, *texts = PROSE["vi"]
    crumbs = (
        f"<ul class='breadcrumb'><li><a href='/'>Trang chủ</a></li><li><a href='/tin'>Tin</a></li>"
        f"<li><a href='{ADDRESS}'>{title}</a></li></ul>"
    )
    main = f"{MENU}{crumbs}<h1>{title}</h1>{paragraphs(tuple(texts))}"
    assert verdict(page(main, title)).is_article
