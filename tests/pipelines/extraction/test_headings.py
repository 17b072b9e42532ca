"""Headings within the text, and lines that only look like them."""

from __future__ import annotations

import pytest

from pipelines.blocks import Heading
from tests.pipelines.extraction.shapes import FIRST, SECOND, TEXTS, THIRD, bold, read, shape


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


def test_a_heading_of_the_first_level_below_the_title_is_no_lede() -> None:
    line = "Xã vùng cao mở đường mới, nối các bản ở vùng sâu với chợ và trường học trung tâm"
    article = read(f"<h1>{line}</h1>{FIRST}{SECOND}{THIRD}")
    assert article.lede is None
    assert article.blocks[0] == Heading(1, line)
    assert read(f"<h2>{line}</h2>{FIRST}{SECOND}{THIRD}").lede == line
