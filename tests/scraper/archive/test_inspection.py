"""Checking the archive: damage is found, a crash is told from it, and the cost is counted."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from scraper.archive.inspection import FileCheck, measure_size, verify
from scraper.archive.writer import ArchiveWriter, RecordLocation, head
from scraper.store.archived_records import named_records, named_warc_files, record_spans
from tests.scraper.file_archives import FileArchive
from tests.scraper.stores import MOMENT, new_database


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


@pytest.fixture
def writer(tmp_path: Path) -> ArchiveWriter:
    return ArchiveWriter(tmp_path / "archive")


def write(db: Database, writer: ArchiveWriter, key: str) -> RecordLocation:
    answer = head("HTTP/1.1 200 OK", [(b"Content-Type", b"text/html")])
    place = writer.write(f"http://{key}", head("GET / HTTP/1.1", []), answer, b"<p>", MOMENT)
    db.execute(
        "INSERT INTO captures (url_key, fetched_at, http_status, body_hash, warc_file,"
        " warc_offset) VALUES (?, '2026-11-23T02:00:00Z', 200, '', ?, ?)",
        [key, place.warc_file, place.warc_offset],
    )
    return place


def check_all(writer: ArchiveWriter, db: Database) -> list[FileCheck]:
    return check_folder(writer.folder, db)


def check_folder(folder: Path, db: Database) -> list[FileCheck]:
    return list(verify(folder, named_warc_files(db), partial(named_records, db)))


def test_a_whole_archive_is_whole(db: Database, writer: ArchiveWriter) -> None:
    write(db, writer, "huyen.localhost/1")
    [check] = check_all(writer, db)
    assert check.is_whole
    assert (check.records, check.unfinished) == (3, None)


def test_an_unfinished_end_is_a_crash_and_no_damage(db: Database, writer: ArchiveWriter) -> None:
    place = write(db, writer, "huyen.localhost/1")
    path = writer.folder / place.warc_file
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + path.read_bytes()[:100])
    [check] = check_all(writer, db)
    assert check.is_whole
    assert check.unfinished == size


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_lost_capture_is_damage(db: Database, writer: ArchiveWriter, harm: str) -> None:
    write(db, writer, "huyen.localhost/1")
    place = write(db, writer, "huyen.localhost/2")
    path = writer.folder / place.warc_file
    data = bytearray(path.read_bytes())
    if harm == "flip":
        data[place.warc_offset + 60] ^= 255
    path.write_bytes(data[: place.warc_offset + 100] if harm == "cut" else data)
    if harm == "remove":
        path.unlink()
    [check] = check_all(writer, db)
    assert not check.is_whole
    assert place.warc_offset in check.lost


def test_the_cost_is_told_by_source(db: Database, writer: ArchiveWriter) -> None:
    for number in range(3):
        key = f"huyen.localhost/{number}"
        write(db, writer, key)
        db.execute(
            "INSERT INTO pages (url_key, source, url, kind, first_seen_at)"
            " VALUES (?, 'huyen', ?, 'article', '2026-11-23T02:00:00Z')",
            [key, f"http://{key}"],
        )
    size = measure_size(writer.folder, record_spans(db))
    [path] = writer.folder.iterdir()
    assert (size.files, size.size) == (1, path.stat().st_size)
    [share] = size.sources["huyen"].values()
    assert share.captures == 3
    assert 0.5 * size.size < share.size < size.size


def test_files_and_previews_are_verified_by_their_digests(db: Database, tmp_path: Path) -> None:
    archive = FileArchive(db, tmp_path / "archive")
    photo = archive.add("photo", "1.jpg", b"photo")
    archive.add_preview(b"photo")
    archive.add("photo", "2.jpg", b"photo")  # the same body
    archive.add("attachment", "1.pdf", b"pdf")
    checks = check_folder(archive.folder, db)
    assert [check.is_whole for check in checks] == [True, True]
    assert [check.unnamed for check in checks] == [0, 0]
    db.execute("UPDATE captures SET body_hash = 'x' WHERE warc_file LIKE 'photos-%'")
    [_, check] = check_folder(archive.folder, db)
    assert check.lost == [photo.warc_offset]


def test_a_lost_preview_is_damage(db: Database, tmp_path: Path) -> None:
    archive = FileArchive(db, tmp_path / "archive")
    archive.add("photo", "1.jpg", b"photo")
    place = archive.add_preview(b"photo")
    path = archive.folder / place.warc_file
    path.write_bytes(path.read_bytes()[: place.warc_offset + 20])
    [check] = check_folder(archive.folder, db)
    assert check.lost == [place.warc_offset]
    assert not check.is_whole


def test_a_body_that_nothing_names_is_counted(db: Database, tmp_path: Path) -> None:
    archive = FileArchive(db, tmp_path / "archive")
    archive.add("photo", "1.jpg", b"photo")
    archive.add_preview(b"photo")
    for table in ("files", "captures", "previews"):
        db.execute(f"DELETE FROM {table}")
    [check] = check_folder(archive.folder, db)
    assert (check.is_whole, check.unnamed) == (True, 2)


def test_the_cost_is_told_by_kind(db: Database, writer: ArchiveWriter) -> None:
    write(db, writer, "huyen.localhost/1")
    archive = FileArchive(db, writer.folder)
    archive.add("photo", "1.jpg", bytes(range(256)) * 50)
    archive.add_preview(bytes(range(256)) * 50)
    archive.add("attachment", "1.pdf", b"pdf")
    size = measure_size(writer.folder, record_spans(db))
    assert {kind: share.captures for kind, share in size.kinds.items()} == {
        "page": 1, "photo": 1, "preview": 1, "attachment": 1,
    }  # fmt: skip
    assert set(size.sources["huyen"]) == {"photo", "preview", "attachment"}
    named = sum(share.size for share in size.kinds.values())
    assert 0.5 * size.size < named < size.size
