"""An archive with its database, a shared place, and a proxy that breaks: for tests of pushes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from sqlite_utils import Database

from scraper.archive.inspection import FileCheck, verify
from scraper.archive.reader import read_page
from scraper.archive.writer import ArchiveWriter, head
from scraper.store.archived_records import named_records, named_warc_files
from scraper.store.captures import Capture, add_capture
from scraper.transfer.pulling import Pull, pull
from scraper.transfer.pushing import Push, push
from tests.scraper.faulty_proxy import FaultyProxy, faulty_proxy
from tests.scraper.stores import MOMENT, new_database

Place = tuple[str, int]
ANSWER = head("HTTP/1.1 200 OK", [(b"Content-Type", b"text/html")])


class Archive:
    """A database with an archive of a few files with a few pages each."""

    def __init__(self, folder: Path, files: int = 3) -> None:
        self.database, self.folder = folder / "tinhuyen.db", folder / "archive"
        self.db: Database = new_database(folder)
        self.places: dict[Place, bytes] = {}
        for number in range(files):
            writer = ArchiveWriter(self.folder)
            for page in range(3):
                self.add(writer, f"{number}-{page}")
            writer.close()

    def add(self, writer: ArchiveWriter, key: str, body: bytes = b"") -> str:
        """Archive a page; returns the name of its file."""
        body = body or os.urandom(2000) + key.encode()
        url = f"http://huyen.localhost/{key}"
        place = writer.write(url, head("GET / HTTP/1.1", []), ANSWER, body, MOMENT)
        capture = Capture(place.warc_file, place.warc_offset, sha256(body).hexdigest(), 200, MOMENT)
        add_capture(self.db, f"huyen.localhost/{key}", capture)
        self.db.conn.commit()
        self.places[place.warc_file, place.warc_offset] = body
        return place.warc_file

    @property
    def names(self) -> list[str]:
        """The WARC files that are here."""
        return sorted(path.name for path in self.folder.glob("*.warc.gz"))

    def push(self, url: str, *, remove: bool = False) -> Push:
        *_, done = push(self.db, self.database, self.folder, url, remove=remove)
        return done

    def pull(self, url: str, *names: str) -> Pull:
        *_, done = pull(self.database, self.folder, url, names)
        return done

    def verify(self) -> dict[str, FileCheck]:
        checks = verify(self.folder, named_warc_files(self.db), partial(named_records, self.db))
        return {check.name: check for check in checks}

    def assert_readable(self, folder: Path | str | None = None) -> None:
        for place, body in self.places.items():
            assert read_page(folder or self.folder, *place).body == body


@pytest.fixture(autouse=True)
def few_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Push three tables: each costs several requests."""
    tables = ("pages", "captures", "runs")
    monkeypatch.setattr("scraper.transfer.table_files.GATHERED", tables)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "here")


@pytest.fixture(params=["disk", "s3"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(
        tmp_path / "kho" if request.param == "disk" else request.getfixturevalue("bucket") + "/kho"
    )


@pytest.fixture
def proxy(s3_server: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyProxy]:
    import s3fs

    with faulty_proxy(s3_server) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
        s3fs.S3FileSystem.clear_instance_cache()
        yield running
        monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
        s3fs.S3FileSystem.clear_instance_cache()
