"""A search as a feed, a table, JSON."""

from __future__ import annotations

import csv
import io
import json
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from http.client import IncompleteRead
from pathlib import Path
from urllib.error import HTTPError

import feedparser
import pytest
from sqlite_utils import Database

from pipelines.article import Article
from scraper.store.database import write_transaction
from tests.browse.library import EDITED, FILLERS, SCRIPT
from tests.browse.serving import Browsing
from tests.scraper.stores import keep_article, new_database


def fetch(address: str) -> tuple[bytes, str]:
    with urllib.request.urlopen(address, timeout=300) as answer:
        return answer.read(), answer.headers["content-type"]


def test_a_search_is_a_feed_with_the_newest_first(site: str) -> None:
    body, kind = fetch(f"{site}/search.atom?q=tin")
    feed = feedparser.parse(body)
    assert kind == "application/atom+xml; charset=utf-8"
    assert not feed.bozo
    assert [entry.title for entry in feed.entries[:2]] == [
        "Tin trong ngày số 0",
        "Tin trong ngày số 1",
    ]


def test_a_feed_holds_whole_articles_with_their_addresses(site: str) -> None:
    entry = feedparser.parse(fetch(f"{site}/search.atom?q=cam&source=huyen")[0]).entries[0]
    assert entry.id == "http://huyen.localhost/duoc-mua-cam.html"
    assert entry.link == f"{site}/articles/{EDITED}"
    assert entry.published_parsed[:3] == (2026, 11, 21)
    assert entry.updated_parsed > entry.published_parsed, "it was edited"
    assert "Huyện sẽ mở hội cam" in entry.content[0].value


def test_a_feed_holds_the_files_of_a_notice(site: str) -> None:
    entry = feedparser.parse(fetch(f"{site}/search.atom?kind=notice")[0]).entries[0]
    assert entry.title == "Lịch tiếp công dân tháng 12"
    assert [file.href for file in entry.enclosures] == [
        "https://huyen.localhost/lich.pdf",
        "https://huyen.localhost/phu-luc.docx",
    ]
    assert entry.content[0].value.startswith("Lịch tiếp dân\n")
    hostile = feedparser.parse(fetch(f"{site}/search.atom?q=doc+hai")[0]).entries[0]
    assert hostile.enclosures == []


def test_hostile_texts_stay_text_in_a_feed(site: str) -> None:
    body = fetch(f"{site}/search.atom?q=doc+hai")[0]
    title = feedparser.parse(body).entries[0].title_detail
    assert (title.type, title.value) == ("text/plain", SCRIPT)
    assert b"<script" not in body


@pytest.mark.fault(72)
def test_a_search_is_a_spreadsheet_that_runs_nothing(site: str) -> None:
    body, kind = fetch(f"{site}/search.csv?q=doc+hai")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert kind.startswith("text/csv")
    assert rows[0]["title"] == SCRIPT
    assert rows[0]["published_at"] == "2026-11-22"


@pytest.mark.fault(72)
def test_a_table_is_a_spreadsheet_that_runs_nothing(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    keep_article(db, Article(title="=cmd|' /C calc'!A0", paragraphs=["+1\n\n-1", "Hai, ba"]))
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        for options in ("", "?_stream=on", "?_dl=on"):
            text = fetch(f"{browsing.url}/tinhuyen/articles.csv{options}")[0].decode()
            [row] = csv.DictReader(io.StringIO(text, newline=""))
            assert row["title"] == "'=cmd|' /C calc'!A0"
            assert row["body"] == "'+1\n\n-1\n\nHai, ba"


@pytest.mark.parametrize("path", [f"/runs/{'9' * 20}", f"/articles/{'9' * 20}"])
def test_what_no_row_can_have_as_its_number_is_not_found(site: str, path: str) -> None:
    with pytest.raises(HTTPError, match="404"):
        fetch(f"{site}{path}")


def test_a_page_beyond_all_numbers_is_a_page_of_the_search(site: str) -> None:
    assert fetch(f"{site}/search?q=tin&page={'9' * 5000}")[1].startswith("text/html")


def test_a_search_is_json_with_more_than_a_page_of_articles(site: str) -> None:
    rows = json.loads(fetch(f"{site}/search.json?q=chuyen+doi+so")[0])
    assert len(rows) == FILLERS
    assert rows[0]["paragraphs"] == ["Hội nghị bàn về chuyển đổi số ở cơ sở."]


MANY = 1_150
"""More than a page of Datasette's, and more than the last page of the search."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    """A site with more articles on one matter than can be paged through, and its database."""
    folder = tmp_path_factory.mktemp("many")
    db = new_database(folder)
    for number in range(MANY):
        keep_article(
            db,
            Article(
                url=f"http://huyen.localhost/{number}",
                title=f"Bài số {number}",
                paragraphs=["Hội nghị bàn về cam sành."],
                published_at=str(date(2026, 11, 20) - timedelta(days=number)),
            ),
        )
    with Browsing(folder / "tinhuyen.db") as browsing:
        yield browsing.url, db


@pytest.mark.parametrize(
    "search", ["q=cam+sanh", "q=cam+s%C3%A0nh", "q=cam&order=newest", "source=huyen"]
)
def test_all_that_is_found_is_taken_away(many: tuple[str, Database], search: str) -> None:
    titles = [f"Bài số {number}" for number in range(MANY)]
    rows = json.loads(fetch(f"{many[0]}/search.json?{search}")[0])
    assert [row["title"] for row in rows] == titles
    table = fetch(f"{many[0]}/search.csv?{search}")[0].decode("utf-8-sig")
    assert [row["title"] for row in csv.DictReader(io.StringIO(table, newline=""))] == titles


def test_nothing_found_is_an_empty_table(many: tuple[str, Database]) -> None:
    for search in ("q=buoi", "q=%22", "since=2099-01-01"):
        assert json.loads(fetch(f"{many[0]}/search.json?{search}")[0]) == []
        assert fetch(f"{many[0]}/search.csv?{search}")[0].decode("utf-8-sig").count("\n") == 1


def test_the_last_page_says_that_there_is_more(many: tuple[str, Database]) -> None:
    last = fetch(f"{many[0]}/search?q=cam&page=10")[0].decode()
    assert "Ở đây chỉ xem được 200 kết quả đầu" in last
    assert "chỉ xem được" not in fetch(f"{many[0]}/search?q=cam&page=9")[0].decode()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_breaks_off_is_never_taken_for_whole(many: tuple[str, Database], form: str) -> None:
    url, db = many
    with write_transaction(db):
        db.execute("UPDATE articles SET tags = 'hỏng' WHERE title = 'Bài số 900'")
    try:
        with pytest.raises(IncompleteRead):
            fetch(f"{url}/search.{form}?q=cam&order=newest")
    finally:
        with write_transaction(db):
            db.execute("UPDATE articles SET tags = '[]'")


def test_long_articles_are_taken_away_one_by_one(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    text = "Cam sành. " * 300_000
    for number in range(15):
        article = Article(url=f"http://huyen.localhost/{number}", paragraphs=[f"{text}{number}"])
        keep_article(db, article)
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        rows = json.loads(fetch(f"{browsing.url}/search.json?source=huyen")[0])
    assert {row["body"].removeprefix(text) for row in rows} == set(map(str, range(15)))


def test_arguments_that_make_no_sense_are_left_out(site: str) -> None:
    assert fetch(f"{site}/search?q=cam&page=x&since=2026-99-99&order=x")[1].startswith("text/html")
    assert fetch(f"{site}/search?q=%00%22&page=-5&change=x")[1].startswith("text/html")
