"""Exports: every field comes out as it went in, in any amount, and no cell runs."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Kind, Photo
from scraper.store.article_rows import Selection
from scraper.store.articles import insert_article
from scraper.store.database import open_for_reading, write_transaction
from scraper.transfer.exporting import ATTACHMENT_KEYS, export
from tests.bench.texts import Writer
from tests.scraper.stores import MOMENT, keep_article, new_database

EVERYTHING = Selection()

FULL = Article(
    url="http://huyen.localhost/tin/1.html",
    title="Huyện đoàn ra quân",
    lede="Sáng 21/11.",
    paragraphs=["Đoạn một.", "Đoạn hai."],
    author="Tuấn Tú",
    published_at="2023-11-21T14:25:00+07:00",
    published_raw="21/11/2023 14:25",
    section="Đoàn thể",
    tags=["Đoàn", "hè"],
    photos=[Photo("http://huyen.localhost/1.jpg", "Ra quân", "TT")],
    language="vi",
    provenance={"title": "jsonld"},
)

NOTICE = Article(
    url="http://huyen.localhost/thong-bao/2.html",
    kind=Kind.NOTICE,
    title="Thông báo lịch tiếp công dân",
    attachments=[
        Attachment("http://huyen.localhost/lich.pdf", "Lịch tiếp công dân"),
        Attachment("http://huyen.localhost/phu-luc.docx"),
    ],
    published_at="2023-11-22",
)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


def exported(db: Database, form: str, selection: Selection = EVERYTHING) -> bytes:
    out = io.BytesIO()
    export(db, selection, form, out)
    return out.getvalue()


def without_facts(row: dict[str, Any]) -> dict[str, Any]:
    """Return an exported article without what fetching its files has found out."""
    for name, keys in (("photos", PAGE_PHOTO), ("attachments", PAGE_ATTACHMENT)):
        row[name] = [{key: file[key] for key in keys} for file in row[name]]
    return row


PAGE_PHOTO = ("url", "caption", "credit", "alt")
PAGE_ATTACHMENT = ("url", "name")


def titles(db: Database, selection: Selection) -> list[str]:
    lines = exported(db, "jsonl", selection).decode().splitlines()
    return [json.loads(line)["title"] for line in lines]


def test_json_lines_hold_the_object_of_the_contract(db: Database) -> None:
    keep_article(db, FULL)
    [line] = exported(db, "jsonl").decode().splitlines()
    assert without_facts(json.loads(line)) == FULL.as_json() | {"source": "huyen"}


def test_json_lines_hold_a_notice_with_its_attachments(db: Database) -> None:
    keep_article(db, NOTICE)
    [line] = exported(db, "jsonl").decode().splitlines()
    assert without_facts(json.loads(line)) == NOTICE.as_json() | {"source": "huyen"}


@pytest.fixture
def files(db: Database) -> dict[str, Any]:
    """Return what is known of the photo of FULL; one attachment of NOTICE is read, one waits."""
    keep_article(db, FULL)
    keep_article(db, NOTICE)
    facts = {"media_type": "image/jpeg", "size": 9, "width": 4, "height": 3, "digest": "aa"}
    facts |= {"outcome": "new", "reason": None}
    db.table("files").update("file:http://huyen.localhost/1.jpg", facts)
    db.table("files").update("file:http://huyen.localhost/lich.pdf", {"digest": "bb", "size": 8})
    text = {"digest": "bb", "media_type": "application/pdf", "pages": 2, "text": "Lịch\fThứ hai"}
    db.table("file_texts").insert(text | {"reader": 1})
    return facts


def test_json_lines_say_what_is_known_of_files(db: Database, files: dict[str, Any]) -> None:
    full, notice = map(json.loads, exported(db, "jsonl").decode().splitlines())
    assert full["photos"] == [asdict(FULL.photos[0]) | files]
    read, waiting = notice["attachments"]
    assert (read["pages"], read["text"], read["size"]) == (2, "Lịch\fThứ hai", 8)
    assert (waiting["digest"], waiting["outcome"], waiting["text"]) == (None, None, None)


def test_csv_and_parquet_leave_out_the_text_of_files(db: Database, files: dict[str, Any]) -> None:
    text = exported(db, "csv").decode("utf-8-sig")
    _, row = csv.DictReader(io.StringIO(text, newline=""))
    assert [set(file) for file in json.loads(row["attachments"])] == 2 * [set(ATTACHMENT_KEYS)]
    parquet = pytest.importorskip("pyarrow.parquet")
    full, notice = parquet.read_table(io.BytesIO(exported(db, "parquet"))).to_pylist()
    assert full["photos"] == [asdict(FULL.photos[0]) | files]
    assert notice["attachments"][0] | {"pages": 2, "size": 8} == notice["attachments"][0]


def test_csv_opens_in_a_spreadsheet(db: Database) -> None:
    keep_article(db, FULL)
    text = exported(db, "csv").decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["title"], row["body"]) == ("Huyện đoàn ra quân", "Đoạn một.\n\nĐoạn hai.")
    assert json.loads(row["tags"]) == ["Đoàn", "hè"]
    assert (row["kind"], json.loads(row["attachments"])) == ("article", [])
    assert exported(db, "csv").startswith(b"\xef\xbb\xbf")


@pytest.mark.fault(72)
@pytest.mark.parametrize(
    "start", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", " =1", "＝1"]
)
def test_no_cell_is_a_formula(db: Database, start: str) -> None:
    keep_article(db, Article(title=start, paragraphs=[start], author=start, section=start))
    [row] = csv.DictReader(io.StringIO(exported(db, "csv").decode("utf-8-sig"), newline=""))
    for name in ("title", "body", "author", "section"):
        assert row[name] == f"'{start}"


def test_parquet_keeps_types(db: Database) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    keep_article(db, FULL)
    keep_article(db, NOTICE)
    rows = parquet.read_table(io.BytesIO(exported(db, "parquet"))).to_pylist()
    for row, article in zip(rows, (FULL, NOTICE), strict=True):
        row["provenance"] = dict(row["provenance"])
        row["blocks"] = [
            {key: value for key, value in block.items() if value is not None}
            for block in row["blocks"]
        ]
        assert without_facts(row) == article.as_json() | {"source": "huyen"}


def test_articles_are_selected_by_source_time_section_and_words(db: Database) -> None:
    keep_article(db, FULL)
    keep_article(db, Article(title="Mới", paragraphs=["Chè"], published_at="2026-01-02"), "tinh")
    keep_article(db, Article(title="Không ngày", paragraphs=["Chè xanh"], section="Đoàn thể"))
    assert titles(db, Selection()) == ["Huyện đoàn ra quân", "Mới", "Không ngày"]
    assert titles(db, Selection(source="tinh")) == ["Mới"]
    assert titles(db, Selection(since="2025-01-01")) == ["Mới"]
    assert titles(db, Selection(section="Đoàn thể")) == ["Huyện đoàn ra quân", "Không ngày"]
    assert titles(db, Selection(words="che")) == ["Mới", "Không ngày"]
    assert titles(db, Selection(words='"che xanh"', section="Đoàn thể")) == ["Không ngày"]
    assert titles(db, Selection(words="?")) == []


def test_a_search_is_exported_from_a_database_opened_for_reading(
    db: Database, tmp_path: Path
) -> None:
    keep_article(db, FULL)
    reading = open_for_reading(tmp_path / "tinhuyen.db")
    assert titles(reading, Selection(words="huyen doan")) == ["Huyện đoàn ra quân"]


class Nowhere(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return len(memoryview(data))  # type: ignore[arg-type]


def peak_of_export(db: Database, form: str) -> int:
    tracemalloc.start()
    export(db, Selection(), form, Nowhere())  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_memory_does_not_grow_with_the_number_of_articles(db: Database, form: str) -> None:
    writer = Writer()
    for count in (1_000, 3_000):
        with write_transaction(db):
            for _ in range(count):
                article = Article(paragraphs=[" ".join(writer.words(100))])
                insert_article(db, "huyen", article, MOMENT)
        if count == 1_000:
            first = peak_of_export(db, form)
    assert peak_of_export(db, form) < 1.3 * first
