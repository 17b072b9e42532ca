"""What every command does while another program holds the database: it works, waits, or says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer

import click
import pytest

from pipelines.article import Article
from scraper.base.lock import lock
from scraper.command_line import VERBS, tinhuyen
from tests.portals.faults import SENTENCE
from tests.portals.platforms import NukeVietPortal
from tests.processes import REPOSITORY
from tests.processes import run as run_module
from tests.scraper.stores import keep_article, new_database
from tests.shipped import ALL_DISABLED

TITLE = "Tin đã có"
HELD_SECONDS = 1

DONE, FAILED, HELD = 0, 1, 4

READING = {
    "runs": DONE,
    "status": DONE,
    "search tin": DONE,
    "export": DONE,
    "export --table photos --format csv": DONE,
    "archive size": DONE,
    "archive verify": DONE,
    "archive prune --photos --before 2020-01-01 --dry-run": DONE,
    "backup copies": DONE,
    "reprocess --dry-run": DONE,
    "watch list": DONE,
    "watch test --words tin": DONE,
    "sources list": DONE,
    "sources show mot": DONE,
    "sources coverage": DONE,
    "sources export": DONE,
    "config check": DONE,
}
"""Commands that write no database, and their exit code whatever another program holds."""

REGISTERING = {
    "sources enable mot": DONE,
    "sources disable mot": DONE,
    "sources remove mot": DONE,
    "sources add HOME --yes --delay 0": DONE,
    "sources check mot": DONE,
    "sources import x.csv --yes": DONE,
}
"""Commands that write the registry, and a database of their own at most."""

BESIDE_A_RUN = {"reprocess": DONE, "alert": DONE, "alert --dry-run": DONE}
"""Commands that write the database, also during a run."""

AS_A_RUN = {
    "crawl mot": DONE,
    "import x.txt --source mot": DONE,
}
"""Commands that no run may be beside, and their exit code if there is none."""

SEARCH = "sources discover http://camau.localhost:9/ --yes"
"""Another one, whose exit code depends on whether this machine can look up names."""

INTO_A_NEW_DATABASE = ("restore copies", "demo --db tinhuyen.db", "collect shard")
"""Commands that need a database of their own, and that no run may be beside."""

NO_DATABASE = {"extract", "clean", "service install", "service uninstall"}
ELSEWHERE = {"browse", "daemon", "archive push", "archive pull", "archive recover"}
"""Commands that serve for ever or ask another server: their own tests try them."""


@pytest.fixture(scope="module")
def portal() -> Iterator[NukeVietPortal]:
    with NukeVietPortal(2) as portal:
        yield portal


@pytest.fixture
def house(tmp_path: Path, portal: NukeVietPortal) -> Path:
    """A folder with a database of one article, a source of one's own, and files to import."""
    db = new_database(tmp_path)
    keep_article(db, Article(title=TITLE, paragraphs=["Một đoạn."]))
    db.close()
    (tmp_path / "x.txt").write_text(f"Tin mới\n\n{SENTENCE * 3}")
    (tmp_path / "x.csv").write_text("home_url,name\nhttp://hai.localhost/,Hai\n")
    (tmp_path / "home").write_text(portal.home_url.replace("127.0.0.1", "localhost"))
    (tmp_path / "config" / "tinhuyen").mkdir(parents=True)
    own = f'[mot]\nname = "Một"\nhome_url = "{portal.home_url}"\ndelay = 0\n'
    (tmp_path / "config" / "tinhuyen" / "sources.toml").write_text(own + ALL_DISABLED)
    return tmp_path


def environment_of(house: Path) -> dict[str, str]:
    return {
        **os.environ,
        "XDG_CONFIG_HOME": str(house / "config"),
        "TINHUYEN_HOME": str(house),
        "TINHUYEN_RESERVE": "0",
        "TINHUYEN_WORKERS": "1",
        "PYTHONPATH": str(REPOSITORY),
    }


def call(house: Path, words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the database of a folder."""
    arguments = words.replace("HOME", (house / "home").read_text()).split()
    environment = environment_of(house)
    return run_module("scraper", *arguments, environment=environment, folder=house, timeout=300)


IMPATIENT = """
import scraper.store.database
scraper.store.database.BUSY_TIMEOUT_SECONDS = 0.1
from scraper.command_line import main
main()
"""


def call_impatiently(house: Path, words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that waits a moment only for other writers."""
    return subprocess.run(
        [sys.executable, "-c", IMPATIENT, *words.split()],
        env=environment_of(house),
        cwd=house,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@contextmanager
def open_transaction(house: Path) -> Iterator[sqlite3.Connection]:
    """Hold a write transaction of the database."""
    path = house / "tinhuyen.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def titles(house: Path) -> list[str]:
    """Return the titles of the stored articles, none if there is no database."""
    if not (house / "tinhuyen.db").exists():
        return []
    with closing(sqlite3.connect(house / "tinhuyen.db")) as db:
        return [title for (title,) in db.execute("SELECT title FROM articles")]


def assert_nothing_is_lost(house: Path) -> None:
    assert TITLE in titles(house)
    with closing(sqlite3.connect(house / "tinhuyen.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT count(*) FROM runs WHERE state = 'running'").fetchone() == (0,)


def assert_said(run: subprocess.CompletedProcess[str], code: int, told: str) -> None:
    """Assert that a command ended with this code, and its last line says why."""
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("tinhuyen: ")
    assert told in last


@pytest.mark.parametrize(("words", "code"), (READING | REGISTERING | BESIDE_A_RUN).items())
@pytest.mark.fault(66)
def test_a_run_of_another_process_stops_nobody_who_is_no_run(
    house: Path, words: str, code: int
) -> None:
    with lock(house / "tinhuyen.db"):
        run = call(house, words)
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    assert_nothing_is_lost(house)


@pytest.mark.parametrize("words", [*AS_A_RUN, SEARCH])
@pytest.mark.fault(66)
def test_no_run_is_beside_another_one(house: Path, words: str) -> None:
    before = (house / "tinhuyen.db").read_bytes()
    with lock(house / "tinhuyen.db"):
        run = call(house, words)
    assert_said(run, HELD, "another run holds")
    assert (house / "tinhuyen.db").read_bytes() == before


@pytest.mark.parametrize("words", INTO_A_NEW_DATABASE)
@pytest.mark.fault(66)
def test_no_new_database_is_made_beside_a_run(house: Path, words: str) -> None:
    assert call(house, "backup copies").returncode == DONE
    shutil.copytree(house / "copies", house / "shard")
    for file in house.glob("tinhuyen.db*"):
        file.unlink()
    with lock(house / "tinhuyen.db"):
        run = call(house, words)
    assert_said(run, HELD, "another run holds")
    assert titles(house) == []


@pytest.mark.parametrize(("words", "code"), (BESIDE_A_RUN | AS_A_RUN).items())
@pytest.mark.fault(61)
def test_a_transaction_of_some_seconds_is_waited_for(house: Path, words: str, code: int) -> None:
    with open_transaction(house) as other:
        ends = Timer(HELD_SECONDS, other.execute, ["ROLLBACK"])
        ends.start()
        run = call(house, words)
        ends.join()
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    assert_nothing_is_lost(house)


@pytest.mark.parametrize(("words", "code"), (READING | REGISTERING).items())
@pytest.mark.fault(61)
def test_a_transaction_without_end_stops_nobody_who_reads(
    house: Path, words: str, code: int
) -> None:
    with open_transaction(house):
        run = call(house, words)
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    assert_nothing_is_lost(house)


@pytest.mark.parametrize("words", [*BESIDE_A_RUN, *AS_A_RUN, SEARCH])
@pytest.mark.fault(61)
def test_a_transaction_without_end_is_one_line_to_who_writes(house: Path, words: str) -> None:
    with open_transaction(house):
        run = call_impatiently(house, words)
    assert_said(run, FAILED, "is held by another program (database is locked): end it")
    assert_nothing_is_lost(house)


def names_of(command: click.Command, name: str) -> set[str]:
    """Return the names of a verb, or of its own verbs."""
    if not isinstance(command, click.Group):
        return {name}
    return {f"{name} {verb}" for verb in command.commands}


def test_every_command_is_tried() -> None:
    context = click.Context(tinhuyen)
    verbs = ((tinhuyen.get_command(context, verb), verb) for verb in VERBS)
    every = {name for command, verb in verbs if command for name in names_of(command, verb)}
    tables = (READING, REGISTERING, BESIDE_A_RUN, AS_A_RUN, INTO_A_NEW_DATABASE, [SEARCH])
    lines = [words for table in tables for words in table]
    tried = {name for name in every if any(f"{words} ".startswith(f"{name} ") for words in lines)}
    assert tried | NO_DATABASE | ELSEWHERE == every
