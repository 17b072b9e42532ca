"""Persons in a public office, each rule by its name; private persons are not among them."""

from __future__ import annotations

import pytest

from pipelines.facts import Context
from tests.pipelines.facts.news import offices, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Đồng chí Lý Văn Tấn, Ủy viên BCH Đảng bộ tỉnh, Bí thư Huyện ủy chủ trì.",
            {"Lý Văn Tấn": ["Ủy viên BCH Đảng bộ tỉnh", "Bí thư Huyện ủy"]},
        ),
        (
            "Các đồng chí: Lý Văn Tấn - TUV, Bí thư Huyện uỷ; Hà Thị Mơ (Chủ tịch HĐND huyện).",
            {"Lý Văn Tấn": ["TUV", "Bí thư Huyện uỷ"], "Hà Thị Mơ": ["Chủ tịch HĐND huyện"]},
        ),
        (
            "Đại tá Lý Văn Tấn, Phó Giám đốc Công an tỉnh Tuyên Quang dự.",
            {"Lý Văn Tấn": ["Phó Giám đốc Công an tỉnh Tuyên Quang"]},
        ),
        (
            "Tiến sĩ Y Tin Niê, nguyên Giám đốc Sở Văn hóa, Thể thao và Du lịch, cho biết.",
            {"Y Tin Niê": ["nguyên Giám đốc Sở Văn hóa, Thể thao và Du lịch"]},
        ),
        (
            "Chị H’Mai Êban, Bí thư Đoàn xã và ông K’Sơn, Trưởng thôn Nà Tông dự.",
            {"H’Mai Êban": ["Bí thư Đoàn xã"], "K’Sơn": ["Trưởng thôn Nà Tông"]},
        ),
        (
            "Ông Triệu Chòi Mềnh, Giám đốc Trung tâm Nuôi voi huyện nói.",
            {"Triệu Chòi Mềnh": ["Giám đốc Trung tâm Nuôi voi huyện"]},
        ),
    ],
)
def test_offices_behind_the_name(text: str, expected: dict[str, list[str]]) -> None:
    assert offices(read(text)) == expected
    assert {person.rule for person in read(text).persons} == {"office behind the name"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bí thư Huyện ủy Lý Văn Tấn phát biểu.", {"Lý Văn Tấn": ["Bí thư Huyện ủy"]}),
        (
            "Chủ tịch UBND phường Phú Nhuận Hà Thị Như Ý dự.",
            {"Hà Thị Như Ý": ["Chủ tịch UBND phường Phú Nhuận"]},
        ),
        (
            "Chủ tịch UBND huyện Cao Lộc Lương Văn Đán dự.",
            {"Lương Văn Đán": ["Chủ tịch UBND huyện Cao Lộc"]},
        ),
        ("Bí thư Đảng ủy xã Hồ Văn Đán dự.", {"Hồ Văn Đán": ["Bí thư Đảng ủy xã"]}),
        ("Giám đốc Sở Nội vụ Đoàn Văn Lý dự.", {"Đoàn Văn Lý": ["Giám đốc Sở Nội vụ"]}),
        (
            "Thủ tướng Chính phủ Lý Văn Tấn và Bộ trưởng Bộ Nội vụ Hà Thị Mơ dự.",
            {"Lý Văn Tấn": ["Thủ tướng Chính phủ"], "Hà Thị Mơ": ["Bộ trưởng Bộ Nội vụ"]},
        ),
        ("KT. CHỦ TỊCH PHÓ CHỦ TỊCH Lý Văn Tấn", {"Lý Văn Tấn": ["PHÓ CHỦ TỊCH"]}),
    ],
)
def test_an_office_before_the_name_ends_where_a_known_surname_begins(
    text: str, expected: dict[str, list[str]]
) -> None:
    assert offices(read(text)) == expected
    assert {person.rule for person in read(text).persons} == {"office before the name"}


def test_an_office_directly_before_a_name_is_not_that_of_the_one_before() -> None:
    found = read("Hà Thị Mơ, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Lý Văn Tấn dự.")
    assert offices(found) == {
        "Hà Thị Mơ": ["Phó Bí thư Huyện ủy"],
        "Lý Văn Tấn": ["Chủ tịch UBND huyện"],
    }


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "Các đồng chí Lý Văn Tấn, Hà Thị Mơ, Phó Chủ tịch UBND huyện dự.",
            "office behind a list of names",
        ),
        (
            "Ông Lý Văn Tấn và bà Hà Thị Mơ - Phó Chủ tịch UBND huyện dự.",
            "office behind a list of names",
        ),
        (
            "Các Phó Chủ tịch UBND huyện: Lý Văn Tấn và Hà Thị Mơ dự.",
            "office before a list of names",
        ),
    ],
)
def test_an_office_that_is_written_once_is_that_of_all_in_a_list(text: str, rule: str) -> None:
    found = read(text)
    assert offices(found) == {
        "Lý Văn Tấn": ["Phó Chủ tịch UBND huyện"],
        "Hà Thị Mơ": ["Phó Chủ tịch UBND huyện"],
    }
    assert rule in {person.rule for person in found.persons}


def test_an_office_that_a_verb_gives() -> None:
    found = read("Đồng chí Lý Văn Tấn được bầu giữ chức Chủ tịch UBND xã Phù Lưu.")
    assert offices(found) == {"Lý Văn Tấn": ["Chủ tịch UBND xã Phù Lưu"]}
    assert found.persons[0].rule == "appointed to the office"


@pytest.mark.parametrize(
    "text",
    [
        "Bà Hà Thị Mơ ở thôn 3 trồng cam sành.",
        "Ông Lý Văn Tấn, Giám đốc Công ty TNHH Cam Sành, cho biết.",
        "Ông Lý Văn Tấn, Giám đốc HTX cam sành Phù Lưu, cho biết.",
        "Tư tưởng của Chủ tịch Hồ Chí Minh sống mãi.",
        "Chị Hà Thị Mơ, cán bộ hưu trí, và em Lý Văn Tấn, học sinh lớp 5.",
    ],
)
def test_private_persons_are_not_reported(text: str) -> None:
    assert read(text).persons == ()


def test_a_person_in_office_is_known_again_by_the_name_and_its_last_word() -> None:
    found = read(
        "Lý Văn Tấn, Bí thư Huyện ủy, dự. Đồng chí Tấn yêu cầu. Đồng chí Lý Văn Tấn kết luận."
    )
    stated, short, full = found.persons
    assert (short.text, short.name, short.refers_to) == ("Tấn", "Lý Văn Tấn", 0)
    assert short.rule == "short name of a person in office"
    assert (full.rule, full.refers_to) == ("full name of a person in office", 0)
    assert stated.refers_to is None


def test_a_short_name_that_two_may_have_is_nobodys() -> None:
    text = "Lý Văn Tấn, Bí thư Huyện ủy; Hà Văn Tấn, Chủ tịch UBND huyện. Ông Tấn nói."
    assert [person.text for person in read(text).persons] == ["Lý Văn Tấn", "Hà Văn Tấn"]


def test_the_unit_of_an_office_is_its_place_or_that_of_the_source() -> None:
    text = "Lý Văn Tấn, Bí thư Huyện ủy; Hà Thị Mơ, Chủ tịch UBND tỉnh Cao Bằng dự."
    own, other = read(text).persons
    assert (own.offices[0].unit, other.offices[0].unit) == ("H074", "04")
    assert read(text, Context()).persons[0].offices[0].unit is None


def test_an_office_has_its_title_and_its_organisation() -> None:
    office = read("Lý Văn Tấn, nguyên Phó Chủ tịch UBND huyện Hàm Yên, dự.").persons[0].offices[0]
    assert (office.title, office.is_former) == ("nguyên Phó Chủ tịch", True)
    assert office.organisation is not None
    assert office.organisation.text == "UBND huyện Hàm Yên"
    assert (office.organisation.kind, office.organisation.unit) == ("people_committee", "H074")
