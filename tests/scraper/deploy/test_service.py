"""`tinhuyen service`: what it writes and where, and that it leaves alone what others changed."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from scraper.deploy.units import ENABLED, UNITS, Installation
from tests.scraper.commands.test_command_line import tinhuyen


def service(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return tinhuyen("service", *words, home=home, **more)


def written(home: Path) -> dict[str, str]:
    folder = home / "config" / "systemd" / "user"
    return {path.name: path.read_text() for path in folder.glob("*")}


def test_a_dry_run_shows_all_and_writes_nothing(tmp_path: Path) -> None:
    run = service(tmp_path, "install", "--user", "--dry-run")
    assert run.returncode == 0, run.stderr
    assert all(f"systemd/user/{unit} (new)" in run.stdout for unit in UNITS)
    assert "    ExecStart=" in run.stdout
    assert not (tmp_path / "config" / "systemd").exists()


def test_units_are_written_for_this_program_and_its_files(tmp_path: Path) -> None:
    run = service(tmp_path, "install", "--user", "--db", str(tmp_path / "tin tức.db"))
    assert run.returncode == 0, run.stderr
    files = written(tmp_path)
    assert set(files) == set(UNITS)
    browse = files["tinhuyen-browse.service"]
    (start,) = [line for line in browse.splitlines() if line.startswith("ExecStart=")]
    program, *words = shlex.split(start.partition("=")[2])
    assert os.access(program, os.X_OK)
    assert words[-3:] == ["--db", str(tmp_path / "tin tức.db"), "browse"]
    assert f'Environment="TINHUYEN_HOME={tmp_path / "data"}"' in browse
    assert "WantedBy=default.target" in browse
    assert not any("DynamicUser" in text or "/opt/" in text for text in files.values())
    assert f"systemctl --user enable --now {' '.join(ENABLED)}" in run.stdout


def test_a_second_time_changes_nothing_and_says_so(tmp_path: Path) -> None:
    service(tmp_path, "install", "--user")
    before = written(tmp_path)
    run = service(tmp_path, "install", "--user", "--json")
    assert {one["was"] for one in json.loads(run.stdout)} == {"unchanged"}
    assert written(tmp_path) == before


@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_a_changed_file_is_left_alone_with_all_others(tmp_path: Path, verb: str) -> None:
    service(tmp_path, "install", "--user")
    folder = tmp_path / "config" / "systemd" / "user"
    (folder / "tinhuyen-backup.timer").write_text("[Timer]\nOnCalendar=hourly\n")
    (folder / "tinhuyen.service").unlink()
    before = written(tmp_path)
    run = service(tmp_path, verb, "--user")
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert "tinhuyen-backup.timer" in run.stderr
    assert "--force" in run.stderr
    assert written(tmp_path) == before
    assert service(tmp_path, verb, "--user", "--force").returncode == 0
    assert set(written(tmp_path)) == (set(UNITS) if verb == "install" else set())


def test_uninstall_asks_to_stop_what_is_enabled_first(tmp_path: Path) -> None:
    service(tmp_path, "install", "--user")
    folder = tmp_path / "config" / "systemd" / "user"
    wants = folder / "default.target.wants"
    wants.mkdir()
    (wants / "tinhuyen.service").symlink_to(folder / "tinhuyen.service")
    run = service(tmp_path, "uninstall", "--user")
    assert run.returncode == 1
    assert "systemctl --user disable --now tinhuyen.service" in run.stderr
    (wants / "tinhuyen.service").unlink()
    wants.rmdir()
    run = service(tmp_path, "uninstall", "--user")
    assert "systemctl --user daemon-reload" in run.stdout
    assert written(tmp_path) == {}
    assert service(tmp_path, "uninstall", "--user").returncode == 0


def test_other_files_of_the_folder_stay(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / "other.service").write_text("[Service]\n")
    service(tmp_path, "install", "--user")
    service(tmp_path, "uninstall", "--user")
    assert written(tmp_path) == {"other.service": "[Service]\n"}


def test_a_system_service_takes_no_file_of_a_user(tmp_path: Path) -> None:
    run = service(tmp_path, "install", "--dry-run", "--db", "x.db")
    assert run.returncode == 2
    assert "--user" in run.stderr


def test_the_units_of_the_machine_call_the_program_where_it_is() -> None:
    machine = Installation(Path("/etc/systemd/system"), ["/srv/tin huyen/bin/tinhuyen"])
    for unit in UNITS:
        text = machine.text(unit)
        assert "/opt/tinhuyen" not in text
        assert unit.endswith(".timer") or '"/srv/tin huyen/bin/tinhuyen" --config %d/' in text
