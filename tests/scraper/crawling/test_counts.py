"""Counts speak of articles: guessed addresses are not gone, and what is found are articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.items import Outcome
from scraper.demo.portal import DemoPortal
from scraper.store.database import open_for_reading
from tests.scraper.commands.test_command_line import tinhuyen
from tests.scraper.crawling.test_adding import entries, served


def crawled(home: str, folder: Path) -> dict[str, Any]:
    """The row of the only source of a crawl."""
    run = tinhuyen("crawl", "--url", home, "--delay", "0", "--json", home=folder)
    (row,) = json.loads(run.stdout)["sources"]
    return dict(row)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A crawl of a portal without feeds and sitemaps: its folder, and its row."""
    folder = tmp_path_factory.mktemp("counts")
    with DemoPortal() as portal:
        return folder, crawled(portal.sites[1].home_url, folder)


def test_found_are_the_articles_that_are_stored(crawl: tuple[Path, dict[str, Any]]) -> None:
    folder, row = crawl
    db = open_for_reading(folder / "data" / "tinhuyen.db")
    assert row["found"] == db.table("articles").count == row["new"] > 10
    assert row["found"] < row["discovered"] == sum(row[outcome] for outcome in Outcome)


def test_a_site_that_a_crawl_registers_is_named_by_its_page(
    crawl: tuple[Path, dict[str, Any]],
) -> None:
    folder, row = crawl
    db = open_for_reading(folder / "data" / "tinhuyen.db")
    stored = db.execute("SELECT name FROM sources WHERE slug = ?", [row["source"]]).fetchone()
    (entry,) = entries(folder).values()
    assert entry["name"] == stored[0] == "Cổng thông tin điện tử tỉnh Sơn Hà"


def test_guessed_addresses_are_not_gone(crawl: tuple[Path, dict[str, Any]]) -> None:
    folder, row = crawl
    db = open_for_reading(folder / "data" / "tinhuyen.db")
    guesses = "turn = 'guess' AND outcome = 'not_article' AND reason = 'guessed'"
    assert db.table("pages").count_where(guesses) > 3
    assert (row["gone"], row["soft_404"], row["not_article"]) == (0, 0, 0)
    assert not {"gone", "soft_404"} & row["reasons"].keys()
    status = json.loads(tinhuyen("status", "--json", home=folder).stdout)
    assert "gone" not in status["sources"][0]["outcomes"]


def test_a_site_that_answers_everything_with_a_page_has_no_troubles(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><html><title>Xã Ví Dụ</title><p>Không tìm thấy trang.</p>"

    class Everything(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            return None if key == "/robots.txt" else page

    with served(Everything()) as home:
        row = crawled(home, tmp_path)
    assert row["discovered"] == sum(row[outcome] for outcome in Outcome) == 1


def test_an_address_that_the_site_names_is_gone_all_the_same(tmp_path: Path) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/tin.rss">'
    with served({"/": f"<title>Xã Ví Dụ</title>{link}<p>Tin</p>"}) as home:
        row = crawled(home, tmp_path)
    assert row["gone"] == 1
    assert row["reasons"]["gone"] == {"http_404": 1}


def test_tables_name_articles(crawl: tuple[Path, dict[str, Any]]) -> None:
    folder, row = crawl
    runs = tinhuyen("runs", home=folder).stdout
    assert "found" in runs.splitlines()[0]
    assert "discovered" not in runs
    one = tinhuyen("runs", "1", home=folder).stdout.splitlines()
    at = next(n for n, line in enumerate(one) if line.split()[:2] == ["source", "found"])
    heads, values = one[at].split(), one[at + 2].split()
    assert int(values[heads.index("found")]) == row["found"]
    assert int(values[heads.index("addresses")]) == row["discovered"]
    listed = json.loads(tinhuyen("runs", "--json", home=folder).stdout)
    assert listed[0]["found"] == row["found"]
