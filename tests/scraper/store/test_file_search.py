"""Words in the files of articles: found with the article, the file's name and the page."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment
from scraper.store import file_search
from scraper.store.article_rows import Selection, read_selection
from scraper.store.database import write_transaction
from scraper.store.file_search import places_outside_articles
from scraper.store.file_texts import FileText, save_text
from scraper.store.files import file_key
from scraper.store.search import every_match, search
from scraper.store.search_filters import Filters
from tests.scraper.stores import keep_article, new_database

PDF = "application/pdf"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


def put(
    db: Database,
    number: int,
    *texts: str,
    body: str = "",
    source: str = "huyen",
    day: str = "2026-01-01",
    **fields: str,
) -> int:
    """Store an article with a file for each text, which is fetched and read."""
    urls = [f"http://huyen.localhost/{number}/tep-{place}.pdf" for place in range(len(texts))]
    article = keep_article(
        db,
        Article(
            url=f"http://huyen.localhost/{number}",
            title=f"Thông báo số {number}",
            paragraphs=[body] if body else [],
            attachments=[Attachment(url) for url in urls],
            published_at=day,
            **fields,  # type: ignore[arg-type]
        ),
        source,
    )
    for url, text in zip(urls, texts, strict=True):
        fetched(db, url, text)
    return article


def fetched(db: Database, url: str, text: str) -> str:
    digest = sha256(text.encode()).hexdigest()
    with write_transaction(db):
        db.execute(
            "UPDATE files SET outcome = 'new', digest = ?, media_type = ? WHERE url_key = ?",
            [digest, PDF, file_key(url)],
        )
        save_text(db, digest, FileText(PDF, text.count("\f") + 1, text, None, 1))
    return digest


@pytest.mark.parametrize("words", ["cấp nước sạch", "cap nuoc sach", '"nước sạch"', "CẤP NƯỚC"])
def test_words_of_a_file_find_its_article_with_name_and_page(db: Database, words: str) -> None:
    article = put(db, 1, "Quyết định\fKế hoạch cấp nước sạch nông thôn\fPhụ lục")
    [hit] = search(db, words, marks=("[", "]")).hits
    assert (hit.id, hit.title) == (article, "Thông báo số 1")
    assert (hit.attachment, hit.page) == ("tep-0.pdf", 2)
    assert "[" in hit.snippet
    assert hit.snippet.replace("[", "").replace("]", "") in (
        "Quyết định Kế hoạch cấp nước sạch nông thôn Phụ lục"
    )


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("nước", 1),
        ("\fnước", 2),
        ("\f\f\fnước\f", 4),
        ("một\fhai\f" + "ba " * 500 + "nước " + "bốn " * 500 + "\fnăm", 3),
        ("…\f… nước …\f…", 2),
        ("đầu " * 40 + "\fcuối nước", 2),
        ("Số trang\f" * 30 + "nước", 31),
    ],
)
def test_the_page_is_that_of_the_words(db: Database, text: str, page: int) -> None:
    put(db, 1, text)
    assert [hit.page for hit in search(db, "nước").hits] == [page]


def test_an_article_that_has_the_words_itself_comes_before_files(db: Database) -> None:
    in_file = put(db, 1, "cam sành " * 50, day="2026-05-01")
    folded = put(db, 2, body="Nói cảm sanh", day="2026-04-01")
    itself = put(db, 3, "cam sành", body="Được mùa cam sành", day="2020-01-01")
    folded_file = put(db, 4, "cám sanh", day="2026-05-02")
    hits = search(db, "cam sành").hits
    assert [hit.id for hit in hits] == [itself, folded, in_file, folded_file]
    assert [hit.attachment for hit in hits] == [None, None, "tep-0.pdf", "tep-0.pdf"]
    assert every_match(db, "cam sành") == [itself, folded, in_file, folded_file]
    assert set(places_outside_articles(db, "cam sành", [itself, in_file])) == {in_file}


@pytest.mark.parametrize("few", [1, 10_000])
def test_newest_first_mixes_both_by_time(
    db: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("scraper.store.search.SORTED", few)
    old = put(db, 1, body="cam", day="2026-01-01")
    between = put(db, 2, "cam", day="2026-02-01")
    new = put(db, 3, body="cam", day="2026-03-01")
    hits = search(db, "cam", newest_first=True).hits
    assert [(hit.id, hit.attachment) for hit in hits] == [
        (new, None),
        (between, "tep-0.pdf"),
        (old, None),
    ]
    assert every_match(db, "cam", newest_first=True) == [new, between, old]


@pytest.mark.parametrize("few", [1, 10_000])
@pytest.mark.parametrize("walked", [3, 5_000])
def test_frequent_words_of_files_are_found_newest_first_without_reading_all(
    db: Database, monkeypatch: pytest.MonkeyPatch, walked: int, few: int
) -> None:
    monkeypatch.setattr(file_search, "FEW", 2)
    monkeypatch.setattr(file_search, "WALKED", walked)
    monkeypatch.setattr("scraper.store.search.SORTED", few)
    days = {put(db, 1, body="cam", day="2026-03-05"): 5}
    for number, day in enumerate((7, 1, 9, 3, 8), 2):
        days[put(db, number, f"cam {number}", day=f"2026-03-0{day}")] = day
    put(db, 9, body="khác", day="2026-03-06")
    for limit, offset in ((2, 0), (2, 2), (10, 0), (3, 4)):
        hits = search(db, "cam", newest_first=True, limit=limit, offset=offset).hits
        newest = sorted(days, key=days.__getitem__, reverse=True)[offset : offset + limit]
        if few > 1 or offset + limit <= 2:
            assert [hit.id for hit in hits] == newest


def test_the_newest_files_with_a_frequent_word_need_few_steps(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_search, "FEW", 20)
    for number in range(100):
        put(db, number, f"cam {number}", day=f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}")

    def steps(words: str) -> int:
        count = 0

        def step() -> int:
            nonlocal count
            count += 1
            return 0

        db.conn.set_progress_handler(step, 10)
        hits = search(db, words, newest_first=True, limit=3).hits
        db.conn.set_progress_handler(None, 10)
        assert [hit.attachment for hit in hits] == ["tep-0.pdf"] * 3
        return count

    frequent = steps("cam")
    monkeypatch.setattr(file_search, "FEW", 10_000)
    assert frequent < steps("cam") / 2


def test_a_file_of_two_articles_is_found_with_both_and_filters_meet_each(db: Database) -> None:
    here = put(db, 1, "nước sạch")
    there = put(db, 2, "nước sạch", source="tinh", section="Kinh tế", day="2026-06-01")
    assert {hit.id for hit in search(db, "nước").hits} == {here, there}
    for filters in (
        Filters(source="tinh"),
        Filters(section="Kinh tế"),
        Filters(since="2026-03-01"),
        Filters(kind="article", source="tinh"),
    ):
        assert [hit.id for hit in search(db, "nước", filters).hits] == [there]
        assert [hit.id for hit in search(db, "nước", filters, newest_first=True).hits] == [there]
        assert every_match(db, "nước", filters) == [there]
    assert search(db, "nước", Filters(section="Văn hóa")).hits == []


def test_the_words_are_in_one_file_and_an_article_is_one_hit(db: Database) -> None:
    put(db, 1, "nước", "sạch")
    both = put(db, 2, "nước", "nước sạch", "nước sạch, nước sạch")
    [hit] = search(db, "nước sạch").hits
    assert hit.id == both
    assert search(db, "nước").hits[0].page == 1


def test_hits_in_files_are_paged_through_without_gap_or_double(db: Database) -> None:
    own = [put(db, number, body="cam", day=f"2026-01-0{number}") for number in range(1, 4)]
    filed = [put(db, number, f"cam {number}", day=f"2026-01-0{number}") for number in range(4, 9)]
    pages = [search(db, "cam", limit=3, offset=offset).hits for offset in (0, 3, 6, 9)]
    assert [hit.id for page in pages for hit in page] == own[::-1] + filed[::-1]


def test_files_beyond_those_that_are_ranked_are_taken_away(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_search, "POOL", 3)
    filed = [put(db, number, f"cam {number}") for number in range(1, 8)]
    result = search(db, "cam")
    assert (result.bounded, {hit.id for hit in result.hits}) == (3, set(filed[-3:]))
    assert set(every_match(db, "cam")) == set(filed)


def test_an_export_by_words_holds_articles_with_files(db: Database) -> None:
    article = put(db, 1, "nước sạch")
    put(db, 2, body="khác")
    assert [row["id"] for row in read_selection(db, Selection(words="nuoc"))] == [article]


def test_a_text_that_is_read_again_is_found_by_its_new_words_only(db: Database) -> None:
    put(db, 1, "Trồng ngô đông")
    digest = sha256("Trồng ngô đông".encode()).hexdigest()
    with write_transaction(db):
        save_text(db, digest, FileText(PDF, 2, "Trồng\flạc xuân", "too_many_pages", 2))
    assert search(db, "ngô").hits == []
    assert [hit.page for hit in search(db, "lac xuan").hits] == [2]
    db.execute("INSERT INTO file_texts_fts (file_texts_fts) VALUES ('integrity-check')")
    row = db.execute("SELECT pages, reason, reader FROM file_texts").fetchall()
    assert row == [(2, "too_many_pages", 2)]


def test_the_file_is_called_as_the_article_calls_it(db: Database) -> None:
    article = keep_article(
        db,
        Article(
            url="http://huyen.localhost/x",
            attachments=[Attachment("http://huyen.localhost/t%E1%BB%87p.pdf?x=1", "Lịch tiếp dân")],
        ),
    )
    fetched(db, "http://huyen.localhost/t%E1%BB%87p.pdf?x=1", "thứ hai tuần đầu")
    assert search(db, "tuần đầu").hits[0].attachment == "Lịch tiếp dân"
    db.execute("UPDATE article_files SET name = NULL WHERE article = ?", [article])
    assert search(db, "tuần đầu").hits[0].attachment == "tệp.pdf"


def test_the_command_names_the_attachment_and_the_page(db: Database, tmp_path: Path) -> None:
    put(db, 1, "Quyết định\fKế hoạch cấp nước")
    put(db, 2, body="Kế hoạch cấp nước")
    database = str(tmp_path / "tinhuyen.db")
    command = [sys.executable, "-m", "scraper", "--db", database, "search", "ke hoach cap nuoc"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert "  found in the attachment tep-0.pdf, page 2\n" in run.stdout
    run = subprocess.run(
        [*command, "--json"], capture_output=True, text=True, timeout=300, check=True
    )
    rows = json.loads(run.stdout)
    assert [(row["attachment"], row["page"]) for row in rows] == [(None, None), ("tep-0.pdf", 2)]
    assert list(rows[0]) == [
        "url",
        "title",
        "source",
        "published_at",
        "snippet",
        "attachment",
        "page",
        "marks",
    ]
