"""What may break while an archive is pushed or pulled: nothing is lost, the next call goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from scraper.archive.writer import ArchiveWriter
from scraper.base.errors import ArchiveError
from tests.scraper.faulty_proxy import Fault, FaultyProxy
from tests.scraper.object_storage import bucket, s3_server
from tests.scraper.pushed_archives import Archive, archive, few_tables, proxy, root

__all__ = ["archive", "bucket", "few_tables", "proxy", "root", "s3_server"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("PUT", "archive/tinhuyen", "cut"),
        Fault("PUT", "archive/tinhuyen", "InternalError"),
        Fault("PUT", "tables/", "ServiceUnavailable"),
        Fault("GET", "archive/tinhuyen", "cut"),
        Fault("GET", "archive/tinhuyen", "InternalError"),
        Fault("PUT", "manifest", "cut"),
    ],
    ids=lambda fault: f"{fault.method} {fault.part} {fault.kind}",
)
def test_a_failure_that_passes_is_not_noticed(
    tmp_path: Path, bucket: str, proxy: FaultyProxy, fault: Fault
) -> None:
    archive = Archive(tmp_path, files=1)
    passing = Fault(fault.method, fault.part, fault.kind)
    proxy.faults.append(passing)
    assert archive.push(f"{bucket}/kho", remove=True).count("removed") == 1
    assert passing.times == 0
    archive.assert_readable()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("PUT", "archive/tinhuyen", "cut"), "archive/tinhuyen"),
        (Fault("PUT", "archive/tinhuyen", "InvalidAccessKeyId"), "archive/tinhuyen"),
        (Fault("GET", "archive/tinhuyen", "flip"), "is another file"),
        (Fault("PUT", "tables/captures", "InternalError"), "tables/captures"),
        (Fault("GET", "tables/captures", "flip"), "tables/captures"),
        (Fault("PUT", "manifest", "InternalError"), "archive/manifest.json"),
    ],
    ids=lambda value: f"{value.method} {value.part} {value.kind}" if value != str(value) else "",
)
def test_a_failure_that_lasts_names_the_object_and_the_next_push_goes_on(
    tmp_path: Path, bucket: str, proxy: FaultyProxy, fault: Fault, told: str
) -> None:
    archive = Archive(tmp_path, files=1)
    names = archive.names
    lasting = Fault(fault.method, fault.part, fault.kind, times=1_000)
    proxy.faults.append(lasting)
    try:
        done = archive.push(f"{bucket}/kho", remove=True)
        problem = done.files[0].error or ""
        assert done.count("failed", "differs") == 1
    except ArchiveError as error:
        problem = str(error)
    assert told in problem
    assert archive.names == names
    lasting.times = 0
    assert archive.push(f"{bucket}/kho", remove=True).count("removed") == 1
    archive.assert_readable()


@pytest.mark.parametrize("moment", ["tinhuyen", "manifest"])
def test_a_push_that_is_killed_loses_nothing_and_the_next_one_goes_on(
    tmp_path: Path, bucket: str, proxy: FaultyProxy, moment: str
) -> None:
    archive = Archive(tmp_path, files=2)
    names = archive.names
    part = names[1] if moment == "tinhuyen" else moment
    command = [sys.executable, "-m", "scraper", "--db", str(archive.database), "archive", "push"]
    command += [f"{bucket}/kho", "--remove"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as pushing:
        kill = partial(os.kill, pushing.pid, signal.SIGKILL)
        proxy.faults.append(Fault("PUT", part, "call", action=kill))
        pushing.wait()
    assert pushing.returncode == -signal.SIGKILL
    assert archive.names == names
    archive.assert_readable()
    assert archive.push(f"{bucket}/kho", remove=True).count("removed") == 2
    assert proxy.count("PUT", names[0]) == 1
    archive.assert_readable()


def test_a_pull_goes_on_where_it_was_cut_off(
    archive: Archive, bucket: str, proxy: FaultyProxy
) -> None:
    body = os.urandom(4_000_000)
    writer = ArchiveWriter(archive.folder)
    name = archive.add(writer, "large", body)
    writer.close()
    whole = (archive.folder / name).read_bytes()
    archive.push(f"{bucket}/kho", remove=True)
    (archive.folder / f"{name}.part").write_bytes(whole[:3_500_000])
    proxy.requests.clear()
    assert archive.pull(f"{bucket}/kho", name).files[0].state == "pulled"
    assert proxy.count("GET", name) == 1
    assert (archive.folder / name).read_bytes() == whole
    (archive.folder / name).unlink()
    (archive.folder / f"{name}.part").write_bytes(b"x" * 100)
    assert archive.pull(f"{bucket}/kho", name).files[0].state == "pulled"
    assert (archive.folder / name).read_bytes() == whole


@pytest.mark.parametrize("kind", ["cut", "flip"])
def test_a_pull_that_fails_leaves_no_file(
    archive: Archive, bucket: str, proxy: FaultyProxy, kind: str
) -> None:
    name = archive.names[1]
    archive.push(f"{bucket}/kho", remove=True)
    proxy.faults.append(Fault("GET", name, kind, times=1_000))
    done = archive.pull(f"{bucket}/kho")
    assert [file.state for file in done.files] == ["pulled", "failed", "pulled"]
    assert f"archive/{name}" in (done.files[1].error or "")
    assert name not in archive.names
    proxy.faults.clear()
    assert archive.pull(f"{bucket}/kho").count("pulled", "present") == 3


def test_a_pull_onto_a_full_disk_says_so(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.push(str(tmp_path / "kho"), remove=True)
    monkeypatch.setattr("scraper.transfer.pulling.free_bytes", lambda folder: 10)
    done = archive.pull(str(tmp_path / "kho"))
    assert done.count("failed") == 3
    assert "10 are free" in (done.files[0].error or "")
    assert list(archive.folder.glob("*.part")) == []
