"""What the front page says of backups, moving, upgrading and uninstalling, run as it stands."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.scraper.stores import make_schema_older

REPOSITORY = Path(__file__).parents[1]
MEDIA = "/media/backup"
TITLES = {"mot": "Bản Lềnh mở hội xuống đồng", "hai": "Đại Khê sửa xong cầu treo"}
TEXT = (
    "Sáng 12/01/2026, nhân dân xã Bản Lềnh cùng dân quân dọn đường, sửa cầu, trồng lại hàng cây. "
) * 8


class Machine:
    """A home folder with a shell in which `tinhuyen` is a command, and disks to carry along."""

    def __init__(self, folder: Path, media: Path) -> None:
        self.home, self.media = folder, media
        (folder / "bin").mkdir(parents=True)
        program = folder / "bin" / "tinhuyen"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scraper "$@"\n')
        program.chmod(0o755)

    @property
    def data(self) -> Path:
        return self.home / ".local" / "share" / "tinhuyen"

    @property
    def database(self) -> Path:
        return self.data / "tinhuyen.db"

    @property
    def configuration(self) -> Path:
        return self.home / ".config" / "tinhuyen"

    def run(self, script: str, code: int = 0) -> str:
        """What a script prints that must end with this code; every line of it must end well."""
        usual = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TINHUYEN", "XDG_"))
        }
        own = {
            "HOME": str(self.home),
            "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
        }
        run = subprocess.run(
            ["/bin/sh", "-ec", script.replace(MEDIA, str(self.media))], env=usual | own,
            cwd=self.home, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert run.returncode == code, run.stdout + run.stderr
        return run.stdout

    def take_in(self, *names: str) -> None:
        """Import articles, as if they were crawled."""
        for name in names:
            head = f'<link rel="canonical" href="http://banlenh.example/{name}.html">'
            text = f"<p>{TEXT}</p><p>{name} {TEXT}</p>"
            page = (
                f"<html><head>{head}</head><body><article><h1>{TITLES[name]}</h1>{text}</article>"
            )
            (self.home / f"{name}.html").write_text(page, "utf-8")
            self.run(f"tinhuyen import {name}.html --source banlenh")

    def titles(self) -> set[str]:
        with closing(sqlite3.connect(self.database)) as db:
            return {title for (title,) in db.execute("SELECT title FROM articles")}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "máy cũ", tmp_path / "media")
    machine.media.mkdir()
    machine.configuration.mkdir(parents=True)
    (machine.configuration / "tinhuyen.toml").write_text('contact = "a@example.org"\nreserve = 0\n')
    (machine.configuration / "sources.toml").write_text(
        '[banlenh]\nname = "Xã Bản Lềnh"\nhome_url = "http://banlenh.example/"\n'
    )
    machine.take_in("mot")
    assert machine.titles() == {TITLES["mot"]}
    machine.run(f"tinhuyen backup {MEDIA}/tinhuyen")
    return machine


def commands(paragraph: str) -> str:
    """The block of commands after a bold word of the front page."""
    text = (REPOSITORY / "README.md").read_text("utf-8").partition(f"**{paragraph}**")[2]
    found = re.search(r"^```\n(.*?)^```$", text, re.M | re.S)
    assert found
    return found[1]


def status(machine: Machine) -> dict[str, object]:
    value: dict[str, object] = json.loads(machine.run("tinhuyen status --json || [ $? = 3 ]"))
    return value


def test_a_restore_loses_nothing_that_came_after_the_backup(machine: Machine) -> None:
    machine.take_in("hai")
    machine.run(commands("Restore"))
    assert machine.titles() == set(TITLES.values())
    assert (machine.data / "before-restore" / "tinhuyen.db").exists()


def test_another_machine_goes_on_where_the_backup_ends(machine: Machine, tmp_path: Path) -> None:
    other = Machine(tmp_path / "máy mới", machine.media)
    (machine.media / "tinhuyen.toml").write_bytes(
        (machine.configuration / "tinhuyen.toml").read_bytes()
    )
    other.run(commands("Move"))
    assert other.titles() == machine.titles()
    for name in ("tinhuyen.toml", "sources.toml"):
        before, after = machine.configuration / name, other.configuration / name
        assert after.read_bytes() == before.read_bytes()
    assert status(other)["last_run"] == status(machine)["last_run"]
    other.take_in("hai")
    assert len(other.titles()) == 2


def test_an_upgrade_keeps_every_article_and_the_way_back(machine: Machine) -> None:
    before = machine.titles()
    make_schema_older(machine.database)
    status(machine)
    assert machine.titles() == before
    assert (machine.media / "tinhuyen" / "tinhuyen.db").exists()


def test_uninstalling_leaves_the_data(machine: Machine) -> None:
    before = machine.titles()
    machine.run("tinhuyen service install --user")
    units = machine.home / ".config" / "systemd" / "user"
    assert list(units.iterdir())
    machine.run("tinhuyen service uninstall --user")
    assert list(units.iterdir()) == []
    assert machine.titles() == before
    assert list((machine.data / "archive").glob("*.warc.gz"))


def test_the_front_page_names_what_uninstalling_leaves() -> None:
    text = (REPOSITORY / "README.md").read_text("utf-8").partition("**Uninstall**")[2]
    paragraph = text.partition("\n\n")[0]
    for place in ("service uninstall --user", "~/.local/share/tinhuyen/", "~/.config/tinhuyen/"):
        assert place in paragraph
