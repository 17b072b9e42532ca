"""Photos and attachments in imported WARC files become those of the articles that name them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Photo
from scraper.archive.inspection import verify
from scraper.archive.writer import ArchiveWriter, head
from scraper.base.clock import now
from scraper.store.archived_records import named_records, named_warc_files
from scraper.transfer.import_report import ImportReport
from scraper.transfer.importer import import_paths
from tests.portals.notices import pdf, png
from tests.scraper.stores import SOURCES, keep_article, page_of

BASE = "http://huyen.localhost/"
SENTENCE = "Kế hoạch sửa đường liên xã"
FETCHED = datetime(2024, 1, 1, tzinfo=UTC)
TEXT = "Sáng nay, Huyện đoàn Hàm Yên tổ chức ra quân dọn vệ sinh các tuyến đường liên xã. "


@pytest.fixture
def writer(folder: Path) -> ArchiveWriter:
    return ArchiveWriter(folder)


def write(
    writer: ArchiveWriter, path: str, body: bytes, status: str = "200 OK", **values: object
) -> None:
    media_type = str(values.get("media_type", "application/pdf")).encode()
    answer = head(f"HTTP/1.1 {status}", [(b"Content-Type", media_type)])
    moment = values.get("moment", FETCHED)
    assert isinstance(moment, datetime)
    writer.write(BASE + path, head(f"GET /{path} HTTP/1.1", []), answer, body, moment)


def keep(db: Database) -> None:
    keep_article(
        db,
        Article(
            url=f"{BASE}1.html",
            title="Thông báo",
            attachments=[Attachment(f"{BASE}1.pdf"), Attachment(f"{BASE}2.pdf")],
            photos=[Photo(f"{BASE}1.png")],
        ),
    )


def imported(db: Database, folder: Path) -> ImportReport:
    *_, report = import_paths(db, folder.parent / "archive", [folder], SOURCES)
    return report


def assert_whole(db: Database, archive: Path) -> None:
    for check in verify(archive, named_warc_files(db), lambda name: named_records(db, name)):
        assert check.is_whole, check


def test_the_files_of_articles_are_taken_and_read(
    db: Database, folder: Path, writer: ArchiveWriter
) -> None:
    keep(db)
    write(writer, "1.pdf", pdf(SENTENCE))
    write(writer, "1.png", png(), media_type="image/png")
    write(writer, "other.pdf", pdf(SENTENCE))
    report = imported(db, folder)
    assert report.files == {"attachment": 1, "photo": 1}
    assert report.reasons == {"not HTML": 1}
    assert len(report.left["not HTML"]) == 1
    row = db.execute(
        "SELECT text, outcome, reason FROM attachments WHERE url LIKE '%1.pdf'"
    ).fetchone()
    assert row == (SENTENCE, "new", None)
    fetched = "SELECT fetched_at, due_at FROM files WHERE url LIKE '%1.pdf'"
    assert db.execute(fetched).fetchone() == ("2024-01-01T00:00:00Z", None)
    assert db.execute("SELECT count(*) FROM previews").fetchone() == (1,)
    names = {path.name.partition("-")[0] for path in (folder.parent / "archive").iterdir()}
    assert names == {"files", "photos"}
    assert_whole(db, folder.parent / "archive")


def test_files_come_with_the_page_that_names_them(
    db: Database, folder: Path, writer: ArchiveWriter
) -> None:
    write(writer, "1.pdf", pdf(SENTENCE))
    html = page_of("Huyện đoàn ra quân", TEXT * 3, TEXT * 2, '<a href="/1.pdf">Kế hoạch</a>')
    write(writer, "tin/1.html", html.encode(), media_type="text/html; charset=utf-8")
    report = imported(db, folder)
    assert report.taken.total() == 1
    assert report.files == {"attachment": 1}
    assert report.reasons == {}


def test_a_second_import_takes_nothing(db: Database, folder: Path, writer: ArchiveWriter) -> None:
    keep(db)
    write(writer, "1.pdf", pdf(SENTENCE))
    imported(db, folder)
    before = db.execute("SELECT * FROM files ORDER BY url").fetchall()
    report = imported(db, folder)
    assert (report.files, report.kept_already, report.reasons) == ({}, 1, {})
    assert db.execute("SELECT * FROM files ORDER BY url").fetchall() == before


def test_the_same_body_at_two_addresses_is_archived_once(
    db: Database, folder: Path, writer: ArchiveWriter
) -> None:
    keep(db)
    write(writer, "1.pdf", pdf(SENTENCE))
    write(writer, "2.pdf", pdf(SENTENCE))
    assert imported(db, folder).files == {"attachment": 2}
    outcomes = "SELECT outcome, count(DISTINCT capture) FROM files WHERE kind = 'attachment'"
    assert db.execute(f"{outcomes} GROUP BY outcome ORDER BY 1").fetchall() == [
        ("duplicate", 1), ("new", 1),
    ]  # fmt: skip
    assert db.execute("SELECT count(*) FROM captures").fetchone() == (1,)
    assert_whole(db, folder.parent / "archive")


def test_errors_parts_and_the_future_are_left(
    db: Database, folder: Path, writer: ArchiveWriter
) -> None:
    keep(db)
    write(writer, "1.pdf", pdf(SENTENCE), "404 Not Found")
    write(writer, "1.pdf", pdf(SENTENCE)[:100], "206 Partial Content")
    write(writer, "1.pdf", b"")
    write(writer, "1.pdf", pdf(SENTENCE), moment=now() + timedelta(days=9))
    report = imported(db, folder)
    assert report.files == {}
    assert sum(report.reasons.values()) == 4
    assert db.execute("SELECT DISTINCT outcome FROM files").fetchall() == [(None,)]


def test_a_pruned_photo_stays_pruned(db: Database, folder: Path, writer: ArchiveWriter) -> None:
    keep(db)
    write(writer, "1.png", png(), media_type="image/png")
    db.execute("UPDATE files SET digest = 'aa', reason = 'pruned' WHERE kind = 'photo'")
    assert imported(db, folder).files == {}


def test_an_html_page_under_the_name_of_a_file_is_told_to_be_one(
    db: Database, folder: Path, writer: ArchiveWriter
) -> None:
    keep(db)
    write(writer, "1.pdf", b"<!DOCTYPE html><html><body><p>Xin loi</p></body></html>")
    write(writer, "2.pdf", b"<!DOCTYPE html><p>Xin loi</p>", media_type="text/html")
    write(writer, "other.pdf", pdf(SENTENCE))
    report = imported(db, folder)
    assert report.files == {"attachment": 2}
    assert report.reasons == {"not HTML": 1}
    reason = db.execute("SELECT reason FROM attachments WHERE url LIKE '%1.pdf'").fetchone()
    assert reason == ("mislabelled_html",)
