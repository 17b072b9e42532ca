"""Places that refuse: one line with the reason, and reading works without writing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.errors import StoreError
from scraper.command_line import VERBS
from scraper.store import database
from scraper.store.database import open_database, open_for_reading, reading_uri
from scraper.store.schema import SCHEMA
from tests.processes import run as run_module
from tests.scraper.stores import keep_article, make_schema_older, new_database
from tests.shipped import ALL_DISABLED
from tests.stranger import NOBODY, STRANGER, give_away

REPOSITORY = Path(__file__).parents[3]
WRITING = (
    ["crawl", "--url", "http://127.0.0.1:9/"], ["import", "x.txt"], ["reprocess"], ["alert"],
    ["daemon", "--now"], ["demo"], ["collect", "."],
    ["sources", "discover", "http://camau.localhost:9/"],
)  # fmt: skip
READING = (
    ["runs"], ["search", "tin"], ["status"], ["export"], ["archive", "size"], ["archive", "verify"],
    ["reprocess", "--dry-run"], ["backup", "copies"], ["sources", "show", "mot"],
    ["watch", "list"], ["sources", "coverage"],
)  # fmt: skip
SERVING = ["browse", "--port", "0"]
WITHOUT_DATABASE = {"extract", "clean", "config", "restore", "service"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Path]:
    db = new_database(tmp_path)
    keep_article(db, Article(title="Tin", paragraphs=["Một"]))
    db.close()
    (tmp_path / "x.txt").write_text("Tin\n\nMột đoạn.")
    (tmp_path / "config" / "tinhuyen").mkdir(parents=True)
    own = '[mot]\nname = "Một"\nhome_url = "http://127.0.0.1:9/"\n'
    (tmp_path / "config" / "tinhuyen" / "sources.toml").write_text(own + ALL_DISABLED)
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
        return run_module("scraper", *words, environment=environment, folder=house, timeout=300)
    return subprocess.run(
        [*STRANGER, sys.executable, "-m", "scraper", *words], env=environment, cwd=house,
        timeout=300, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def strange(house: Path) -> Path:
    """A database of another user's, in a folder that may not be written to."""
    give_away(house, "tinhuyen.db")
    return house


def is_one_line(run: subprocess.CompletedProcess[str]) -> bool:
    lines = [line for line in run.stderr.splitlines() if line.startswith("tinhuyen:")]
    return bool(lines) and "Traceback" not in run.stderr


@pytest.mark.parametrize("words", [one for one in READING if one[0] != "backup"], ids=" ".join)
@pytest.mark.fault(86)
def test_reading_needs_no_right_to_write(strange: Path, words: list[str]) -> None:
    run = tinhuyen(strange, *words, as_nobody=True)
    assert run.returncode in (0, 3), run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("words", [one for one in READING if one[0] != "backup"], ids=" ".join)
@pytest.mark.fault(86)
def test_an_older_schema_that_cannot_be_written_is_read_from_a_copy(
    house: Path, request: pytest.FixtureRequest, words: list[str]
) -> None:
    make_schema_older(house / "tinhuyen.db")
    before = (house / "tinhuyen.db").read_bytes()
    strange = request.getfixturevalue("strange")
    run = tinhuyen(strange, *words, as_nobody=True)
    assert run.returncode in (0, 3), run.stderr
    assert "Traceback" not in run.stderr
    if words[0] == "export":
        assert "Một" in run.stdout
    assert (house / "tinhuyen.db").read_bytes() == before


def test_a_database_that_is_too_large_to_be_copied_is_one_line(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house / "tinhuyen.db"
    make_schema_older(path)
    monkeypatch.setattr(database, "open_database", refuse_to_write)
    assert open_for_reading(path).table("articles").count == 1
    monkeypatch.setattr(database, "MAX_COPY_BYTES", path.stat().st_size - 1)
    with pytest.raises(StoreError, match=r"older schema .*run any command as its owner once"):
        open_for_reading(path)


def test_a_copy_is_read_and_never_written(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_schema_older(house / "tinhuyen.db")
    monkeypatch.setattr(database, "open_database", refuse_to_write)
    copy = open_for_reading(house / "tinhuyen.db")
    assert not SCHEMA.pending(copy)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        copy.execute("DELETE FROM articles")


def refuse_to_write(path: Path) -> Database:
    raise StoreError(f"{path} cannot be written")


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
@pytest.mark.fault(86)
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


@pytest.mark.parametrize("words", [["crawl", "--url", "http://127.0.0.1:9/"], ["reprocess"]])
@pytest.mark.fault(86)
def test_a_database_that_another_program_holds_is_one_line(house: Path, words: list[str]) -> None:
    impatient = "import scraper.store.database as d; d.BUSY_TIMEOUT_SECONDS = 0.1"
    command = f"{impatient}; from scraper.command_line import main; main()"
    environment = {
        "PYTHONPATH": str(REPOSITORY),
        "TINHUYEN_DB": str(house / "tinhuyen.db"),
        "TINHUYEN_RESERVE": "0",
        "XDG_CONFIG_HOME": str(house),
    }
    with closing(sqlite3.connect(house / "tinhuyen.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        run = subprocess.run(
            [sys.executable, "-c", command, *words],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert run.returncode == 1
    assert "held by another program" in run.stderr
    assert is_one_line(run), run.stderr


def test_a_folder_that_takes_no_archive_ends_the_run_before_it_begins(house: Path) -> None:
    (house / "archive").touch()
    run = tinhuyen(house, "crawl", "--url", "http://127.0.0.1:9/")
    assert run.returncode == 1
    assert is_one_line(run), run.stderr
    with closing(sqlite3.connect(house / "tinhuyen.db")) as db:
        [(state, error)] = db.execute("SELECT state, error FROM runs").fetchall()
    assert state == "failed"
    assert "archive" in error


def test_every_command_with_a_database_is_tried() -> None:
    tried = {words[0] for words in (*READING, *WRITING, SERVING)}
    assert tried | WITHOUT_DATABASE == set(VERBS)


def migrations(house: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(house / "tinhuyen.db")) as db, db:
        db.execute(statement, values)


@pytest.mark.parametrize("words", [*READING, *WRITING, SERVING], ids=" ".join)
def test_a_newer_schema_is_one_line(house: Path, words: list[str]) -> None:
    migrations(house, "INSERT INTO _sqlite_migrations VALUES (99, 'tinhuyen', 'm999_x', '2030')")
    before = (house / "tinhuyen.db").read_bytes()
    run = tinhuyen(house, *words)
    assert run.returncode == 1
    assert is_one_line(run), run.stderr
    assert "newer tinhuyen (schema m999_x): update tinhuyen" in run.stderr
    assert (house / "tinhuyen.db").read_bytes() == before


@pytest.mark.parametrize("words", [*WRITING, SERVING, ["backup", "copies"]], ids=" ".join)
def test_a_damaged_file_is_one_line_and_stays_as_it_was(house: Path, words: list[str]) -> None:
    damaged = b"SQLite format 3\0" + b"\xff" * 20_000
    (house / "tinhuyen.db").write_bytes(damaged)
    run = tinhuyen(house, *words)
    assert run.returncode == 1
    assert is_one_line(run), run.stderr
    assert (house / "tinhuyen.db").read_bytes() == damaged


@pytest.mark.parametrize("words", [*READING, *WRITING, SERVING], ids=" ".join)
def test_a_home_that_cannot_be_entered_is_one_line(strange: Path, words: list[str]) -> None:
    strange.chmod(0)
    run = tinhuyen(strange, *words, as_nobody=True)
    assert run.returncode in (1, 2)
    assert is_one_line(run), run.stderr


@pytest.fixture
def older(house: Path) -> Path:
    """A database of an older schema."""
    (house / "tinhuyen.db").unlink()
    with closing(Database(house / "tinhuyen.db").conn) as connection:
        SCHEMA.apply(Database(connection), stop_before="m009_note_quarters_of_boilerplate")
        connection.commit()
    return house


@pytest.mark.parametrize("words", [["search", "tin"], ["reprocess"], ["backup", "copies"]])
def test_an_older_schema_is_brought_up_to_date_by_whoever_may_write(
    older: Path, words: list[str]
) -> None:
    run = tinhuyen(older, *words)
    assert run.returncode == 0, run.stderr
    assert not SCHEMA.pending(Database(older / "tinhuyen.db"))


@pytest.mark.parametrize("opening", [open_for_reading, open_database])
def test_a_file_that_another_program_holds_is_never_read(
    house: Path, monkeypatch: pytest.MonkeyPatch, opening: Callable[[Path], Database]
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.1)
    path = house / "tinhuyen.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"held by another program .* end it, then try again"):
            opening(path)
        other.execute("ROLLBACK")
    assert opening(path).table("articles").count == 1
