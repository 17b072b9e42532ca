"""Registering found portals: all at once, no host twice, and a second portal of a unit is said."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from scraper.base.errors import UsageError
from scraper.config.found_portals import register_portals, registered_hosts, sources_by_unit
from scraper.config.registry import load_catalogue


def entry(host: str, unit: str | None = None, **more: Any) -> dict[str, object]:
    code = {"unit_code": unit} if unit else {}
    values = {"name": host, "home_url": f"https://{host}/", "level": "commune", "enabled": False}
    return {**values, **code, **more}


OWN = """# mine
[nha]
name = "Nhà"
home_url = "https://www.vidu.gov.vn/"
aliases = ["cu.vidu.gov.vn"]
unit_code = "31843"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "sources.toml").write_text(OWN)
    return tmp_path / "sources.toml"


def test_registered_hosts_are_left_out_whatever_they_are_called(file: Path) -> None:
    hosts = ("vidu.gov.vn", "www.vidu.gov.vn", "cu.vidu.gov.vn", "moi.vidu.gov.vn")
    done = register_portals(file, [entry(host) for host in hosts])
    assert [each.host for each in done] == ["moi.vidu.gov.vn"]
    assert file.read_text().startswith(OWN.rstrip())
    assert register_portals(file, [entry("moi.vidu.gov.vn")]) == []


def test_a_further_portal_of_a_unit_is_said(file: Path) -> None:
    done = register_portals(
        file, [entry("a.vidu.gov.vn", "31843"), entry("b.vidu.gov.vn", "31843"), entry("c.vn")]
    )
    assert [each.beside for each in done] == [("nha",), ("nha", done[0].slug), ()]
    sources = load_catalogue(file).sources
    assert [sources[each.slug].enabled for each in done] == [False] * 3


def test_hosts_with_one_slug_get_slugs_of_their_own(file: Path) -> None:
    done = register_portals(file, [entry("hong-dan.vn"), entry("hong.dan.vn"), entry("nha.vn")])
    slugs = [each.slug for each in done]
    assert slugs == ["hong-dan", "hong-dan-2", "nha-2"]
    assert set(slugs) <= tomllib.loads(file.read_text()).keys()


def test_a_broken_file_is_named_and_stays(file: Path) -> None:
    file.write_text("[a\n")
    with pytest.raises(UsageError, match=r"sources\.toml"):
        register_portals(file, [entry("a.vn")])
    assert file.read_text() == "[a\n"


def test_what_is_registered_is_known_by_host_and_unit(file: Path) -> None:
    catalogue = load_catalogue(file)
    assert {"vidu.gov.vn", "cu.vidu.gov.vn"} <= registered_hosts(catalogue)
    assert "nha" in [source.slug for source in sources_by_unit(catalogue)["31843"]]
