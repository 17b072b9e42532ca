"""A search as a feed, a table, JSON."""

from __future__ import annotations

import csv
import io
import json
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import feedparser
import pytest

from pipelines.article import Article
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


def test_arguments_that_make_no_sense_are_left_out(site: str) -> None:
    assert fetch(f"{site}/search?q=cam&page=x&since=2026-99-99&order=x")[1].startswith("text/html")
    assert fetch(f"{site}/search?q=%00%22&page=-5&source=nobody")[1].startswith("text/html")
