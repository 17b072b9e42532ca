"""The headline of pages whose claims name the site, and what a source's other pages teach of it."""

from __future__ import annotations

import pytest

from pipelines.extraction import SourceProfile, extract_page
from pipelines.extraction.block_occurrences import METADATA_TITLE, block_occurrence
from pipelines.extraction.repeated_blocks import PageBlocks, learn
from pipelines.extraction.site_names import article_part
from pipelines.items import Page

FIXED = "Nhịp sống bên dòng sông Trà hôm nay"
TITLE = "Bến đò Cây Gạo thay thuyền gỗ bằng phà sắt"
PROSE = (
    "<p>Từ sáng 4/3, chuyến phà đầu tiên chở ba mươi người và mười hai xe máy qua sông.</p>"
    "<p>Chủ bến cho biết giá vé giữ nguyên năm nghìn đồng, học sinh đi học không mất tiền.</p>"
    "<p>Phường bố trí hai người trực bến trong giờ cao điểm, phát áo phao cho mọi hành khách.</p>"
)


def page(number: int, heading: str) -> Page:
    html = f"<html><head><title>{FIXED}</title></head><body>{heading}<div>{PROSE}</div></body>"
    return Page(url=f"https://songtra.example/bai/{number}", body=html.encode())


@pytest.mark.parametrize(
    "claimed",
    [
        "Cổng thông tin điện tử huyện Sông Trà - tỉnh Bình Hải",
        "Trang chủ - Sở Công Thương tỉnh Bình Hải",
        "Trang thông tin điện tử xã Cây Gạo",
        "Chi tiết tin - Hội Nông dân huyện Sông Trà",
        "UBND phường Sông Trà",
        "Giao Diện Báo – Giao Diện Báo",
        "Home",
    ],
)
def test_the_name_of_a_site_is_no_title(claimed: str) -> None:
    assert article_part(claimed, frozenset()) is None


@pytest.mark.parametrize(
    ("claimed", "part"),
    [
        (f"{TITLE} - Cổng thông tin điện tử huyện Sông Trà", TITLE),
        (f"Trang chủ - {TITLE}", TITLE),
        ("Huyện đoàn ra quân", "Huyện đoàn ra quân"),
        ("Xã vùng cao mở chợ phiên", "Xã vùng cao mở chợ phiên"),
    ],
)
def test_a_title_beside_the_name_of_a_site_is_one(claimed: str, part: str) -> None:
    assert article_part(claimed, frozenset()) == part


def test_a_title_that_all_pages_claim_is_learned_and_believed_no_more() -> None:
    pages = [extract_page(page(number, "<div></div>")) for number in range(12)]
    assert {reading.article.title for reading in pages} == {FIXED}
    learned = learn(PageBlocks("2026-Q1", reading.block_occurrences) for reading in pages)
    hashes = frozenset(block.hash for block in learned if block.is_boilerplate)
    assert block_occurrence(FIXED, METADATA_TITLE).hash in hashes
    reading = extract_page(page(1, f"<div>{TITLE}</div>"), SourceProfile(boilerplate=hashes))
    assert reading.article.title == TITLE


def test_a_title_that_the_page_shows_is_not_noted_as_the_sites() -> None:
    html = f"<title>{TITLE} | Sông Trà</title><h1>{TITLE}</h1><div>{PROSE}</div>"
    reading = extract_page(Page(url="https://songtra.example/bai/1", body=html.encode()))
    assert reading.article.title == TITLE
    assert not [each for each in reading.block_occurrences if each.place == METADATA_TITLE]


@pytest.mark.parametrize(
    "heading",
    [
        f'<p class="Title">{TITLE}</p>',
        f'<p align="center"><b>{TITLE}</b></p>',
        f"<h1>Tin mới</h1><h2>{TITLE} ( )</h2><h1>Thông báo</h1>",
        f"<h2>{TITLE} (05/03/2026)</h2>",
        f'<table><tr><td class="FolderTitle">Giao thông</td><td class="Time">05/03/2026</td></tr>'
        f'</table><p class="Title">\u200b{TITLE}</p>',
    ],
)
def test_a_headline_is_found_by_looks_and_place(heading: str) -> None:
    html = f"<title>Trang thông tin điện tử phường Sông Trà</title>{heading}<div>{PROSE}</div>"
    article = extract_page(Page(url=None, body=html.encode())).article
    assert article.title == TITLE
    assert len(article.paragraphs) == 3


def test_any_number_of_names_of_the_site_is_left_out() -> None:
    names = frozenset(f"bao {number}" for number in range(1200))
    title = "Lễ hội đầu xuân" + "".join(f" | Báo {number}" for number in range(1200))
    assert article_part(title, names) == "Lễ hội đầu xuân"
