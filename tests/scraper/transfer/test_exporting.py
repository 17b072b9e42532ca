"""Exports: every field comes out as it went in, in any amount, and no cell runs."""

from __future__ import annotations

import csv
import gc
import io
import json
import sqlite3
import tracemalloc
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Kind, Photo
from scraper.base.errors import StoreError
from scraper.store.article_rows import Selection, read_selection
from scraper.store.articles import insert_article
from scraper.store.database import open_for_reading, write_transaction
from scraper.transfer.export_columns import ATTACHMENT_KEYS
from scraper.transfer.exporting import KEYS, export
from scraper.transfer.objects import article_of, seen_of
from tests.bench.texts import Writer
from tests.scraper.stores import MOMENT, keep_article, make_schema_older, new_database

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


ADDED = KEYS[KEYS.index("source") + 1 :]
"""What an export says of an article besides its JSON and its source."""


def without_facts(row: dict[str, Any]) -> dict[str, Any]:
    """Return an exported article without what fetching it and its files has found out."""
    row = {key: value for key, value in row.items() if key not in ADDED}
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


@pytest.mark.parametrize("article", [FULL, NOTICE], ids=["article", "notice"])
def test_an_import_takes_an_exported_article_as_it_was(db: Database, article: Article) -> None:
    row_id = keep_article(db, article)
    times = {"last_seen_at": "2026-11-24T02:00:00Z", "gone_at": "2026-11-25T02:00:00Z"}
    db.table("articles").update(row_id, times)
    value = json.loads(exported(db, "jsonl"))
    taken = article_of(value)
    taken.provenance = article.provenance
    assert taken == article
    assert seen_of(value) == (MOMENT, datetime(2026, 11, 24, 2, tzinfo=UTC))


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
    "start",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        " =1",
        "＝1",
        "\u200b=1",
        "\xa0=1",
        "\r1",
    ],
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
        assert row.pop("published_on").isoformat() == (article.published_at or "")[:10]
        assert row.pop("modified_on") is None
        moment = row["published_at"]
        row["published_at"] = moment.isoformat() if moment else article.published_at
        assert without_facts(row) == article.as_json() | {"source": "huyen"}


def test_a_day_is_no_midnight_in_parquet(db: Database) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    for time in ("2023-11-21T00:00:00+07:00", "2023-11-21", None):
        keep_article(db, Article(paragraphs=[f"Đoạn {time}."], published_at=time))
    table = parquet.read_table(io.BytesIO(exported(db, "parquet")))
    assert table.schema.field("published_at").type == pyarrow.timestamp("us", "Asia/Ho_Chi_Minh")
    assert table.schema.field("first_seen_at").type == pyarrow.timestamp("us", "UTC")
    midnight, day, unknown = table.to_pylist()
    assert midnight["published_at"] == datetime.fromisoformat("2023-11-20T17:00:00+00:00")
    assert (day["published_at"], day["published_on"]) == (None, midnight["published_on"])
    assert midnight["published_on"].isoformat() == "2023-11-21"
    assert (unknown["published_at"], unknown["published_on"]) == (None, None)
    assert {row["first_seen_at"] for row in table.to_pylist()} == {MOMENT}


def test_a_time_that_cannot_be_read_is_counted(db: Database) -> None:
    pytest.importorskip("pyarrow")
    row_id = keep_article(db, FULL)
    db.table("articles").update(row_id, {"published_at": "hôm qua"})
    assert export(db, EVERYTHING, "parquet", io.BytesIO()).unread_times == 1
    assert json.loads(exported(db, "jsonl"))["published_at"] == "hôm qua"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_says_which_row_it_is_from_where_and_when(db: Database, form: str) -> None:
    db.table("sources").update("huyen", {"province": "Tuyên Quang", "district": "Hàm Yên"})
    first = keep_article(db, FULL)
    second = keep_article(db, NOTICE)
    times = {"changed_at": "2026-11-24T00:00:00Z", "gone_at": "2026-11-25T00:00:00Z"}
    db.table("articles").update(second, times | {"same_as": first})
    text = exported(db, form).decode("utf-8-sig")
    if form == "jsonl":
        rows = [json.loads(line) for line in text.splitlines()]
    else:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    expected = {
        "id": second, "same_as": first, "source_name": "Huyen", "level": "other",
        "province": "Tuyên Quang", "district": "Hàm Yên",
        "first_seen_at": "2026-11-23T02:00:00Z", "last_seen_at": "2026-11-23T02:00:00Z", **times,
    }  # fmt: skip
    assert {key: str(rows[1][key]) for key in ADDED} == {k: str(v) for k, v in expected.items()}
    assert rows[0]["gone_at"] in (None, "")


def test_new_columns_come_after_those_that_were_there_before(db: Database) -> None:
    keep_article(db, FULL)
    before = [*FULL.as_json(), "source"]
    assert [*json.loads(exported(db, "jsonl"))][: len(before)] == before


def test_articles_are_selected_by_source_time_section_and_words(db: Database) -> None:
    keep_article(db, FULL)
    keep_article(db, Article(title="Mới", paragraphs=["Chè"], published_at="2026-01-02"), "tinh")
    keep_article(db, Article(title="Không ngày", paragraphs=["Chè xanh"], section="Đoàn thể"))
    assert titles(db, Selection()) == ["Huyện đoàn ra quân", "Mới", "Không ngày"]
    assert titles(db, Selection(source="tinh")) == ["Mới"]
    assert titles(db, Selection(since="2025-01-01")) == ["Mới"]
    assert titles(db, Selection(until="2023-11-21")) == ["Huyện đoàn ra quân"]
    assert titles(db, Selection(until="2023-11-20")) == []
    assert titles(db, Selection(since="2026-01-02", until="2026-01-02")) == ["Mới"]
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


def test_articles_are_selected_that_were_new_changed_or_gone_after_a_time(db: Database) -> None:
    kept = {
        title: keep_article(db, Article(title=title, paragraphs=[title]))
        for title in ("Cũ", "Mới", "Sửa", "Gỡ")
    }
    [before] = {row["changed_at"] for row in db["articles"].rows}
    later = "2026-11-24T00:00:00Z"
    for title, columns in (("Mới", ("first_seen_at", "changed_at")), ("Sửa", ("changed_at",)),
                           ("Gỡ", ("gone_at",))):  # fmt: skip
        db.table("articles").update(kept[title], dict.fromkeys(columns, later))
    assert titles(db, Selection(changed_after=before)) == ["Mới", "Sửa", "Gỡ"]
    assert titles(db, Selection(changed_after=before, words="sua")) == ["Sửa"]
    assert titles(db, Selection(changed_after=later)) == []


def test_selections_can_be_read_at_the_same_time(db: Database) -> None:
    for number in range(3):
        keep_article(db, Article(title=f"Chè {number}", paragraphs=["Chè xanh"]))
    first = read_selection(db, Selection(words="che"))
    next(first)
    assert len(list(read_selection(db, Selection(words="xanh")))) == 3
    assert len(list(first)) == 2
    unfinished = read_selection(db, Selection(source="huyen"))
    next(unfinished)
    del unfinished
    gc.collect()
    assert not list(db.query("SELECT * FROM temp.sqlite_master"))


def test_a_selection_is_read_from_a_copy_of_an_older_database(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_article(db, FULL)
    db.close()
    path = tmp_path / "tinhuyen.db"
    make_schema_older(path)
    monkeypatch.setattr("scraper.store.database.open_database", refuse)
    copy = open_for_reading(path)
    assert titles(copy, Selection(source="huyen", words="doan")) == ["Huyện đoàn ra quân"]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        copy.execute("DELETE FROM articles")


def refuse(path: Path) -> Database:
    raise StoreError(f"{path} cannot be written")


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


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx"])
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
