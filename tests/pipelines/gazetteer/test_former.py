"""Former communes: each became communes of today, and is found if nothing of today has its name."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.gazetteer.former import former_commune, former_rows
from pipelines.gazetteer.lookup import (
    described,
    find_places,
    former_province_of,
    joined_codes,
    place_of,
    province_of,
)
from pipelines.gazetteer.units import districts, units
from pipelines.text import normalise


def test_the_table_agrees_with_the_units_of_today_and_the_districts() -> None:
    rows = former_rows()
    assert sum(code.startswith("C") for code in rows) == 10_035
    for code, name, district, communes, until in rows.values():
        assert name == normalise(name)
        assert set(communes.split()) <= units().keys()
        assert district in districts() or (code.startswith("R") and not district)
        assert date.fromisoformat(until) >= date(2025, 6, 30)
        if district:
            province = units()[communes.split()[0]].province_code
            assert districts()[district].province_code == province


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Xã Minh Hương", ["C02395"]),
        ("xa minh huong, tuyen quang", ["C02395"]),
        ("c02395", ["C02395"]),
        ("Minh Hương, Cà Mau", []),
        ("Hàm Yên", ["02374", "H074"]),
    ],
)
def test_a_former_commune_is_found_if_no_unit_of_today_has_the_name(
    name: str, codes: list[str]
) -> None:
    assert [place.code for place in find_places(name)] == codes


def test_a_former_commune_is_joined_with_what_it_became() -> None:
    assert joined_codes("C02395") == ("C02395", "02404")
    assert joined_codes("C99999") == ("C99999",)
    assert place_of("C99999") is None
    place = place_of("C02395")
    assert place is not None
    assert province_of(place).code == "08"
    assert described(place) == "C02395 Xã Minh Hương, Tuyên Quang"
    assert former_province_of("C02395") == "Tuyên Quang"
    assert former_province_of("C99999") is None


def test_a_commune_that_only_became_a_ward_has_the_day_before_as_its_last() -> None:
    renamed = former_commune("R07294")
    assert renamed is not None
    assert (renamed.name, renamed.communes, renamed.until) == ("Xã Bố Hạ", ("07294",), "2026-08-03")
    assert renamed.former_province is None
