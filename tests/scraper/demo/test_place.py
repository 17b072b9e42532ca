"""Where the demo is stored: never in a real database or in its archive; and what it prints."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from scraper.base.errors import UsageError
from scraper.base.source import Source
from scraper.demo.night import crawl_next_night
from scraper.demo.place import check_place, is_real
from scraper.store.database import open_database
from scraper.store.sources import sync_sources
from tests.scraper.commands.test_command_line import tinhuyen

REPOSITORY = Path(__file__).parents[3]


def real_database(path: Path, *slugs: str) -> Path:
    with closing(open_database(path)) as db:
        sources = [
            Source(slug=each, name=each, home_url=f"http://{each}.example/") for each in slugs
        ]
        sync_sources(db, sources)
    return path


@pytest.mark.parametrize("name", ["tinhuyen.db", "news.sqlite", "tin tức"])
def test_a_real_database_and_its_folder_are_refused(tmp_path: Path, name: str) -> None:
    real = real_database(tmp_path / name, "hamyen", "huyen")
    before = real.read_bytes()
    with pytest.raises(UsageError, match="sources of your own"):
        check_place(real)
    with pytest.raises(UsageError, match=r"share.*--db"):
        check_place(tmp_path / "demo.db")
    assert real.read_bytes() == before
    check_place(tmp_path / "demo" / "demo.db")


def test_what_is_no_real_database_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("SQLite")
    (tmp_path / "empty.db").touch()
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE sources (slug)")
    open_database(tmp_path / "fresh.db").close()
    assert [path.name for path in tmp_path.iterdir() if is_real(path)] == []
    check_place(tmp_path / "demo.db")


def test_the_command_leaves_the_real_database_and_its_archive_alone(tmp_path: Path) -> None:
    real = real_database(tmp_path / "data" / "tinhuyen.db", "hamyen")
    for words in (("--db", str(real)), ("--db", str(real.with_name("demo.db")))):
        run = tinhuyen("demo", *words, home=tmp_path)
        assert run.returncode == 2
        assert len(run.stderr.splitlines()) == 1
    assert sorted(path.name for path in real.parent.iterdir() if path.is_dir()) == []


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after a demo, in a file that the configuration names for real sources."""
    home = tmp_path_factory.mktemp("home")
    (home / "config" / "tinhuyen").mkdir(parents=True)
    named = home / "elsewhere" / "real.db"
    (home / "config" / "tinhuyen" / "tinhuyen.toml").write_text(f'db = "{named}"\n')
    real_database(named, "hamyen")
    run = tinhuyen("demo", home=home)
    assert run.returncode == 0, run.stderr
    (home / "printed").write_text(run.stdout)
    return home


def test_the_demo_has_a_folder_of_its_own(first_night: Path) -> None:
    demo = first_night / "data" / "demo"
    assert (demo / "demo.db").exists()
    assert list((demo / "archive").glob("*.warc.gz"))
    assert not (first_night / "elsewhere" / "archive").exists()


def test_the_search_that_is_shown_works_as_it_stands(first_night: Path) -> None:
    (line,) = [
        line.partition(":  ")[2]
        for line in (first_night / "printed").read_text().splitlines()
        if " search --db " in line
    ]
    own = {"XDG_CONFIG_HOME": str(first_night / "config"), "PYTHONPATH": str(REPOSITORY)}
    run = subprocess.run(
        ["/bin/sh", "-c", line], env=os.environ | own, cwd=first_night, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "lich-ngung-cap-nuoc-2025.pdf" in run.stdout


@pytest.mark.parametrize(
    ("called", "path", "shown"),
    [
        (".venv/bin/tinhuyen", "", ".venv/bin/tinhuyen"),
        ("{here}/.venv/bin/tinhuyen", "", ".venv/bin/tinhuyen"),
        ("{here}/.venv/bin/tinhuyen", "{here}/.venv/bin", "tinhuyen"),
        ("{here}/.venv/bin/tinhuyen", "{other}", ".venv/bin/tinhuyen"),
        ("{other}/tinhuyen", "", "{other}/tinhuyen"),
        ("{other}/tinhuyen", "{other}", "tinhuyen"),
        ("{here}/scraper/__main__.py", "", f"{sys.executable} -m scraper"),
    ],
)
def test_the_program_is_named_as_it_can_be_called_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: str, path: str, shown: str
) -> None:
    from scraper.commands.demo import _own_command

    here, other = tmp_path / "a folder", tmp_path / "other"
    for folder in (here / ".venv" / "bin", other):
        folder.mkdir(parents=True)
        shutil.copy("/bin/sh", folder / "tinhuyen")
    places = {"here": here, "other": other}
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, "argv", [called.format(**places)])
    monkeypatch.setenv("PATH", path.format(**places))
    words = shlex.split(_own_command("browse", Path("my demo/demo.db"), "--open"))
    assert words[: -len(["browse", "--db", "x", "--open"])] == shown.format(**places).split(" ")
    assert words[-4:] == ["browse", "--db", "my demo/demo.db", "--open"]


def test_a_demo_of_another_day_keeps_the_dates_of_its_first_run(tmp_path: Path) -> None:
    from scraper.config.configuration import Configuration

    with closing(open_database(tmp_path / "demo.db")) as db:
        db.execute(
            "INSERT INTO runs (id, started_at, trigger, state) VALUES"
            " (1, '2026-03-01T18:30:00Z', 'manual', 'done')"
        )
        db.conn.commit()
    night = crawl_next_night(Configuration(home=tmp_path, db=tmp_path / "demo.db", reserve=0))
    assert night.number == 2
    with closing(sqlite3.connect(tmp_path / "demo.db")) as db:
        (newest,) = db.execute("SELECT max(published_at) FROM articles").fetchone()
    assert newest == "2026-02-26T17:45:00+07:00"
