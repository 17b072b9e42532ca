"""Documents: kind, number, date, issuer, and short forms that name one of before."""

from __future__ import annotations

import pytest

from tests.pipelines.facts.news import read


@pytest.mark.parametrize(
    ("text", "words", "number", "day", "issuer"),
    [
        (
            "Đề án số 07-ĐA/TU ngày 2/6/2021 của Ban Chấp hành Đảng bộ tỉnh về cán bộ",
            "Đề án số 07-ĐA/TU",
            "07-ĐA/TU",
            "2021-06-02",
            "Ban Chấp hành Đảng bộ tỉnh",
        ),
        ("Nghị quyết 202/2025/QH15", "Nghị quyết 202/2025/QH15", "202/2025/QH15", None, None),
        (
            "Kế hoạch số 15/KH-UBND ngày 10 tháng 01 năm 2025 của UBND huyện Hàm Yên.",
            "Kế hoạch số 15/KH-UBND",
            "15/KH-UBND",
            "2025-01-10",
            "UBND huyện Hàm Yên",
        ),
        (
            "Chỉ thị số 05-CT/TW, ngày 15/5/2016 của Bộ Chính trị",
            "Chỉ thị số 05-CT/TW",
            "05-CT/TW",
            "2016-05-15",
            "Bộ Chính trị",
        ),
        (
            "Quyết định số 22/2013/QĐ-TTg của Thủ tướng Chính phủ",
            "Quyết định số 22/2013/QĐ-TTg",
            "22/2013/QĐ-TTg",
            None,
            "Thủ tướng Chính phủ",
        ),
        ("Chương trình 135 giúp xã", "Chương trình 135", "135", None, None),
        ("Luật Đất đai năm 2024 có hiệu lực", "Luật Đất đai năm 2024", None, None, None),
        ("Luật Cây xanh có hiệu lực", "Luật Cây xanh", None, None, None),
        ("Hiến pháp năm 2013", "Hiến pháp năm 2013", None, None, None),
        ("Nghị quyết Trung ương 4 khóa XII", "Nghị quyết Trung ương 4 khóa XII", None, None, None),
    ],
)  # fmt: skip
def test_a_document_and_its_fields(
    text: str, words: str, number: str | None, day: str | None, issuer: str | None
) -> None:
    (found,) = read(f"Thực hiện {text}").documents
    assert (found.text, found.number, found.date, found.issuer) == (words, number, day, issuer)


@pytest.mark.parametrize(
    "text",
    [
        "Kế hoạch 5 năm, nghị quyết 12 điểm, quyết định 3 nội dung.",
        "Quyết định được ký ngày 12/6/2021; đường dây nóng 0912 345 678.",
        "Dự án 30 tỷ đồng; kết luận 90% số hộ đạt; ct số nhà 12.",
        "Pháp luật của nhà nước, luật sư và kế hoạch sản xuất.",
    ],
)
def test_quantities_and_days_are_no_documents(text: str) -> None:
    assert read(text).documents == ()


def test_numbers_of_a_list_share_the_kind_and_what_is_written_behind() -> None:
    found = read(
        "Các Nghị định số 150/2025/NĐ-CP, 151/2025/NĐ-CP ngày 12/6/2025 của Chính phủ."
    ).documents
    assert [one.number for one in found] == ["150/2025/NĐ-CP", "151/2025/NĐ-CP"]
    assert {(one.kind, one.date, one.issuer) for one in found} == {
        ("Nghị định", "2025-06-12", "Chính phủ")
    }
    assert found[1].rule == "further number"


def test_a_short_form_names_the_full_one() -> None:
    full, short, again = read(
        "Đề án số 07-ĐA/TU ngày 2/6/2021 của Tỉnh ủy. Đề án 07 đã rõ. Đề án số 07 ngày 2/6/2021."
    ).documents
    assert (full.refers_to, short.refers_to, again.refers_to) == (None, 0, 0)
    assert (short.number, short.full_number) == ("07", "07-ĐA/TU")


@pytest.mark.parametrize(
    "text",
    [
        "Đề án số 07-ĐA/TU và Đề án số 07-ĐA/HU. Đề án 07 đã rõ.",
        "Đề án số 07-ĐA/TU ngày 2/6/2021. Đề án số 07 ngày 3/6/2022.",
        "Đề án số 07-ĐA/TU. Kế hoạch số 07.",
    ],
)
def test_a_short_form_that_may_be_several_or_another_names_none(text: str) -> None:
    assert [one.refers_to for one in read(text).documents][-1] is None


def test_who_issues_is_known_by_the_number_only_if_one_body_alone_uses_it() -> None:
    text = "Nghị định số 1/2025/NĐ-CP, Kế hoạch số 2/KH-UBND, Nghị quyết số 3/2025/QH15."
    assert [one.numbered_issuer for one in read(text).documents] == ["Chính phủ", None, "Quốc hội"]
