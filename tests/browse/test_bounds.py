"""Whole answers: long fields as they are, too large ones as an error, and memory that holds."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead
from pathlib import Path
from urllib.parse import quote

import pytest

from pipelines.article import Article
from scraper.browse import bounded, middleware
from scraper.browse.bounded import AnswerTooLarge, weighed
from scraper.browse.middleware import ANSWERS_AT_ONCE, Application, Message, Receive, Send, guarded
from tests.browse.serving import Browsing
from tests.browse.test_guard import get
from tests.scraper.stores import keep_article, new_database

LONG = "Đoạn văn rất dài. " * 10_000
MOST_MB = 1_500

HOGS = [
    "with recursive n(i) as (select 1 union all select i + 1 from n limit 1000)"
    " select randomblob(20000000) from n",
    "with recursive n(i) as (select 1 union all select i + 1 from n limit 1000)"
    " select hex(zeroblob(10000000)) from n",
    "with recursive n(i) as (select 1 union all select i + 1 from n)"
    " select group_concat(hex(zeroblob(1000000))) from n",
    "with recursive n(i) as (select 1 union all select i + 1 from n limit 100000)"
    " select json_group_array(hex(randomblob(100000))) from n",
    "select " + ", ".join(["x"] * 100) + " from (select randomblob(20000000) as x)",
    "select " + ", ".join(["zeroblob(20000000)"] * 1000),
]


@pytest.fixture(scope="module")
def long_articles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with three articles of 180,000 characters."""
    folder = tmp_path_factory.mktemp("long")
    db = new_database(folder)
    for number in range(3):
        article = Article(
            url=f"http://huyen.localhost/dai-{number}.html",
            title=f"Bài dài số {number}",
            paragraphs=[f"{LONG}{number}"],
        )
        keep_article(db, article)
    with Browsing(folder / "tinhuyen.db", "--sql") as browsing:
        yield browsing.url


@pytest.mark.fault(72)
@pytest.mark.parametrize(
    "path",
    [
        "/search.csv?q=bai+dai",
        "/tinhuyen/articles.csv",
        "/tinhuyen/articles.csv?_stream=on",
        f"/tinhuyen.csv?sql={quote('select * from articles')}",
    ],
)
def test_a_long_article_is_whole_in_a_spreadsheet(long_articles: str, path: str) -> None:
    csv.field_size_limit(10_000_000)
    text = get(long_articles + path).read().decode("utf-8-sig")
    bodies = {row["body"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert bodies == {f"{LONG}{number}" for number in range(3)}


def test_a_long_article_is_whole_in_json(long_articles: str) -> None:
    rows = json.load(get(f"{long_articles}/search.json?q=bai+dai"))
    assert {row["body"] for row in rows} == {f"{LONG}{number}" for number in range(3)}
    rows = json.load(get(f"{long_articles}/tinhuyen/articles.json?_shape=array"))
    assert {row["body"] for row in rows} == {f"{LONG}{number}" for number in range(3)}


@pytest.mark.fault(72)
@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize(
    "sql", ["select nothing from articles", "select '", *HOGS], ids=lambda sql: sql[:20]
)
def test_an_error_is_never_an_empty_answer(long_articles: str, sql: str, form: str) -> None:
    answer = get(f"{long_articles}/tinhuyen.{form}?sql={quote(sql)}")
    assert (answer.status or 0) >= 400
    body = answer.read().strip()
    assert body
    if form == "json":
        error = json.loads(body)
        assert error["ok"] is False
        assert error["error"]


def test_rows_that_csv_has_no_place_for_are_told(long_articles: str) -> None:
    many = quote("with recursive n(i) as (select 1 union all select i + 1 from n) select i from n")
    answer = get(f"{long_articles}/tinhuyen.csv?sql={many}%20limit%205000&lang=en")
    assert answer.status == 400
    assert b"1000 rows" in answer.read()


def answers_of(application: Application, count: int) -> list[list[Message]]:
    """What so many readers at once are sent by an application behind the bounds."""
    scope = {"type": "http", "path": "/", "query_string": b"", "client": ("127.0.0.1", 1)}
    scope |= {"server": ("127.0.0.1", 8001), "headers": [(b"host", b"127.0.0.1:8001")]}
    answer = guarded(application, None)

    async def ask() -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await answer(dict(scope), receive, send)
        return sent

    async def ask_all() -> list[list[Message]]:
        return await asyncio.gather(*(ask() for _ in range(count)))

    return asyncio.run(ask_all())


@pytest.mark.parametrize(("size", "status"), [(1_000, 200), (1_001, 413)])
def test_an_answer_that_is_made_whole_has_a_bound(
    monkeypatch: pytest.MonkeyPatch, size: int, status: int
) -> None:
    monkeypatch.setattr(middleware, "ANSWER_BYTES", 1_000)

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * size})

    [[start, *pieces]] = answers_of(application, 1)
    assert start["status"] == status
    body = b"".join(piece["body"] for piece in pieces)
    assert body == b"x" * size if status == 200 else "quá lớn".encode() in body


def test_the_articles_that_are_read_for_one_answer_have_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounded, "RESULT_BYTES", 10_000)
    rows = iter([{"body": "x" * 3_000}] * 100)
    with pytest.raises(AnswerTooLarge):
        list(weighed(rows))
    assert len(list(rows)) == 96
    few = [{"body": "x" * 3_000}] * 3
    assert list(weighed(few)) == few


def test_only_so_many_answers_are_made_at_a_time() -> None:
    making, most = 0, 0

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        nonlocal making, most
        making += 1
        most = max(most, making)
        for _ in range(10):
            await asyncio.sleep(0)
        making -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    answers = answers_of(application, 3 * ANSWERS_AT_ONCE)
    assert [start["status"] for start, *_ in answers] == [200] * 3 * ANSWERS_AT_ONCE
    assert most == ANSWERS_AT_ONCE


@pytest.mark.fault(72, 85)
def test_many_queries_at_once_stay_within_memory(tmp_path: Path) -> None:
    new_database(tmp_path)
    with Browsing(tmp_path / "tinhuyen.db", "--sql") as browsing:
        urls = [f"{browsing.url}/tinhuyen.json?sql={quote(sql)}" for sql in HOGS * 3]
        with ThreadPoolExecutor(len(urls)) as readers:
            assert min(answer.status or 0 for answer in readers.map(get, urls)) >= 400
        peak = Path(f"/proc/{browsing.process.pid}/status").read_text()
    [line] = [line for line in peak.splitlines() if line.startswith("VmHWM")]
    assert int(line.split()[1]) * 1024 < MOST_MB * 1_000_000


def test_a_table_that_breaks_off_is_never_taken_for_whole(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    text = "x" * 700_000
    for number in range(1_100):
        long = text if number > 1_020 else ""
        keep_article(
            db, Article(url=f"http://huyen.localhost/{number}", title=f"Bài {number}{long}")
        )
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        answer = get(f"{browsing.url}/tinhuyen/articles.csv?_stream=on&_col=title&_sort=id")
        with pytest.raises(IncompleteRead):
            answer.read()
