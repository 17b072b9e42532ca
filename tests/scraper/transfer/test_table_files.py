"""Tables of a database as Parquet files in a shared folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article
from scraper.archive.storage import Storage, open_storage
from scraper.base.errors import ArchiveError
from scraper.store.gathered_tables import GATHERED, NUMBERED, columns_of, read_gathered
from scraper.transfer import table_files
from scraper.transfer.table_files import (
    TableFiles,
    read_table_file,
    read_table_list,
    write_tables,
)
from tests.scraper.object_storage import bucket, s3_server
from tests.scraper.stores import Portal, keep_article, page_of

__all__ = ["bucket", "s3_server"]


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    portal = Portal(tmp_path)
    for number in range(3):
        portal.fetch(f"tin-{number}.html", page_of(f"Tin số {number}", f"Đoạn {number}. " * 40))
    portal.fetch("tin-1.html", page_of("Tin số 1", "Đoạn đã sửa, khác trước. " * 40))
    return portal


def rows_of(storage: Storage, listed: TableFiles, table: str) -> list[tuple[object, ...]]:
    return [
        row
        for file in listed.tables[table]
        for batch in read_table_file(storage, file)
        for row in zip(*batch.values(), strict=True)
    ]


def assert_equal(db: Database, storage: Storage) -> None:
    listed = read_table_list(storage)
    assert listed is not None
    for table in GATHERED:
        assert rows_of(storage, listed, table) == list(read_gathered(db, table)), table


def test_every_row_comes_back(portal: Portal, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "root"))
    write_tables(portal.db, storage)
    assert_equal(portal.db, storage)


def test_object_storage_holds_them_too(portal: Portal, bucket: str) -> None:
    storage = open_storage(f"{bucket}/root")
    write_tables(portal.db, storage)
    assert_equal(portal.db, storage)


def test_only_changed_files_are_written_again(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_files, "ROWS_OF_FILE", 2)
    storage = open_storage(str(tmp_path / "root"))
    first = write_tables(portal.db, storage)
    times = {name: (tmp_path / "root" / name).stat().st_mtime_ns for name in first.names}
    assert write_tables(portal.db, storage).snapshot == first.snapshot
    keep_article(
        portal.db, Article(title="Tin mới", paragraphs=["Nội dung"], url="http://huyen/moi")
    )
    second = write_tables(portal.db, storage)
    stayed = first.names & second.names
    assert all((tmp_path / "root" / name).stat().st_mtime_ns == times[name] for name in stayed)
    assert {name.split("/")[1] for name in second.names - first.names} == {"articles"}
    assert set(storage.names()) == second.names | {table_files.LIST_FILE}
    assert_equal(portal.db, storage)


def test_the_list_is_written_last(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push that ends early leaves the earlier state as it was, file by file."""
    storage = open_storage(str(tmp_path / "root"))
    before = write_tables(portal.db, storage)
    portal.fetch("tin-9.html", page_of("Tin số 9", "Đoạn 9. " * 40))
    original = Storage.write

    def write(self: Storage, name: str, content: bytes) -> None:
        raise ArchiveError("the disk is full")

    monkeypatch.setattr(Storage, "write", write)
    with pytest.raises(ArchiveError):
        write_tables(portal.db, storage)
    monkeypatch.setattr(Storage, "write", original)
    listed = read_table_list(storage)
    assert listed == before
    assert len(rows_of(storage, before, "articles")) == 3
    write_tables(portal.db, storage)
    assert_equal(portal.db, storage)


def test_one_state_is_written_while_the_database_changes(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scraper.store.database import open_for_reading

    storage = open_storage(str(tmp_path / "root"))
    reading = open_for_reading(tmp_path / "tinhuyen.db")

    def columns(db: Database, table: str) -> dict[str, str]:
        if table == "captures":
            portal.fetch("tin-9.html", page_of("Tin số 9", "Đoạn 9. " * 40))
        return columns_of(db, table)

    monkeypatch.setattr(table_files, "columns_of", columns)
    listed = write_tables(reading, storage)
    assert len(rows_of(storage, listed, "articles")) == 3
    assert len(rows_of(storage, listed, "pages")) == 3


def test_a_damaged_file_is_named(portal: Portal, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "root"))
    listed = write_tables(portal.db, storage)
    [file] = listed.tables["articles"]
    storage.write(file.name, b"PAR1 nothing PAR1")
    with pytest.raises(ArchiveError, match=file.name):
        list(read_table_file(storage, file))


def test_all_tables_are_named_that_hold_what_was_gathered(portal: Portal) -> None:
    """A table that a migration adds is taken up here, or left out on purpose."""
    left_out = {
        *("signatures", "sightings", "reprocessing", "verdicts", "watches", "watch_hits"),
        *("article_changes", "alert_positions", "alerts", "_sqlite_migrations"),
        *("discoveries", "link_lists", "candidates"),
        *("recovery_queries", "archived_captures", "recovery_pauses"),
    }
    tables = {name for name in portal.db.table_names() if "_fts" not in name}
    of_collecting = {name for name in tables if name.startswith("shard")}
    assert tables - left_out - of_collecting == set(GATHERED)
    numbered = {table for table in GATHERED if "id" in columns_of(portal.db, table)}
    assert numbered == NUMBERED
