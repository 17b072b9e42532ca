"""Files that were pushed and removed here are read, verified and backed up where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scraper.archive.opening import is_held
from scraper.archive.pushed_files import pushed_files
from scraper.archive.reader import read_body, read_origin, read_page
from scraper.archive.storage import open_storage
from scraper.archive.writer import ArchiveWriter
from scraper.base.errors import ArchiveError, StoreError
from scraper.transfer.backup import back_up
from scraper.transfer.pruning import plan_pruning, prune_photos
from scraper.transfer.pushing import push
from scraper.transfer.restoring import restore
from tests.scraper.faulty_proxy import Fault, FaultyProxy
from tests.scraper.file_archives import FileArchive
from tests.scraper.object_storage import bucket, s3_server
from tests.scraper.pushed_archives import Archive, archive, few_tables, proxy, root
from tests.scraper.stores import MOMENT, new_database

__all__ = ["archive", "bucket", "few_tables", "proxy", "root", "s3_server"]


def test_a_page_costs_a_range_and_the_next_one_nothing(
    archive: Archive, bucket: str, proxy: FaultyProxy
) -> None:
    first_name, writer = archive.names[0], ArchiveWriter(archive.folder)
    name = archive.add(writer, "large", os.urandom(3_000_000))
    writer.close()
    archive.push(f"{bucket}/kho", remove=True)
    proxy.requests.clear()
    first, *others = [place for place in archive.places if place[0] == first_name]
    read_body(archive.folder, *first)
    asked = len(proxy.requests)
    for place in others:
        read_body(archive.folder, *place)
    assert len(proxy.requests) == asked <= 2
    [large] = [place for place in archive.places if place[0] == name]
    assert read_body(archive.folder, *large) == archive.places[large]


def test_verify_tells_missing_differing_and_remote_files_apart(archive: Archive, root: str) -> None:
    first, second, third = archive.names
    archive.push(root, remove=True)
    storage = open_storage(root)
    storage.remove(f"archive/{first}")
    storage.write(f"archive/{second}", storage.read(f"archive/{third}"))
    checks = archive.verify()
    assert (checks[first].place, checks[first].differs) == ("missing", False)
    assert (checks[second].place, checks[second].differs) == ("remote", True)
    assert len(checks[first].lost) == len(checks[second].lost) == 3
    assert checks[third].is_whole
    (archive.folder / "pushed.json").unlink()
    assert {check.place for check in archive.verify().values()} == {"missing"}
    for place in archive.places:
        with pytest.raises(ArchiveError, match=r"cannot be read"):
            read_page(archive.folder, *place)


def test_what_a_storage_cannot_give_now_is_not_said_to_be_lost(
    tmp_path: Path, bucket: str, proxy: FaultyProxy
) -> None:
    archive = Archive(tmp_path, files=1)
    archive.push(f"{bucket}/kho", remove=True)
    proxy.faults += [Fault(method, "archive/", "InternalError", 99) for method in ("HEAD", "GET")]
    [check] = archive.verify().values()
    assert (check.place, check.is_whole, check.lost) == ("unreachable", False, [])


def test_a_file_here_that_is_not_what_was_pushed_is_said_to_differ(
    archive: Archive, tmp_path: Path
) -> None:
    name = archive.names[0]
    archive.push(str(tmp_path / "kho"))
    with (archive.folder / name).open("ab") as file:
        file.write(b"x")
    assert archive.verify()[name].differs
    assert not archive.verify()[name].is_whole


def test_a_truncated_object_is_not_read(archive: Archive, root: str) -> None:
    name = archive.names[0]
    archive.push(root, remove=True)
    storage = open_storage(root)
    storage.write(f"archive/{name}", storage.read(f"archive/{name}")[:-100])
    place = next(place for place in archive.places if place[0] == name)
    with pytest.raises(ArchiveError, match="is not what was pushed"):
        read_page(archive.folder, *place)


def test_a_backup_fetches_what_was_removed_and_a_restore_reads_it(
    archive: Archive, root: str, tmp_path: Path
) -> None:
    archive.push(root, remove=True)
    done = back_up(archive.database, archive.folder, tmp_path / "copy")
    assert (done.warc_files, done.missing, done.unfetched) == (3, [], [])
    assert back_up(archive.database, archive.folder, tmp_path / "copy").warc_files == 0
    restored = tmp_path / "restored"
    found = restore(
        tmp_path / "copy", restored / "tinhuyen.db", restored / "archive", restored / "sources.toml"
    )
    assert (found.warc_files, found.remote) == (3, 0)
    archive.assert_readable(restored / "archive")


def test_a_backup_without_the_storage_says_what_it_lacks_and_is_restored(
    archive: Archive, tmp_path: Path
) -> None:
    kho, away = tmp_path / "kho", tmp_path / "away"
    archive.push(str(kho), remove=True)
    kho.rename(away)
    done = back_up(archive.database, archive.folder, tmp_path / "copy")
    assert (done.warc_files, done.missing, len(done.unfetched)) == (0, [], 3)
    assert str(kho) in (done.problem or "")
    away.rename(kho)
    restored = tmp_path / "restored"
    found = restore(
        tmp_path / "copy", restored / "tinhuyen.db", restored / "archive", restored / "sources.toml"
    )
    assert (found.warc_files, found.remote) == (0, 3)
    archive.assert_readable(restored / "archive")
    (tmp_path / "copy" / "archive" / "pushed.json").unlink()
    with pytest.raises(StoreError, match="lacks 3 of 3"):
        restore(tmp_path / "copy", tmp_path / "b.db", tmp_path / "b", tmp_path / "b.toml")


def test_photos_in_removed_files_are_not_pruned(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    photos = FileArchive(db, tmp_path / "archive")
    photos.add("photo", "1.jpg", b"old")
    photos.next_day()
    *_, done = push(db, tmp_path / "tinhuyen.db", photos.folder, str(tmp_path / "kho"), remove=True)
    assert done.count("removed") == 1
    later = MOMENT.replace(year=2030)
    assert plan_pruning(db, photos.folder, later).elsewhere == 1
    *_, pruned = prune_photos(db, photos.folder, later)
    assert (pruned.photos, pruned.elsewhere) == (0, 1)
    assert db.execute("SELECT count(*) FROM captures").fetchone() == (1,)


def test_a_crawl_knows_what_was_removed_without_asking_the_storage(
    archive: Archive, tmp_path: Path
) -> None:
    name = archive.names[0]
    assert is_held(archive.folder, name)
    archive.push(str(tmp_path / "kho"), remove=True)
    (tmp_path / "kho").rename(tmp_path / "away")
    assert is_held(archive.folder, name)
    assert not is_held(archive.folder, "khac.warc.gz")
    assert read_origin(archive.folder, *next(iter(archive.places))) is None
    (archive.folder / "pushed.json").write_text("{")
    assert not is_held(archive.folder, name)
    with pytest.raises(ArchiveError, match=r"pushed\.json is damaged"):
        read_page(archive.folder, *next(iter(archive.places)))


def test_readers_of_another_machine_need_no_record(archive: Archive, root: str) -> None:
    archive.push(root, remove=True)
    assert pushed_files(archive.folder)
    archive.assert_readable(f"{root}/archive")
    archive.assert_readable(f"file://{archive.folder}")
    name = next(iter(archive.places))[0]
    assert is_held(f"{root}/archive", name)
    assert is_held(str(archive.folder), name)
    assert not is_held(f"{root}/archive", "khong-co.warc.gz")
    with pytest.raises(ArchiveError, match=r"khong-co\.warc\.gz"):
        read_page(f"{root}/archive", "khong-co.warc.gz", 0)
