"""Revisions, photos and attachments as exports of their own."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Photo
from scraper.store.article_rows import Selection
from scraper.store.articles import revise_article
from scraper.store.database import write_transaction
from scraper.transfer.export_columns import TABLES, cell_names
from scraper.transfer.exporting import WRITERS, export
from tests.scraper.stores import MOMENT, keep_article, new_database

EVERYTHING = Selection()
LATER = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def state(text: str) -> Article:
    return Article(
        url="http://huyen.localhost/1.html",
        title="Giá chè",
        paragraphs=[text],
        photos=[Photo("http://huyen.localhost/1.jpg", "Đồi chè", "TT", "đồi")],
        attachments=[Attachment("http://huyen.localhost/bieu.pdf", "Biểu giá")],
        published_at="2026-11-22",
        tags=["chè"],
    )


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """Return an article that was edited, and another one, each with a photo."""
    db = new_database(tmp_path)
    article = keep_article(db, state("Giá cũ."))
    with write_transaction(db):
        revise_article(db, article, state("Giá mới."), LATER, None)
    [revision] = [row["id"] for row in db["revisions"].rows]
    db.table("returns").insert({"revision": revision, "seen_at": "2026-11-25T02:00:00Z"})
    keep_article(
        db, Article(title="Khác", paragraphs=["Khác."], photos=[Photo(None, "Ảnh")]), "tinh"
    )
    text = {"digest": "bb", "media_type": "application/pdf", "pages": 2, "text": "Giá\fchè"}
    db.table("file_texts").insert(text | {"reader": 1})
    db.table("files").update("file:http://huyen.localhost/bieu.pdf", {"digest": "bb", "size": 8})
    return db


def rows(db: Database, table: str, selection: Selection = EVERYTHING) -> list[dict[str, Any]]:
    out = io.BytesIO()
    report = export(db, selection, "jsonl", out, table)
    found = [json.loads(line) for line in out.getvalue().decode().splitlines()]
    assert report.rows == len(found)
    return found


def test_revisions_are_the_earlier_states_with_their_article(db: Database) -> None:
    [row] = rows(db, "revisions")
    assert (row["article"], row["article_url"], row["source_name"]) == (1, state("").url, "Huyen")
    assert (row["body"], row["published_at"], row["tags"]) == ("Giá cũ.", "2026-11-22", ["chè"])
    assert (row["seen_at"], row["seen_again_at"]) == (
        "2026-11-23T02:00:00Z", ["2026-11-25T02:00:00Z"],
    )  # fmt: skip
    assert [photo["caption"] for photo in row["photos"]] == ["Đồi chè"]
    assert row["attachments"] == [{"url": "http://huyen.localhost/bieu.pdf", "name": "Biểu giá"}]


def test_photos_and_attachments_are_rows_with_their_article(db: Database) -> None:
    first, second = rows(db, "photos")
    assert (first["article"], first["caption"], first["credit"], first["alt"]) == (
        1, "Đồi chè", "TT", "đồi",
    )  # fmt: skip
    assert (second["source"], second["url"], second["caption"]) == ("tinh", None, "Ảnh")
    [file] = rows(db, "attachments")
    assert (file["name"], file["pages"], file["size"], file["text"]) == (
        "Biểu giá",
        2,
        8,
        "Giá\fchè",
    )


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_of_the_articles_that_are_selected(db: Database, table: str) -> None:
    own = rows(db, table, Selection(source="huyen"))
    assert {row["source"] for row in own} == {"huyen"}
    assert rows(db, table, Selection(until="2026-11-21")) == []
    assert rows(db, table, Selection(words="gia moi")) == own
    assert rows(db, table, Selection(changed_after="2026-11-23T02:00:00Z")) == own


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_of_a_table_are_those_that_are_written(db: Database, table: str) -> None:
    names = [column.name for column in TABLES[table]]
    assert all([*row] == names for row in rows(db, table))
    out = io.BytesIO()
    export(db, Selection(), "csv", out, table)
    head, *lines = csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline=""))
    assert tuple(head) == cell_names(table)
    assert len(lines) == len(rows(db, table))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("form", WRITERS)
def test_every_format_writes_every_table(db: Database, form: str, table: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    out = io.BytesIO()
    assert export(db, Selection(), form, out, table).rows == len(rows(db, table))
    assert out.getvalue()


def test_revisions_have_timestamps_in_parquet(db: Database) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out = io.BytesIO()
    export(db, Selection(), "parquet", out, "revisions")
    [row] = parquet.read_table(io.BytesIO(out.getvalue())).to_pylist()
    assert (row["seen_at"], row["seen_again_at"]) == (
        MOMENT,
        [datetime(2026, 11, 25, 2, tzinfo=UTC)],
    )
    assert (row["published_at"], row["published_on"].isoformat()) == (None, "2026-11-22")
    assert row["photos"][0]["caption"] == "Đồi chè"


def test_a_revision_from_before_files_were_stored_has_no_list_of_them(db: Database) -> None:
    db.execute("UPDATE revisions SET attachments = NULL")
    assert rows(db, "revisions")[0]["attachments"] is None
