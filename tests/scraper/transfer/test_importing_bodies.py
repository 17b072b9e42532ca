"""Photos and attachments in imported WARC files become those of the articles that name them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Photo
from scraper.archive.inspection import verify
from scraper.archive.reader import read_origin
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
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n"
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


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("at_once", [True, False])
def test_all_bodies_of_a_file_are_taken_in_order_of_time(
    db: Database, folder: Path, order: tuple[int, ...], at_once: bool
) -> None:
    keep(db)
    bodies = [pdf(f"{SENTENCE}, lần {number}") for number in range(3)]
    for place, number in enumerate(order):
        part = folder if at_once else folder / str(place)
        part.mkdir(exist_ok=True)
        other = ArchiveWriter(part)
        write(other, "1.pdf", bodies[number], moment=FETCHED + timedelta(days=number))
        write(other, "1.pdf", bodies[number], moment=FETCHED + timedelta(days=number, hours=1))
        other.close()
        if not at_once:
            *_, report = import_paths(db, folder.parent / "archive", [part], SOURCES)
            assert report.reasons == {}
    report = imported(db, folder)
    assert report.reasons == {}
    assert report.files == ({"attachment": 3} if at_once else {})
    key = "url LIKE '%1.pdf'"
    [(digest, fetched_at)] = db.execute(f"SELECT digest, fetched_at FROM files WHERE {key}")
    assert (digest, fetched_at) == (sha256(bodies[2]).hexdigest(), "2024-01-03T00:00:00Z")
    earlier = db.execute("SELECT digest, seen_at FROM earlier_files ORDER BY seen_at").fetchall()
    assert earlier == [
        (sha256(body).hexdigest(), f"2024-01-0{number}T00:00:00Z")
        for number, body in enumerate(bodies[:2], 1)
    ]
    assert db.execute("SELECT count(*) FROM captures").fetchone() == (3,)
    assert_whole(db, folder.parent / "archive")


def test_a_revisit_record_brings_the_body_of_another(
    db: Database, folder: Path, writer: ArchiveWriter
) -> None:
    keep(db)
    old, new = pdf(SENTENCE), pdf(f"{SENTENCE}, sửa đổi")
    place = writer.write(
        f"{BASE}other.pdf", b"GET / HTTP/1.1\r\n\r\n", ANSWER, old, FETCHED - timedelta(days=9)
    )
    writer.sync()
    origin = read_origin(folder, place.warc_file, place.warc_offset)
    assert origin is not None
    request = b"GET /1.pdf HTTP/1.1\r\n\r\n"
    writer.write_revisit(f"{BASE}1.pdf", request, ANSWER, origin, FETCHED)
    write(writer, "1.pdf", new, moment=FETCHED + timedelta(days=1))
    nowhere = replace(origin, payload_digest="sha1:" + "A" * 32)
    writer.write_revisit(f"{BASE}2.pdf", request, ANSWER, nowhere, FETCHED)
    report = imported(db, folder)
    assert report.files == {"attachment": 2}
    assert report.reasons == {"not HTML": 1, "a record of kind revisit": 1}
    assert db.execute("SELECT digest, seen_at FROM earlier_files").fetchall() == [
        (sha256(old).hexdigest(), "2024-01-01T00:00:00Z")
    ]
    digest = db.execute("SELECT digest FROM files WHERE url LIKE '%1.pdf'").fetchone()
    assert digest == (sha256(new).hexdigest(),)
    assert imported(db, folder).files == {}
    assert_whole(db, folder.parent / "archive")


def test_a_web_page_takes_the_place_of_no_stored_file(
    db: Database, folder: Path, writer: ArchiveWriter
) -> None:
    keep(db)
    write(writer, "1.pdf", pdf(SENTENCE))
    page = b"<!DOCTYPE html><html><body>Khong tim thay</body></html>"
    write(writer, "1.pdf", page, moment=FETCHED + timedelta(days=1))
    assert imported(db, folder).files == {"attachment": 1}
    digest = db.execute("SELECT digest FROM files WHERE url LIKE '%1.pdf'").fetchone()
    assert digest == (sha256(pdf(SENTENCE)).hexdigest(),)


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
