"""The command line: options before and after the verb, errors in one line, the right exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from scraper.command_line import VERBS
from scraper.command_line import tinhuyen as group
from scraper.store.database import open_database
from tests.processes import run as run_module

PAGE_BYTES = 4096
"""SQLite's default: the first page of a file holds the schema's beginning."""

REPOSITORY = Path(__file__).parents[3]


def tinhuyen(
    *arguments: str, home: Path, text: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the real command with its data and configuration under ``home``."""
    own = {"TINHUYEN_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
    return run_module("scraper", *arguments, environment=os.environ | own | environment, text=text)


def test_global_options_work_before_and_after_the_verb(tmp_path: Path) -> None:
    before = tinhuyen("--json", "sources", "list", home=tmp_path)
    after = tinhuyen("sources", "list", "--json", home=tmp_path)
    assert before.returncode == after.returncode == 0
    assert json.loads(before.stdout) == json.loads(after.stdout)


@pytest.mark.parametrize("verb", [(), *((name,) for name in VERBS)])
def test_help_shows_examples_a_line_each(verb: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(group, [*verb, "--help"]).output
    examples = re.split(r"Examples?:\n", shown)[-1].partition("\n\n")[0].splitlines()
    assert examples
    assert all("tinhuyen " in line for line in examples)


def test_a_day_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    run = tinhuyen("search", "xuân", "--since", "hôm qua", home=tmp_path)
    assert run.returncode == 2
    assert "write it as 2026-11-23" in run.stderr


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from scraper.command_line import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'scrapy', 'datasette', 'pydantic', 'lxml'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )
    assert run.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["crawl", "nowhere"], 2, "no source `nowhere`"),
        (["crawl", "--url", "not a url"], 2, "no web address"),
        (["crawl", "tuyenquang"], 2, "`contact` is not set"),
        (["crawl", "--url", "http://127.0.0.1:1/", "tuyenquang"], 2, "not both"),
        (["runs", "9" * 20], 2, "9223372036854775807"),
        (["crawl", "tuyenquang", "--delay", "0"], 2, "not a host of your own"),
        (["crawl", "--since", "yesterday"], 2, "--since"),
        (["frobnicate"], 2, "No such command"),
        (["runs"], 1, "tinhuyen crawl"),
        (["browse"], 1, "tinhuyen crawl"),
        (["--config", "absent.toml", "sources", "list"], 0, ""),
        (["--config", "absent.toml", "runs"], 2, "no configuration file at absent.toml"),
        (["extract", "absent.html"], 1, "absent.html"),
        (["clean", "absent.txt"], 1, "absent.txt"),
    ],
)
def test_bad_input_is_told_in_a_line_with_the_right_code(
    tmp_path: Path, arguments: list[str], code: int, told: str
) -> None:
    run = tinhuyen(*arguments, home=tmp_path)
    assert run.returncode == code, run.stderr
    assert told in run.stderr
    assert "Traceback" not in run.stderr


def test_an_address_that_may_not_be_crawled_is_not_registered(tmp_path: Path) -> None:
    run = tinhuyen("crawl", "--url", "https://misspelt.example/", home=tmp_path)
    assert run.returncode == 2
    assert "`contact` is not set" in run.stderr
    assert "misspelt" not in tinhuyen("sources", "list", home=tmp_path).stdout


@pytest.mark.fault(62)
def test_damage_inside_a_database_is_told_when_it_is_met(tmp_path: Path) -> None:
    file = tmp_path / "data" / "tinhuyen.db"
    db = open_database(file)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:PAGE_BYTES] + b"\xff" * (len(whole) - PAGE_BYTES))
    run = tinhuyen("export", home=tmp_path)
    assert run.returncode == 1
    assert "restore it from a backup" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.fault(71)
def test_a_broken_registry_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config" / "tinhuyen" / "sources.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[a]\nname = \n")
    run = tinhuyen("crawl", home=tmp_path)
    assert run.returncode == 2
    assert "sources.toml" in run.stderr
    assert "line 2" in run.stderr


@pytest.mark.fault(3)
def test_who_is_excepted_from_tls_is_seen_in_the_status(tmp_path: Path) -> None:
    file = tmp_path / "config" / "tinhuyen" / "sources.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[lax]\nname = "X"\nhome_url = "https://x.example/"\nverify_tls = false\n')
    open_database(tmp_path / "data" / "tinhuyen.db").close()
    assert "TLS is not verified: lax" in tinhuyen("status", home=tmp_path).stdout
    told = json.loads(tinhuyen("status", "--json", home=tmp_path).stdout)
    assert told["tls_not_verified"] == ["lax"]


@pytest.mark.fault(62)
def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "songs.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    before = path.read_bytes()
    for verb in (["crawl", "--url", "http://127.0.0.1:9/"], ["runs"], ["browse"]):
        run = tinhuyen(*verb, "--db", str(path), home=tmp_path)
        assert run.returncode == 1
        assert "another program's database" in run.stderr
    assert path.read_bytes() == before


@pytest.mark.fault(62)
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "frozen"
    folder.mkdir(mode=0o500)
    run = tinhuyen("crawl", "--url", "http://127.0.0.1:9/", "--db", f"{folder}/x.db", home=tmp_path)
    assert run.returncode == 1
    assert "permission" in run.stderr


def test_the_front_page_names_every_command() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    assert [verb for verb in VERBS if f"`{verb}`" not in readme] == []


def test_every_command_and_option_has_a_row_and_no_other_has_one() -> None:
    with click.Context(group) as context:
        given = {"all": {*options(group), "--version"}}
        for path, command in commands(group, context):
            given[path] = options(command) - given["all"]
    assert documented() == given


def commands(parent: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, by the words that call it."""
    for name in parent.list_commands(context):
        command = parent.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {rest}", one) for rest, one in commands(command, context))
        else:
            yield name, command


def options(command: click.Command) -> set[str]:
    """Every spelling of the options of a command."""
    given = [each for each in command.params if isinstance(each, click.Option)]
    return {"--help", *(name for each in given for name in (*each.opts, *each.secondary_opts))}


def documented() -> dict[str, set[str]]:
    """The options that the table of commands lists, by command."""
    readme = (REPOSITORY / "scraper" / "commands" / "README.md").read_text("utf-8")
    listed: dict[str, set[str]] = {}
    path = ""
    for first, second in re.findall(r"^\| (.*?) ?\| (.*?) ?\| \S", readme, re.M):
        if first in ("command", "---", "code") or first.isdecimal():
            continue
        path = re.sub(r" [\[A-Z].*", "", first.strip("`")) or path
        listed.setdefault(path, set()).update(re.findall(r"`(-[-\w]+)", second))
    return listed
