"""A disk that is nearly full: no run begins, and none goes on."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portals.platforms import NukeVietPortal
from tests.processes import start
from tests.scraper.nights import House, until

MEGABYTE = 1_000_000


def test_no_run_begins_below_the_reserve(tmp_path: Path) -> None:
    with NukeVietPortal(3) as portal:
        house = House(tmp_path, portal.home_url, settings={"TINHUYEN_RESERVE": "999999999"})
        run = house.tinhuyen("crawl", "--trigger", "schedule")
        assert portal.log == []
    assert run.returncode == 1
    assert "nearly full" in run.stderr
    [(state, error)] = house.rows("SELECT state, error FROM runs")
    assert state == "failed"
    assert "nearly full" in error
    code, status = house.status()
    assert (code, status["nightly"]["verdict"]) == (3, "broken")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, of 60 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=60m", "tinhuyen-test", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can only be mounted by root")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_run_ends_cleanly_when_the_disk_fills_up(small_disk: Path) -> None:
    with NukeVietPortal(60) as portal:
        settings = {"TINHUYEN_RESERVE": "30", "PYTHONDONTWRITEBYTECODE": "1"}
        house = House(small_disk, portal.home_url, delay=0.2, settings=settings)
        crawl = start("scraper", "crawl", environment=house.environment())
        until(lambda: bool(house.rows("SELECT 1 FROM articles")))
        (small_disk / "filler").write_bytes(bytes(30 * MEGABYTE))
        _, errors = crawl.communicate(timeout=300)
        assert crawl.returncode == 1
        assert "nearly full" in errors
        [(state, error)] = house.rows("SELECT state, error FROM runs")
        assert state == "interrupted"
        assert "nearly full" in error
        assert house.rows("PRAGMA integrity_check") == [("ok",)]
        (small_disk / "filler").unlink()
        assert 0 < len(house.rows("SELECT 1 FROM articles")) < 60
