"""Places that refuse: one line with the reason, and reading works without writing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.article import Article
from scraper.base.errors import StoreError
from scraper.store import database
from scraper.store.database import open_for_reading, reading_uri
from tests.processes import run as run_module
from tests.scraper.stores import keep_article, new_database

NOBODY = 65534
RIGHTS = "-dac_override,-dac_read_search,-fowner"
STRANGER = ("setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}")
"""Runs a command as a user to whom the modes of files apply, root as well."""
REPOSITORY = Path(__file__).parents[2]
WRITING = (["crawl", "--url", "http://127.0.0.1:9/"], ["import", "x.txt"], ["reprocess"])
READING = (
    ["runs"], ["search", "tin"], ["status"], ["export"], ["archive", "size"], ["archive", "verify"],
    ["reprocess", "--dry-run"],
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Path]:
    db = new_database(tmp_path)
    keep_article(db, Article(title="Tin", paragraphs=["Một"]))
    db.close()
    (tmp_path / "x.txt").write_text("Tin\n\nMột đoạn.")
    yield tmp_path
    tmp_path.chmod(0o755)


def tinhuyen(house: Path, *words: str, as_nobody: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; as another user, if this one may be so."""
    environment = {
        **os.environ,
        "XDG_CONFIG_HOME": str(house / "config"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment |= {"TINHUYEN_DB": str(house / "tinhuyen.db"), "TINHUYEN_RESERVE": "0"}
    environment |= {"PYTHONPATH": str(REPOSITORY), "TINHUYEN_WORKERS": "1"}
    if not as_nobody:
        return run_module("scraper", *words, environment=environment, folder=house, timeout=60)
    return subprocess.run(
        [*STRANGER, sys.executable, "-m", "scraper", *words], env=environment, cwd=house,
        timeout=60, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def strange(house: Path) -> Path:
    """A database of another user's, in a folder that may not be written to."""
    can_drop = shutil.which("setpriv") and subprocess.run([*STRANGER, "true"], check=False)
    if os.geteuid() != 0 or not can_drop or can_drop.returncode:
        pytest.skip("only root, with setpriv, may give files away and run as a stranger to them")
    for path in (house, *house.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    (house / "tinhuyen.db").chmod(0o444)
    house.chmod(0o555)
    return house


def is_one_line(run: subprocess.CompletedProcess[str]) -> bool:
    lines = [line for line in run.stderr.splitlines() if line.startswith("tinhuyen:")]
    return bool(lines) and "Traceback" not in run.stderr


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_reading_needs_no_right_to_write(strange: Path, words: list[str]) -> None:
    run = tinhuyen(strange, *words, as_nobody=True)
    assert run.returncode in (0, 3), run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_writing_without_the_right_is_one_line(strange: Path, words: list[str]) -> None:
    run = tinhuyen(strange, *words, as_nobody=True)
    assert run.returncode in (1, 2)
    assert is_one_line(run), run.stderr


def test_a_lock_of_somebody_elses_is_one_line(strange: Path) -> None:
    strange.chmod(0o777)
    (strange / "tinhuyen.lock").touch(0o600)
    os.chown(strange / "tinhuyen.lock", NOBODY, NOBODY)
    run = tinhuyen(strange, "import", "x.txt", as_nobody=True)
    assert run.returncode == 1
    assert "tinhuyen.lock: Permission denied" in run.stderr
    assert is_one_line(run), run.stderr


@pytest.mark.parametrize("words", [*READING, ["crawl", "--url", "http://127.0.0.1:9/"]])
@pytest.mark.parametrize("form", ["folder", "garbage", "empty"])
def test_no_database_is_one_line(house: Path, words: list[str], form: str) -> None:
    path = house / "tinhuyen.db"
    path.unlink()
    if form == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"garbage " * 999 if form == "garbage" else b"")
    if form == "empty" and words[0] == "crawl":
        pytest.skip("an empty file becomes a database")
    run = tinhuyen(house, *words)
    assert run.returncode in (1, 2)
    assert is_one_line(run), run.stderr


def test_what_a_writer_has_not_copied_yet_is_read(house: Path) -> None:
    path = house / "tinhuyen.db"
    with closing(sqlite3.connect(path)) as writer, writer:
        writer.execute("UPDATE articles SET title = 'Mới'")
        writer.commit()
        assert reading_uri(path).endswith("mode=ro")
        assert open_for_reading(path).execute("SELECT title FROM articles").fetchone() == ("Mới",)


def test_a_log_that_cannot_be_read_is_never_passed_over(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house / "tinhuyen.db"

    def refuse(uri: str) -> None:
        if "mode=ro" in uri:
            raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(database, "_try_to_read", refuse)
    assert reading_uri(path).endswith("immutable=1")
    (house / "tinhuyen.db-wal").write_bytes(b"log")
    with pytest.raises(StoreError):
        open_for_reading(path)


def test_a_folder_that_takes_no_archive_ends_the_run_before_it_begins(house: Path) -> None:
    (house / "archive").touch()
    run = tinhuyen(house, "crawl", "--url", "http://127.0.0.1:9/")
    assert run.returncode == 1
    assert is_one_line(run), run.stderr
    with closing(sqlite3.connect(house / "tinhuyen.db")) as db:
        [(state, error)] = db.execute("SELECT state, error FROM runs").fetchall()
    assert state == "failed"
    assert "archive" in error
