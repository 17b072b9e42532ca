"""`tinhuyen sources coverage`: from the catalogue alone, and with what a database knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scraper.base.errors import UsageError
from scraper.base.messages import speak
from scraper.base.source import Source, State
from scraper.command_line import tinhuyen
from scraper.store.database import open_database
from scraper.store.sources import sync_sources

OWN = """
[xa-cua-toi]
name = "Xã Hàm Yên"
home_url = "https://hamyen.example/"
level = "commune"
unit_code = "02374"
"""


def coverage(folder: Path, *options: str) -> Result:
    (folder / "sources.toml").write_text(OWN, encoding="utf-8")
    (folder / "tinhuyen.toml").touch()
    places = ["--config", str(folder / "tinhuyen.toml"), "--db", str(folder / "tinhuyen.db")]
    return CliRunner().invoke(tinhuyen, [*places, "sources", "coverage", *options])


def value_of(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_catalogue_alone_is_enough(tmp_path: Path) -> None:
    value = value_of(coverage(tmp_path, "--json"))
    assert len(value["provinces"]) == 34
    assert value["total"]["communes"]["units"] == 3321
    assert value["total"]["communes"]["unchecked"] >= 1
    assert not (tmp_path / "tinhuyen.db").exists()
    text = coverage(tmp_path).stdout
    assert "the whole country" in text


def test_a_province_lists_every_unit_and_its_portals(tmp_path: Path) -> None:
    db = open_database(tmp_path / "tinhuyen.db")
    ended = Source(
        slug="huyen-cu",
        name="Huyện",
        home_url="https://h.example/",
        unit_code="H074",
        state=State.DEAD,
    )
    sync_sources(db, [ended])
    db.close()
    value = value_of(coverage(tmp_path, "--province", "tuyen quang", "--json"))
    units = {unit["code"]: unit for unit in value["units"]}
    assert len(units) == 124 + 18
    assert "xa-cua-toi" in [one["slug"] for one in units["02374"]["portals"]]
    (dark,) = [one for one in units["H074"]["portals"] if one["slug"] == "huyen-cu"]
    assert (dark["coverage"], dark["state"]) == ("dark", "dead")
    assert value["portals"] == sum(len(unit["portals"]) for unit in value["units"]) + len(
        value["others"]
    )
    text = coverage(tmp_path, "--province", "Hà Giang").stdout
    assert "Xã Hàm Yên" in text
    assert "huyen-cu" in text


@pytest.mark.parametrize("name", ["Tuyên Quan", "Sơn Hà"])
def test_an_unknown_province_is_an_error_with_the_nearest(tmp_path: Path, name: str) -> None:
    result = coverage(tmp_path, "--province", name)
    assert isinstance(result.exception, UsageError)
    assert f"no province `{name}`" in str(result.exception)
    assert "did you mean" in str(result.exception)


def test_the_table_is_in_the_language_of_the_reader(tmp_path: Path) -> None:
    try:
        speak("vi")
        head = coverage(tmp_path, "--province", "Tuyên Quang").stdout.splitlines()
    finally:
        speak("en")
    assert "Đã biết cổng" in head[0]
    assert head[2].startswith("Xã ")
    assert "Bài mới nhất" in head[5]
