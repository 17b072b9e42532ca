"""Folders and lines of others: each hostile piece costs itself only, and is named."""

from __future__ import annotations

import codecs
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.store.article_rows import Selection
from scraper.transfer import files
from scraper.transfer.exporting import export
from scraper.transfer.import_report import ImportReport
from scraper.transfer.importer import import_paths
from tests.scraper.stores import SOURCES, new_database
from tests.scraper.transfer.test_importing import SAVED, TEXT, URL


def take(db: Database, path: Path) -> ImportReport:
    *_, report = import_paths(db, path.parent / "archive", [path], SOURCES, SOURCES[0])
    return report


def articles(db: Database, columns: str = "title, url") -> list[Any]:
    return db.execute(f"SELECT {columns} FROM articles ORDER BY id").fetchall()


def spoil_with_links(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.html").write_text(SAVED.replace("tin/1", "tin/2"))
    (folder / "file.html").symlink_to(outside / "secret.html")
    (folder / "folder").symlink_to(outside)


def spoil_with_loops(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "self.html").symlink_to(folder / "self.html")


def spoil_with_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.html")
    (folder / "device.html").symlink_to("/dev/zero")


def spoil_with_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "socket.html"))
    (folder / "gone.html").symlink_to(folder / "nowhere")


def spoil_with_names(folder: Path) -> None:
    os.close(os.open(os.fsencode(folder) + b"/a\xff\n\x1b[31m.pdf", os.O_CREAT))
    (folder / "x.html" / "inner.exe").parent.mkdir()
    (folder / "x.html" / "inner.exe").write_bytes(b"MZ")


@pytest.mark.parametrize(
    "spoil",
    [spoil_with_links, spoil_with_loops, spoil_with_pipe, spoil_with_socket, spoil_with_names],
)
@pytest.mark.fault(84)
def test_what_is_no_file_of_the_folder_is_named(
    db: Database, folder: Path, spoil: Callable[[Path], None]
) -> None:
    (folder / "page.html").write_text(SAVED)
    spoil(folder)
    (folder / "z.txt").write_text(f"Tin khác\n{TEXT}\n{TEXT * 3}")
    report = take(db, folder)
    assert report.taken == {Outcome.NEW: 2}
    assert sum(report.reasons.values()) == 2
    origins = [origin for some in report.left.values() for origin in some]
    assert all(origin.isprintable() and origin.encode() for origin in origins)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_named(db: Database, folder: Path) -> None:
    (folder / "page.html").write_text(SAVED)
    (folder / "a.html").write_text(SAVED)
    (folder / "a.html").chmod(0)
    report = take(db, folder)
    assert (report.taken, report.failed) == ({Outcome.NEW: 1}, 1)


GOOD = [{"title": f"Tin {n}", "body": f"{TEXT} Lần {n}.", "url": f"{URL}?id={n}"} for n in (1, 2)]
HOSTILE_LINES: dict[str, bytes] = {
    "deep list": b"[" * 200_000,
    "deep object": b'{"a":' * 200_000,
    "deep and closed": b'{"title": "x", "body": ' + b"[" * 99_000 + b"]" * 99_000 + b"}",
    "null": b"null",
    "list": b"[1]",
    "wrong types": b'{"title": 5, "body": {"a": 1}, "url": [], "tags": 7}',
    "huge number": b'{"title": "x", "body": ' + b"9" * 9_000 + b"}",
    "cut": b'{"title": "x"',
    "not text": b"\xff\xfe\x00{",
    "nan": b"NaN",
}
TAKEN_LINES: dict[str, dict[str, Any]] = {
    "photos": {"photos": 5, "attachments": "x", "tags": {"a": 1}, "kind": ["notice"]},
    "year 1": {"published_at": "0001-01-01T00:00:00+14:00", "modified_at": "0001-01-01"},
    "year 9999": {"published_at": "9999-12-31T23:59:59Z"},
    "surrogate": {"author": "Tuấn \ud800 Tú", "section": "\udfff"},
    "nul": {"author": "Tuấn\0 Tú"},
    "far": {"first_seen_at": "9999-01-01T00:00:00Z", "last_seen_at": 5},
    "numbers": {"author": 10**30, "published_raw": 1e308, "language": 7},
    "null fields": dict.fromkeys(("author", "photos", "tags", "kind", "lede", "first_seen_at")),
}


def lines_of(*lines: bytes) -> bytes:
    return b"\n".join(lines)


@pytest.mark.parametrize("hostile", HOSTILE_LINES)
@pytest.mark.fault(84)
def test_a_hostile_line_is_counted_and_the_rest_goes_in(
    db: Database, folder: Path, hostile: str
) -> None:
    first, last = (json.dumps(one).encode() for one in GOOD)
    path = folder / "a.jsonl"
    path.write_bytes(lines_of(first, b"", HOSTILE_LINES[hostile], last))
    report = take(db, path)
    assert report.taken == {Outcome.NEW: 2}
    assert [origin for some in report.left.values() for origin in some] == [f"{path}:3"]


@pytest.mark.parametrize("odd", TAKEN_LINES)
def test_odd_values_cost_only_their_field(db: Database, folder: Path, odd: str) -> None:
    lines = [json.dumps(one).encode() for one in (GOOD[0], GOOD[1] | TAKEN_LINES[odd])]
    (folder / "a.jsonl").write_bytes(lines_of(*lines))
    report = take(db, folder / "a.jsonl")
    assert (report.taken, report.reasons) == ({Outcome.NEW: 2}, {})
    years = articles(db, "published_at, first_seen_at < '2100'")
    assert years == [(None, 1), (None, 1)]


def test_a_mark_at_the_start_and_other_line_ends_are_read(db: Database, folder: Path) -> None:
    lines = [json.dumps(one).encode() for one in GOOD]
    data = codecs.BOM_UTF8 + b"\r\n\r\n".join(lines) + b"\r\n"
    (folder / "a.jsonl").write_bytes(data)
    report = take(db, folder / "a.jsonl")
    assert (report.taken, report.reasons) == ({Outcome.NEW: 2}, {})


def test_a_line_that_is_too_long_is_named(
    db: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_BODY_BYTES", 1_000)
    first, last = (json.dumps(one).encode() for one in GOOD)
    path = folder / "a.jsonl"
    path.write_bytes(lines_of(first, b'{"title": "' + b"x" * 5_000 + b'"}', last))
    report = take(db, path)
    assert report.taken == {Outcome.NEW: 2}
    assert report.left == {"a line longer than 1000 bytes": [f"{path}:2"]}


def test_what_the_database_cannot_store_is_named(db: Database, folder: Path) -> None:
    db.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON articles WHEN new.title = 'Tin 1'"
        " BEGIN SELECT raise(ABORT, 'refused'); END"
    )
    path = folder / "a.jsonl"
    path.write_bytes(lines_of(*(json.dumps(one).encode() for one in GOOD)))
    report = take(db, path)
    assert report.taken == {Outcome.NEW: 1}
    assert [origin for some in report.left.values() for origin in some] == [f"{path}:1"]


def test_the_times_of_an_export_are_taken(db: Database, folder: Path) -> None:
    seen = {"first_seen_at": "2023-01-01T00:00:00Z", "last_seen_at": "2023-02-01T07:00:00+07:00"}
    path = folder / "a.jsonl"
    path.write_text(json.dumps(GOOD[0] | seen))
    take(db, path)
    times = "first_seen_at, changed_at, last_seen_at"
    right = [("2023-01-01T00:00:00Z", "2023-01-01T00:00:00Z", "2023-02-01T00:00:00Z")]
    assert articles(db, times) == right
    assert take(db, path).kept_already == 1
    assert articles(db, times) == right


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_dated_objects_of_one_address_come_in_any_order(
    db: Database, folder: Path, order: tuple[int, int]
) -> None:
    texts = [f"{TEXT * 3} Bản {n}." for n in (1, 2)]
    for one in order:
        seen = {"last_seen_at": f"2023-0{one + 1}-01T00:00:00Z"}
        value = {"title": "Tin", "url": URL, "paragraphs": [TEXT, texts[one]]} | seen
        (folder / "a.jsonl").write_text(json.dumps(value))
        take(db, folder / "a.jsonl")
    [(body, first, changed)] = articles(db, "body, first_seen_at, changed_at")
    assert "Bản 2" in body
    assert (first, changed) == ("2023-01-01T00:00:00Z", "2023-02-01T00:00:00Z")
    [(seen_at, before)] = db.execute("SELECT seen_at, body FROM revisions").fetchall()
    assert (seen_at, "Bản 1" in before) == ("2023-01-01T00:00:00Z", True)


def test_an_export_brings_its_times(db: Database, folder: Path, tmp_path: Path) -> None:
    seen = {"first_seen_at": "2023-01-01T00:00:00Z", "last_seen_at": "2023-02-01T00:00:00Z"}
    (folder / "a.jsonl").write_text(json.dumps(GOOD[0] | seen))
    take(db, folder / "a.jsonl")
    with (folder / "b.jsonl").open("wb") as out:
        export(db, Selection(), "jsonl", out)
    exported = json.loads((folder / "b.jsonl").read_text())
    (tmp_path / "copy").mkdir()
    copy = new_database(tmp_path / "copy")
    take(copy, folder / "b.jsonl")
    if "first_seen_at" in exported:
        assert articles(copy, "first_seen_at, last_seen_at") == [tuple(seen.values())]
