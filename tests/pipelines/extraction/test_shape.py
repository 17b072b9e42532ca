"""The shape of the text: headings, lists, tables and quotations, and the places of files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.article import Article
from pipelines.blocks import AttachmentPlace, PhotoPlace, as_json, paragraphs_of, read_blocks
from pipelines.extraction import extract
from pipelines.extraction.plain_text import clean
from tests.bench.corpora import SHARED, benchmark, own, portals, vietnam
from tests.bench.shape import demo, saved_portals, totals
from tests.pipelines.extraction import mixed_page

URL = "https://xa.example/tin/1.html"
TEXTS = [
    f"Sáng ngày {day}, Ủy ban nhân dân xã họp bàn việc làm đường, dựng chợ và đón khách về."
    for day in range(1, 7)
]
FIRST, SECOND, THIRD, *_ = [f"<p>{text}</p>" for text in TEXTS]


def read(body: str, head: str = "") -> Article:
    page = (
        f"<html><head><title>Xã làm đường mới</title>{head}</head><body><h1>Xã làm đường mới</h1>"
        f"<div class='article-body'>{body}</div></body></html>"
    )
    article = extract(page, URL)
    assert paragraphs_of(article.blocks) == article.paragraphs
    return article


def shape(body: str) -> list[Any]:
    """The blocks of a page; paragraphs as the number of their text, or the text."""
    return [_short(block) for block in read(body).as_json()["blocks"]]


def _short(block: dict[str, Any]) -> Any:
    kind = block.pop("type")
    if kind == "paragraph":
        return TEXTS.index(block["text"]) if block["text"] in TEXTS else block["text"]
    return (kind, *block.values())


def bold(text: str) -> str:
    return f"<p><strong>{text}</strong></p>"


# Headings.


def test_headings_have_the_level_of_their_elements() -> None:
    body = f"<h2>Phần một</h2>{FIRST}<h3>Mục a</h3>{SECOND}<h2>Phần hai</h2>{THIRD}"
    assert shape(body) == [
        ("heading", 2, "Phần một"),
        0,
        ("heading", 3, "Mục a"),
        1,
        ("heading", 2, "Phần hai"),
        2,
    ]


@pytest.mark.parametrize(
    "line",
    [
        "<p><strong>Đường làng mở rộng</strong></p>",
        "<p><b><i><span>Đường làng mở rộng</span></i></b></p>",
        "<div style='font-weight: bold'>Đường làng mở rộng</div>",
        "<p><span style='font-weight:700'>Đường làng mở rộng</span></p>",
        "<table><tr><td><p><b>Đường làng mở rộng</b></p></td></tr></table>",
    ],
)
def test_a_bold_line_between_paragraphs_is_a_heading(line: str) -> None:
    assert shape(f"{FIRST}{line}{SECOND}{THIRD}") == [
        0,
        ("heading", 2, "Đường làng mở rộng"),
        1,
        2,
    ]


def test_a_bold_line_in_text_of_line_breaks_is_a_heading() -> None:
    body = f"{TEXTS[0]}<br><br><b>Đường làng mở rộng</b><br><br>{TEXTS[1]}<br><br>{TEXTS[2]}"
    assert shape(f"<div>{body}</div>") == [0, ("heading", 2, "Đường làng mở rộng"), 1, 2]


def test_a_bold_line_below_a_heading_element_has_the_next_level() -> None:
    body = f"{FIRST}<h3>Phần một</h3>{SECOND}{bold('1. Mục a')}{THIRD}{FIRST}"
    assert shape(body)[1:4:2] == [("heading", 3, "Phần một"), ("heading", 4, "1. Mục a")]


@pytest.mark.parametrize(
    "line",
    [
        bold("Đây là một câu in đậm, dài và có dấu chấm ở cuối câu."),
        bold("(Thông báo này thay thế thông báo cũ)"),
        bold("- Gạch đầu dòng in đậm"),
        bold("“Lời nói in đậm”"),
        bold("Điểm = 0,4 x chuyên cần + 0,6 x kiểm tra"),
        bold("PV: Xã có bao nhiêu hộ?"),
        bold("www.xa.example"),
        bold(" ".join(["Dòng in đậm rất dài"] * 8)),
        "<p><strong>Lưu ý</strong> bà con đem theo giấy tờ khi đến làm</p>",
        "<p><em>Dòng in nghiêng ngắn</em></p>",
        "<p>Dòng thường ngắn</p>",
        "<ul><li><b>Mục in đậm</b></li></ul>",
        "<blockquote><b>Trích in đậm</b></blockquote>",
    ],
)
def test_a_line_that_only_stresses_its_words_is_no_heading(line: str) -> None:
    assert not any(
        isinstance(block, tuple) and block[0] == "heading"
        for block in shape(f"{FIRST}{line}{SECOND}{THIRD}")
    )


def test_bold_lines_in_a_row_or_at_the_end_are_no_headings() -> None:
    names = "".join(bold(name) for name in ("Ông Lò Văn A", "Bà Vàng Thị B", "Ông Sùng C"))
    assert not headings(f"{FIRST}{names}{SECOND}{THIRD}")
    assert not headings(f"{FIRST}{SECOND}{THIRD}{bold('Mời bà con về dự đông đủ')}")
    assert headings(f"{FIRST}{bold('I. MỤC ĐÍCH')}{bold('1. Mục tiêu chung')}{SECOND}{THIRD}") == [
        "I. MỤC ĐÍCH",
        "1. Mục tiêu chung",
    ]


def test_a_text_in_bold_has_no_headings() -> None:
    body = "".join(
        f"{bold(f'Dòng in đậm {n}')}<p>Dòng {n}</p>{bold(f'Dòng nữa {n}')}" for n in "12"
    )
    assert not headings(f"{FIRST}{body}")


def test_paragraphs_in_large_letters_are_no_headings() -> None:
    large = "".join(f"<h4>{text}</h4>" for text in TEXTS[1:4])
    assert shape(f"{FIRST}{large}<p>{TEXTS[4]}</p>") == [0, 1, 2, 3, 4]
    long = " ".join(TEXTS[:4])
    assert shape(f"{FIRST}<h4>{long}</h4>{SECOND}{THIRD}")[1] == long


def headings(body: str) -> list[str]:
    return [block[2] for block in shape(body) if isinstance(block, tuple) and block[0] == "heading"]


# Lists.


def test_lists_keep_their_order_and_items() -> None:
    body = f"{FIRST}<ol><li>Đo đất</li><li>Đổ bê tông</li></ol>{SECOND}<ul><li>Xe</li></ul>{THIRD}"
    assert shape(body) == [
        0,
        ("list", True, ["Đo đất", "Đổ bê tông"]),
        1,
        ("list", False, ["Xe"]),
        2,
    ]


def test_a_list_in_a_list_is_part_of_it() -> None:
    inner = "<ol><li>Gạo</li><li><p>Ngô</p></li></ol>"
    body = f"{FIRST}<ul><li>Hàng: {inner} bán cả ngày</li><li>Xe</li></ul>{SECOND}{THIRD}"
    assert shape(body)[1] == ("list", False, ["Hàng:", "Gạo", "Ngô", "bán cả ngày", "Xe"])


def test_an_item_may_have_several_paragraphs() -> None:
    body = f"{FIRST}<ul><li><p>Một.</p><p>Một nữa.</p></li><li>Hai.</li></ul>{SECOND}{THIRD}"
    article = read(body)
    assert as_json(article.blocks[1])["items"] == ["Một.\n\nMột nữa.", "Hai."]
    assert article.paragraphs[1:4] == ["Một.", "Một nữa.", "Hai."]


def test_two_lists_in_a_row_stay_two() -> None:
    body = f"{FIRST}<ul><li>Một</li></ul><ul><li>Hai</li></ul>{SECOND}{THIRD}"
    assert shape(body)[1:3] == [("list", False, ["Một"]), ("list", False, ["Hai"])]


def test_items_outside_of_lists_are_a_list() -> None:
    assert shape(f"{FIRST}<div><li>Một</li><li>Hai</li></div>{SECOND}{THIRD}")[1] == (
        "list",
        False,
        ["Một", "Hai"],
    )


def test_a_list_that_lays_out_prose_is_none() -> None:
    items = f"<li><h3>Phần một</h3>{SECOND}</li><li><h3>Phần hai</h3>{THIRD}</li>"
    assert shape(f"{FIRST}<ul>{items}</ul>") == [
        0,
        ("heading", 3, "Phần một"),
        1,
        ("heading", 3, "Phần hai"),
        2,
    ]


# Tables.

ROWS = "<tr><td>Gạo</td><td>20</td></tr><tr><td>Ngô</td><td>9</td></tr>"


@pytest.mark.parametrize(
    ("table", "header"),
    [
        (f"<table><tr><th>Loại</th><th>Giá</th></tr>{ROWS}</table>", ["Loại", "Giá"]),
        (
            "<table><thead><tr><td>Loại</td><td>Giá</td></tr></thead>"
            f"<tbody>{ROWS}</tbody></table>",
            ["Loại", "Giá"],
        ),
        (
            f"<table><tr><td><b>Loại</b></td><td><p><b>Giá</b></p></td></tr>{ROWS}</table>",
            ["Loại", "Giá"],
        ),
        (
            f"<table><tr style='font-weight:bold'><td>Loại</td><td>Giá</td></tr>{ROWS}</table>",
            ["Loại", "Giá"],
        ),
        (f"<table>{ROWS}</table>", None),
        (f"<table><tr><td><b>Loại</b></td><td>Giá</td></tr>{ROWS}</table>", None),
        (f"<table><tr><td colspan=2><b>Bảng giá</b></td></tr>{ROWS}</table>", None),
        (re.sub(r"<td>(\w+)", r"<td><b>\1</b>", f"<table>{ROWS}</table>"), None),
        (re.sub(r"<td>(\D+)</td>", r"<th>\1</th>", f"<table>{ROWS}</table>"), None),
    ],
)
def test_the_first_row_of_a_table_may_be_its_header(table: str, header: list[str] | None) -> None:
    kind, found, rows = shape(f"{FIRST}{table}{SECOND}{THIRD}")[1]
    assert (kind, found) == ("table", header)
    assert rows[-2:] == [["Gạo", "20"], ["Ngô", "9"]]


def test_a_cell_over_several_columns_or_rows_leaves_the_others_empty() -> None:
    table = (
        "<table><tr><th rowspan=2>Loại</th><th colspan=2>Giá</th></tr>"
        "<tr><th>Sáng</th><th>Chiều</th></tr>"
        "<tr><td>Gạo</td><td>20</td><td>19</td></tr></table>"
    )
    assert shape(f"{FIRST}{table}{SECOND}{THIRD}")[1] == (
        "table",
        ["Loại", "Giá", ""],
        [["", "Sáng", "Chiều"], ["Gạo", "20", "19"]],
    )


def test_a_table_that_lays_out_prose_is_none() -> None:
    assert shape(f"<table><tr><td>{FIRST}</td><td>{SECOND}</td></tr></table>{THIRD}") == [0, 1, 2]


# Quotations.


def test_quotations_are_those_of_the_page() -> None:
    body = f"{FIRST}<blockquote><p>Vui lắm.</p><p>Ai cũng về.</p></blockquote>{SECOND}{THIRD}"
    assert shape(body)[1] == ("quotation", "Vui lắm.\n\nAi cũng về.")
    body = (
        f"{FIRST}<p><q>Vui lắm, ai cũng về chợ.</q></p>{SECOND}<p>Ông nói: <q>Vui.</q></p>{THIRD}"
    )
    assert shape(body) == [0, ("quotation", "Vui lắm, ai cũng về chợ."), 1, "Ông nói: Vui.", 2]


def test_a_quotation_around_the_whole_text_only_indents_it() -> None:
    assert shape(f"<blockquote>{FIRST}{SECOND}{THIRD}</blockquote>") == [0, 1, 2]


# Files and lines.

PICTURE = "<img src='/anh/{}.jpg' width=600 alt='{}'>"


def test_photos_are_at_their_places() -> None:
    figure = f"<figure>{PICTURE.format('cho', 'Chợ')}<figcaption>Chợ đông.</figcaption></figure>"
    lead = f"<p>{PICTURE.format('duong', '')}</p>"
    article = read(f"{lead}{FIRST}{figure}{SECOND}{THIRD}<p>{PICTURE.format('cuoi', 'x.jpg')}</p>")
    assert [index_of(article, PhotoPlace(number)) for number in range(3)] == [0, 2, 5]
    assert [photo.alt for photo in article.photos] == [None, "Chợ", None]


def test_a_photo_that_is_shown_twice_has_its_first_place() -> None:
    picture = f"<p>{PICTURE.format('cho', '')}</p>"
    assert shape(f"{picture}{FIRST}{SECOND}{picture}{THIRD}") == [("photo", 0), 0, 1, 2]


def test_a_photo_in_a_list_comes_below_it() -> None:
    items = f"<li>Đo đất{PICTURE.format('do', '')}</li><li>Đổ bê tông</li>"
    body = f"{FIRST}<ol>{items}</ol>{SECOND}{THIRD}"
    assert shape(body)[1:3] == [("list", True, ["Đo đất", "Đổ bê tông"]), ("photo", 0)]


def test_attachments_are_below_the_text_that_names_them() -> None:
    link = "<p>Xem <a href='/tep/ke-hoach.pdf'>Kế hoạch làm đường</a> của xã đã ban hành.</p>"
    frame = "<iframe src='https://docs.google.com/gview?url=https://xa.example/b.docx'></iframe>"
    article = read(f"{FIRST}{link}{SECOND}{frame}{THIRD}")
    assert [index_of(article, AttachmentPlace(number)) for number in (0, 1)] == [2, 4]


def test_lines_across_the_text_are_separators() -> None:
    body = f"<hr>{FIRST}<hr><hr/>{SECOND}{THIRD}<hr><p>Ý kiến bạn đọc</p>"
    assert shape(body) == [0, ("separator",), 1, 2]


def test_a_notice_has_its_files_as_blocks() -> None:
    body = "<p><img src='/anh/lich.png' width=600></p><p><a href='/tep/lich.pdf'>Lịch</a></p>"
    page = f"<h1>Lịch tiếp công dân tháng 6 năm 2025</h1><div class='noi-dung'>{body}</div>"
    article = extract(f"<html><body>{page}</body></html>", URL)
    assert article.blocks == [PhotoPlace(0), AttachmentPlace(0)]


def test_the_body_in_json_ld_has_its_shape() -> None:
    markup = f"{FIRST}<h2>Đường làng</h2>{SECOND}<ul><li>Xe</li><li>Máy</li></ul>{THIRD}"
    data = {"@type": "NewsArticle", "headline": "Xã làm đường mới", "articleBody": markup}
    head = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    article = read(f"<p>{PICTURE.format('cho', '')}</p><p>Đang tải</p>", head)
    assert article.provenance["body"] == "jsonld"
    kinds = [as_json(block)["type"] for block in article.blocks]
    assert [kind for kind in kinds if kind != "photo"] == [
        *("paragraph", "heading", "paragraph", "list", "paragraph"),
    ]


def test_plain_text_has_paragraphs_and_photos() -> None:
    caption = "Quang cảnh buổi lễ. Ảnh: Hà My"
    article = clean("\n\n".join(["Xã làm đường mới", TEXTS[0], caption, TEXTS[1], TEXTS[2]]))
    assert paragraphs_of(article.blocks) == article.paragraphs
    assert article.blocks.count(PhotoPlace(0)) == len(article.photos) == 1


def index_of(article: Article, place: PhotoPlace | AttachmentPlace) -> int:
    return article.blocks.index(place)


# All saved pages.


def pages() -> Iterator[tuple[str, str | bytes]]:
    for case in own():
        yield case.url, case.html
    for page in mixed_page.mixtures(60):
        yield page.address, page.html
    if SHARED.exists():
        for corpus in (portals, vietnam, benchmark):
            for case in corpus():
                yield case.url, case.html


def test_every_page_has_one_text_and_each_file_once() -> None:
    for url, html in pages():
        article = extract(html, url)
        values = article.as_json()
        assert paragraphs_of(article.blocks) == article.paragraphs, url
        assert read_blocks(values["blocks"]) == article.blocks, url
        photos = sorted(each.photo for each in article.blocks if isinstance(each, PhotoPlace))
        assert photos == list(range(len(article.photos))), url
        files = [each.attachment for each in article.blocks if isinstance(each, AttachmentPlace)]
        assert sorted(files) == list(range(len(article.attachments))), url


def test_a_heading_and_the_photos_are_found_in_whatever_template() -> None:
    for page in mixed_page.mixtures(60):
        blocks = extract(page.html.encode(), page.address).blocks
        kinds = [as_json(block)["type"] for block in blocks]
        text = ["paragraph", "photo", "paragraph", "heading", "paragraph"]
        rest = ["paragraph", "photo", "paragraph"]
        assert [kind for kind in kinds if kind not in ("attachment", "separator")] == text + rest


@pytest.mark.skipif(not SHARED.exists(), reason="no shared pages beside the project")
def test_the_shape_of_local_portals_is_right() -> None:
    found = totals(saved_portals())
    assert found["headings"] == (44, 2, 0)
    assert found["levels"] == (44, 2, 0)
    assert found["lists"] == (7, 1, 0)
    assert found["photos"] == (38, 1, 1)
    assert found["attachments"] == (3, 1, 1)
    assert found["tables"] == found["quotations"] == (0, 0, 0)


def test_the_shape_of_the_demo_is_right() -> None:
    found = totals(demo())
    assert found["headings"][0] >= 10
    assert found["photos"][0] >= 50
    assert all(missing == wrong == 0 for _, missing, wrong in found.values())
