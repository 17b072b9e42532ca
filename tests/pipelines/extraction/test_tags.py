"""Which words of a page are tags of its article."""

from __future__ import annotations

import pytest

from tests.pipelines.extraction.test_authors import OTHER, TITLE, page

TAGS = ["cầu treo", "Nà Lay"]
LINKS = '<a href="/tag/cau-treo">cầu treo</a>, <a href="/tag/na-lay">Nà Lay</a>'
APART = LINKS.replace(",", "")


@pytest.mark.parametrize(
    "tail",
    [
        f'<div class="tags">{LINKS}</div>',
        f'<div class="tags"><span>Tags:</span> {APART}</div>',
        f"<p>Từ khóa: {LINKS}</p>",
        f"<p>TỪ KHOÁ: {APART}</p>",
        f"<p>Chủ đề: {LINKS}</p>",
        f"<div>Từ Khóa:</div><div>{LINKS}</div>",
        f"<div><b>TAG</b></div><div>{APART}</div>",
        f"<ul class='tags'><li>Tag:</li><li>{LINKS.replace(', ', '</li><li>')}</li></ul>",
        f"<p># {APART}</p>".replace("<p>", "<p class='hashtags'>"),
    ],
)
def test_tags_are_what_the_list_links_to(tail: str) -> None:
    assert page(tail=tail).tags == TAGS


@pytest.mark.parametrize(
    "neighbours",
    [
        "<div class='post-nav'><a rel='prev' href='/1'>Previous Post Lễ cơm mới ở bản Ngoài</a>"
        "<a rel='next' href='/2'>Next Post Thông báo cắt điện</a></div>",
        "<div class='nav-links'><a href='/1'>Bài trước: Lễ cơm mới</a></div>",
        "<div><a rel='prev' href='/1'>« Bài trước Lễ cơm mới</a> <a href='/2'>Tin sau</a></div>",
        "<div><a href='/1'>Older Post</a> <a href='/2'>Newer Post</a></div>",
        f"<div class='related'>{OTHER}</div>",
        "<p><a href='/1'>Tin sau: Thông báo cắt điện</a></p>",
    ],
)
def test_posts_before_and_after_are_no_tags(neighbours: str) -> None:
    inside = f"<div class='tags-links'><span>Tags: </span>{LINKS}{neighbours}</div>"
    assert page(tail=inside).tags == TAGS
    assert page(tail=f"<div class='tags'>{LINKS}</div>{neighbours}").tags == TAGS


@pytest.mark.parametrize(
    "text", [TITLE, TITLE.upper(), f"{TITLE}.", f" {TITLE} ", "Thôn Nà Lay dựng lại cầu…"]
)
def test_tags_that_only_repeat_the_title_are_none(text: str) -> None:
    assert page(meta=f'<meta name="news_keywords" content="{text}">').tags == []
    assert page(tail=f"<div class='tags'><a href='/tag/1'>{text}</a></div>").tags == []
    both = page(tail=f"<div class='tags'><a href='/tag/1'>{text}</a>, {LINKS}</div>")
    assert both.tags == TAGS


def test_a_tag_that_is_a_part_of_the_title_stays() -> None:
    assert page(meta='<meta name="news_keywords" content="cầu treo, Nà Lay">').tags == TAGS
