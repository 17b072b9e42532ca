"""Kill -9 at random times: the contents are those of an uninterrupted run."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from scraper.base.source import Source
from scraper.demo.content import Story
from scraper.demo.server import Answer
from tests.portals.notices import pdf, png
from tests.portals.platforms import BYLINE, NukeVietPortal
from tests.portals.stories import LATEST
from tests.soak.commands import (
    assert_whole,
    complete,
    contents,
    kill_at_random,
    measure,
    register,
)
from tests.soak.counts import (
    ARTICLES,
    BACKUP_KILLS,
    CRAWL_KILLS,
    IMPORT_KILLS,
    REPROCESS_KILLS,
    RESTORE_KILLS,
    SEED,
)
from tests.spiders.crawling import Crawling, source_at
from tests.spiders.test_resuming import kill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

OLD_RULES = (
    "UPDATE articles SET title = 'Sai', section = 'Sai', extractor = 0",
    "DELETE FROM photos WHERE article % 2",
    "UPDATE article_files SET name = 'Sai'",
)
EDITED = range(2, ARTICLES, 3)
"""The stories that are edited between two crawls."""

LARGE_MB = 300
"""Megabytes of the database and of the archive, so that a backup takes long enough to kill."""


FILES = {"photos": True, "attachments": True}

REPLACED = range(3, ARTICLES, 3)
"""The stories whose attachment alone is replaced between two crawls."""


class IllustratedPortal(NukeVietPortal):
    """A portal whose stories have a photo and an attachment each."""

    is_edited = False

    def article_page(self, story: Story) -> Answer:
        number = f"{story.id}-b" if self.is_edited and story.id in REPLACED else str(story.id)
        extras = (
            f'<figure><img src="/anh/tin-{story.id}.jpg" width="800" height="600">'
            f"<figcaption>Bà con dự buổi gặp mặt thứ {story.id}. Ảnh: Tuấn Tú</figcaption>"
            f'</figure><p><a href="/tep/van-ban-{number}.pdf">Văn bản số {story.id}</a></p>'
        )
        page = super().article_page(story)
        page.body = page.body.replace(BYLINE, extras + BYLINE)
        return page

    def missing(self, target: str) -> Answer:
        """Serve the files; the attachments have another body after the edits."""
        if target.startswith("/tep/"):
            return Answer(raw=pdf(f"{target}, {self.is_edited}"), type="application/pdf")
        if target.startswith("/anh/"):
            number = int(target.rpartition("-")[2].partition(".")[0])
            return Answer(raw=png(number % 256, 640 + number // 256), type="image/png")
        return super().missing(target)

    def edit_some(self) -> None:
        self.is_edited = True
        for number in EDITED:
            self.edit(number)
        for story in self.stories:
            if story.id in EDITED or story.id in REPLACED:
                story.modified = LATEST.replace(day=31, hour=5) + timedelta(seconds=story.id)


def report(what: str, kills: int, at_work: int, expected: list[list[tuple[object, ...]]]) -> None:
    articles, photos, revisions, files, *kept = map(len, expected)
    kept[1] += what == "import"  # it takes one body of each file
    assert all((articles, photos, revisions, files, *kept)), "nothing is compared"
    print(
        f"\nsoak: {what}: {kills} kills, {at_work} of them at work; equal: {articles} articles,"
        f" {photos} photos, {revisions} revisions, {files} attachments"
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of two uninterrupted crawls with edits between them."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with IllustratedPortal(ARTICLES) as portal:
        Crawling(folder, plan=FILES).crawl(source_at(portal.home_url))
        portal.edit_some()
        Crawling(folder, plan=FILES).crawl(source_at(portal.home_url))
    return folder


def test_kills_over_crawls(tmp_path: Path) -> None:
    moments, codes = random.Random(SEED), []
    with IllustratedPortal(ARTICLES) as portal:
        source: Source = source_at(portal.home_url)
        undisturbed, killed = (
            Crawling(tmp_path / name, plan=FILES) for name in ("undisturbed", "killed")
        )
        for kills in (CRAWL_KILLS // 2, CRAWL_KILLS - CRAWL_KILLS // 2):
            undisturbed.crawl(source)
            for _ in range(kills):
                requests = moments.randint(1, max(6, 12 * ARTICLES // CRAWL_KILLS))
                codes.append(kill(killed, source, portal, requests))
                assert_whole(killed.database)
            killed.crawl(source)
            assert contents(killed.database) == contents(undisturbed.database)
            portal.edit_some()
        register(killed.folder, "portal", portal.home_url)
        complete(killed.folder, "archive", "verify")
        report("crawl", CRAWL_KILLS, codes.count(-9), contents(killed.database))


def test_kills_over_reprocess(undisturbed: Path, tmp_path: Path) -> None:
    folder, moments = tmp_path / "killed", random.Random(SEED)
    shutil.copytree(undisturbed, folder)
    expected, at_work = contents(folder / "tinhuyen.db"), 0
    make_old(folder)
    span = measure(folder, "reprocess")
    assert contents(folder / "tinhuyen.db") == expected
    for _ in range(REPROCESS_KILLS):
        make_old(folder)
        at_work += kill_at_random(folder, span, moments, "reprocess")
    complete(folder, "reprocess")
    assert contents(folder / "tinhuyen.db") == expected
    report("reprocess", REPROCESS_KILLS, at_work, expected)


def test_kills_over_import(undisturbed: Path, tmp_path: Path) -> None:
    """An import that ended before its kill is compared; the next one starts in a new folder."""
    moments, at_work, folder = random.Random(SEED), 0, tmp_path / "killed-0"
    order = ("import", str(undisturbed / "archive"), "--source", "portal")
    with closing(sqlite3.connect(undisturbed / "tinhuyen.db")) as db:
        [home_url] = db.execute("SELECT home_url FROM sources").fetchone()
    register(tmp_path / "whole", "portal", home_url)
    span = measure(tmp_path / "whole", *order)
    expected = contents(tmp_path / "whole" / "tinhuyen.db")
    for number in range(IMPORT_KILLS):
        if not folder.exists():
            register(folder, "portal", home_url)
        if kill_at_random(folder, span, moments, *order):
            at_work += 1
            continue
        assert contents(folder / "tinhuyen.db") == expected
        folder = tmp_path / f"killed-{number + 1}"
    if folder.exists():
        complete(folder, *order)
        assert contents(folder / "tinhuyen.db") == expected
    report("import", IMPORT_KILLS, at_work, expected)


def test_kills_over_backup(undisturbed: Path, tmp_path: Path) -> None:
    """The kills alternate between a first backup and one that replaces an earlier backup."""
    moments, expected = random.Random(SEED), contents(undisturbed / "tinhuyen.db")
    folder, earlier, at_work = tmp_path / "large", tmp_path / "earlier", 0
    shutil.copytree(undisturbed, folder)
    make_large(folder)
    spans = [measure(folder, "backup", str(earlier)) for _ in range(2)]
    for number in range(BACKUP_KILLS):
        target = earlier if number % 2 else tmp_path / f"first-{number}"
        at_work += kill_at_random(folder, spans[number % 2], moments, "backup", str(target))
        for copy in target.rglob("*.db"):
            assert_whole(copy)
            assert contents(copy) == expected
        if target is not earlier:
            complete(folder, "backup", str(target))
            assert contents(next(target.rglob("*.db"))) == expected
            assert archived(target) == archived(folder)
            shutil.rmtree(target)
    assert contents(folder / "tinhuyen.db") == expected
    report("backup", BACKUP_KILLS, at_work, expected)


def test_kills_over_restore(undisturbed: Path, tmp_path: Path) -> None:
    """A killed restore leaves no database; the next one completes it, with or without a kill."""
    moments, expected = random.Random(SEED), contents(undisturbed / "tinhuyen.db")
    folder, target, at_work = tmp_path / "large", tmp_path / "restored", 0
    shutil.copytree(undisturbed, folder)
    make_large(folder)
    order = ("restore", str(tmp_path / "backup"))
    complete(folder, "backup", order[1])
    span = measure(tmp_path / "whole", *order)
    for _ in range(RESTORE_KILLS):
        at_work += kill_at_random(target, span, moments, *order)
        if (target / "tinhuyen.db").exists():
            assert contents(target / "tinhuyen.db") == expected
            assert archived(target) == archived(folder)
            shutil.rmtree(target)
    if not (target / "tinhuyen.db").exists():
        complete(target, *order)
    assert contents(target / "tinhuyen.db") == expected
    assert archived(target) == archived(folder)
    assert [path.name for path in target.rglob("*.restore*")] == []
    report("restore", RESTORE_KILLS, at_work, expected)


def make_old(folder: Path) -> None:
    """Change every article, so that the next reprocess rewrites it."""
    with closing(sqlite3.connect(folder / "tinhuyen.db", timeout=300)) as db, db:
        for change in OLD_RULES:
            db.execute(change)


def make_large(folder: Path) -> None:
    """Enlarge the database and the archive by LARGE_MB each."""
    filler = random.Random(SEED)
    with closing(sqlite3.connect(folder / "tinhuyen.db")) as db, db:
        db.execute("CREATE TABLE filler (bytes BLOB)")
        rows = ([filler.randbytes(1_000_000)] for _ in range(LARGE_MB))
        db.executemany("INSERT INTO filler VALUES (?)", rows)
    for number in range(10):
        path = folder / "archive" / f"filler-{number}.warc.gz"
        path.write_bytes(filler.randbytes(LARGE_MB * 100_000))


def archived(folder: Path) -> dict[str, bytes]:
    """Return the digests of the WARC files of an archive."""
    files = (folder / "archive").glob("*.warc.gz")
    return {path.name: sha256(path.read_bytes()).digest() for path in files}
