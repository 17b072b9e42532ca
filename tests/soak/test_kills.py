"""Kill -9 at random moments, many times: the contents are those of an undisturbed run."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scraper.sources import Source
from tests.portals.nukeviet import NukeVietPortal
from tests.soak.commands import assert_whole, complete, contents, kill_at_random, register
from tests.soak.counts import (
    ARTICLES,
    BACKUP_KILLS,
    CRAWL_KILLS,
    IMPORT_KILLS,
    REPROCESS_KILLS,
    SEED,
)
from tests.spiders.crawling import Crawling, source_at
from tests.spiders.test_resuming import kill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

OLD_RULES = "UPDATE articles SET title = 'Sai', section = 'Sai', extractor = 0"


def report(what: str, kills: int, at_work: int, articles: int) -> None:
    print(f"\nsoak: {what}: {kills} kills, {at_work} of them at work, {articles} articles equal")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one crawl that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with NukeVietPortal(ARTICLES) as portal:
        Crawling(folder).crawl(source_at(portal.home_url))
    return folder


def test_kills_over_crawls(tmp_path: Path) -> None:
    moments = random.Random(SEED)
    with NukeVietPortal(ARTICLES) as portal:
        source: Source = source_at(portal.home_url)
        Crawling(tmp_path / "undisturbed").crawl(source)
        killed = Crawling(tmp_path / "killed")
        codes = []
        for _ in range(CRAWL_KILLS):
            codes.append(kill(killed, source, portal, moments.randint(1, 6)))
            assert_whole(killed.database)
        killed.crawl(source)
        expected = contents(tmp_path / "undisturbed" / "tinhuyen.db")
        assert contents(killed.database) == expected
        report("crawl", CRAWL_KILLS, codes.count(-9), len(expected[0]))


def test_kills_over_reprocess(undisturbed: Path, tmp_path: Path) -> None:
    folder, moments = tmp_path / "killed", random.Random(SEED)
    shutil.copytree(undisturbed, folder)
    seconds = complete(folder, "reprocess")
    expected, at_work = contents(folder / "tinhuyen.db"), 0
    for _ in range(REPROCESS_KILLS):
        with closing(sqlite3.connect(folder / "tinhuyen.db", timeout=300)) as db, db:
            db.execute(OLD_RULES)
        at_work += kill_at_random(folder, seconds, moments, "reprocess")
    complete(folder, "reprocess")
    assert contents(folder / "tinhuyen.db")[0] == expected[0]
    report("reprocess", REPROCESS_KILLS, at_work, len(expected[0]))


def test_kills_over_import(undisturbed: Path, tmp_path: Path) -> None:
    moments, order = random.Random(SEED), ("import", str(undisturbed / "archive"))
    with closing(sqlite3.connect(undisturbed / "tinhuyen.db")) as db:
        [home_url] = db.execute("SELECT home_url FROM sources").fetchone()
    for name in ("undisturbed", "killed"):
        register(tmp_path / name, "portal", home_url)
    seconds, at_work = complete(tmp_path / "undisturbed", *order, "--source", "portal"), 0
    for _ in range(IMPORT_KILLS):
        at_work += kill_at_random(
            tmp_path / "killed", seconds, moments, *order, "--source", "portal"
        )
    complete(tmp_path / "killed", *order, "--source", "portal")
    expected = contents(tmp_path / "undisturbed" / "tinhuyen.db")
    assert contents(tmp_path / "killed" / "tinhuyen.db")[0] == expected[0]
    report("import", IMPORT_KILLS, at_work, len(expected[0]))


def test_kills_over_backup(undisturbed: Path, tmp_path: Path) -> None:
    moments, expected = random.Random(SEED), contents(undisturbed / "tinhuyen.db")
    target, at_work = tmp_path / "backup", 0
    seconds = complete(undisturbed, "backup", str(tmp_path / "first"))
    for _ in range(BACKUP_KILLS):
        at_work += kill_at_random(undisturbed, seconds, moments, "backup", str(target))
        for copy in target.rglob("*.db"):
            assert_whole(copy)
    complete(undisturbed, "backup", str(target))
    assert contents(next(target.rglob("*.db"))) == expected
    assert contents(undisturbed / "tinhuyen.db") == expected
    report("backup", BACKUP_KILLS, at_work, len(expected[0]))
