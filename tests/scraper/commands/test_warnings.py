"""Warnings say what to do, once, and only if there is something to warn of; times are Vietnam's."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from scraper.base.clock import vietnam_time
from scraper.base.lock import lock
from scraper.config.secret_files import exposure
from scraper.store.database import open_database, wal_warning
from tests.scraper.commands.test_command_line import tinhuyen


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(open_database(tmp_path / "data" / "tinhuyen.db")) as db:
        db.execute(
            "INSERT INTO runs (id, started_at, finished_at, trigger, state) VALUES"
            " (1, '2026-03-01T18:30:00Z', '2026-03-01T19:00:00Z', 'manual', 'done')"
        )
        db.conn.commit()
    (tmp_path / "config" / "tinhuyen").mkdir(parents=True)
    return tmp_path


def configure(home: Path, text: str, mode: int) -> Path:
    path = home / "config" / "tinhuyen" / "tinhuyen.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    "text",
    ['password = "rất-bí-mật"', 'alerts = ["json://x:y@example.org"]', 'ping = "http://x/geheim"'],
)
@pytest.mark.parametrize("verb", ["status", "runs"])
def test_a_file_with_secrets_that_all_can_read_is_warned_of(
    home: Path, verb: str, text: str
) -> None:
    path = configure(home, text, 0o644)
    run = tinhuyen(verb, home=home)
    (line,) = [line for line in run.stderr.splitlines() if "chmod" in line]
    assert line.endswith(f"chmod 600 {path}")
    assert f"`{text.partition(' ')[0]}`" in line
    assert "geheim" not in line
    path.chmod(0o600)
    assert "chmod" not in tinhuyen(verb, home=home).stderr


@pytest.mark.parametrize(
    "text", ['ping = "http://x/geheim"', '[[watch]]\nalerts = "json://geheim"']
)
def test_a_group_is_named_that_can_read_secrets(home: Path, text: str) -> None:
    path = configure(home, text, 0o640)
    run = tinhuyen("config", "check", home=home)
    (line,) = [line for line in run.stderr.splitlines() if "chmod" in line]
    assert f"the group {path.group()} can read" in line
    assert "geheim" not in line
    assert exposure(path) is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDENTIALS_DIRECTORY", str(path.parent))
        assert exposure(path) is None


@pytest.mark.parametrize(
    ("mode", "who"), [(0o644, "every user"), (0o640, "the group"), (0o600, "")]
)
def test_passwords_in_addresses_of_sources_are_warned_of(home: Path, mode: int, who: str) -> None:
    path = home / "config" / "tinhuyen" / "sources.toml"
    path.write_text('[a]\nname = "A"\nhome_url = "https://nga:geheim@a.vn/"\n')
    path.chmod(mode)
    run = tinhuyen("runs", home=home)
    assert ("can read a password in" in run.stderr) is bool(who)
    assert who in run.stderr
    assert "geheim" not in run.stderr


def test_a_file_without_secrets_may_be_read(home: Path) -> None:
    configure(home, 'contact = "a@example.org"\nalerts = []\n', 0o644)
    assert "chmod" not in tinhuyen("runs", home=home).stderr


def test_the_bug_of_sqlite_is_told_only_to_a_second_writer(home: Path) -> None:
    for verb in ("status", "runs", "reprocess"):
        assert "rare bug" not in tinhuyen(verb, home=home).stderr
    with lock(home / "data" / "tinhuyen.db", "daemon"):
        run = tinhuyen("reprocess", home=home)
        assert "rare bug" not in tinhuyen("status", home=home).stderr
    assert run.stderr.count("rare bug") == (1 if wal_warning() else 0)
    assert "3.51.3" in (wal_warning((3, 46, 1)) or "")


def test_people_read_vietnams_time_and_programs_utc(home: Path) -> None:
    assert "2026-03-02 01:30 +07:00" in tinhuyen("runs", home=home).stdout
    assert "2026-03-02 02:00 +07:00" in tinhuyen("runs", "1", home=home).stdout
    assert "began 2026-03-02 01:30 +07:00" in tinhuyen("status", home=home).stdout
    (row,) = json.loads(tinhuyen("runs", "--json", home=home).stdout)
    assert row["started_at"] == "2026-03-01T18:30:00Z"
    assert json.loads(tinhuyen("status", "--json", home=home).stdout)["last_run"] == row
    assert vietnam_time(None) is None
