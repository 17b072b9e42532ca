"""Kill -9 at random moments, many times: the contents are those of an undisturbed run."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scraper.base.source import Source
from tests.portals.nukeviet import NukeVietPortal
from tests.portals.stories import Story
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

OLD_RULES = (
    "UPDATE articles SET title = 'Sai', section = 'Sai', extractor = 0",
    "DELETE FROM photos WHERE article % 2",
    "UPDATE attachments SET name = 'Sai'",
)
EDITED = range(2, ARTICLES, 3)
"""The stories that are edited between two crawls."""


class IllustratedPortal(NukeVietPortal):
    """A portal whose stories have a photo and a file each."""

    def article_body(self, one: Story) -> str:
        extras = (
            f'<figure><img src="/anh/tin-{one.number}.jpg" width="800" height="600">'
            f"<figcaption>Bà con dự buổi gặp mặt thứ {one.number}. Ảnh: Tuấn Tú</figcaption>"
            f'</figure><p><a href="/tep/van-ban-{one.number}.pdf">Văn bản số {one.number}</a></p>'
        )
        return super().article_body(one).replace("</p><p style", f"</p>{extras}<p style")

    def edit_some(self) -> None:
        for number in EDITED:
            self.edit(number)


def report(what: str, kills: int, at_work: int, expected: list[list[tuple[object, ...]]]) -> None:
    articles, photos, revisions, files = map(len, expected)
    assert all((articles, photos, revisions, files)), "nothing is compared"
    print(
        f"\nsoak: {what}: {kills} kills, {at_work} of them at work; equal: {articles} articles,"
        f" {photos} photos, {revisions} revisions, {files} attachments"
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two crawls, with edits between them, that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with IllustratedPortal(ARTICLES) as portal:
        Crawling(folder).crawl(source_at(portal.home_url))
        portal.edit_some()
        Crawling(folder).crawl(source_at(portal.home_url))
    return folder


def test_kills_over_crawls(tmp_path: Path) -> None:
    moments, codes = random.Random(SEED), []
    with IllustratedPortal(ARTICLES) as portal:
        source: Source = source_at(portal.home_url)
        undisturbed, killed = (Crawling(tmp_path / name) for name in ("undisturbed", "killed"))
        for kills in (CRAWL_KILLS // 2, CRAWL_KILLS - CRAWL_KILLS // 2):
            undisturbed.crawl(source)
            for _ in range(kills):
                codes.append(kill(killed, source, portal, moments.randint(1, 6)))
                assert_whole(killed.database)
            killed.crawl(source)
            assert contents(killed.database) == contents(undisturbed.database)
            portal.edit_some()
        report("crawl", CRAWL_KILLS, codes.count(-9), contents(killed.database))


def test_kills_over_reprocess(undisturbed: Path, tmp_path: Path) -> None:
    folder, moments = tmp_path / "killed", random.Random(SEED)
    shutil.copytree(undisturbed, folder)
    seconds = complete(folder, "reprocess")
    expected, at_work = contents(folder / "tinhuyen.db"), 0
    for _ in range(REPROCESS_KILLS):
        with closing(sqlite3.connect(folder / "tinhuyen.db", timeout=300)) as db, db:
            for change in OLD_RULES:
                db.execute(change)
        at_work += kill_at_random(folder, seconds, moments, "reprocess")
    complete(folder, "reprocess")
    assert contents(folder / "tinhuyen.db") == expected
    report("reprocess", REPROCESS_KILLS, at_work, expected)


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
    assert contents(tmp_path / "killed" / "tinhuyen.db") == expected
    report("import", IMPORT_KILLS, at_work, expected)


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
    report("backup", BACKUP_KILLS, at_work, expected)
