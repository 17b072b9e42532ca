"""Shared folders, on a disk and in a real S3 server."""

from __future__ import annotations

import threading
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from scraper.archive.storage import Storage, open_storage
from scraper.base.errors import ArchiveError, UsageError
from tests.scraper.object_storage import bucket, s3_server

__all__ = ["bucket", "s3_server"]


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "disk":
        return open_storage(f"file://{tmp_path / 'kho'}")
    return open_storage(f"{request.getfixturevalue('bucket')}/kho")


def test_files_are_stored_whole_and_listed(storage: Storage) -> None:
    content = bytes(range(256)) * 30_000
    storage.write("b/tin.warc.gz", content)
    storage.write("a.json", b"{}")
    assert storage.names() == ["a.json", "b/tin.warc.gz"]
    assert storage.names("b") == ["b/tin.warc.gz"]
    assert storage.read("b/tin.warc.gz") == content
    assert storage.sha256("b/tin.warc.gz") == sha256(content).hexdigest()
    assert storage.size("b/tin.warc.gz") == len(content)
    with storage.open("b/tin.warc.gz") as file:
        file.seek(5_000_001)
        assert file.read(3) == content[5_000_001:5_000_004]


def test_a_later_file_replaces_an_earlier_one(storage: Storage) -> None:
    storage.write("a", b"1")
    storage.write("a", b"22")
    assert storage.read("a") == b"22"
    storage.remove("a")
    storage.remove("a")
    assert storage.names() == []
    assert storage.size("a") is None


def test_writers_of_one_name_leave_one_whole_file(storage: Storage) -> None:
    contents = [bytes([number]) * 100_000 for number in range(6)]
    writers = [threading.Thread(target=storage.write, args=("a", one)) for one in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert storage.read("a") in contents
    assert storage.names() == ["a"]


@pytest.mark.parametrize("size", [10, 60_000_000], ids=["one request", "in parts"])
def test_a_file_is_created_once(storage: Storage, size: int) -> None:
    assert storage.create_from("a", BytesIO(b"1" * size))
    assert not storage.create_from("a", BytesIO(b"2" * size))
    assert storage.read("a") == b"1" * size
    assert storage.names() == ["a"]


def test_updates_at_the_same_time_are_all_kept(storage: Storage) -> None:
    def add(number: int) -> None:
        storage.update("a", lambda held: (held or b"") + bytes([number]))

    writers = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(storage.read("a")) == list(range(6))


def test_an_upload_that_breaks_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    class Broken:
        def __init__(self) -> None:
            self.left = 7

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            if not self.left:
                raise OSError("đĩa hỏng")
            return b"x" * (1 << 20)

    with pytest.raises(ArchiveError, match="đĩa hỏng"):
        storage.write_from("a", Broken())  # type: ignore[arg-type]
    assert storage.names() == []


def test_a_missing_file_is_an_error_with_its_name(storage: Storage) -> None:
    with pytest.raises(ArchiveError, match=r"kho/khong-co\.warc\.gz: .*check the address"):
        storage.read("khong-co.warc.gz")


def test_an_unknown_kind_of_url_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="nope://x"):
        open_storage("nope://x/y")
