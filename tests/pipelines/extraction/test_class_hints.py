"""Names in markup that sound like what they are not."""

from __future__ import annotations

import pytest

from pipelines import extract
from pipelines.extraction.html.class_hints import read_hints
from pipelines.extraction.html.hints import BOILERPLATE, Hint

TEXT = "Hợp tác xã ký hợp đồng bao tiêu toàn bộ sản lượng mận của bản trong ba năm tới."
LINE = "Giá thu mua"


@pytest.mark.parametrize(
    "words",
    [
        "print:text-black md:hidden hover:share after:content-['ads'] group-hover:menu",
        "[&_.share]:hidden group/sidebar sm:social-size",
        "has-large-font-size no-sidebar with-comments has-share has-toc",
        "sidebar-grid content-sidebar-wrap font-size-16 font-size-lg text-normal-font-size",
        "article-content-breaking-news d-print-block print-only",
        "toc_1 toc-anchor toc-heading language-vi comment-open shared shareholder",
        "share-of-local-goods-in-markets-rises quang-cao-san-pham-cho-ba-con-vung-cao",
        "x7ads9k2 css-1ad2toc3",
    ],
)
def test_names_of_looks_and_chance_hint_at_no_boilerplate(words: str) -> None:
    assert [word for word in words.split() if read_hints(word) & BOILERPLATE] == []


@pytest.mark.parametrize(
    "words",
    [
        "sidebar share-buttons social-list toc ez-toc-container breaking-news-ticker comments",
        "related-news-list tin-lien-quan print font-size you-may-also-like language-switcher",
        "about-the-author more-from-this-author ads banner d-none no-print",
    ],
)
def test_names_of_boilerplate_still_hint(words: str) -> None:
    assert [word for word in words.split() if not read_hints(word) & BOILERPLATE] == []


def test_alignment_for_some_widths_is_alignment() -> None:
    assert read_hints("md:text-center") == Hint.CENTRED
    assert read_hints("print:text-center") == Hint.NONE


def lines(amid: str) -> list[str]:
    page = f"<h1>Mận tam hoa vào vụ</h1><div>{f'<p>{TEXT}</p>' * 3}{amid}<p>{TEXT}</p></div>"
    return extract(page).paragraphs


@pytest.mark.parametrize(
    "amid",
    [
        "<h2 id='share'>{}</h2>",
        "<h3 class='heading toc-3' id='related'>{}</h3>",
        "<div id='gia-thu-mua-quang-cao'><h3>Giá thu mua, quảng cáo</h3><p>{}</p></div>",
        "<p id='binh-luan-cua-ba-con'>Bình luận của bà con</p><p>{}</p>",
        "<ul class='no-print'><li>{}</li></ul>",
        "<ul class='d-print-none'><li>{}</li></ul>",
        "<div class='print:hidden'><p>{}</p></div>",
        "<div class='has-large-font-size'><p>{}</p></div>",
        "<div class='slide share-of-local-goods-rises-again'><p>{}</p></div>",
    ],
)
def test_no_line_is_lost_by_such_a_name(amid: str) -> None:
    line = LINE if amid.startswith("<h") else f"{LINE} năm nay là mười hai nghìn đồng một ký."
    assert line in lines(amid.format(line))


@pytest.mark.parametrize(
    "amid",
    [
        "<div id='tin-lien-quan'><p>Tin liên quan</p><p>{}</p></div>",
        "<div id='share'><p>{}</p></div>",
        "<div class='no-print'><a href='/x'>{}</a></div>",
        "<div class='comments' id='gia-thu-mua-nam-nay'><p>{}</p></div>",
    ],
)
def test_boilerplate_amid_the_text_is_left_out(amid: str) -> None:
    line = f"{LINE} năm nay là mười hai nghìn đồng một ký."
    assert line not in lines(amid.format(line))


def test_a_footer_longer_than_the_article_is_no_part_of_it() -> None:
    said = "Tòa soạn tiếp bạn đọc trong giờ hành chính. " * 9
    foot = f"<div class='footer-text'>{TEXT} {said}</div>"
    page = f"<h1>Mận tam hoa vào vụ</h1><div><p>{TEXT}</p><p>{TEXT}</p></div>{foot}"
    assert extract(page).paragraphs == [TEXT, TEXT]
