"""`config check`: each setting with its origin, and all that is wrong at once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from scraper.config.checking import STRUCK_OUT, check_configuration
from scraper.config.configuration import Configuration
from tests.scraper.commands.test_command_line import tinhuyen

SECRETS = ("mat-khau-dai", "bi-mat", "hc-secret")


def written(home: Path, name: str, text: str) -> Path:
    """A configuration file with this text."""
    folder = home / "config" / "tinhuyen"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def checked(home: Path, *options: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the result of the real command."""
    run = tinhuyen("config", "check", "--json", *options, home=home, **environment)
    return run.returncode, json.loads(run.stdout)


def test_each_setting_says_where_it_comes_from(tmp_path: Path) -> None:
    file = written(tmp_path, "tinhuyen.toml", '\ncontact = "a@example.org"\ndelay = 4\n')
    database = tmp_path / "other.db"
    code, value = checked(tmp_path, "--db", str(database), TINHUYEN_DELAY="5")
    found = {each["key"]: (each["value"], each["origin"]) for each in value["settings"]}
    assert code == 0, value["problems"]
    assert list(found) == list(Configuration.model_fields)
    assert found["contact"] == ("a@example.org", f"{file}:2")
    assert found["delay"] == (5.0, "TINHUYEN_DELAY")
    assert found["db"] == (str(database), "--db")
    assert found["max_pages"] == (20000, "default")
    assert value["problems"] == []


def test_secrets_are_struck_out_everywhere(tmp_path: Path) -> None:
    text = f'password = "{SECRETS[0]}"\nalerts = ["json://{SECRETS[1]}@x", "json://y"]\n'
    written(tmp_path, "tinhuyen.toml", text)
    ping = f"https://hc.example/{SECRETS[2]}"
    for options in ((), ("--json",)):
        run = tinhuyen("config", "check", *options, home=tmp_path, TINHUYEN_PING=ping)
        assert not any(secret in run.stdout + run.stderr for secret in SECRETS)
        assert STRUCK_OUT in run.stdout
    _, value = checked(tmp_path, TINHUYEN_PING=ping)
    found = {each["key"]: each["value"] for each in value["settings"]}
    assert (found["alerts"], found["ping"]) == ([STRUCK_OUT] * 2, STRUCK_OUT)


def test_a_watch_is_shown_without_its_addresses(tmp_path: Path) -> None:
    address = f"json://u:{SECRETS[0]}@h/{SECRETS[1]}"
    entry = f'[[watch]]\nname = "Nước"\nwords = "hồ"\nalerts = ["{address}"]\n'
    written(tmp_path, "tinhuyen.toml", entry)
    code, value = checked(tmp_path)
    assert code == 0
    [watch] = next(each["value"] for each in value["settings"] if each["key"] == "watch")
    assert watch == {"name": "Nước", "words": "hồ", "alerts": [STRUCK_OUT]}


def test_of_a_refused_watch_only_what_may_be_secret_is_struck_out(tmp_path: Path) -> None:
    entry = f'[[watch]]\nname = "Nước"\nplaces = 5\nalert = ["json://{SECRETS[1]}"]\n'
    written(tmp_path, "tinhuyen.toml", entry)
    run = tinhuyen("config", "check", home=tmp_path)
    assert run.returncode == 2
    shown = '[{"name": "Nước", "places": 5, "alert": ["***"]}] (not valid)'
    assert shown in run.stdout
    assert SECRETS[1] not in run.stdout + run.stderr


def test_a_wrong_secret_is_not_shown_either(tmp_path: Path) -> None:
    written(tmp_path, "tinhuyen.toml", 'password = "ngan"\nping = "bi-mat"\n')
    run = tinhuyen("config", "check", home=tmp_path, TINHUYEN_PASSWORD="kin")
    assert run.returncode == 2
    assert "TINHUYEN_PASSWORD: `password`: " in run.stdout
    assert not any(secret in run.stdout for secret in ("ngan", "bi-mat", "'kin'"))


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, "tinhuyen.toml", 'contcat = "a@b.vn"\nworkers = 0\nreserve = 5\n')
    sources = written(
        tmp_path,
        "sources.toml",
        '[a]\nname = "A"\nhome_url = "https://a.vn/"\nplatform = "nukevit"\n'
        '[[a.layouts]]\ntitle = "h1"\n[b]\nname = "B"\n[[b.layouts]]\ntitel = "h1"\n',
    )
    code, value = checked(tmp_path, TINHUYEN_CONTATC="x", TINHUYEN_DELAY="fast")
    assert code == 2
    problems = "\n".join(value["problems"])
    assert f"{file}:1: unknown key `contcat`, did you mean `contact`?" in problems
    assert f"{file}:2: `workers` = 0" in problems
    assert "TINHUYEN_DELAY: `delay` = 'fast'" in problems
    assert "TINHUYEN_CONTATC: unknown variable, did you mean `TINHUYEN_CONTACT`?" in problems
    assert f"{sources}:4: [a]: unknown platform 'nukevit'" in problems
    assert f"{sources}:7: [b]: `home_url` is missing" in problems
    found = {each["key"]: each for each in value["settings"]}
    assert (found["workers"]["value"], found["workers"]["origin"]) == (0, f"{file}:2")
    assert "workers" in found["workers"]["problem"]
    assert found["reserve"]["value"] == 5


@pytest.mark.parametrize("name", ["tinhuyen.toml", "sources.toml"])
@pytest.mark.parametrize("text", ["[a\n", None])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, text: str | None) -> None:
    if text is None:
        (tmp_path / "config" / "tinhuyen" / name).mkdir(parents=True)
    else:
        written(tmp_path, name, text)
    code, value = checked(tmp_path)
    assert code == 2
    (problem,) = value["problems"]
    assert str(tmp_path / "config" / "tinhuyen" / name) in problem
    assert len(value["settings"]) == len(Configuration.model_fields)


def test_a_named_file_that_is_absent_is_told(tmp_path: Path) -> None:
    code, value = checked(tmp_path, "--config", str(tmp_path / "absent.toml"))
    assert code == 2
    assert "no configuration file at" in value["problems"][0]


def test_unusable_places_of_the_data_are_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "archive").touch()
    told = {
        str(file / "x.db"): f"{file} is no folder",
        str(tmp_path / "folder"): "is no file",
        str(tmp_path / "data" / "x.db"): f"{tmp_path / 'data' / 'archive'} is no folder",
    }
    for path, problem in told.items():
        code, value = checked(tmp_path, "--db", path)
        assert code == 2
        assert problem in value["problems"][0]
        assert value["problems"][0].startswith("--db: ")
    found = check_configuration(None, {"TINHUYEN_HOME": str(file)}, {})
    assert found.problems[-1].startswith("TINHUYEN_HOME: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anywhere")
def test_a_database_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    database.touch(mode=0o000)
    _, value = checked(tmp_path, "--db", str(database))
    assert "cannot be read" in value["problems"][0]


def test_the_text_names_each_problem_in_a_line(tmp_path: Path) -> None:
    run = tinhuyen("config", "check", home=tmp_path, TINHUYEN_WORKRES="2")
    assert run.returncode == 2
    assert "wrong: TINHUYEN_WORKRES: unknown variable, did you mean `TINHUYEN_WORKERS`?" in (
        run.stdout.splitlines()
    )
    assert "nothing is wrong" in tinhuyen("config", "check", home=tmp_path).stdout
