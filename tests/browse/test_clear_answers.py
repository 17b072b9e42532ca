"""Wrong addresses, values of columns, and places that cannot be written: said in clear words."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page

from pipelines.items import Page as StoredPage
from scraper.browse.archived_page import bar
from scraper.browse.language import Translator
from scraper.browse.newer_addresses import is_newer
from scraper.config.registry import can_write

NEWER = (
    "/tinhuyen/-/query", "/tinhuyen/-/query?sql=select+1", "/tinhuyen/-/schema", "/-/jump",
    "/tinhuyen/articles/-/insert", "/tinhuyen/articles/1/-/update",
)  # fmt: skip


def refused(address: str) -> str:
    """The body of a page that is not found."""
    with pytest.raises(HTTPError) as error:
        urllib.request.urlopen(address, timeout=300)
    assert error.value.code == 404
    return error.value.read().decode()


@pytest.mark.parametrize("path", NEWER)
def test_addresses_of_newer_versions_are_answered_in_the_readers_language(
    site: str, path: str
) -> None:
    text = refused(site + path)
    assert "Không có trang nào ở địa chỉ này" in text
    assert "Máy chủ này không cho người đọc chạy câu lệnh SQL" in text
    assert "no such table" not in text
    english = refused(f"{site}{path}{'&' if '?' in path else '?'}lang=en")
    assert "There is no page at this address" in english


def test_programs_are_told_in_json(site: str) -> None:
    told = json.loads(refused(f"{site}/tinhuyen/-/query.json"))
    assert (told["ok"], told["status"]) == (False, 404)
    assert "Readers may not run SQL here" in told["error"]


def test_our_own_addresses_are_none_of_them() -> None:
    ours = (
        "/-/watches/a",
        "/-/files/x",
        "/-/changes.atom",
        "/tinhuyen/articles",
        "/manage/looks/a",
    )
    assert [path for path in ours if is_newer(path)] == []


def test_values_of_columns_are_in_the_readers_language(site: str) -> None:
    def read(path: str) -> str:
        with urllib.request.urlopen(site + path, timeout=300) as answer:
            return str(answer.read().decode())

    path = "/tinhuyen/articles?kind=article"
    assert '<data value="article">Bài viết</data>' in read(path)
    assert '<data value="article">Article</data>' in read(f"{path}&lang=en")
    assert '"kind": "article"' in read("/tinhuyen/articles.json?kind=article&_shape=objects")
    assert "Bài viết" not in read("/tinhuyen/articles.csv?kind=article")


def test_what_a_verdict_means_is_no_narrow_column_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/sources")
    rows = page.locator("tbody tr")
    assert max(box["height"] for row in rows.all() if (box := row.bounding_box())) < 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("fetched", "shown"),
    [
        ("http://127.0.0.1:43210/tin/1.html", "https://vanlinh.sonha.example/tin/1.html"),
        ("http://huyen.localhost:80/tin/1.html", "https://vanlinh.sonha.example/tin/1.html"),
        ("https://huyen.gov.vn/tin/1.html", "https://huyen.gov.vn/tin/1.html"),
    ],
)
def test_the_bar_names_no_port_of_this_machine(fetched: str, shown: str) -> None:
    page = StoredPage(fetched, b"", fetched_at=datetime(2026, 11, 22, tzinfo=UTC))
    html = bar(page, "http://x/1", Translator("vi"), "https://vanlinh.sonha.example/tin/1.html")
    assert f"<span>{shown}</span>" in html


def test_a_file_that_cannot_be_written_is_known_before(tmp_path: Path) -> None:
    assert can_write(tmp_path / "new" / "deeper" / "sources.toml")
    (tmp_path / "file").write_text("")
    assert not can_write(tmp_path / "file" / "sources.toml")
