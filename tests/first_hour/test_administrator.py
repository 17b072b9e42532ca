"""An administrator sets it up: settings, units, health, backups, and what goes wrong."""

from __future__ import annotations

import shutil
import socket
from datetime import datetime
from pathlib import Path

import pytest

from scraper.base.clock import VIETNAM
from tests.first_hour.conftest import User

SECRET = "mat-khau-bi-mat"
UNREACHABLE = f"json://toi:{SECRET}@127.0.0.1:9/hook"


@pytest.fixture
def administrator(demo: User, tmp_path: Path) -> User:
    """Somebody with a copy of the database of the demo, and settings of their own."""
    user = User(tmp_path)
    shutil.copytree(demo.database.parent, user.database.parent)
    return user


def test_a_wrong_setting_is_named_with_its_line(administrator: User) -> None:
    administrator.write_settings(f'contac = "x"\npassword = "{SECRET}"\ndelay = "fast"\n')
    said = administrator.run("config", "check", code=2, TINHUYEN_CONTAC="x")
    assert "tinhuyen.toml:1" in said
    assert "tinhuyen.toml:3" in said
    assert "did you mean `contact`?" in said
    assert "TINHUYEN_CONTAC" in said
    assert SECRET not in said
    administrator.write_settings(f'password = "{SECRET}"\n')
    assert SECRET not in administrator.run("config", "check")


def test_units_are_shown_before_they_are_written(administrator: User) -> None:
    said = administrator.run("service", "install", "--user", "--dry-run")
    folder = administrator.home / "config" / "systemd" / "user"
    assert str(folder / "tinhuyen.service") in said
    assert "ExecStart=" in said
    assert not folder.exists()


def test_health_is_told_in_the_time_of_vietnam(administrator: User) -> None:
    named = ("--db", str(administrator.database))
    today = datetime.now(VIETNAM).strftime("%Y-%m-%d")
    for words in (("status",), ("runs",), ("runs", "3")):
        said = administrator.run(*words, *named)
        assert "+07:00" in said, words
        assert today in said, words
    listed = administrator.run("--lang", "vi", "runs", *named)
    assert "Trạng thái" in listed
    assert "chạy tay" in listed


def test_a_backup_is_restored_elsewhere_and_whole(administrator: User, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "demo.db"
    administrator.run("backup", str(tmp_path / "backup"), "--db", str(administrator.database))
    restored = administrator.run("restore", str(tmp_path / "backup"), "--db", str(copy))
    assert f"`tinhuyen status --db {copy}`" in restored
    assert "[]" not in administrator.run("archive", "verify", "--db", str(copy))
    before = administrator.read("search", "nuoc", "--db", str(administrator.database))
    assert administrator.read("search", "nuoc", "--db", str(copy)) == before
    refused = administrator.run("restore", str(tmp_path / "backup"), "--db", str(copy), code=2)
    assert str(copy) in refused


def test_a_busy_port_is_one_line(administrator: User) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        named = ("--db", str(administrator.database), "--port", port)
        failed = administrator.tinhuyen("browse", *named)
    assert failed.returncode == 2
    (line,) = failed.stderr.splitlines()
    assert port in line
    assert "--port" in line


def test_an_alert_that_was_not_taken_says_where_and_why_without_the_secret(
    administrator: User,
) -> None:
    administrator.write_settings(f'alerts = ["{UNREACHABLE}"]\n')
    said = administrator.run("alert", "--test", "--db", str(administrator.database), code=1)
    assert "127.0.0.1:9" in said
    assert "refused" in said
    assert SECRET not in said


@pytest.mark.parametrize("command", [("browse",), ("status",), ("search", "x"), ("export",)])
def test_without_a_database_the_next_step_is_named_in_either_language(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = str(tmp_path / "none.db")
    for lang in ("en", "vi"):
        said = User(tmp_path, lang).run(*command, "--db", path, code=1)
        assert path in said
        assert "`tinhuyen demo`" in said
        assert ("first" in said) == (lang == "en")
        assert "lượt chạy số" not in said
