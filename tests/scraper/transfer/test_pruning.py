"""Deleting old photos: nothing else goes, and a kill at any point loses nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article, Attachment, Photo
from scraper.archive.inspection import verify
from scraper.archive.reader import iter_records, read_page
from scraper.archive.rewriting import predecessor_of, successor_of
from scraper.base.errors import ArchiveError
from scraper.store.archived_records import named_records, named_warc_files
from scraper.store.capture_origins import add_origin
from scraper.store.database import write_transaction
from scraper.transfer.pruning import Pruning, plan_pruning, prune_photos
from tests.scraper.file_archives import FileArchive
from tests.scraper.stores import MOMENT, keep_article, new_database

LATER = MOMENT + timedelta(days=1)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


@pytest.fixture
def archive(db: Database, tmp_path: Path) -> FileArchive:
    return FileArchive(db, tmp_path / "archive")


def prune(archive: FileArchive, before: datetime = LATER) -> Pruning:
    *_, done = prune_photos(archive.db, archive.folder, before)
    return done


def held(archive: FileArchive) -> set[bytes]:
    """Return every body that the archive holds, named or not."""
    return {
        record.page.body
        for path in archive.folder.glob("*.warc.gz")
        for record in iter_records(path)
        if record.page
    }


def named(archive: FileArchive) -> set[bytes]:
    """Return the bodies of all captures of files."""
    places = archive.db.execute("SELECT warc_file, warc_offset FROM captures").fetchall()
    return {read_page(archive.folder, *place).body for place in places}


def assert_whole(archive: FileArchive) -> None:
    records = partial(named_records, archive.db)
    for check in verify(archive.folder, named_warc_files(archive.db), records):
        assert check.is_whole, check


def test_old_photos_go_and_everything_else_stays(archive: FileArchive) -> None:
    archive.add("photo", "1.jpg", b"old")
    archive.add_preview(b"old")
    archive.add("attachment", "1.pdf", b"old file")
    archive.add("photo", "2.jpg", b"new", LATER)
    archive.add_preview(b"new", LATER)
    plan = plan_pruning(archive.db, archive.folder, LATER)
    assert (plan.photos, plan.deleted_files, plan.rewritten_files) == (1, 0, 1)
    done = prune(archive)
    assert (done.photos, done.deleted_files, done.rewritten_files) == (1, 0, 1)
    assert held(archive) == named(archive) == {b"new", b"old file"}
    assert archive.db.execute("SELECT count(*) FROM previews").fetchone() == (2,)
    assert_whole(archive)
    assert archive.db.execute(
        "SELECT reason, due_at, capture, digest IS NULL, outcome FROM files WHERE url LIKE '%1.jpg'"
    ).fetchone() == ("pruned", None, None, 0, "new")
    assert prune(archive) == Pruning()


def test_the_origin_of_a_deleted_photo_goes_with_it(archive: FileArchive) -> None:
    """A later capture may get the same number, and must not get the origin with it."""
    archive.add("photo", "1.jpg", b"old")
    db = archive.db
    (capture,) = db.execute("SELECT id FROM captures").fetchone()
    with write_transaction(db):
        add_origin(db, capture, MOMENT, "internet-archive", "https://web.archive.org/")
        db.execute(
            "INSERT INTO recovery_queries (id, source, service, url, match)"
            " VALUES (1, 'huyen', 'internet-archive', 'huyen.localhost', 'host')"
        )
        db.execute(
            "INSERT INTO archived_captures (source, service, url, url_key, captured_at, kind, rank,"
            " query, outcome, capture) VALUES ('huyen', 'internet-archive', '', '', '', 'file', 30,"
            " 1, 'file', ?)",
            [capture],
        )
    prune(archive)
    assert db.execute("SELECT count(*) FROM capture_origins").fetchone() == (0,)
    assert db.execute("SELECT outcome, capture FROM archived_captures").fetchall() == [
        ("file", None)
    ]


def test_a_file_of_which_nothing_stays_is_deleted(archive: FileArchive) -> None:
    place = archive.add("photo", "1.jpg", b"old" * 100)
    archive.next_day()
    archive.add("photo", "2.jpg", b"new", LATER)
    size = (archive.folder / place.warc_file).stat().st_size
    plan = plan_pruning(archive.db, archive.folder, LATER)
    assert (plan.photos, plan.deleted_files, plan.rewritten_files) == (1, 1, 0)
    assert prune(archive) == Pruning(photos=1, deleted_files=1, freed_bytes=size)
    assert held(archive) == {b"new"}
    assert_whole(archive)


@pytest.mark.parametrize("reason", ["newer photo", "attachment", "also linked", "seen again"])
def test_a_body_that_something_else_needs_stays(archive: FileArchive, reason: str) -> None:
    archive.add("photo", "1.jpg", b"shared")
    if reason == "newer photo":
        archive.add("photo", "2.jpg", b"shared", LATER)
    elif reason == "attachment":
        archive.add("attachment", "2.jpg", b"shared")
    elif reason == "also linked":
        url = "http://huyen.localhost/1.jpg"
        keep_article(
            archive.db, Article(title="Ảnh", attachments=[Attachment(url)], photos=[Photo(url)])
        )
    else:
        archive.db.execute("INSERT INTO revisits VALUES (1, '2026-11-24T03:00:00Z')")
    assert prune(archive).photos == 0
    assert named(archive) == {b"shared"}


def test_a_photo_of_pages_series_is_not_touched(archive: FileArchive) -> None:
    archive.add("photo", "1.jpg", b"old")
    [path] = archive.folder.iterdir()
    path.rename(path.with_name("tinhuyen-1-00000.warc.gz"))
    archive.db.execute("UPDATE captures SET warc_file = 'tinhuyen-1-00000.warc.gz'")
    assert prune(archive).photos == 0
    assert named(archive) == {b"old"}


def test_the_same_photo_at_two_addresses_goes_for_both(archive: FileArchive) -> None:
    archive.add("photo", "1.jpg", b"old")
    archive.add("photo", "2.jpg", b"old")
    prune(archive)
    assert archive.db.execute("SELECT DISTINCT reason, capture FROM files").fetchall() == [
        ("pruned", None)
    ]
    assert held(archive) == set()
    assert archive.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_revisit_stays_as_long_as_it_is_new(archive: FileArchive) -> None:
    archive.add("photo", "1.jpg", b"old")
    archive.add("photo", "2.jpg", b"old")
    archive.add("photo", "3.jpg", b"newer")
    archive.next_day()
    archive.add("photo", "4.jpg", b"newer", LATER)
    prune(archive)
    kinds = [
        record.kind
        for path in sorted(archive.folder.glob("*.warc.gz"))
        for record in iter_records(path)
        if record.kind != "request"
    ]
    assert kinds == ["warcinfo", "response", "warcinfo", "revisit"]
    assert held(archive) == {b"newer"}
    assert_whole(archive)


def test_an_unfinished_end_and_a_damaged_record_do_not_stop_it(archive: FileArchive) -> None:
    archive.add("photo", "1.jpg", b"old")
    damaged = archive.add("photo", "2.jpg", b"newer" * 50, LATER)
    archive.add("photo", "3.jpg", b"new", LATER)
    path = archive.folder / damaged.warc_file
    data = bytearray(path.read_bytes())
    data[damaged.warc_offset + 60] ^= 255
    path.write_bytes(data + data[:50])
    assert prune(archive).photos == 1
    assert b"new" in held(archive)
    assert b"old" not in held(archive)
    [row] = archive.db.execute(
        "SELECT warc_file, warc_offset FROM captures WHERE url_key LIKE '%3.jpg'"
    ).fetchall()
    assert read_page(archive.folder, *row).body == b"new"


def test_a_missing_file_is_forgotten(archive: FileArchive) -> None:
    place = archive.add("photo", "1.jpg", b"old")
    (archive.folder / place.warc_file).unlink()
    assert prune(archive).photos == 1
    with pytest.raises(ArchiveError):
        read_page(archive.folder, place.warc_file, place.warc_offset)


def test_files_of_another_database_stay_unless_they_are_old(archive: FileArchive) -> None:
    archive.add("photo", "1.jpg", b"old")
    archive.next_day()
    archive.add("photo", "2.jpg", b"new", LATER)
    archive.db.execute("DELETE FROM files")
    archive.db.execute("DELETE FROM captures")
    prune(archive)
    assert held(archive) == {b"new"}


def test_a_rewritten_file_is_all_that_is_left_of_a_missing_one_and_stays(
    archive: FileArchive,
) -> None:
    place = archive.add("photo", "1.jpg", b"new", LATER)
    path = archive.folder / place.warc_file
    path.rename(path.with_name(successor_of(path.name)))
    prune(archive)
    assert held(archive) == {b"new"}


def test_names_of_rewritten_files() -> None:
    name = "photos-20261123020000-1-00000.warc.gz"
    first, second = successor_of(name), successor_of(successor_of(name))
    assert first == "photos-20261123020000-1-00000-p1.warc.gz"
    assert (predecessor_of(name), predecessor_of(first), predecessor_of(second)) == (
        None, name, first,
    )  # fmt: skip


KILL = """
import os, sys
from datetime import datetime
from pathlib import Path
from scraper.store.database import open_database
from scraper.transfer import pruning

folder, step = Path(sys.argv[1]), int(sys.argv[2])
count = 0

def killing(name, before):
    original = getattr(pruning, name)
    def call(*values):
        global count
        if before:
            count += 1
            if count == step:
                os.kill(os.getpid(), 9)
        result = original(*values)
        count += 1
        if count == step:
            os.kill(os.getpid(), 9)
        return result
    setattr(pruning, name, call)

for name in ("rewrite", "sync_folder", "forget_photos", "_delete", "_prune_file"):
    killing(name, True)
moment = datetime.fromisoformat(sys.argv[3])
for _ in pruning.prune_photos(open_database(folder / "tinhuyen.db"), folder / "archive", moment):
    pass
"""


def kill_at(folder: Path, step: int) -> bool:
    """Run a prune that is killed at a step; return whether it was."""
    run = subprocess.run(
        [sys.executable, "-c", KILL, str(folder), str(step), LATER.isoformat()],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode in (0, -9), run.stderr
    return run.returncode == -9


def steps() -> Iterator[int]:
    yield from range(1, 40)


def test_a_kill_at_any_point_loses_nothing_else_and_the_next_prune_finishes(
    tmp_path: Path,
) -> None:
    killed = 0
    for step in steps():
        folder = tmp_path / str(step)
        archive = FileArchive(new_database(folder), folder / "archive")
        for day in range(2):
            archive.add("photo", f"{day}.jpg", b"old" + bytes([day]))
            archive.add_preview(b"old" + bytes([day]))
            archive.add("photo", f"{day}-new.jpg", b"new" + bytes([day]), LATER)
            archive.next_day()
        archive.add("photo", "3.jpg", b"oldest")
        archive.next_day()
        was_killed = kill_at(folder, step)
        assert {b"new\0", b"new\1"} <= named(archive)
        assert_whole(archive)
        prune(archive)
        assert held(archive) == named(archive) == {b"new\0", b"new\1"}
        assert_whole(archive)
        assert sorted(path.name for path in archive.folder.iterdir()) == sorted(
            named_warc_files(archive.db)
        )
        killed += was_killed
        archive.db.close()
        if not was_killed:
            break
    assert killed >= 10


def test_days_begin_in_vietnam(archive: FileArchive) -> None:
    archive.add("photo", "1.jpg", b"old", datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC))
    archive.add("photo", "2.jpg", b"new", datetime(2026, 11, 22, 17, tzinfo=UTC))
    prune(archive, datetime.fromisoformat("2026-11-23T00:00:00+07:00"))
    assert held(archive) == {b"new"}
