"""What a search reads and tries, by what the user names."""

from __future__ import annotations

import pytest

from scraper.base.errors import UsageError
from scraper.base.source import Level, Source, State
from scraper.config.registry import Catalogue
from scraper.config.shipped_sources import shipped_texts
from scraper.crawling.found_entries import entry_of
from scraper.crawling.search_plan import plan_search, taken_names


def source(slug: str, level: Level, **more: object) -> Source:
    values: dict[str, object] = {"slug": slug, "name": slug, "level": level, "province": "Cà Mau"}
    return Source.model_validate({**values, "home_url": f"https://{slug}.vn/", **more})


SOURCES = (
    source("camau", Level.PROVINCE, home_url="https://camau.gov.vn/"),
    source("baclieu", Level.PROVINCE, former_province="Bạc Liêu", enabled=False),
    source("baocamau", Level.NEWSPAPER),
    source("cu", Level.NEWSPAPER, state=State.DEAD),
    source("hongdan", Level.COMMUNE, unit_code="31843"),
    source("ninhquoi", Level.COMMUNE, unit_code="31849", state=State.HIJACKED),
    source("sonla", Level.PROVINCE, province="Sơn La"),
)
CATALOGUE = Catalogue({each.slug: each for each in SOURCES})


def test_the_portals_and_papers_of_a_province_are_read() -> None:
    plan = plan_search(CATALOGUE, ["ca mau"])
    read = {each.url: each.is_required for each in plan.lists}
    assert read == {
        "https://camau.gov.vn/": True,
        "https://baclieu.vn/": False,
        "https://baocamau.vn/": False,
    }
    assert [unit.code for unit in plan.guessed] == plan.provinces == ["96"]
    assert plan.registered_units == {"31843"}
    assert "ninhquoi.vn" in plan.registered_hosts


def test_all_provinces_are_searched_by_default_each_at_its_portal() -> None:
    plan = plan_search(CATALOGUE)
    assert len(plan.guessed) == 34
    assert len({each.province.code for each in plan.lists if each.is_required}) == 34
    assert "https://laichau.gov.vn/" in {each.url for each in plan.lists}


def test_a_former_province_stands_for_the_one_it_is_part_of() -> None:
    assert plan_search(CATALOGUE, ["Bạc Liêu", "Cà Mau"]).provinces == ["96"]


def test_urls_replace_the_portals_and_nothing_is_guessed() -> None:
    plan = plan_search(CATALOGUE, urls=["hongdan.camau.gov.vn", "https://baocamau.vn/lien-ket"])
    assert plan.guessed == []
    first, second = plan.lists
    assert (first.url, first.province.code) == ("https://hongdan.camau.gov.vn/", "96")
    assert first.itself is not None
    assert first.itself.unit_code == "31843"
    assert second.itself is None  # its host is registered
    assert len(plan_search(CATALOGUE, ["Cà Mau"], ["https://baocamau.vn/"]).guessed) == 1


def test_a_shipped_source_that_nobody_has_read_is_no_portal_of_its_unit() -> None:
    slug = next(slug for slug, text in shipped_texts().items() if 'level = "commune"' in text)
    for state, is_portal in ((State.UNKNOWN, False), (State.LIVE, True)):
        old = source(slug, Level.COMMUNE, unit_code="31849", state=state)
        assert plan_search(Catalogue({slug: old}), ["Cà Mau"]).registered_units == (
            {"31849"} if is_portal else set()
        )


def test_usual_names_that_are_sources_already_are_said() -> None:
    old = source("cu", Level.DISTRICT, unit_code="H959", home_url="https://hongdan.camau.gov.vn/")
    taken = taken_names(plan_search(Catalogue({"cu": old}), ["Cà Mau"]))
    assert taken == ["hongdan.camau.gov.vn"]


@pytest.mark.parametrize("url", ["https://a..b:99999/", "camau.gov.vn:0", "mailto:a@b.vn", ""])
def test_a_malformed_url_is_named(url: str) -> None:
    with pytest.raises(UsageError, match="is no web address"):
        plan_search(CATALOGUE, ["Cà Mau"], [url])


def test_an_entry_has_the_address_that_answered_and_its_evidence() -> None:
    row = {
        "url": "https://hongdan.camau.gov.vn/web", "landed_url": "http://hongdan.camau.gov.vn/vi",
        "found_by": "link", "found_on": "https://camau.gov.vn/", "name": "Xem thêm",
        "looked_at": "2026-11-27T23:10:00Z", "level": "commune", "province_code": "01",
        "unit_code": "31843", "platform": None,
    }  # fmt: skip
    entry = entry_of(row, is_enabled=True)
    assert entry["home_url"] == "http://hongdan.camau.gov.vn/web"
    assert entry["evidence"] == "found by a link on https://camau.gov.vn/ on 2026-11-28"
    assert entry["enabled"] is True
    assert entry["name"] == "Cổng thông tin điện tử xã Hồng Dân"
    assert entry["province"] == "Cà Mau"
    assert "platform" not in entry
    Source.model_validate({**entry, "slug": "x"})
