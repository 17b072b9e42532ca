"""What a page hides: read if it is the article, left alone if it is anything else."""

from __future__ import annotations

import pytest

from pipelines import extract
from pipelines.article import Article

TITLE = "Bản Khoang khai trương điểm đọc sách cho trẻ em"
TEXTS = [
    "Sáng thứ bảy, điểm đọc sách đầu tiên của bản mở cửa tại nhà văn hóa với hơn năm trăm cuốn.",
    "Sách do giáo viên và cựu học sinh gom góp trong ba tháng, phần nhiều là truyện.",
    "Trưởng bản giao hai đoàn viên trông coi, cho mượn vào chiều thứ bảy và cả ngày chủ nhật.",
    "Các em nhỏ đọc sách tại chỗ hoặc mang về nhà trong một tuần, chỉ cần ghi tên vào sổ.",
]
MENU = "".join(f"<li><a href='/m{n}'>Thông báo số {n}</a></li>" for n in range(9))
DIALOG = "<p>Chúng tôi dùng cookie để ghi nhớ lựa chọn của quý vị và để đo lượng truy cập.</p>" * 9


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(body: str) -> Article:
    return extract(f"<html lang=vi><head><title>{TITLE}</title></head><body>{body}</body></html>")


@pytest.mark.parametrize(
    "body",
    [
        "<h1>{title}</h1><div style='display: none'>{text}</div>",
        "<h1>{title}</h1><div style='visibility:hidden'>{text}</div>",
        "<h1>{title}</h1><section aria-hidden=true>{text}</section>",
        "<h1>{title}</h1><div class='d-none' hidden>{text}</div>",
        "<main aria-hidden=true><h1>{title}</h1>{text}</main><div role=dialog><p>Chào!</p></div>",
        "<p>Đang tải…</p><div hidden id='S:0'><article><h1>{title}</h1>{text}</article></div>",
        "<ul>{menu}</ul><div hidden id='S:1'><h1>{title}</h1>{text}</div><div hidden>{menu}</div>",
        "<noscript><div><h1>{title}</h1>{text}</div></noscript><div id=app></div>",
        "<aside><div><h1>{title}</h1><article>{text}</article></div>",
        "<aside class='sidebar'><h1>{title}</h1>{text}</aside>",
        "<div hidden class='modal'>{dialog}</div><h1>{title}</h1><div hidden>{text}</div>",
    ],
)
def test_a_hidden_article_is_read(body: str) -> None:
    text = paragraphs(TEXTS)
    article = read(body.format(title=TITLE, text=text, menu=MENU, dialog=DIALOG))
    assert (article.title, article.paragraphs) == (TITLE, TEXTS)
    assert article.verdict.is_article


@pytest.mark.parametrize(
    "body",
    [
        "<h1>{title}</h1><div>{first}<div hidden>{rest}</div><a href='#'>Xem thêm</a></div>",
        "<h1>{title}</h1><div><div>{first}</div><div style='display:none'>{rest}</div></div>",
    ],
)
def test_the_rest_of_an_article_is_read(body: str) -> None:
    first, rest = paragraphs(TEXTS[:1]), paragraphs(TEXTS[1:])
    assert read(body.format(title=TITLE, first=first, rest=rest)).paragraphs == TEXTS


def test_the_rest_may_be_shorter_than_what_is_shown() -> None:
    body = "<h1>{title}</h1><div>{first}<div hidden>{rest}</div></div>"
    first, rest = paragraphs(TEXTS * 2), paragraphs([text + " Hết." for text in TEXTS])
    assert len(read(body.format(title=TITLE, first=first, rest=rest)).paragraphs) == 12


@pytest.mark.parametrize(
    "hidden",
    [
        f"<div hidden class='cookie-consent'>{DIALOG}</div>",
        f"<div style='display:none' role='dialog'>{DIALOG}</div>",
        f"<div style='display:none' id='login-modal'>{DIALOG}</div>",
        f"<div style='display:none' class='print-copy'>{paragraphs(TEXTS)}</div>",
        f"<div aria-hidden=true><h1>Bài tiếp theo của báo</h1>{paragraphs([*TEXTS, *TEXTS])}</div>",
        f"<ul hidden>{MENU * 9}</ul>",
        f"<noscript>{DIALOG}</noscript>",
        f"<aside>{DIALOG}</aside>",
        f"<template>{DIALOG}</template>",
        f"<div hidden><script>{'dòng mã dài của trang ' * 99}</script></div>",
        "<span style='display:none'>Từ khóa tìm kiếm của trang, đủ dài để trông như văn.</span>",
    ],
)
def test_what_is_rightly_hidden_stays_so(hidden: str) -> None:
    for body in (
        f"<div>{paragraphs(TEXTS)}{hidden}</div>",
        f"<div>{paragraphs(TEXTS)}</div>{hidden}",
    ):
        assert read(f"<h1>{TITLE}</h1>{body}").paragraphs == TEXTS
        assert read(f"{hidden}<h1>{TITLE}</h1>{body}").paragraphs == TEXTS
