"""Restoring: a backup comes back completely or not at all, and nothing is overwritten."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.article import Article
from scraper.archive.inspection import verify
from scraper.base.errors import LockedError, StoreError, TinhuyenError, UsageError
from scraper.base.lock import lock
from scraper.store.archived_records import named_records, named_warc_files
from scraper.store.copying import copy_database
from scraper.store.database import open_database, open_for_reading
from scraper.transfer import backup as backing_up
from scraper.transfer.backup import back_up
from scraper.transfer.pruning import prune_photos
from scraper.transfer.restoring import Restored, restore
from tests.scraper.file_archives import FileArchive
from tests.scraper.stores import MOMENT, Portal, keep_article, new_database, page_of
from tests.scraper.transfer.test_pruning import LATER

SOURCES = '[huyen]\nname = "Huyện"\nhome_url = "http://huyen.localhost/"\n'


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Return the folder of a backup with a page, a photo, a preview, an attachment and sources."""
    house = tmp_path / "house"
    portal = Portal(house)
    portal.fetch("tin/1.html", page_of("Ra quân", "Sáng nay, Huyện đoàn ra quân dọn vệ sinh. " * 9))
    archive = FileArchive(portal.db, house / "archive")
    archive.add("photo", "1.jpg", b"photo")
    archive.add_preview(b"photo")
    archive.add("attachment", "1.pdf", b"pdf")
    (house / "sources.toml").write_text(SOURCES)
    back_up(house / "tinhuyen.db", house / "archive", tmp_path / "backup", house / "sources.toml")
    portal.db.close()
    return tmp_path / "backup"


def put_back(backup: Path, house: Path) -> Restored:
    return restore(backup, house / "tinhuyen.db", house / "archive", house / "own" / "sources.toml")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def assert_complete(house: Path, backup: Path) -> None:
    db = open_for_reading(house / "tinhuyen.db")
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for check in verify(
        house / "archive", named_warc_files(db), lambda name: named_records(db, name)
    ):
        assert check.is_whole, check
    with closing(sqlite3.connect(backup / "tinhuyen.db")) as copy:
        for table in ("articles", "captures", "files", "previews"):
            sql = f"SELECT * FROM {table}"
            assert db.execute(sql).fetchall() == copy.execute(sql).fetchall()
    db.close()
    assert sorted(path.name for path in house.iterdir() if "lock" not in path.name) == [
        "archive", "own", "tinhuyen.db",
    ]  # fmt: skip


def test_everything_comes_back(saved: Path, tmp_path: Path) -> None:
    before = contents(saved)
    done = put_back(saved, tmp_path / "new")
    assert (done.articles, done.warc_files) == (1, 3)
    assert_complete(tmp_path / "new", saved)
    assert (tmp_path / "new" / "own" / "sources.toml").read_text() == SOURCES
    assert contents(saved) == before


def test_sources_that_are_there_stay(saved: Path, tmp_path: Path) -> None:
    own = tmp_path / "new" / "own" / "sources.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[khac]\n")
    done = put_back(saved, tmp_path / "new")
    assert own.read_text() == "[khac]\n"
    assert str(saved / "sources.toml") in done.sources


def test_sources_that_cannot_be_written_are_told(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "own").write_text("a file")
    assert "not put back" in put_back(saved, tmp_path / "new").sources
    assert (tmp_path / "new" / "tinhuyen.db").exists()


@pytest.mark.parametrize("name", ["tinhuyen.db", "tinhuyen.db-wal", "tinhuyen.db-journal"])
def test_a_database_is_never_overwritten(saved: Path, tmp_path: Path, name: str) -> None:
    house = tmp_path / "new"
    house.mkdir()
    (house / name).write_bytes(b"mine")
    with pytest.raises(UsageError, match="overwrites nothing"):
        put_back(saved, house)
    assert contents(house) == {name: b"mine"}


def first(backup: Path, series: str = "") -> Path:
    return sorted((backup / "archive").glob(f"{series}*.warc.gz"))[0]


def damage(path: Path, place: float) -> None:
    data = bytearray(path.read_bytes())
    for offset in range(int(len(data) * place), int(len(data) * place) + 40):
        data[offset] ^= 255
    path.write_bytes(data)


def damage_pages(database: Path) -> None:
    """Overwrite the headers of the pages of a database from the third on."""
    data = bytearray(database.read_bytes())
    for start in range(2 * 4096, len(data), 4096):
        data[start : start + 40] = b"x" * 40
    database.write_bytes(data)


def newer(backup: Path) -> None:
    with closing(sqlite3.connect(backup / "tinhuyen.db")) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('tinhuyen', 'm999_later', '2030')"
        )


def of_another(backup: Path) -> None:
    with closing(sqlite3.connect(backup / "tinhuyen.db")) as db:
        db.execute("PRAGMA application_id = 7")


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (shutil.rmtree, "no folder"),
    "no database": (lambda backup: (backup / "tinhuyen.db").unlink(), "no database"),
    "empty database": (lambda backup: (backup / "tinhuyen.db").write_bytes(b""), "empty"),
    "no SQLite file": (lambda backup: (backup / "tinhuyen.db").write_bytes(b"x" * 9999), "damaged"),
    "half a database": (
        lambda backup: os.truncate(
            backup / "tinhuyen.db", (backup / "tinhuyen.db").stat().st_size // 2
        ),
        "damaged",
    ),
    "damaged pages": (lambda backup: damage_pages(backup / "tinhuyen.db"), "damaged"),
    "another program's": (of_another, "another program"),
    "newer": (newer, "newer tinhuyen"),
    "no archive": (lambda backup: shutil.rmtree(backup / "archive"), "lacks 3 of 3"),
    "no photos": (lambda backup: first(backup, "photos").unlink(), "lacks 1 of 3"),
    "cut photos": (lambda backup: os.truncate(first(backup, "photos"), 600), "damaged at"),
    "empty file": (lambda backup: os.truncate(first(backup, "files"), 0), "damaged at"),
    "damaged page": (lambda backup: damage(first(backup, "tinhuyen"), 0.6), "damaged at"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_backup_that_cannot_be_restored_is_one_line_and_changes_nothing(
    saved: Path, tmp_path: Path, case: str
) -> None:
    harm, message = DAMAGE[case]
    harm(saved)
    house = tmp_path / "new"
    house.mkdir()
    with pytest.raises(TinhuyenError, match=message) as raised:
        put_back(saved, house)
    assert "\n" not in str(raised.value)
    assert contents(house) == {}


def test_a_backup_of_an_older_version_is_brought_up_to_date(saved: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(saved / "tinhuyen.db")) as db, db:
        db.execute("DROP INDEX photos_url")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm005_index_pages_of_articles'")
        db.execute("DROP INDEX articles_page")
    before = contents(saved)
    put_back(saved, tmp_path / "new")
    restored = open_database(tmp_path / "new" / "tinhuyen.db")
    assert "articles_page" in {index.name for index in restored.table("articles").indexes}
    assert contents(saved) == before


@pytest.mark.parametrize("whose", ["run", "daemon"])
def test_a_place_that_is_held_is_left_alone(saved: Path, tmp_path: Path, whose: str) -> None:
    house = tmp_path / "new"
    with lock(house / "tinhuyen.db", whose), pytest.raises(LockedError):
        put_back(saved, house)
    assert contents(house) == {}


def test_a_full_disk_is_told_before_anything_is_copied(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match="1000 are free"):
        put_back(saved, tmp_path / "new")
    assert contents(tmp_path / "new") == {}


def test_a_disk_that_fills_up_leaves_nothing(saved: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    code = (
        "import resource, sys; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "from tests.scraper.transfer.test_restoring import put_back\n"
        "put_back(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    database = (saved / "tinhuyen.db").stat().st_size
    with (saved / "archive" / "tinhuyen-large.warc.gz").open("wb") as large:
        large.write(bytes(2 * database))
    for size in (database // 2, database + database // 2):
        run = subprocess.run(
            [sys.executable, "-c", code, str(saved), str(tmp_path / "new"), str(size)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert "StoreError" in run.stderr.splitlines()[-1], run.stderr
        assert "nothing was restored" in run.stderr
        assert contents(tmp_path / "new") == {}


def test_an_archive_in_place_is_kept_and_completed(saved: Path, tmp_path: Path) -> None:
    house = tmp_path / "new"
    shutil.copytree(saved / "archive", house / "archive")
    grown, gone = first(house, "tinhuyen"), first(house, "photos")
    grown.write_bytes(grown.read_bytes() + b"more")
    gone.unlink()
    (house / "archive" / "tinhuyen-later.warc.gz").write_bytes(b"")
    assert put_back(saved, house).warc_files == 1
    assert grown.read_bytes().endswith(b"more")
    names = {path.name for path in (house / "archive").iterdir()}
    assert names == {path.name for path in (saved / "archive").iterdir()} | {
        "tinhuyen-later.warc.gz"
    }


@pytest.mark.parametrize("harm", ["other", "shorter"])
def test_an_archive_of_another_database_is_left_alone(
    saved: Path, tmp_path: Path, harm: str
) -> None:
    house = tmp_path / "new"
    shutil.copytree(saved / "archive", house / "archive")
    path = first(house, "photos")
    data = path.read_bytes()
    path.write_bytes(b"x" * len(data) if harm == "other" else data[:-9])
    before = contents(house)
    with pytest.raises(StoreError, match="another file"):
        put_back(saved, house)
    assert contents(house) == before


KILL = """
import os, sys
from pathlib import Path
from scraper.transfer import restoring
from tests.scraper.transfer.test_restoring import put_back

step, count = int(sys.argv[3]), 0

def killing(name):
    original = getattr(restoring, name)
    def call(*values):
        global count
        for _ in range(2):
            count += 1
            if count == step:
                os.kill(os.getpid(), 9)
            if _ == 0:
                result = original(*values)
        return result
    setattr(restoring, name, call)

for name in ("copy_backup", "_check", "_prepare", "_put_archive", "_put_sources", "sync_folder"):
    killing(name)
copy = restoring.shutil.copyfileobj
def half(original, out):
    out.write(original.read(100))
    copy(original, out)
restoring.shutil.copyfileobj = half
killing_copy = restoring.shutil.copyfileobj
put_back(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_kill_leaves_no_database_or_a_complete_one(saved: Path, tmp_path: Path) -> None:
    killed = 0
    for step in range(1, 40):
        house = tmp_path / f"new-{step}"
        run = subprocess.run(
            [sys.executable, "-c", KILL, str(saved), str(house), str(step)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert run.returncode in (0, -9), run.stderr
        if not (house / "tinhuyen.db").exists():
            put_back(saved, house)
        assert_complete(house, saved)
        if run.returncode == 0:
            break
        killed += 1
    assert killed >= 15


def test_a_prune_during_a_backup_leaves_it_restorable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = tmp_path / "house"
    db = new_database(house)
    archive = FileArchive(db, house / "archive")
    archive.add("photo", "1.jpg", b"old")
    archive.add("photo", "2.jpg", b"new", LATER)

    def copy_and_prune(database: Path, copy: Path) -> int:
        articles = copy_database(database, copy)
        list(prune_photos(db, archive.folder, LATER))
        return articles

    monkeypatch.setattr(backing_up, "copy_database", copy_and_prune)
    assert back_up(house / "tinhuyen.db", archive.folder, tmp_path / "backup").missing == []
    put_back(tmp_path / "backup", tmp_path / "new")


def test_a_backup_of_a_damaged_archive_says_what_is_missing(tmp_path: Path) -> None:
    house = tmp_path / "house"
    archive = FileArchive(new_database(house), house / "archive")
    place = archive.add("photo", "1.jpg", b"old")
    (house / "archive" / place.warc_file).unlink()
    done = back_up(house / "tinhuyen.db", archive.folder, tmp_path / "backup")
    assert done.missing == [place.warc_file]


def test_the_only_database_of_a_backup_is_taken_whatever_its_name(tmp_path: Path) -> None:
    house = tmp_path / "house"
    db = new_database(house)
    keep_article(db, Article(paragraphs=["Một"]))
    db.close()
    (house / "tinhuyen.db").rename(house / "demo.db")
    back_up(house / "demo.db", house / "archive", tmp_path / "backup")
    assert put_back(tmp_path / "backup", tmp_path / "new").articles == 1
    shutil.copy(tmp_path / "backup" / "demo.db", tmp_path / "backup" / "other.db")
    with pytest.raises(UsageError, match="more than one database"):
        put_back(tmp_path / "backup", tmp_path / "newer")


def test_times_of_the_backup_are_those_of_the_restore(saved: Path, tmp_path: Path) -> None:
    put_back(saved, tmp_path / "new")
    db = open_for_reading(tmp_path / "new" / "tinhuyen.db")
    [seen] = db.execute("SELECT first_seen_at FROM articles").fetchone()
    assert seen.startswith(f"{MOMENT:%Y-%m-%d}")
