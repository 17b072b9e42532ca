"""The archive pushed to a shared place: whole, verified, nothing overwritten, in one command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest

from scraper.archive.inspection import measure_size
from scraper.archive.manifest import merge_manifest, read_manifest
from scraper.archive.pushed_files import StoredFile
from scraper.archive.storage import open_storage
from scraper.archive.writer import ArchiveWriter
from scraper.base.errors import ArchiveError, LockedError, UsageError
from scraper.base.lock import lock
from scraper.command_line import main
from scraper.store.archived_records import record_spans
from scraper.store.database import open_for_reading
from tests.scraper.object_storage import bucket, s3_server
from tests.scraper.pushed_archives import Archive, archive, few_tables, proxy, root

__all__ = ["archive", "bucket", "few_tables", "proxy", "root", "s3_server"]


def test_what_is_pushed_is_there_whole_with_digests_and_is_read_there(
    archive: Archive, root: str
) -> None:
    names = archive.names
    bytes_here = {name: (archive.folder / name).read_bytes() for name in names}
    done = archive.push(root, remove=True)
    assert [(file.name, file.state) for file in done.files] == [(n, "removed") for n in names]
    assert archive.names == []
    storage = open_storage(root)
    manifest = json.loads(storage.read("archive/manifest.json"))
    for name in names:
        assert storage.read(f"archive/{name}") == bytes_here[name]
        digest = sha256(bytes_here[name]).hexdigest()
        assert manifest["files"][name] == {"size": len(bytes_here[name]), "sha256": digest}
    assert {name.split("/")[1] for name in manifest["tables"]} >= {"pages", "captures", "runs"}
    for name, file in manifest["tables"].items():
        assert storage.sha256(name) == file["sha256"]
    archive.assert_readable()
    archive.assert_readable(f"{root}/archive")
    checks = archive.verify()
    assert {check.place for check in checks.values()} == {"remote"}
    assert all(check.is_whole and check.records == 7 for check in checks.values())
    size = measure_size(archive.folder, record_spans(archive.db))
    total = sum(map(len, bytes_here.values()))
    assert (size.files, size.pushed.size, size.removed.size) == (0, total, total)
    pulled = archive.pull(root)
    assert pulled.count("pulled") == 3
    assert {name: (archive.folder / name).read_bytes() for name in archive.names} == bytes_here
    again = archive.push(root)
    assert (again.count("present"), again.count("pushed")) == (3, 0)


def test_a_file_that_is_written_to_stays_until_its_writer_ends(archive: Archive, root: str) -> None:
    writer = ArchiveWriter(archive.folder)
    name = archive.add(writer, "open")
    done = archive.push(root, remove=True)
    assert {file.name: file.state for file in done.files if file.state != "removed"} == {
        name: "open"
    }
    assert archive.names == [name]
    archive.add(writer, "later")
    writer.close()
    assert [file.state for file in archive.push(root, remove=True).files] == ["removed"]
    archive.assert_readable()


def test_a_file_of_a_killed_writer_is_closed(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from scraper.archive.writer import ArchiveWriter, head\n"
        "from tests.scraper.stores import MOMENT\n"
        "writer = ArchiveWriter(Path(sys.argv[1]))\n"
        "writer.write('http://x/', head('GET / HTTP/1.1', []), b'', b'body', MOMENT)\n"
        "print(flush=True); input()"
    )
    archive = Archive(tmp_path, files=0)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(archive.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert archive.push(str(tmp_path / "kho")).files[0].state == "open"
        writer.kill()
    assert archive.push(str(tmp_path / "kho")).files[0].state == "pushed"


def test_nothing_is_removed_while_a_run_holds_the_database(archive: Archive, root: str) -> None:
    names = archive.names
    with lock(archive.database), pytest.raises(LockedError, match="nothing was removed"):
        archive.push(root, remove=True)
    assert archive.names == names
    assert archive.push(root).count("present") == 3


def test_another_file_of_the_same_name_is_never_overwritten(archive: Archive, root: str) -> None:
    first, second, third = archive.names
    storage = open_storage(root)
    storage.write(f"archive/{first}", b"of another machine")
    storage.write(f"archive/{second}", (archive.folder / second).read_bytes()[:100])
    done = archive.push(root, remove=True)
    assert [file.state for file in done.files] == ["differs", "removed", "removed"]
    assert f"archive/{first} is another file" in (done.files[0].error or "")
    assert storage.read(f"archive/{first}") == b"of another machine"
    assert archive.names == [first]
    (archive.folder / third).write_bytes(b"of another machine")
    pulled = archive.pull(root)
    assert [file.state for file in pulled.files] == ["pulled", "differs"]
    assert (archive.folder / third).read_bytes() == b"of another machine"


def test_the_archive_itself_is_no_place_to_push_to(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(archive.folder.parent)
    for place in (archive.folder.parent, tmp_path / "link"):
        with pytest.raises(UsageError, match="the archive itself"):
            archive.push(str(place), remove=True)
    archive.assert_readable()


def test_the_manifest_keeps_what_another_push_wrote(archive: Archive, root: str) -> None:
    storage = open_storage(root)
    others = {f"tinhuyen-{number}.warc.gz": StoredFile(1, "0" * 64) for number in range(2)}
    merge_manifest(storage, others, {})
    archive.push(root)
    manifest = read_manifest(storage)
    assert manifest is not None
    assert manifest.files.keys() == {*archive.names, *others}


def test_a_lost_record_of_pushes_is_written_again_by_the_next_push(
    archive: Archive, root: str
) -> None:
    archive.push(root, remove=True)
    (archive.folder / "pushed.json").unlink()
    archive.push(root)
    archive.assert_readable()


def test_a_name_in_a_manifest_is_no_path(archive: Archive, tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "kho"))
    entry = {"size": 1, "sha256": "0" * 64}
    for name in ("../x.warc.gz", "/x", "a/../../x", ""):
        content = {"files": {name: entry}, "tables": {}}
        storage.write("archive/manifest.json", json.dumps(content).encode())
        with pytest.raises(ArchiveError, match="is damaged"):
            archive.pull(str(tmp_path / "kho"))


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process; returns its exit code and its output."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--lang", "en", "--db", str(archive.database), *arguments])
        return cast(int, ended.value.code), *capsys.readouterr()

    return run


def test_the_commands_say_what_they_did(archive: Archive, bucket: str, command: Command) -> None:
    code, out, error = command("archive", "push", f"{bucket}/kho", "--remove", "--json")
    assert code == 0, error
    assert {file["state"] for file in json.loads(out)["files"]} == {"removed"}
    assert "secret" not in (archive.folder / "pushed.json").read_text("utf-8").lower()
    assert "object storage" in command("archive", "size")[1]
    assert "remote" in command("archive", "verify")[1]
    code, out, _ = command("archive", "pull", f"{bucket}/kho")
    assert (code, "3 archive files pulled" in out) == (0, True)
    assert command("archive", "pull", f"{bucket}/kho", "x.warc.gz")[0] == 2
    assert command("archive", "pull", f"{bucket}/khac")[0] == 1


@pytest.mark.parametrize(
    ("url", "environment", "code", "told"),
    [
        ("s3://khong-co/kho", {}, 1, "bucket does not exist"),
        ("s3://a:b@x/kho", {}, 2, "AWS_SECRET_ACCESS_KEY"),
        ("s3://", {}, 2, "names no place"),
        ("s3:/kho", {}, 2, "names no place"),
        ("file://kho", {}, 2, "names no place"),
        ("s3://{bucket}/kho", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, 1, "127.0.0.1:9"),
        ("s3://{bucket}/kho", {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, 1, "redent"),
    ],
    ids=["bucket", "password", "nothing", "slash", "host", "refused", "credentials"],
)
def test_a_place_that_cannot_be_used_is_said_in_a_line(
    archive: Archive,
    bucket: str,
    command: Command,
    url: str,
    environment: dict[str, str],
    code: int,
    told: str,
) -> None:
    names = archive.names
    url = url.replace("s3://{bucket}", bucket)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**environment, "AWS_MAX_ATTEMPTS": "1"}.items():
            patch.setenv(name, value)
        ended, _, error = command("archive", "push", url, "--remove")
    assert (ended, told in error) == (code, True), error
    assert archive.names == names


def test_the_pushed_tables_are_those_of_the_database(archive: Archive, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    archive.push(str(tmp_path / "kho"))
    rows = pyarrow.read_table(tmp_path / "kho" / "tables" / "captures").num_rows
    db = open_for_reading(archive.database)
    assert db.execute("SELECT count(*) FROM captures").fetchone() == (rows,)
