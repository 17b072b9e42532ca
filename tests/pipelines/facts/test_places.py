"""Places: what is one, and which unit it is; what is unsure stays open."""

from __future__ import annotations

import pytest

from pipelines.facts import Context, PlaceMention
from tests.pipelines.facts.news import COMMUNE, DISTRICT, read


def only(text: str, context: Context = DISTRICT) -> PlaceMention:
    (found,) = read(text, context).places
    return found


@pytest.mark.parametrize(
    ("text", "context", "unit", "former"),
    [
        ("Ở xã Phù Lưu, cam chín.", DISTRICT, "02392", "C02392"),
        ("Ở xã Phù Lưu, cam chín.", COMMUNE, "02392", None),
        ("Ở xã Minh Hương, cam chín.", DISTRICT, "02404", "C02395"),
        ("Ở xã Minh Hương cũ, cam chín.", COMMUNE, "02404", "C02395"),
        ("Ở huyện Hàm Yên, cam chín.", DISTRICT, "H074", "H074"),
        ("Ở tỉnh Hà Giang, cam chín.", DISTRICT, "08", None),
        ("Ở TP. Tuyên Quang, cam chín.", DISTRICT, "H070", "H070"),
        ("Ở TP.HCM, cam chín.", DISTRICT, "79", None),
        ("Ở huyện Chiêm Hoá, cam chín.", DISTRICT, "H073", "H073"),
        ("Ở tỉnh Đăk Lăk, cam chín.", DISTRICT, "66", None),
    ],
)
def test_a_class_and_a_name(
    text: str, context: Context, unit: str, former: str | None
) -> None:  # fmt: skip
    found = only(text, context)
    assert (found.unit, found.former_code) == (unit, former)
    assert found.rule == "class and name"


def test_a_former_province_keeps_its_name() -> None:
    assert only("Ở tỉnh Hà Giang.").former_name == "Hà Giang"


def test_a_place_is_resolved_by_what_is_written_behind_it() -> None:
    found = read("Ở xã Yên Lộc, huyện Ý Yên, tỉnh Nam Định.").places
    assert [one.unit for one in found][1:] == ["H360", "37"]
    assert (found[0].unit, found[0].unit_rule) == ("13870", "units behind it")


def test_a_place_that_is_not_in_what_is_written_behind_it_stays_open() -> None:
    found = read("Ở xã Phù Lưu, huyện Ý Yên.").places[0]
    assert (found.unit, found.unit_rule) == (None, "not in the units behind it")


def test_an_ambiguous_place_keeps_its_candidates() -> None:
    found = only("Ở huyện Châu Thành.")
    assert found.unit is None
    assert len(found.candidates) > 5
    assert found.unit_rule == "ambiguous"


def test_a_commune_elsewhere_is_not_asserted_without_its_province() -> None:
    assert only("Ở phường Phú Nhuận.").unit is None
    assert only("Ở phường Phú Nhuận.").candidates


def test_a_unit_that_was_not_there_yet_is_not_meant() -> None:
    found = only("Ở đặc khu Phú Quốc.", Context(province="91", published_at="2020-01-01"))
    assert (found.unit, found.candidates) == (None, ())


def test_a_list_behind_one_class_word() -> None:
    found = read("Các xã: Yên Thuận, Bạch Xa và Minh Khương đạt chuẩn.").places
    assert [one.text for one in found] == ["Yên Thuận", "Bạch Xa", "Minh Khương"]
    assert {one.unit for one in found} == {"02380"}
    assert [one.rule for one in found][1:] == ["list of places"] * 2


@pytest.mark.parametrize(
    ("text", "words", "rule"),
    [
        ("Đoàn từ Cao Bằng đến thăm.", "Cao Bằng", "name of a province"),
        ("Cam sành Hàm Yên được mùa.", "Hàm Yên", "name of the source's unit"),
        ("Người dân tại Sơn Dương mừng.", "Sơn Dương", "name behind a word of place"),
        ("Huyện ủy Hàm Yên họp.", "Hàm Yên", "name of an organisation"),
    ],
)
def test_a_name_without_a_class_word(text: str, words: str, rule: str) -> None:
    found = only(text)
    assert (found.text, found.rule) == (words, rule)
    assert found.unit is not None


def test_a_name_that_the_text_has_behind_a_class_word_is_the_same_place() -> None:
    first, second = read("Phù Lưu được mùa. Bà con xã Phù Lưu mừng.").places
    assert (first.rule, first.unit) == ("named before", second.unit)


@pytest.mark.parametrize(
    "text",
    [
        "Tư tưởng Hồ Chí Minh soi đường.",
        "Đường Điện Biên, cầu Cao Bằng và trường Hàm Yên.",
        "Các tỉnh Tây Nguyên và tỉnh PCI.",
        "Đ/c P.GĐ Sở dự.",
        "Ông Sơn Dương nói.",
    ],
)
def test_what_is_no_place(text: str) -> None:
    assert read(text).places == ()


@pytest.mark.parametrize("words", ["thôn 3", "tổ dân phố số 4", "bản Nà Tông", "thôn Nà Tông 2"])
def test_a_village_has_no_unit(words: str) -> None:
    found = only(f"Bà con ở {words} mừng.")
    assert (found.text, found.kind, found.unit) == (words, "village", None)
