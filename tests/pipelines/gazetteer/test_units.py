"""Units of Vietnam: codes agree with one another, and provinces are found as users type them."""

from __future__ import annotations

import pytest

from pipelines.gazetteer.units import (
    communes_of,
    districts,
    find_province,
    provinces,
    similar_provinces,
    units,
    without_kind,
)
from pipelines.text import normalise


def test_there_are_as_many_units_as_the_law_says() -> None:
    """Resolution 202/2025/QH15: 34 provinces; and 3,321 communes of 1 July 2025."""
    assert len(provinces()) == 34
    assert sum(len(communes_of(province)) for province in provinces()) == 3321
    assert len(districts()) == 696


def test_every_code_that_is_named_exists() -> None:
    codes = {province.code for province in provinces()}
    assert {unit.province_code for unit in units().values()} == codes
    for district in districts().values():
        assert district.province_code in codes
        assert district.communes
        assert {units()[code].province_code for code in district.communes} == {
            district.province_code
        }


def test_names_are_in_normal_form_and_within_vietnam() -> None:
    for unit in units().values():
        assert unit.name == normalise(unit.name)
        assert 7 < unit.latitude < 24
        assert 102 < unit.longitude < 115


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tuyên Quang", "08"),
        ("tuyen quang", "08"),
        ("Tỉnh Tuyên Quang", "08"),
        ("Hà Giang", "08"),
        ("Thành phố Hồ Chí Minh", "79"),
        ("ho chi minh", "79"),
        ("Bà Rịa - Vũng Tàu", "79"),
        ("Thừa Thiên Huế", "46"),
        ("TP.HCM", "79"),
        ("TP. Hồ Chí Minh", "79"),
        ("Đắk Lắk", "66"),
        ("Ðắk Lắk", "66"),
        ("Hàm Yên", None),
    ],
)
def test_a_province_is_found_by_its_name(text: str, code: str | None) -> None:
    province = find_province(text)
    assert (province.code if province else None) == code


def test_a_misspelt_province_has_suggestions() -> None:
    assert similar_provinces("Tuyen Qang")[0] == "Tuyên Quang"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Tuyen", ["Tuyên Quang"]),
        ("quảng", ["Quảng Ngãi", "Quảng Ninh", "Quảng Trị"]),
        ("Thai", ["Thái Nguyên", "Hưng Yên"]),
        ("Long", ["Tây Ninh"]),
    ],
)
def test_names_that_begin_with_what_was_typed_are_suggested_first(
    typed: str, names: list[str]
) -> None:
    assert similar_provinces(typed)[: len(names)] == names


def test_nothing_is_suggested_for_nothing() -> None:
    assert similar_provinces(" - ") == []


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Xã Hàm Yên", "Hàm Yên"),
        ("Đặc khu Cô Tô", "Cô Tô"),
        ("Phường 4", "Phường 4"),
        ("Thị trấn Na Dương", "Na Dương"),
        ("Xá Lượng", "Xá Lượng"),
    ],
)
def test_the_kind_is_separated_from_a_name(name: str, short: str) -> None:
    assert without_kind(name) == short
