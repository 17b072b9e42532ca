"""The shape of the text: lists, tables and quotations, and the places of files."""

from __future__ import annotations

import json
import re

import pytest

from pipelines.article import Article
from pipelines.blocks import AttachmentPlace, PhotoPlace, as_json, paragraphs_of
from pipelines.extraction import extract
from pipelines.extraction.plain_text import clean
from tests.pipelines.extraction.shapes import FIRST, SECOND, TEXTS, THIRD, URL, read, shape

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


def test_a_list_of_printed_addresses_belongs_to_the_text() -> None:
    addresses = ["https://xa.example/lich/2025", "www.huyen.example/bieu-mau"]
    items = "".join(f"<li><a href='{each}'>{each}</a></li>" for each in addresses)
    label = "<p><strong>CHI TIẾT:</strong></p>"
    body = shape(f"{FIRST}{SECOND}{THIRD}{label}<ul>{items}</ul>")
    assert body[-1] == ("list", False, addresses)
    assert body[-2] == ("heading", 2, "CHI TIẾT:")
    titles = "".join(f"<li><a href='/{text[:9]}'>{text}</a></li>" for text in TEXTS[3:])
    assert shape(f"{FIRST}{SECOND}{THIRD}{label}<ul>{titles}</ul>") == [0, 1, 2]


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
