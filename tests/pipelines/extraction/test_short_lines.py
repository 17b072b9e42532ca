"""Pages whose text is short lines, printed addresses, rows of fields, quoted posts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelines.article import Article, Kind
from pipelines.extraction import extract

ADDRESS = "https://khevang.example/tin/lich-thi-dau-giai-bong-da-thon.html"
TITLE = "Lịch thi đấu giải bóng đá thôn"
MENU = '<ul><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a></li></ul>'
MATCHES = (
    "Trận 1: 10 tháng 3 – Khe Vàng gặp Đồng Mây",
    "Trận 2: 12 tháng 3 – Bản Mới gặp Suối Lũng",
    "Trận 3: 14 tháng 3 – Núi Xanh gặp Cây Gạo",
    "Trận 4: 16 tháng 3 – Đồng Mây gặp Bản Mới",
    "Trận 5: 18 tháng 3 – Suối Lũng gặp Núi Xanh",
    "Trận 6: 20 tháng 3 – Cây Gạo gặp Khe Vàng",
    "Chung kết: 25 tháng 3 – sân vận động xã",
)
WARNING = (
    "Chú ý: những ý kiến viết không dấu, có lời lẽ thiếu tôn trọng người khác sẽ không được "
    "ban quản trị đưa lên trang."
)
PROSE = (
    "Sáng 4/6, xã Khe Vàng đưa cầu treo dài 68 mét bắc qua suối Lũng vào sử dụng sau bảy tháng "
    "thi công, giúp ba thôn bên kia suối không còn bị chia cắt khi mưa lũ.",
    "Kinh phí làm cầu do huyện hỗ trợ một phần, phần còn lại do bà con góp ngày công và doanh "
    "nghiệp trong tỉnh ủng hộ xi măng, sắt thép.",
    "Theo lãnh đạo xã, từ nay xe máy chở nông sản đi thẳng ra chợ trung tâm, quãng đường ngắn "
    "hơn trước chín cây số.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in PROSE)


def read(main: str, title: str = TITLE, address: str = ADDRESS) -> Article:
    head = f"<head><title>{title} | Xã Khe Vàng</title></head>"
    return extract(f"<html>{head}<body>{MENU}{main}</body></html>", address)


def story(inside: str) -> Article:
    return read(f"<h1>Khe Vàng thông xe cầu treo mới</h1><div>{inside}</div>", "Khe Vàng thông xe")


def table(rows: Sequence[tuple[str, ...]]) -> str:
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


ROWS = [
    ("Ngày", "Nội dung", "Chủ trì", "Địa điểm"),
    ("10/3/2026", "Họp giao ban tháng ba", "Chủ tịch xã", "Phòng họp số 1"),
    ("11/3/2026", "Kiểm tra kênh mương Bản Mới", "Phó chủ tịch xã", "Bản Mới"),
    ("12/3/2026", "Tiếp công dân định kỳ", "Bí thư Đảng ủy", "Trụ sở xã"),
    ("13/3/2026", "Dự lễ ra quân làm thủy lợi", "Chủ tịch xã", "Suối Lũng"),
]


@pytest.mark.parametrize(
    "lines",
    [
        f"<p>{'<br>'.join(MATCHES)}</p>",
        "".join(f"<p>{line}</p>" for line in MATCHES),
        "".join(f"<div>{line}</div>" for line in MATCHES),
        "<ul>" + "".join(f"<li>{line}</li>" for line in MATCHES) + "</ul>",
    ],
)
def test_short_lines_in_a_box_named_as_the_body_are_the_text(lines: str) -> None:
    article = read(
        f'<div class="article-body"><h1>{TITLE}</h1><span class="date">01/03/2026 08:15</span>'
        f'{lines}<h4>Tin liên quan</h4><p><a href="/tin/khac.html">Hội phụ nữ mở lớp dạy thêu cho '
        f"chị em</a></p></div><form><p>{WARNING}</p></form>"
    )
    assert article.verdict.is_article
    assert article.kind is Kind.ARTICLE
    assert all(line in article.body for line in MATCHES)
    assert "thiếu tôn trọng" not in article.body
    assert "dạy thêu" not in article.body


def test_a_table_below_the_title_is_the_text_of_a_dated_page() -> None:
    article = read(
        f'<h1>{TITLE}</h1><div class="date">01/03/2026 08:15</div>{table(ROWS)}'
        '<div><img src="/banner.jpg" width="300" height="100"></div>'
    )
    assert article.verdict.is_article
    assert article.published_at == "2026-03-01T08:15:00+07:00"
    assert "Họp giao ban tháng ba\tChủ tịch xã\tPhòng họp số 1" in article.body


def test_lines_of_other_boxes_do_not_become_the_text_of_a_notice() -> None:
    counters = "".join(f"<p>{name} truy cập: {n}</p>" for n, name in enumerate("abcdefghijkl", 90))
    boxes = f"<div><h3>Thống kê</h3>{counters}</div><div><h3>Liên kết</h3><p>Cổng huyện</p></div>"
    article = read(
        '<div class="main-content"><h3>Thông báo lịch nghỉ lễ của Ủy ban nhân dân xã</h3>'
        '<p class="date">01/03/2026</p><a href="/tep/lich-nghi.pdf">Tải về</a>'
        f"{boxes}</div>",
        "Thông báo lịch nghỉ lễ của Ủy ban nhân dân xã",
    )
    assert article.kind is Kind.NOTICE
    assert article.body == ""


def test_a_table_of_documents_is_no_text() -> None:
    rows = [
        (
            f"0{n}/QĐ",
            f'<a href="/vb/{n}">Quyết định số {n} về việc giao dự toán cho thôn</a>',
            "2026",
        )
        for n in range(1, 9)
    ]
    article = read(f"<h1>Văn bản chỉ đạo</h1>{table(rows)}", "Văn bản chỉ đạo")
    assert not article.verdict.is_article


@pytest.mark.parametrize(
    "heading", ["Lịch công tác tuần", "LỊCH LÀM VIỆC TUẦN", "Lịch tiếp công dân"]
)
def test_a_calendar_renewed_in_its_place_is_no_article(heading: str) -> None:
    rows = [*ROWS, ("Thứ 6", f"Họp tham mưu {PROSE[1]}", "Chủ tịch xã", "Trụ sở xã")]
    html = (
        f'<p align="center"><b>{heading}</b></p><p><b>(Từ 10/3 đến 13/3/2026)</b></p>{table(rows)}'
    )
    page = (
        f"<html><head><title>Trang chủ - Xã Khe Vàng</title></head><body>{MENU}{html}</body></html>"
    )
    article = extract(page, "https://khevang.example/lich/")
    assert article.title == heading
    assert not article.verdict.is_article


def test_the_cells_of_a_calendar_are_neither_title_nor_day_of_publication() -> None:
    heading = "Lịch công tác tuần 11 của lãnh đạo xã Khe Vàng"
    rows = [
        ("<b>Ngày</b>", "<b>Nội dung</b>", "<b>Chủ trì</b>"),
        ("<b>Thứ 6</b>", "<b>(13/3/2026)</b>", f"Họp về {PROSE[1]}"),
        ("<b>Thứ 7</b>", "<b>(14/3/2026)</b>", f"Họp về {PROSE[2]}"),
    ]
    html = f'<p align="center"><b>{heading}</b></p>{table(rows)}'
    page = (
        f"<html><head><title>Trang chủ - Xã Khe Vàng</title></head><body>{MENU}{html}</body></html>"
    )
    article = extract(page, "https://khevang.example/lich/11")
    assert article.title == heading
    assert article.published_at is None


@pytest.mark.parametrize("address", ["http://khevang.example/so-tay", "www.khevang.example/so-tay"])
def test_an_address_printed_below_a_line_of_its_paragraph_stays(address: str) -> None:
    link = f'<a href="{address}">{address}</a>'
    article = story(f"{PARAGRAPHS}<p>1) Sổ tay cho người đi cầu, bản in màu<br>{link}</p>")
    assert address in article.body


@pytest.mark.parametrize(
    "line",
    [
        "Nguồn: Cổng thông tin điện tử huyện<br>{link}",
        "{link}",
        "Tin liên quan:<br>{link}",
    ],
)
def test_an_address_below_a_source_or_alone_goes(line: str) -> None:
    link = '<a href="http://khevang.example/x">http://khevang.example/x</a>'
    article = story(f"{PARAGRAPHS}<p>{line.format(link=link)}</p>")
    assert "khevang.example" not in article.body


@pytest.mark.parametrize(
    "line",
    [
        "05/10/2018 - Người đăng: Nguyễn Thị Hoa - Chuyên mục: Y tế - Từ khóa: trạm y tế",
        'Ngày đăng: 05/10/2018 | Chuyên mục: <a href="/y-te">Y tế</a> | Lượt xem: 125',
        "Chuyên mục: Xã hội · Đăng bởi: Lê Na · 05/10/2018 · Lượt xem: 1.204 · Từ khóa: cầu treo",
    ],
)
def test_a_row_of_fields_is_read_and_no_lede(line: str) -> None:
    article = story(f"<i>{line}</i><br><br>{PARAGRAPHS}")
    assert (article.published_at or "")[:10] == "2018-10-05"
    assert "Chuyên mục" not in f"{article.lede}{article.body}"
    assert PROSE[1] in article.body


def test_a_sentence_with_a_label_and_a_dash_is_no_row_of_fields() -> None:
    said = (
        "Tác giả: nhà văn Lê Na - người gắn bó với suối Lũng - đã tặng thư viện xã hai trăm "
        "cuốn sách viết về cây cầu."
    )
    assert said in story(f"{PARAGRAPHS}<p>{said}</p><p>{PROSE[0]}</p>").body


@pytest.mark.parametrize("name", ["social-media-embed", "social-embed", "socialEmbed"])
def test_posts_quoted_in_the_text_stay(name: str) -> None:
    post = "<blockquote><p>Cầu thông rồi bà con ơi!</p>— Lê Na, 4/6</blockquote>"
    article = story(f'{PARAGRAPHS}<div class="{name}">{post}</div><p>{PROSE[1]}</p>')
    assert "Cầu thông rồi bà con ơi!" in article.body


@pytest.mark.parametrize(
    "name",
    ["tooltiptext", "tooltip-content", "popover-body", "hover-card", "rollover-people-block"],
)
def test_a_card_that_opens_over_a_word_is_no_text(name: str) -> None:
    card = (
        f'<span class="{name}"><span><img src="/lena.jpg" width="100" height="100">'
        '<a href="/lena">Lê Na</a> <a href="/tin/9">Lê Na thăm trường bán trú</a></span></span>'
    )
    said = f'Bà <span><a href="/lena">Lê Na</a>{card}</span> nói xã còn làm thêm lan can cho cầu.'
    article = story(f"{PARAGRAPHS}<p>{said}</p>")
    assert "Bà Lê Na nói xã còn làm thêm lan can cho cầu." in article.body
    assert "bán trú" not in article.body
    assert article.photos == []


@pytest.mark.parametrize(
    "heading", ["<h3 class='related-title'>Đọc cùng</h3>", "<h3>Tin liên quan</h3>"]
)
def test_whole_texts_below_a_heading_of_related_articles_are_of_others(heading: str) -> None:
    others = "".join(
        f'<div class="post-{n}"><p>Bài thứ {n}: {PROSE[1]} {PROSE[2]}</p></div>' for n in range(5)
    )
    main = f"<div><h1>Khe Vàng thông xe cầu treo mới</h1><p>{PROSE[0]}</p></div>"
    article = read(
        f"<div>{main}<div>{heading}{others}</div></div>", "Khe Vàng thông xe cầu treo mới"
    )
    assert PROSE[0] in f"{article.lede}{article.body}"
    assert "Bài thứ" not in article.body


def test_a_label_of_related_links_amid_the_paragraphs_ends_no_article() -> None:
    related = (
        '<h4>Tin liên quan</h4><ul><li><a href="/tin/1">Trạm y tế tiêm chủng lưu động</a></li></ul>'
    )
    article = story(f"<p>{PROSE[0]}</p><div>{related}<p>{PROSE[1]}</p><p>{PROSE[2]}</p></div>")
    assert PROSE[1] in article.body
    assert PROSE[2] in article.body
