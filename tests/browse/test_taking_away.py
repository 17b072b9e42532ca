"""A search as a feed, a table, JSON."""

from __future__ import annotations

import csv
import io
import json
import urllib.request

import feedparser
import pytest

from tests.browse.library import EDITED, FILLERS, SCRIPT


def fetch(address: str) -> tuple[bytes, str]:
    with urllib.request.urlopen(address, timeout=30) as answer:
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
    assert "Huyện sẽ mở hội cam" in entry.content[0].value


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


def test_a_search_is_json_with_more_than_a_page_of_articles(site: str) -> None:
    rows = json.loads(fetch(f"{site}/search.json?q=chuyen+doi+so")[0])
    assert len(rows) == FILLERS
    assert rows[0]["paragraphs"] == ["Hội nghị bàn về chuyển đổi số ở cơ sở."]


def test_arguments_that_make_no_sense_are_left_out(site: str) -> None:
    assert fetch(f"{site}/search?q=cam&page=x&since=2026-99-99&order=x")[1].startswith("text/html")
    assert fetch(f"{site}/search?q=%00%22&page=-5&source=nobody")[1].startswith("text/html")
