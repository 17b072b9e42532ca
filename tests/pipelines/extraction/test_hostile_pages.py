"""Pages that are made to hurt: bounded time, bounded memory, a verdict that names the reason."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import extract
from pipelines.items import Outcome

SECONDS = 20

BOMBS = {
    "nested_blocks": ("<div>" * 100_000 + "chữ", "too_deep"),
    "nested_spans": ("<p>" + "<span>" * 100_000 + "chữ", "too_deep"),
    "one_huge_text": ("<p>" + "chữ " * 12_500_000, "too_large"),
    "a_million_siblings": ("<p>x</p>" * 1_000_000, "too_large"),
    "values": (
        "<p " + "".join(f"a{n}='1 2'" for n in range(6_000)) + ">Chữ",
        "too_many_attributes",
    ),
    "attributes": ("<p " + " ".join(f"a{n}='>'" for n in range(100_000)), "too_many_attributes"),
    "empty": ("", "no_content"),
    "white_space": (" \n\t" * 1000, "no_content"),
    "only_nul": ("\0" * 1000, "no_content"),
}


@pytest.mark.fault(43)
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_broken_and_says_why(name: str) -> None:
    html, reason = BOMBS[name]
    began = time.process_time()
    article = extract(html)
    assert (article.verdict.outcome, article.verdict.reason) == (Outcome.BROKEN, reason)
    assert article.body == ""
    assert time.process_time() - began < SECONDS


BODY = "<p>Bà con trong thôn góp công làm đường, mỗi nhà cử một người, từ sáng đến chiều.</p>" * 3


@pytest.mark.fault(45)
@pytest.mark.parametrize(
    "html",
    [
        "<p " + " ".join(f"a{n}='>'" for n in range(4_000)) + ">Chữ</p>",
        ("<p " + "a" * 10_000) * 1_000,
        "<p>" + " " * 1_000_000 + "</p>",
        "<p>" + "1/" * 500_000 + "</p>",
        "<title>" + "- " * 300_000 + "</title><h1>" + "| " * 300_000 + "</h1>",
        "<div class='" + "content-" * 100_000 + "'><p>Chữ</p></div>",
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script><p>Chữ</p>",
        "<table>" * 500 + "<tr><td>Chữ",
        "<p>" + "<br>" * 100_000 + "</p>",
        "<p>Chữ</p>" * 20_000,
        "<p>" + "<a href='/x'>Một liên kết dài như một tiêu đề bài</a>" * 20_000 + "</p>",
        BODY + "<table><tr><td>" * 300 + "<p>Một ô.</p>" * 20_000,
        BODY + "<table>" + ("<tr>" + "<td colspan=999 rowspan=999>1" * 200) * 200 + "</table>",
        BODY + "<table><tr><td>1<td>2<tr><td>3<td>4</table>" * 10_000 + BODY,
        BODY + "<div>" + "một dòng<br>" * 50_000 + "</div>" + BODY,
        BODY + "<p>" + "<a href=x><span class=author>" * 400 + "chữ " * 250_000,
    ],
    ids=[
        "attributes",
        "open_tags",
        "spaces",
        "digits",
        "separators",
        "class_words",
        "json",
        "tables",
        "breaks",
        "short_lines",
        "links",
        "deep_tables",
        "wide_table",
        "many_tables",
        "many_lines",
        "names_in_names",
    ],
)
def test_bait_costs_no_more_than_its_size(html: str) -> None:
    began = time.process_time()
    extract(html)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("sign", ['"', "'"])
def test_a_long_value_is_one_attribute(sign: str) -> None:
    path = "M0 0c-.8-.6 " * 9_000
    drawing = f"<svg><path d={sign}{path}{sign} class=x></svg>"
    assert extract(drawing + "<h1>Mở đường</h1>" + BODY).verdict.is_article


FRAGMENTS = st.sampled_from(
    [
        "<p>", "</p>", "<div>", "</div>", "<h1>", "</h1>", "<br>", "<table>", "<tr>", "<td>",
        "<li>",
        "<img src='a.jpg'>", "<a href='/x'>", "</a>", "<b>", "<figure>", "<figcaption>", "<title>",
        "<time datetime='2024-13-45'>", "<meta property='og:title' content='", "'>", "<!--", "-->",
        "<script type='application/ld+json'>{", "</script>", "&#xD800;", "&nbsp;", "./.", "\ud800",
        "Ảnh: Lan", "21/11/2023 14:25", "Tác giả: Lan Hương", "Tin cùng chuyên mục", "Ha\u0300 Nội",
        "Đây là một câu văn đủ dài để được coi là văn xuôi của một bài báo địa phương bình thường.",
    ]
)  # fmt: skip


@pytest.mark.fault(42)
@settings(max_examples=150)
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=30)), max_size=40).map("".join))
def test_no_page_makes_it_raise_and_all_text_is_nfc(html: str) -> None:
    article = extract(html)
    texts = [article.title, article.lede, article.author, article.section, *article.paragraphs]
    for text in filter(None, [*texts, *article.tags, *(photo.caption for photo in article.photos)]):
        assert unicodedata.is_normalized("NFC", text)
        assert text == text.strip()


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    extract(body)
