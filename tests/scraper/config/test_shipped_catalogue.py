"""The shipped catalogue: every entry is valid, and what it says agrees with the gazetteer."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipelines.gazetteer.units import District, Unit, districts, find_province, provinces, units
from scraper.base.source import Level, Source, slug_from_host
from scraper.base.urls import site_address
from scraper.config import shipped_sources
from scraper.config.registry import (
    load_catalogue,
    register,
    remove_source,
    source_for,
    source_to_crawl,
    write_source,
)
from scraper.config.shipped_sources import FOLDER, shipped_entry, shipped_source, shipped_texts
from spiders.platforms import PLATFORMS

FILES = sorted(FOLDER.iterdir())
ENABLED = {"baohagiang", "baotuyenquang", "tuyenquang"}
KEPT_SLUGS = {
    "hamyen", "xa-bachxa", "xa-binhxa", "xa-hamyen", "xa-hungduc", "xa-phuluu", "xa-thaihoa",
    "xa-thaison", "xa-yenphu",
}  # fmt: skip
"""Slugs that are not made from the host: databases know these sources by them."""


@cache
def parsed(file: Path) -> dict[str, dict[str, Any]]:
    return tomllib.loads(file.read_text("utf-8"))


def entries() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in FILES:
        yield from parsed(file).items()


def sources() -> list[Source]:
    return [Source.model_validate({**entry, "slug": slug}) for slug, entry in entries()]


def test_there_is_a_file_a_province_with_the_sources_of_that_province() -> None:
    names = {f"{province.label}.toml": province.short_name for province in provinces()}
    assert [file.name for file in FILES] == sorted(names)
    for file in FILES:
        assert {entry["province"] for entry in parsed(file).values()} == {names[file.name]}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_in_order(file: Path) -> None:
    text = file.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert text.startswith("# ")
    assert list(parsed(file)) == sorted(parsed(file))
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_entries_are_found_and_read_as_toml_has_them() -> None:
    """The text of a file is split and read without a parser: nothing of it may be lost."""
    expected = dict(entries())
    assert list(shipped_texts()) == list(expected)
    assert {slug: shipped_entry(slug) for slug in expected} == expected


def test_no_two_entries_are_the_same_site() -> None:
    pages = Counter(
        (site_address(parts), parts.path.rstrip("/"))
        for parts in (urlsplit(source.home_url) for source in sources())
    )
    assert [page for page, count in pages.items() if count > 1] == []
    assert len({slug for slug, _ in entries()}) == sum(len(parsed(file)) for file in FILES)


def test_a_slug_is_made_from_its_host() -> None:
    """`sources add` of the same address then finds the entry, whatever the program's version."""
    for slug in {slug for slug, _ in entries()} - KEPT_SLUGS:
        host = urlsplit(shipped_source(slug).home_url).hostname or ""
        assert slug.startswith(slug_from_host(host)), slug


def test_only_the_small_set_is_enabled_and_nothing_is_confirmed(tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path / "sources.toml")
    assert {source.slug for source in catalogue.enabled} == ENABLED
    assert {source.slug for source in sources() if source.enabled} == ENABLED
    assert not any(source.confirmed or source.state != "unknown" for source in sources())


def test_every_source_is_named_and_says_where_it_is_from() -> None:
    for source in sources():
        assert source.name == " ".join(source.name.split())
        assert not re.search(r"[&_<>]|\bUBND\b", source.name), source.name
        assert source.evidence
        assert source.level != Level.OTHER
        assert source.platform in {None, *(platform.name for platform in PLATFORMS)}


def unit_of(source: Source) -> Unit | District | None:
    code = source.unit_code
    if code is None:
        return None
    return districts()[code] if code.startswith("H") else units()[code]


def test_units_and_former_provinces_belong_to_the_province() -> None:
    kinds: dict[Level, str] = {Level.PROVINCE: "..", Level.COMMUNE: ".....", Level.DISTRICT: "H..."}
    for source in sources():
        province = find_province(source.province or "")
        assert province is not None
        unit = unit_of(source)
        if unit is not None:
            assert unit.province_code == province.code, source.slug
            assert re.fullmatch(kinds[source.level], unit.code), source.slug
        if isinstance(unit, District):
            names = (source.former_province, source.province)
            assert unit.former_province in names, source.slug
        if source.former_province is not None:
            assert source.former_province in province.former_provinces, source.slug
            assert source.former_province != source.province


def test_every_province_has_its_portal_and_a_newspaper() -> None:
    codes = {source.unit_code for source in sources() if source.level == Level.PROVINCE}
    assert {province.code for province in provinces()} <= codes
    papers = {source.province for source in sources() if source.level == Level.NEWSPAPER}
    assert {province.short_name for province in provinces()} <= papers


def test_what_is_not_asked_for_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Start-up does not cost more the more sources are shipped: entries parsed are counted."""
    asked: list[str] = []

    def counted(slug: str) -> dict[str, Any]:
        asked.append(slug)
        return shipped_entry(slug)

    shipped_source.cache_clear()
    monkeypatch.setattr(shipped_sources, "shipped_entry", counted)
    catalogue = load_catalogue(tmp_path / "sources.toml")
    assert len(catalogue.enabled) == len(ENABLED)
    assert "hamyen" in catalogue.sources
    assert catalogue.find("hamyen").district == "Hàm Yên"
    assert set(asked) == {*ENABLED, "hamyen"}


def test_an_entry_that_is_not_plain_is_parsed_as_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.toml").write_text(
        '# X\n\n[a]\nname = "A \\"B\\""\nhome_url = "https://a.example/"\n'
        'lists = [\n  "/tin/",\n]\n\n[[a.layouts]]\nbody = "div"\n\n# about b\n[b]\n'
        'name = ""\nenabled = false\n'
    )
    monkeypatch.setattr(shipped_sources, "FOLDER", tmp_path)
    shipped_texts.cache_clear()
    try:
        assert shipped_entry("a") == {
            "name": 'A "B"',
            "home_url": "https://a.example/",
            "lists": ["/tin/"],
            "layouts": [{"body": "div"}],
        }
        assert shipped_entry("b") == {"name": "", "enabled": False}
    finally:
        shipped_texts.cache_clear()


def test_an_own_entry_stays_enabled_when_its_site_is_shipped(tmp_path: Path) -> None:
    """A site that a user added before it was shipped is crawled as before, and can be removed."""
    file, slug = tmp_path / "sources.toml", "vinhtuy-hanoi"
    home_url = shipped_source(slug).home_url
    assert not shipped_source(slug).enabled
    write_source(file, slug, {"name": "Vĩnh Tuy", "home_url": home_url})
    source = load_catalogue(file).find(slug)
    assert (source.name, source.enabled) == ("Vĩnh Tuy", True)
    assert source.unit_code == "00283"
    write_source(file, slug, {"enabled": False})
    assert not load_catalogue(file).find(slug).enabled
    remove_source(file, slug)
    assert load_catalogue(file).find(slug) == shipped_source(slug)


def test_a_shipped_site_that_is_crawled_by_its_address_is_enabled(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    home_url, catalogue = "http://www.vinhtuy.hanoi.gov.vn", load_catalogue(file)
    assert source_to_crawl(home_url, catalogue).enabled
    assert not register(home_url, catalogue, file)
    assert tomllib.loads(file.read_text()) == {"vinhtuy-hanoi": {"enabled": True}}
    write_source(file, "vinhtuy-hanoi", {"enabled": False})
    catalogue = load_catalogue(file)
    assert not source_to_crawl(home_url, catalogue).enabled
    register(home_url, catalogue, file)
    assert not load_catalogue(file).find("vinhtuy-hanoi").enabled


def test_an_own_source_comes_before_a_shipped_one_of_the_same_site(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    home_url = shipped_source("vinhtuy-hanoi").home_url
    write_source(file, "toi", {"name": "Của tôi", "home_url": home_url})
    assert source_for(home_url, load_catalogue(file)).slug == "toi"


def test_an_invalid_entry_hides_the_shipped_one(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text("[hamyen]\nlevel = 5\n")
    catalogue = load_catalogue(file)
    assert set(catalogue.problems) == {"hamyen"}
    assert "hamyen" not in catalogue.sources
    assert catalogue.sources.get("hamyen") is None
    assert len(catalogue.sources) == len(list(catalogue.sources)) == len(shipped_texts()) - 1
