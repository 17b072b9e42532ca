"""Checking the archive: damage is found, a crash is told from it, and the cost is counted."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from scraper.archive.inspection import FileCheck, measure_size, verify
from scraper.archive.writer import ArchiveWriter, RecordLocation, head
from scraper.store.captures import capture_offsets, capture_spans, named_warc_files
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
    return list(verify(writer.folder, named_warc_files(db), partial(capture_offsets, db)))


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
    size = measure_size(writer.folder, capture_spans(db))
    [path] = writer.folder.iterdir()
    assert (size.files, size.size) == (1, path.stat().st_size)
    captures, cost = size.sources["huyen"]
    assert captures == 3
    assert 0.5 * size.size < cost < size.size
