"""What people do in the browser: search, read, compare, by keyboard, on phones, in the dark."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browse.library import (
    ARCHIVED,
    EDITED,
    HOSTILE,
    NOTICE,
    SCRIPT,
    SHAPED,
    TABLE,
    WATCHED,
)

PAGES = {
    "home": "/",
    "search": "/search?q=cam",
    "narrowed": "/search?province=S%C6%A1n+H%C3%A0",
    "article": f"/articles/{EDITED}",
    "table in a body": f"/articles/{TABLE}",
    "shaped": f"/articles/{SHAPED}",
    "in a file": "/search?q=tram+bom+khuoi+nam",
    "hostile": f"/articles/{HOSTILE}",
    "notice": f"/articles/{NOTICE}",
    "notices": "/search?kind=notice",
    "comparison": f"/articles/{EDITED}/compare",
    "sources": "/sources",
    "sources of a place": "/sources?province=S%C6%A1n+H%C3%A0&level=province",
    "coverage": "/-/coverage",
    "province": "/-/coverage/08",
    "unit": "/-/unit/02374",
    "source": "/sources/huyen",
    "runs": "/runs",
    "run": "/runs/1",
    "articles of a run": "/runs/1/articles?outcome=new&source=huyen",
    "changes": "/-/changes",
    "edited": "/-/changes?kind=edited",
    "changed ones of a search": "/search?q=cam&change=edited",
    "failures": "/failures",
    "watches": "/-/watches",
    "watch": f"/-/watches/{quote(WATCHED)}",
    "tables": "/tinhuyen",
    "rows": "/tinhuyen/articles",
    "row": "/tinhuyen/articles/1",
    "query": "/tinhuyen/authors",
}


def test_words_without_accents_find_and_mark_the_original_spelling(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("duoc mua cam sanh")
    page.get_by_role("button", name="Tìm", exact=True).click()
    hits = page.locator("ol.hits > li")
    expect(hits).to_have_count(2)
    expect(hits.first.locator("mark").first).to_have_text(re.compile("Được|mùa|cam|sành"))


def test_a_headline_leads_to_its_article_and_on_to_the_source(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Được mùa cam sành ở Vân Lĩnh").first.click()
    expect(page.locator("article h1")).to_have_text("Được mùa cam sành ở Vân Lĩnh")
    expect(page.locator("article time")).to_have_text("14:25, 21/11/2026")
    expect(page.get_by_text("Vườn cam ở Nà Lùng.")).to_be_visible()
    page.locator(".kicker a").first.click()
    expect(page.locator("svg.calendar")).to_be_visible()


def test_an_article_names_its_reprints_and_neighbours(page: Page) -> None:
    page.goto(f"/articles/{EDITED}")
    twins = page.get_by_role("region", name="Cùng nội dung ở nơi khác")
    expect(twins.get_by_role("link")).to_have_count(1)
    expect(page.get_by_role("link", name="Tin trong ngày số 0")).to_be_visible()


def test_any_two_versions_are_compared(page: Page) -> None:
    page.goto(f"/articles/{EDITED}")
    page.get_by_role("link", name="So sánh").click()
    expect(page.locator(".difference del")).to_contain_text("15")
    expect(page.locator(".difference ins")).to_contain_text("18")
    page.get_by_label("Bản cũ").select_option(index=2)
    page.get_by_role("button", name="So sánh").click()
    expect(page.locator(".difference del")).to_contain_text("12")


def test_a_facet_narrows_the_raw_table(page: Page) -> None:
    page.goto("/tinhuyen/articles")
    page.get_by_role("link", name="Kinh tế", exact=True).first.click()
    expect(page.get_by_text("2 dòng")).to_be_visible()


def test_filters_narrow_a_search(page: Page) -> None:
    page.goto("/search?q=cam")
    page.get_by_text("Lọc", exact=True).click()
    page.locator("select[name=source]").select_option("tinh")
    page.get_by_role("button", name="Tìm", exact=True).click()
    expect(page.locator("ol.hits > li")).to_have_count(1)
    expect(page.locator("select[name=source]")).to_have_value("tinh")


def test_many_hits_are_paged_through(page: Page) -> None:
    page.goto("/search?q=chuyen+doi+so")
    page.get_by_role("link", name="Trang sau").click()
    expect(page.get_by_role("status")).to_contain_text("Kết quả từ 21 đến 40")


def test_the_language_stays_as_chosen(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="English").click()
    page.goto(f"/articles/{EDITED}")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("article time")).to_have_text("14:25, 21 Nov 2026")
    page.goto("/tinhuyen/articles")
    expect(page.locator("h1")).to_have_text("Articles")


@pytest.mark.fault(72)
@pytest.mark.parametrize("address", ["/articles/4", "/search?q=doc+hai", "/tinhuyen/articles", "/"])
def test_hostile_texts_stay_text(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text(SCRIPT[:25]).first).to_be_attached()
    assert page.locator("script:not([src])").count() == 0
    assert page.locator("img:not([src^='/-/previews/'])").count() == 0
    assert page.locator("[href^='javascript']").count() == 0


def test_the_citation_is_copied(page: Page) -> None:
    page.goto(f"/articles/{EDITED}")
    page.get_by_role("button", name="Chép").click()
    expect(page.get_by_role("button", name="Đã chép")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Lê Quân, “Được mùa cam sành ở Vân Lĩnh”")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("duoc mua cam")
    page.keyboard.press("Enter")
    hit = page.locator("ol.hits h2 a").first
    expect(hit).to_be_visible()
    for _ in range(40):
        if hit.evaluate("link => link === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("article h1")).to_have_text("Được mùa cam sành ở Vân Lĩnh")


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_a_phone_never_scrolls_sideways(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_nothing_serious_bars_access(page: Page, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(address)
    violations = Axe().run(page).response["violations"]
    serious = {
        f"{found['id']}: {found['nodes'][0]['html'][:200]}"
        for found in violations
        if found["impact"] in ("serious", "critical")
    }
    assert serious == set()


def test_the_dark_is_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert max(map(int, re.findall(r"\d+", colour))) < 64


def test_print_leaves_the_article_alone(page: Page) -> None:
    page.goto(f"/articles/{EDITED}")
    page.emulate_media(media="print")
    expect(page.locator("article")).to_be_visible()
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("aside")).to_be_hidden()


def test_searching_and_reading_need_no_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("duoc mua cam")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.locator("ol.hits h2 a").first.click()
    expect(page.locator("article h1")).to_have_text("Được mùa cam sành ở Vân Lĩnh")
    context.close()


def test_an_archived_page_is_shown_without_its_powers(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    answer = page.goto(f"/articles/{ARCHIVED}/archived")
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    expect(page.locator("h1")).to_have_text("Bài được lưu nguyên trang")
    context.close()


def test_the_months_of_the_year_are_reached_by_keyboard(page: Page) -> None:
    page.goto("/")
    month = page.locator("svg.year a").last
    month.focus()
    expect(month).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("ol.hits > li").first).to_be_visible()
    assert "since=2026-11-01" in page.url


def test_an_edit_leads_from_home_to_its_difference(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Mọi thay đổi").click()
    page.get_by_label("Thay đổi").select_option("edited")
    page.get_by_role("button", name="Lọc", exact=True).click()
    page.get_by_role("link", name="Xem chỗ khác nhau").first.click()
    expect(page.locator("ins").first).to_be_visible()
