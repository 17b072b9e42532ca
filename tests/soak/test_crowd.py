"""A crawl, a daemon, a reprocess, readers and backups at once: none fails, no data is corrupt."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.browse.serving import Browsing
from tests.browse.test_guard import get
from tests.portals.platforms import NukeVietPortal
from tests.soak.commands import TIMEOUT_SECONDS, assert_whole, complete, contents, register, start
from tests.soak.counts import ARTICLES, CROWD_SECONDS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

HELD = 4
"""The exit code if another run holds the lock of the database."""


def test_everybody_at_once(tmp_path: Path) -> None:
    with NukeVietPortal(ARTICLES) as portal:
        register(tmp_path, "portal", portal.home_url)
        complete(tmp_path, "crawl", "portal", "--delay", "0")
        expected = contents(tmp_path / "tinhuyen.db")
        until = time.monotonic() + CROWD_SECONDS

        def make_old() -> None:
            """Change every article, so that the next reprocess rewrites it."""
            with closing(sqlite3.connect(tmp_path / "tinhuyen.db", timeout=300)) as db, db:
                db.execute("UPDATE articles SET section = 'Sai', extractor = 0")

        def repeat(name: str, *arguments: str) -> Counter[tuple[str, int]]:
            codes: Counter[tuple[str, int]] = Counter()
            while time.monotonic() < until or not codes[name, 0]:
                if name == "reprocess":
                    make_old()
                order = [each.format(number=codes.total()) for each in arguments]
                with start(tmp_path, *order) as process:
                    _, errors = process.communicate(timeout=TIMEOUT_SECONDS)
                assert process.returncode in (0, HELD), errors
                codes[name, process.returncode or 0] += 1
            return codes

        def read(url: str) -> Counter[tuple[str, int]]:
            codes: Counter[tuple[str, int]] = Counter()
            while time.monotonic() < until or not codes:
                for path in ("/", "/search?q=huyen", "/tinhuyen/articles.json", "/runs"):
                    codes["browse", get(url + path).status or 0] += 1
            return codes

        with Browsing(tmp_path / "tinhuyen.db") as browsing, ThreadPoolExecutor(4) as hands:
            works = [
                hands.submit(repeat, "crawl", "crawl", "portal", "--full", "--delay", "0"),
                hands.submit(repeat, "reprocess", "reprocess"),
                hands.submit(repeat, "backup", "backup", str(tmp_path / "copy-{number}")),
                hands.submit(read, browsing.url),
            ]
            with start(tmp_path, "daemon", "--now", "--cron", "* * * * *") as daemon:
                codes = sum((work.result() for work in works), Counter[tuple[str, int]]())
                daemon.terminate()
                _, errors = daemon.communicate(timeout=TIMEOUT_SECONDS)
    assert daemon.returncode == 0, errors
    assert {code for name, code in codes if name == "browse"} == {200}
    complete(tmp_path, "reprocess")
    assert contents(tmp_path / "tinhuyen.db") == expected
    copies = list(tmp_path.glob("copy-*/**/*.db"))
    for copy in [tmp_path / "tinhuyen.db", *copies]:
        assert_whole(copy)
    print(f"\nsoak: everybody at once for {CROWD_SECONDS} s: {dict(codes)}")
