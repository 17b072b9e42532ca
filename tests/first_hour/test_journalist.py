"""A journalist tries the demo, in Vietnamese: what is new, what changed, and how to quote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.first_hour.conftest import User, opened_by, opened_page

EDITED = "Xóa nhà tạm ở Lũng Vài: thêm 23 mái ấm trước mùa mưa"
REMOVED = "Cảnh giác với chiêu giả danh cán bộ thuế, điện lực để lừa đảo"
NEW = "Vân Lĩnh thử nghiệm đặt lịch khám bệnh qua điện thoại"
WATER = "Nước sạch về bản cao Khuổi Nhừ"
NOTICE = "Thông báo lịch ngừng cấp nước để súc rửa tuyến ống thị trấn Vân Lĩnh"
IN_A_FILE = "trừ tiền vào hóa đơn tháng Bảy"
WATCH = '[[watch]]\nname = "Nước sạch"\nwords = \'"nước sạch"\'\nplaces = ["Vân Lĩnh"]\n'


@pytest.fixture(scope="module")
def opened(demo: User, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that the printed command opens."""
    (command,) = re.findall(r"(?m)^.*:  (.* browse .* --open)$", demo.nights[-1])
    with opened_by(command, demo, tmp_path_factory.mktemp("opened")) as address:
        yield address


@pytest.fixture
def page(browser: Browser, opened: str) -> Iterator[Page]:
    """The home page, as it opens."""
    page = opened_page(browser, opened)
    yield page
    page.context.close()


def test_the_nights_say_what_they_brought(demo: User) -> None:
    first, second, third = demo.nights
    assert "86" in first
    assert IN_A_FILE in first
    assert not any(title in second for title in (EDITED, REMOVED, NEW))
    assert all(title in third for title in (EDITED, REMOVED, NEW))


def test_home_leads_to_what_changed(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.get_by_role("main")).to_contain_text(NEW)
    page.get_by_role("link", name="Thay đổi", exact=True).click()
    changes = page.get_by_role("listitem")
    edited = changes.filter(has_text=EDITED).filter(has_text="đã sửa")
    expect(changes.filter(has_text=REMOVED).filter(has_text="đã gỡ")).to_be_visible()
    edited.get_by_role("link", name="Xem chỗ khác nhau").click()
    expect(page.locator(".difference ins")).to_contain_text("30")
    page.get_by_role("link", name="Về bài viết").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(EDITED)


def test_a_removed_article_stays_readable(page: Page) -> None:
    page.goto("/-/changes?kind=removed")
    page.get_by_role("link", name=REMOVED).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(REMOVED)
    expect(page.get_by_role("main")).to_contain_text("trang nguồn")


def test_words_are_found_with_and_without_accents(page: Page) -> None:
    for words in ("nước sạch", "nuoc sach"):
        page.goto("/")
        page.get_by_role("searchbox").fill(words)
        page.get_by_role("button", name="Tìm").click()
        expect(page.get_by_role("link", name=WATER)).to_be_visible()
        expect(page.get_by_role("status")).to_contain_text(re.compile(r"trong \d+ bài"))
    everywhere = page.locator("ol.hits > li").count()
    page.get_by_text("Lọc", exact=True).click()
    page.get_by_label("Nguồn").select_option("xa")
    page.get_by_role("button", name="Tìm").click()
    expect(page).to_have_url(re.compile("source=xa"))
    assert 0 < page.locator("ol.hits > li").count() < everywhere


def test_a_sentence_of_an_attachment_is_found(page: Page, demo: User) -> None:
    assert NOTICE in demo.run("search", IN_A_FILE, "--db", str(demo.database))
    page.get_by_role("searchbox").fill(IN_A_FILE)
    page.get_by_role("button", name="Tìm").click()
    hit = page.locator("ol.hits > li")
    expect(hit).to_contain_text("trang 3")
    with page.expect_download() as download:
        hit.get_by_role("link", name=re.compile(r"\.pdf$")).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_an_article_is_read_taken_along_and_quoted(page: Page) -> None:
    page.goto("/search?q=nuoc+sach")
    page.get_by_role("link", name=WATER).click()
    page.get_by_role("link", name="Bản lưu nguyên trang").click()
    bar = page.locator("#tinhuyen-bar")
    expect(bar).to_be_visible()
    bar.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WATER)
    starts = {
        "Markdown": b"---",
        "Văn bản (TXT)": WATER.encode(),
        "Word (DOCX)": b"PK",
        "RIS": b"TY  - ",
        "BibTeX": b"@",
    }
    for name, start in starts.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        body = Path(download.value.path()).read_bytes().removeprefix("\ufeff".encode())
        assert body.startswith(start), name
        assert name == "Word (DOCX)" or WATER in body.decode("utf-8")


def test_a_saved_search_tells_what_it_finds(page: Page, demo: User) -> None:
    named = ("--db", str(demo.database))
    demo.write_settings(WATCH)
    assert WATER in demo.run("watch", "test", "Nước sạch", *named)
    assert WATER in demo.run("alert", "--dry-run", *named)
    demo.run("alert", *named)
    page.goto("/-/watches")
    page.get_by_role("link", name="Nước sạch", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(WATER)
    feed = page.request.get("/-/watches/Nước sạch.atom")
    assert feed.ok
    assert WATER in feed.text()
