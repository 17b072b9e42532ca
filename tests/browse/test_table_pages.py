"""Datasette's pages of tables: order, height, heads, facets by time, and what they leave out."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.messages import LANGUAGES
from scraper.browse.language import COLUMNS, Translator
from scraper.browse.table_pages import arranged, arranged_facets, is_hidden
from scraper.store.articles import insert_article
from scraper.store.database import open_database, write_transaction
from tests.browse.library import EDITED
from tests.browse.serving import Browsing
from tests.scraper.stores import MOMENT, new_database

LONG = "Một câu rất dài của bài viết này. " * 200
FACETS = ("source", "section", "kind", "month")
INTERNAL = ("signatures", "sightings", "reprocessing", "articles_fts", "articles_text", "shard")


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=300) as answer:
        text: str = answer.read().decode()
        return text


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with sixty long articles of forty months, most of them in the oldest."""
    folder: Path = tmp_path_factory.mktemp("long")
    db = new_database(folder)
    with write_transaction(db):
        for number in range(60):
            month = max(0, 39 - number)
            article = Article(
                url=f"http://huyen.localhost/{'rat-dai-' * 40}{number}.html",
                title=f"Tiêu đề dài của bài số {number} về chuyển đổi số ở cơ sở",
                lede=LONG,
                paragraphs=[LONG, LONG],
                author="Nguyễn Thị Huyền Trang",
                published_at=f"{2023 + month // 12}-{month % 12 + 1:02}-15",
                section="Chuyển đổi số",
                tags=[f"thẻ {tag}" for tag in range(90)],
            )
            insert_article(db, "huyen", article, MOMENT)
    with Browsing(folder / "tinhuyen.db") as browsing:
        yield browsing.url


@pytest.mark.parametrize("width", [390, 1200])
def test_fifty_long_rows_stay_low_in_a_box_of_their_own(
    page: Page, long_site: str, width: int
) -> None:
    browser = page.context.browser
    assert browser
    tab = browser.new_page(viewport={"width": width, "height": 800})
    tab.goto(f"{long_site}/tinhuyen/articles")
    assert tab.locator("tbody tr").count() == 50
    assert tab.evaluate("document.documentElement.scrollHeight") < 8000
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    box = tab.locator(".table-wrapper")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    heights = tab.evaluate(
        "[...document.querySelectorAll('tbody tr')].map(row => row.offsetHeight)"
    )
    assert max(heights) < 110
    title = tab.locator("td.titled").first.bounding_box()
    author = tab.get_by_text("Nguyễn Thị Huyền Trang").first.bounding_box()
    assert title
    assert author
    assert title["width"] > 200
    assert title["x"] < 390
    assert author["height"] < 50, "a name is on two lines at most"
    tab.close()


def test_the_whole_text_is_on_the_row_page(long_site: str) -> None:
    assert LONG.strip() not in fetch(f"{long_site}/tinhuyen/articles")
    assert LONG.strip() in fetch(f"{long_site}/tinhuyen/articles/1")


def test_months_are_in_order_of_time_whatever_their_counts(page: Page, long_site: str) -> None:
    browser = page.context.browser
    assert browser
    tab = browser.new_page()
    tab.goto(f"{long_site}/tinhuyen/articles")
    months = tab.get_by_role("region", name="Tháng").locator("li > a").all_inner_texts()
    assert months[:3] == ["2026-04", "2026-03", "2026-02"]
    assert months[:-1] == sorted(months[:-1], reverse=True)
    tab.get_by_role("link", name="2026-03", exact=True).click()
    expect(tab.get_by_text("1 dòng")).to_be_visible()
    tab.get_by_role("link", name="bỏ điều kiện: 2026-03").click()
    expect(tab.get_by_text("60 dòng")).to_be_visible()
    tab.close()


def test_a_facet_by_time_can_be_asked_for(long_site: str) -> None:
    data = json.loads(fetch(f"{long_site}/tinhuyen/articles.json?_facet_time=published_at"))
    values = [one["value"] for one in data["facet_results"]["published_at"]["results"]]
    assert values[0] == "2026-04-15"
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("language", "heads"),
    [("vi", ["Số", "Tiêu đề", "Nguồn", "Chuyên mục"]), ("en", ["Number", "Title", "Source"])],
)
def test_heads_are_in_the_readers_language(page: Page, language: str, heads: list[str]) -> None:
    page.goto(f"/tinhuyen/articles?lang={language}")
    shown = [text.strip(" ▲▼") for text in page.locator("thead th").all_inner_texts()]
    assert shown[: len(heads)] == heads
    facets = page.locator(".facet-results h2").all_inner_texts()
    assert facets == [Translator(language).column(name) for name in FACETS]
    kind = page.locator(".facet-results").get_by_role(
        "link", name={"vi": "Văn bản, thông báo", "en": "Document or notice"}[language]
    )
    expect(kind).to_be_visible()
    moment = {"vi": "14:25, 21/11/2026", "en": "14:25, 21 Nov 2026"}[language]
    expect(page.get_by_text(moment).first).to_be_visible()


def test_every_column_has_a_head_in_both_languages(tmp_path: Path) -> None:
    db: Database = open_database(tmp_path / "empty.db")
    shown = [name for name in [*db.table_names(), *db.view_names()] if not is_hidden(name)]
    columns = {row[1] for name in shown for row in db.execute(f"PRAGMA table_xinfo({name})")}
    assert columns <= COLUMNS.keys()
    assert all(texts.keys() == set(LANGUAGES) for texts in COLUMNS.values())


@pytest.mark.parametrize(
    "path", ["/tinhuyen", f"/tinhuyen/articles/{EDITED}", "/tinhuyen/articles"]
)
def test_no_list_or_link_leads_to_an_internal_table(site: str, path: str) -> None:
    links = re.findall(r'href="([^"]*)"', fetch(site + path))
    assert not [link for link in links for name in INTERNAL if f"/tinhuyen/{name}" in link]


def test_rows_that_refer_are_still_named(page: Page) -> None:
    page.goto(f"/tinhuyen/articles/{EDITED}")
    expect(page.get_by_role("link", name="Các bản trước (Bài)")).to_be_visible()


@pytest.mark.parametrize(
    ("table", "hidden"),
    [
        ("articles", False),
        ("signatures", True),
        ("sightings", True),
        ("articles_fts_data", True),
        ("file_texts_fts", True),
        ("file_texts", False),
        ("_sqlite_migrations", True),
        ("sqlite_stat1", True),
    ],
)
def test_internal_tables_are_known(table: str, hidden: bool) -> None:
    assert is_hidden(table) is hidden


def test_the_link_stays_first_and_texts_go_last() -> None:
    names = ["id", "url", "body", "language", "source", "title"]
    columns, rows = arranged([{"name": name} for name in names], [names])
    assert [column["name"] for column in columns] == rows[0]
    assert rows[0] == ["id", "title", "source", "language", "body", "url"]


def test_facets_that_readers_ask_for_by_time_are_shown_by_time() -> None:
    facet = {"name": "seen_at", "results": [{"value": "2026-01"}, {"value": "2026-03"}]}
    [shown] = arranged_facets("revisions", [facet])
    assert [one["value"] for one in shown["results"]] == ["2026-03", "2026-01"]


@pytest.mark.parametrize("query", ["?lang=en", "?kind=article&lang=vi", "?lang=vi&_size=2"])
def test_a_language_is_no_condition(site: str, query: str) -> None:
    assert json.loads(fetch(f"{site}/tinhuyen/articles.json{query}"))["rows"]
