"""What is the name of a person in a byline or a signature, and what is not."""

from __future__ import annotations

import pytest

from pipelines.extraction.vietnamese.bylines import read_byline
from pipelines.extraction.vietnamese.names import is_person_name, is_short_for, without_title
from tests.pipelines.extraction.test_authors import DATE, page


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Lê Tâm - Ban Thời sự", "Lê Tâm"),
        ("Lê Tâm, Phóng viên Ban Thời sự", "Lê Tâm"),
        ("Lê Tâm (PV Ban Kinh tế)", "Lê Tâm"),
        ("Lê Tâm - Phó Tổng Biên tập", "Lê Tâm"),
        ("Lê Tâm | Phóng viên", "Lê Tâm"),
        ("ThS. Lê Tâm, Trưởng phòng Văn hóa", "Lê Tâm"),
        ("Thượng tá, ThS. Lê Tâm", "Lê Tâm"),
        ("Trung úy Lê Tâm - Công an xã", "Lê Tâm"),
        ("Lê Tâm - NLM", "Lê Tâm"),
        ("Lê Tâm & Vi Tỵ", "Lê Tâm, Vi Tỵ"),
        ("Lê Tâm và Vi Tỵ", "Lê Tâm, Vi Tỵ"),
        ("Lê Tâm/Vi Tỵ", "Lê Tâm, Vi Tỵ"),
        ("Lê Tâm and Mary Poe", "Lê Tâm, Mary Poe"),
        ("LÊ TÂM - VI TỴ", "LÊ TÂM, VI TỴ"),
        ("Lê Tâm/Thanh Niên", "Lê Tâm"),
    ],
)
def test_a_signature_gives_the_names_alone(line: str, author: str) -> None:
    assert page(end=f"<p align='right'><b>{line}</b></p>").author == author
    assert page(head=f"{DATE}<p class='author'>{line}</p>").author == author


@pytest.mark.parametrize(
    "name",
    [
        "Y Tin Niê", "Y Moan Ênuôl", "H'Hen Niê", "H’Hen", "K’Tiêng", "K'Brơi", "Triệu Chòi Phâu",
        "Điểu Sơn", "Rơ Châm H'Phik", "A Lăng Ngước", "Sùng Mí Phìn", "TRIỆU CHÒI PHÂU",
        "Nguyễn Ảnh", "Lê Ba", "Trần Hai", "Lò Văn Bộ", "Thạch Pích", "Kim Sa Rinh",
        "Siu H'Plăng", "Bh'riu Liếc", "Đặng Hội", "Pờ Lóng Tơ", "Theo Văn Mẫn", "Lê Gia Bảo",
    ],
)  # fmt: skip
def test_names_of_all_peoples_are_names(name: str) -> None:
    assert page(end=f"<p style='text-align:right'><strong>{name}</strong></p>").author == name


@pytest.mark.parametrize(
    "text",
    [
        "Y Tế",
        "Y Học",
        "Từ Khóa",
        "CHI TIẾT",
        "Phụ Lục",
        "Political Correspondent",
        "Tác Giả",
        "Lễ Hội",
    ],
)
def test_headings_are_no_names(text: str) -> None:
    assert not is_person_name(text)
    assert page(end=f"<p><b>{text}</b></p>").author is None


@pytest.mark.parametrize(
    ("short", "name"),
    [("T.T", "Lê Na"), ("B.NG", "Bích Hà"), ("Tuấn Tú", "Tuấn Tú"), ("Tú Anh", "Lê Tuấn Tú")],
)
def test_other_initials_are_another_person(short: str, name: str) -> None:
    assert not is_short_for(short, name)


@pytest.mark.parametrize(
    "line",
    ["Chủ tịch xã Trần Văn Mẫn", "Giám đốc Công an tỉnh", "Theo Núi Xanh và Đời sống", "CHI TIẾT:"],
)
def test_other_short_lines_are_no_bylines(line: str) -> None:
    assert read_byline(line) is None


def test_any_number_of_titles_is_left_out() -> None:
    assert without_title("ThS. BS. Lê Na") == "Lê Na"
    assert without_title("TS. " * 5000 + "Lê Na") == "Lê Na"
