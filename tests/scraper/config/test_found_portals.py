"""Registering found portals: all at once, no host twice, and a second portal of a unit is said."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.gazetteer.units import districts
from scraper.base.errors import UsageError
from scraper.config.found_portals import (
    is_of_other_unit,
    register_portals,
    registered_as,
    registered_hosts,
    sources_by_unit,
    units_with_portal,
    unseen_sources,
)
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


DISTRICT = "hoangsuphi-hagiang"
"""A shipped source of Huyện Hoàng Su Phì (H032), which nobody has read."""

HOST = "hoangsuphi.hagiang.gov.vn"


def test_a_portal_at_the_host_of_a_shipped_source_changes_its_entry(file: Path) -> None:
    unit = districts()["H032"].communes[0]
    new = entry(HOST, unit, province="Tuyên Quang", evidence="found by its usual name")
    (done,) = register_portals(file, [new, entry(f"www.{HOST}", unit)])
    assert (done.slug, done.before) == (DISTRICT, "Huyện Hoàng Su Phì")
    source = load_catalogue(file).sources[DISTRICT]
    assert (source.name, source.level, source.unit_code) == (HOST, "commune", unit)
    assert (source.evidence, source.enabled) == ("found by its usual name", False)
    assert "Huyện Hoàng Su Phì" in (source.note or "")
    assert units_with_portal(load_catalogue(file)) >= {unit}
    assert register_portals(file, [{**new, "unit_code": "31843"}]) == []


def test_a_district_that_the_unit_is_not_in_is_taken_away(file: Path) -> None:
    register_portals(file, [entry(HOST, "31843", province="Cà Mau")])
    source = load_catalogue(file).sources[DISTRICT]
    assert (source.province, source.district, source.former_province) == ("Cà Mau", None, None)


def test_the_portal_that_a_shipped_source_names_keeps_its_name_and_unit(file: Path) -> None:
    new = entry(HOST, "H032", level="district", evidence="named by the catalogue", enabled=True)
    (done,) = register_portals(file, [new])
    assert (done.slug, done.before) == (DISTRICT, None)
    source = load_catalogue(file).sources[DISTRICT]
    assert (source.name, source.district, source.enabled) == (
        "Huyện Hoàng Su Phì",
        "Hoàng Su Phì",
        True,
    )
    assert tomllib.loads(file.read_text())[DISTRICT].keys() == {"home_url", "evidence", "enabled"}


@pytest.mark.parametrize("reason", ["read", "own", "alias"])
def test_sources_that_were_read_and_those_of_the_user_stay_as_they_are(
    file: Path, reason: str
) -> None:
    more = {"own": f"[{DISTRICT}]\nenabled = true\n", "alias": f'[b]\naliases = ["{HOST}"]\n'}
    text = OWN + more.get(reason, "")
    if reason == "alias":
        text += 'name = "b"\nhome_url = "https://b.vn/"\n'
    file.write_text(text)
    assert (
        register_portals(file, [entry(HOST, "31843")], {DISTRICT, "x"} if reason == "read" else ())
        == []
    )
    assert file.read_text() == text
    assert HOST not in unseen_sources(load_catalogue(file), {DISTRICT} if reason == "read" else ())


def test_departments_are_bodies_of_no_unit(file: Path) -> None:
    catalogue = load_catalogue(file)
    host, source = next(
        (host, source)
        for host, source in unseen_sources(catalogue).items()
        if source.level == "department"
    )
    assert not is_of_other_unit(source, entry(host, level="department"))
    assert is_of_other_unit(source, entry(host, "31843"))
    assert host not in registered_as(catalogue, ()).closed
    assert host in registered_as(catalogue, {source.slug}).closed
