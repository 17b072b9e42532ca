"""Disk and database on a bad night: locked, full, or cut off in the middle of a write."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from scraper.store.database import open_for_reading
from tests.portals.platforms import NukeVietPortal
from tests.processes import Process
from tests.scraper.nights import until
from tests.scraper.store.test_concurrency import CRAWL, is_whole, start
from tests.scraper.stores import new_database
from tests.spiders.crawling import SECONDS, Crawled, Crawling, source_at

ARTICLES = 10


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the right to write, as another program might."""
    with closing(sqlite3.connect(database, timeout=300, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def portal() -> Iterator[NukeVietPortal]:
    with NukeVietPortal(ARTICLES) as portal:
        yield portal


@contextmanager
def half_way(crawling: Crawling, portal: NukeVietPortal) -> Iterator[Process]:
    """A crawl that has read some pages and not all."""
    with crawling.start(source_at(portal.home_url), delay=0.1) as crawl:
        until(lambda: len(portal.log) > 6 or crawl.poll() is not None)
        yield crawl


@pytest.mark.fault(61)
def test_a_writer_waits_for_another_one(tmp_path: Path, portal: NukeVietPortal) -> None:
    crawling = Crawling(tmp_path)
    with half_way(crawling, portal) as crawl:
        with locked(crawling.database):
            time.sleep(1)
        _, errors = crawl.communicate(timeout=SECONDS)
    assert crawl.returncode == 0, errors
    assert Crawled(0, errors, crawling.database).titles() == sorted(portal.titles)


@pytest.mark.fault(61)
def test_a_database_locked_for_too_long_ends_the_run_and_drops_nothing(
    tmp_path: Path, portal: NukeVietPortal
) -> None:
    crawling = Crawling(tmp_path, busy_seconds=1)
    with half_way(crawling, portal) as crawl, locked(crawling.database):
        _, errors = crawl.communicate(timeout=SECONDS)
    assert crawl.returncode == 1
    assert "database is locked" in errors
    assert "Traceback" not in errors
    crawled = crawling.crawl(source_at(portal.home_url))
    assert crawled.titles() == sorted(portal.titles)
    assert crawled.rows("SELECT state FROM runs") == [("interrupted",), ("done",)]


@pytest.mark.fault(60)
def test_a_run_never_begins_on_a_disk_that_is_nearly_full(
    tmp_path: Path, portal: NukeVietPortal
) -> None:
    crawling = Crawling(tmp_path, reserve=10**9)
    with crawling.start(source_at(portal.home_url)) as crawl:
        _, errors = crawl.communicate(timeout=SECONDS)
    assert crawl.returncode == 1
    assert "nearly full" in errors
    assert portal.log == []
    assert Crawled(1, errors, crawling.database).rows("SELECT state FROM runs") == [("failed",)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.fault(60)
def test_a_disk_that_fills_up_ends_the_run_and_one_with_space_goes_on(
    small_disk: Path, portal: NukeVietPortal
) -> None:
    crawling, source = Crawling(small_disk), source_at(portal.home_url)
    with half_way(crawling, portal) as crawl:
        filler = small_disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                continue
        _, errors = crawl.communicate(timeout=SECONDS)
    assert crawl.returncode == 1
    assert "disk" in errors or "space" in errors
    assert "Traceback" not in errors
    full = Crawled(1, errors, crawling.database)
    assert full.rows("PRAGMA integrity_check") == [("ok",)]
    stored = full.titles()
    filler.unlink()
    crawled = crawling.crawl(source)
    assert crawled.titles() == sorted(portal.titles)
    assert set(stored) <= set(portal.titles)


@pytest.mark.fault(59)
def test_what_a_power_cut_leaves_opens_and_is_whole(tmp_path: Path) -> None:
    new_database(tmp_path)
    chance = random.Random(59)
    with start(tmp_path, CRAWL, 1, 10_000) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        for number in range(12):
            time.sleep(0.05 + 0.2 * chance.random())
            writer.send_signal(signal.SIGSTOP)
            left = tmp_path / f"left-{number}"
            left.mkdir()
            for name in ("tinhuyen.db", "tinhuyen.db-wal"):
                shutil.copy(tmp_path / name, left)
            writer.send_signal(signal.SIGCONT)
            is_whole(left)
        writer.kill()
    assert open_for_reading(left / "tinhuyen.db").table("articles").count > 10
