"""Notices in the pages: their files as links, their label, their filter, their count."""

from __future__ import annotations

import urllib.request

import pytest
from lxml.html import HtmlElement, document_fromstring

from tests.browse.library import EDITED, FILLERS, HOSTILE, NOTICE

LABEL = "Văn bản, thông báo"
TITLE = "Lịch tiếp công dân tháng 12"


def shown(address: str) -> HtmlElement:
    """The page at an address, without running its scripts."""
    with urllib.request.urlopen(address, timeout=300) as answer:
        return document_fromstring(answer.read().decode())


def texts(page: HtmlElement, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in page.xpath(path)]


FILES = "//section[@aria-labelledby='attachments']//li"


def test_the_files_of_a_notice_are_links_with_their_names(site: str) -> None:
    page = shown(f"{site}/articles/{NOTICE}")
    links = page.xpath(f"{FILES}/a")
    assert [(link.get("href"), link.text, link.get("rel")) for link in links] == [
        ("https://huyen.localhost/lich.pdf", "Lịch tiếp dân", "noopener nofollow"),
        (
            "https://huyen.localhost/phu-luc.docx",
            "https://huyen.localhost/phu-luc.docx",
            "noopener nofollow",
        ),
    ]
    assert texts(page, "//a[@class='kind']") == [LABEL]


def test_an_article_without_files_has_no_list_of_them_and_no_label(site: str) -> None:
    page = shown(f"{site}/articles/{EDITED}")
    assert page.xpath("//article//h2[@id='attachments'] | //*[@class='kind']") == []


@pytest.mark.fault(72)
def test_a_file_at_an_address_that_is_no_web_page_is_no_link(site: str) -> None:
    page = shown(f"{site}/articles/{HOSTILE}")
    assert len(page.xpath(FILES)) == 1
    assert page.xpath(f"{FILES}/a") == []


def test_a_notice_is_found_by_its_title_and_labelled(site: str) -> None:
    page = shown(f"{site}/search?q=lich+tiep+cong+dan")
    assert texts(page, "//ol[@class='hits']//h2") == [TITLE]
    assert texts(page, "//ol[@class='hits']//span[@class='kind']") == [LABEL]
    english = shown(f"{site}/search?q=lich+tiep+cong+dan&lang=en")
    assert texts(english, "//span[@class='kind']") == ["Document or notice"]


def test_lists_narrow_to_a_kind(site: str) -> None:
    page = shown(f"{site}/search?kind=notice")
    assert texts(page, "//ol[@class='hits']//h2") == [TITLE]
    assert page.xpath("//select[@name='kind']/option[@selected]/@value") == ["notice"]
    articles = shown(f"{site}/search?kind=article")
    assert TITLE not in texts(articles, "//ol[@class='hits']//h2")
    assert articles.xpath("//span[@class='kind']") == []


def test_the_lists_of_the_home_page_and_of_a_source_label_notices(site: str) -> None:
    for path in ("/", "/sources/huyen"):
        page = shown(f"{site}{path}")
        labelled = page.xpath("//ul[@class='headlines']/li[span[@class='kind']]/a")
        assert {link.text for link in labelled} == {TITLE}


def test_notices_are_counted_beside_articles(site: str) -> None:
    articles = FILLERS + 6
    [home] = texts(shown(f"{site}/"), "//section[@class='masthead']/p")
    assert f"{articles} bài từ 2 nguồn, và 1 văn bản, thông báo." in home
    [source] = texts(shown(f"{site}/sources/huyen?lang=en"), "//main")
    assert f"{articles - 2} articles kept, and 1 document or notice." in source
