"""The notation of the marked texts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts.kinds import document_kind, organisation_kind, place_class
from tests.facts.markup import MarkupError, read_marks


def read(marked: str) -> tuple[str, list[dict[str, Any]]]:
    return read_marks(marked, lambda words, hint: {"unit": hint or None})


def test_offices_before_and_after_a_name_are_of_that_person() -> None:
    text, found = read("[>Bí thư ~Huyện ủy] {Mai Hà}, [<Tỉnh ủy viên]; {Lê Sơn}, [<Chủ tịch].")
    assert text == "Bí thư Huyện ủy Mai Hà, Tỉnh ủy viên; Lê Sơn, Chủ tịch."
    people = [one for one in found if one["type"] == "person"]
    offices = [[office["office"] for office in one["offices"]] for one in people]
    assert offices == [["Bí thư Huyện ủy", "Tỉnh ủy viên"], ["Chủ tịch"]]
    assert people[0]["offices"][0]["organisation"] == "Huyện ủy"


def test_a_list_shares_the_office_behind_or_before_it() -> None:
    _, found = read("{An+}, {Bình} - [<Ủy viên]; các [>Phó Chủ tịch] {Chi} và {&Dũng}")
    offices = [[office["office"] for office in one["offices"]] for one in found]
    assert offices == [["Ủy viên"], ["Ủy viên"], ["Phó Chủ tịch"], ["Phó Chủ tịch"]]


def test_private_people_and_later_references() -> None:
    _, found = read("{Lê Văn Tám!} gặp {Mai Hà}; ông {Hà@Mai Hà} cười")
    assert [one["is_public"] for one in found] == [False, True, True]
    assert [one["refers_to"] for one in found] == [None, None, 1]


def test_a_document_with_its_date_and_issuer() -> None:
    text, found = read("<Đề án số =03-ĐA/TU> ngày ^12/6/2021^ của `Tỉnh ủy _Sơn La=14_`")
    assert text == "Đề án số 03-ĐA/TU ngày 12/6/2021 của Tỉnh ủy Sơn La"
    wanted = {"kind": "Đề án", "number": "03-ĐA/TU", "date": "2021-06-12"}
    assert found[0].items() >= {**wanted, "issuer": "Tỉnh ủy Sơn La"}.items()
    assert [one["type"] for one in found] == ["document", "organisation", "place"]


def test_several_documents_of_one_kind_share_date_and_issuer() -> None:
    text, found = read("<Nghị quyết số =18-NQ/TW+> và <Nghị quyết%=19-NQ/TW> ngày ^25/10/2017^")
    assert text == "Nghị quyết số 18-NQ/TW và 19-NQ/TW ngày 25/10/2017"
    assert [(one["kind"], one["date"]) for one in found] == [("Nghị quyết", "2017-10-25")] * 2


@pytest.mark.parametrize(
    "marked", ["{Mai Hà", "[>Bí thư]", "[<Bí thư]", "{Hà@Mai Hà}", "{An+}", "ngày ^hôm nay^"]
)
def test_marks_that_lead_nowhere_are_refused(marked: str) -> None:
    with pytest.raises(MarkupError):
        read(marked)


def test_kinds_are_those_of_the_first_words() -> None:
    assert document_kind("Thông tư liên tịch số 01/2016/TTLT") == "Thông tư liên tịch"
    assert organisation_kind("UBND xã Yên Phú") == "people_committee"
    assert organisation_kind("Nhóm bạn") == "other"
    assert place_class("TP. Vinh") == ("thành phố", "Vinh")
    assert place_class("Bản Mế") == ("village", "Mế")
    assert place_class("Xãm") == (None, "Xãm")
