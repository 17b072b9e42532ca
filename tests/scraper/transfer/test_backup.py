"""Backups: whole, consistent, and taken while others write."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from pipelines.article import Article
from scraper.archive.reader import iter_records
from scraper.archive.writer import ArchiveWriter, head
from scraper.base.errors import StoreError, UsageError
from scraper.store.database import open_database, open_for_reading
from scraper.transfer.backup import back_up
from tests.scraper.stores import MOMENT, keep_article, new_database


def write(writer: ArchiveWriter, body: bytes) -> None:
    request = head("GET / HTTP/1.1", [])
    writer.write("http://x/", request, head("HTTP/1.1 200 OK", []), body, MOMENT)


@pytest.mark.fault(63)
def test_database_and_archive_are_copied(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path / "archive")
    write(writer, b"one")
    keep_article(new_database(tmp_path), Article(paragraphs=["Một"]))
    backup = back_up(tmp_path / "tinhuyen.db", writer.folder, tmp_path / "copy")
    assert (backup.articles, backup.warc_files) == (1, 1)
    copied = open_for_reading(backup.database)
    assert copied.execute("SELECT body FROM articles").fetchall() == [("Một",)]
    [warc] = (tmp_path / "copy" / "archive").iterdir()
    assert [record.page.body for record in iter_records(warc) if record.page] == [b"one"]


def test_a_second_backup_copies_only_what_has_grown(tmp_path: Path) -> None:
    new_database(tmp_path)
    old, grown = ArchiveWriter(tmp_path / "archive"), ArchiveWriter(tmp_path / "archive")
    write(old, b"old")
    write(grown, b"one")
    database, target = tmp_path / "tinhuyen.db", tmp_path / "copy"
    assert back_up(database, old.folder, target).warc_files == 2
    write(grown, b"two")
    assert back_up(database, old.folder, target).warc_files == 1
    assert len(list((target / "archive").iterdir())) == 2


def test_drafts_of_killed_backups_are_removed(tmp_path: Path) -> None:
    new_database(tmp_path)
    folder = tmp_path / "copy" / "archive"
    folder.mkdir(parents=True)
    abandoned, present = folder / "a.warc.gz.12.new", folder / "a.warc.gz.13.new"
    for draft in (abandoned, present):
        draft.write_bytes(b"half")
    os.utime(abandoned, (0, 0))
    back_up(tmp_path / "tinhuyen.db", tmp_path / "archive", tmp_path / "copy")
    assert list(folder.iterdir()) == [present]


@pytest.mark.fault(63)
def test_a_backup_beside_a_writer_is_whole(tmp_path: Path) -> None:
    new_database(tmp_path)
    database, done = tmp_path / "tinhuyen.db", threading.Event()

    def write_on() -> None:
        db = open_database(database)
        number = 0
        while not done.is_set():
            number += 1
            keep_article(db, Article(url=f"http://x/{number}", paragraphs=["Một", "Hai"]))

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        for number in range(5):
            backup = back_up(database, tmp_path / "archive", tmp_path / f"copy{number}")
            copied = sqlite3.connect(backup.database)
            assert copied.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            indexed = copied.execute("SELECT count(*) FROM articles_fts WHERE body MATCH 'hai'")
            assert indexed.fetchone()[0] == backup.articles
    finally:
        done.set()
        writer.join()


def test_a_backup_never_takes_the_place_of_something_else(tmp_path: Path) -> None:
    new_database(tmp_path)
    database = tmp_path / "tinhuyen.db"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        back_up(database, tmp_path / "archive", tmp_path / "file")
    with pytest.raises(UsageError, match="where the database is"):
        back_up(database, tmp_path / "archive", tmp_path)
    with pytest.raises(StoreError, match="no database"):
        back_up(tmp_path / "none.db", tmp_path / "archive", tmp_path / "copy")
