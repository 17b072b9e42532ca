"""The pages and feeds of watches."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.browse.library import EDITED, REPRINT, WATCHED

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_page_of_watches_leads_to_what_each_found(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Theo dõi", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_have_count(2)
    expect(page.get_by_text("Cổng thông tin huyen, Cổng thông tin tinh")).to_be_visible()
    page.get_by_role("link", name=WATCHED, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WATCHED)
    found = page.locator("ul.headlines li")
    expect(found).to_have_count(2)
    found.first.get_by_role("link").click()
    expect(page.locator("article h1")).to_have_text("Được mùa cam sành ở Vân Lĩnh")


def test_a_feed_holds_what_a_watch_found(site: str) -> None:
    with urlopen(f"{site}/-/watches/{quote(WATCHED)}.atom", timeout=300) as answer:
        assert answer.headers.get_content_type() == "application/atom+xml"
        feed = ElementTree.fromstring(answer.read())
    pages = [
        link.get("href")
        for entry in feed.findall(f"{ATOM}entry")
        for link in entry.findall(f"{ATOM}link[@rel='alternate']")
    ]
    assert pages == [f"{site}/articles/{REPRINT}", f"{site}/articles/{EDITED}"]
    title = feed.findtext(f"{ATOM}title")
    assert title is not None
    assert WATCHED in title
    own = feed.find(f"{ATOM}link[@rel='self']")
    assert own is not None
    assert own.get("href") == f"{site}/-/watches/{quote(WATCHED, safe='')}.atom"


@pytest.mark.parametrize("end", ["", ".atom"])
def test_a_watch_that_is_none_is_not_found(site: str, end: str) -> None:
    with pytest.raises(HTTPError) as error:
        urlopen(f"{site}/-/watches/khong-co{end}", timeout=300)
    assert error.value.code == 404
