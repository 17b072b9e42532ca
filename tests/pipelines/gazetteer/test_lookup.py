"""Units are found by what people call them, and joined with those that they came from."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from pipelines.gazetteer.lookup import (
    find_places,
    former_province,
    former_province_of,
    joined_codes,
    similar_places,
)
from pipelines.gazetteer.units import districts


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("02374", ["02374"]),
        ("h074", ["H074"]),
        ("Xã Hàm Yên", ["02374"]),
        ("huyen ham yen", ["H074"]),
        ("  HÀM YÊN ", ["02374", "H074"]),
        ("Hàm Yên, Tuyên Quang", ["02374", "H074"]),
        ("phường tân phú, TP.HCM", ["27031"]),
        ("Xã Tân Phú, Tây Ninh", ["25549"]),
        ("xa Thuan Hoa, Ha Giang", ["00922"]),
        ("tphcm", ["79"]),
        ("Hàm Yên, Cà Mau", []),
        ("02374 Xã Hàm Yên", []),
        ("", []),
    ],
)
def test_a_unit_is_found_by_its_code_or_by_a_name(name: str, codes: list[str]) -> None:
    assert [place.code for place in find_places(name)] == codes


def test_the_exact_spelling_comes_alone_if_it_has_accents() -> None:
    assert {place.name for place in find_places("Xã Ba Đình")} == {"Xã Ba Đình"}
    assert {place.name for place in find_places("xa ba dinh")} == {"Xã Ba Đình", "Xã Ba Dinh"}
    assert {place.name for place in find_places("ba dinh, thanh hóa")} == {"Xã Ba Đình"}
    assert [place.code for place in find_places("Thanh Hòa, Thanh Hóa")] == [
        place.code for place in find_places("thanh hoa, thanh hoa")
    ]
    decomposed = normalize("NFD", "Phường Vĩnh Hưng")
    assert {place.name for place in find_places(decomposed)} == {"Phường Vĩnh Hưng"}


def test_misspelt_names_have_near_ones_in_bounded_work() -> None:
    assert similar_places("Hàm Yênn")[0].code == "02374"
    assert similar_places("x" * 1_000_000) == []


def test_a_commune_is_joined_with_its_former_districts_and_the_other_way() -> None:
    assert joined_codes("02374") == ("02374", "H074")
    assert joined_codes("H074") == ("H074", *districts()["H074"].communes)
    assert joined_codes("08") == ("08",)
    for district in districts().values():
        assert all(district.code in joined_codes(commune) for commune in district.communes)


def test_a_former_province_is_one_that_is_no_more() -> None:
    found = former_province("ha giang")
    assert found is not None
    assert (found.name, found.province_code) == ("Hà Giang", "08")
    assert "00922" in found.codes
    assert "02374" not in found.codes
    assert former_province("Tuyên Quang") is None
    assert former_province("Sơn Hà") is None
    assert former_province_of("02374") == "Tuyên Quang"
    assert former_province_of("00922") == "Hà Giang"
    assert former_province_of("08") is None
    hue = former_province("Thừa Thiên Huế")
    assert hue is not None
    assert len(hue.codes) > 40
