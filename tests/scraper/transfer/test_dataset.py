"""The dataset of articles: Parquet files by source and month."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.article import Article, Attachment, Kind, Photo
from scraper.archive.storage import open_storage
from scraper.store.article_rows import Selection, read_selection
from scraper.store.exported_files import add_file_facts
from scraper.transfer import dataset
from scraper.transfer.dataset import export_dataset, month_of, remove_others, write_dataset
from tests.scraper.stores import keep_article, new_database

TIMES = {
    "https://huyen.localhost/1": "2025-12-31T23:30:00+07:00",
    "https://huyen.localhost/2": "2025-12-31T18:30:00Z",
    "https://huyen.localhost/3": "2025-12-31",
    "https://huyen.localhost/4": None,
}


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, Any]]:
    db = new_database(tmp_path)
    for url, published in TIMES.items():
        article = Article(title=f"Tin {url}", paragraphs=[url], url=url, published_at=published)
        article.photos = [Photo("https://huyen.localhost/anh.jpg", "Ảnh", None)]
        keep_article(db, article)
    keep_article(db, Article(title="Tin tỉnh", paragraphs=["Khác"], url="http://tinh/1"), "tinh")
    return [add_file_facts(db, row, with_text=False) for row in read_selection(db, Selection())]


def test_the_month_is_that_of_vietnam(rows: list[dict[str, Any]]) -> None:
    assert [month_of(row) for row in rows] == [
        *("2025-12", "2026-01", "2025-12", "2026-11", "2026-11")
    ]


def test_articles_are_read_by_source_and_month(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    import duckdb

    root = tmp_path / "root"
    write_dataset(rows, open_storage(str(root)), "all")
    found = duckdb.execute(
        f"SELECT source, month, count(*), any_value(photos[1].caption) FROM read_parquet("
        f"'{root}/articles/*/*/*.parquet', hive_partitioning = true,"
        " hive_types = {'source': VARCHAR, 'month': VARCHAR}) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("huyen", "2025-12", 2, "Ảnh"),
        ("huyen", "2026-01", 1, "Ảnh"),
        ("huyen", "2026-11", 1, "Ảnh"),
        ("tinh", "2026-11", 1, None),
    ]


def test_a_repeated_part_replaces_its_files(
    rows: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "MAX_BUFFERED_ROWS", 2)
    storage = open_storage(str(tmp_path / "root"))
    write_dataset(rows[:1], storage, "other-part")
    first = write_dataset(rows, storage, "part")
    assert write_dataset(rows, storage, "part") == first
    assert len(storage.names()) == len(first) + 1
    second = write_dataset(rows[1:4], storage, "part")
    assert remove_others(storage, "part", second) == len(first - second) > 0
    assert {name for name in storage.names() if "other" not in name} == second


def test_the_queries_of_the_readme_answer(tmp_path: Path) -> None:
    import duckdb

    db = new_database(tmp_path)
    db.execute("UPDATE sources SET province = 'Tuyên Quang'")
    for number in range(3):
        article = Article(
            title=f"Tin số {number}",
            paragraphs=["Hội nghị NÔNG THÔN MỚI của huyện."],
            url=f"http://huyen.localhost/{number}",
            published_at=f"2026-0{number + 1}-05",
        )
        row = keep_article(db, article)
    db.execute("UPDATE articles SET gone_at = '2026-12-03T02:00:00Z' WHERE id = ?", [row])
    notice = Article(
        kind=Kind.NOTICE,
        title="Quyết định 12",
        url="http://tinh.localhost/1",
        published_at="2026-05-01T08:00:00+07:00",
        attachments=[Attachment("http://tinh.localhost/12.pdf", "Quyết định")],
    )
    keep_article(db, notice, "tinh")
    db.conn.commit()
    root = tmp_path / "root"
    report, files = export_dataset(db, Selection(), str(root))
    assert (report.rows, files) == (4, 4)
    readme = Path(__file__).parents[3] / "scraper" / "transfer" / "README.md"
    section = readme.read_text("utf-8").partition("## The dataset")[2].partition("\n## ")[0]
    connection = duckdb.connect()
    answers = []
    for block in re.findall(r"```sql\n(.*?)```", section, re.S):
        for statement in filter(str.strip, block.split(";\n")):
            result = connection.execute(statement.replace("ROOT", str(root)))
            answers.append([row[:3] for row in result.fetchall()])
    _, _, months, sources, exact, folded, notices, removed = answers
    assert months == [
        *((f"2026-0{month}", "Tuyên Quang", 1) for month in (1, 2, 3, 5)),
    ]
    assert sources == [("huyen", "Huyen", 3), ("tinh", "Tinh", 1)]
    assert exact == folded
    assert [row[2] for row in exact] == ["Tin số 2", "Tin số 1", "Tin số 0"]
    assert notices == [(date(2026, 5, 1), "Quyết định 12", "Quyết định")]
    assert removed == [("huyen", 1, 10.0)]
    db.close()


def test_an_export_of_a_part_replaces_the_dataset(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    keep_article(db, Article(title="Tin", paragraphs=["Một"], url="http://huyen.localhost/1"))
    keep_article(
        db, Article(title="Tin", paragraphs=["Hai"], url="http://tinh.localhost/1"), "tinh"
    )
    export_dataset(db, Selection(), str(tmp_path / "root"))
    export_dataset(db, Selection(source="tinh"), str(tmp_path / "root"))
    assert open_storage(str(tmp_path / "root")).names() == [
        "articles/source=tinh/month=2026-11/export-00000.parquet"
    ]
    db.close()
