"""The text that offsets count in, the bounds of the work, and the founding article."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import process_time
from unicodedata import normalize

import pytest

from pipelines.facts import Context, Facts, find_facts
from tests.pipelines.facts.news import offices, read

SEED = Path("/work/shared/seed/000_79e5fb27020b85d7.txt")
SMALL = 2_000
MOST_GROWTH = 9.0
ATTEMPTS = 3


def test_offsets_are_those_of_title_lede_and_body() -> None:
    facts = find_facts("Xã Phù Lưu được mùa", "", "Ông Lý Văn Tấn, Bí thư Đảng ủy xã, mừng.")
    assert facts.text == "Xã Phù Lưu được mùa\n\nÔng Lý Văn Tấn, Bí thư Đảng ủy xã, mừng."
    for _, mention in facts.mentions():
        assert facts.text[mention.start : mention.end] == mention.text
        assert mention.rule
    office = facts.persons[0].offices[0]
    assert facts.text[office.start : office.end] == office.text == "Bí thư Đảng ủy xã"


def test_nothing_joins_two_paragraphs() -> None:
    assert offices(find_facts(None, None, "Bí thư Huyện ủy\n\nLý Văn Tấn ở xã")) == {}
    assert read("Ở xã\n\nPhù Lưu").places == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Bí thư Huyện ủy", "Bí thư Huyện uỷ"),
        ("Uỷ viên UBND huyện Chiêm Hoá", "Ủy viên UBND huyện Chiêm Hóa"),
    ],
)
def test_both_spellings_are_read_and_kept(old: str, new: str) -> None:
    for office in (old, new):
        found = read(f"Ông Lý Văn Tấn, {office}, dự.")
        assert offices(found) == {"Lý Văn Tấn": [office]}
    decomposed = read(normalize("NFD", f"Ông Lý Văn Tấn, {old}, dự."))
    assert offices(decomposed) == {"Lý Văn Tấn": [old]}


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "?!", "1", "xã", "Bí thư", "ông", "số 1", "İ Ử ủ"]
)
def test_texts_without_facts(text: str) -> None:
    facts = read(text)
    assert facts.persons + facts.documents + facts.places == ()


PIECES = (
    "Bí thư Huyện ủy ",
    "Lý Văn Tấn, Bí thư Huyện ủy, ",
    "đồng chí ",
    "Lý Văn Tấn, ",
    "xã Phù Lưu, ",
    "Kế hoạch số 1/KH-UBND, ",
    "Đề án 03 ngày 1/2/2021 ",
    "Giám đốc Sở Nội vụ và Y tế ",
    "Trưởng Ban Ban Ban Nông nghiệp ",
    "Phòng ",
    "Luật Đất ",
    "các xã: A và ",
    "Châu Thành, ",
    "số 1/a-",
)


def seconds(text: str) -> float:
    started = process_time()
    read(text)
    return process_time() - started


@pytest.mark.parametrize("piece", PIECES)
def test_the_work_grows_with_the_length(piece: str) -> None:
    read(piece)
    growth = [
        seconds(piece * 4 * SMALL) / max(seconds(piece * SMALL), 0.004) for _ in range(ATTEMPTS)
    ]
    assert min(growth) < MOST_GROWTH


def test_many_documents_and_names_that_are_alike_take_no_longer() -> None:
    documents = [" ".join(f"Kế hoạch số 1/KH-A{n}." for n in range(count)) for count in (500, 2000)]
    names = [
        " ".join(f"Lý Văn Tấn{'a' * (n % 50)}, Bí thư Huyện ủy. Ông Tấn." for n in range(count))
        for count in (500, 2000)
    ]
    for small, large in (documents, names):
        growth = [seconds(large) / max(seconds(small), 0.004) for _ in range(ATTEMPTS)]
        assert min(growth) < MOST_GROWTH


def test_the_command_line_does_not_read_former_communes() -> None:
    script = (
        "import sys, scraper.commands; from pipelines.gazetteer import lookup, former;"
        "lookup.find_places('Hàm Yên'); print(former.former_rows.cache_info().misses)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "0"


@pytest.fixture(scope="module")
def seed() -> Facts:
    if not SEED.exists():
        pytest.skip(f"{SEED} is not there")
    title, _, body = SEED.read_text("utf-8").partition("\n\n")
    context = Context(province="08", district="H074", published_at="2023-11-21")
    return find_facts(title, None, body, context)


def test_the_founding_article_has_three_persons_with_all_their_offices(seed: Facts) -> None:
    first: dict[str, list[str]] = {}
    for person in seed.persons:
        first.setdefault(person.name, [office.text for office in person.offices])
    assert [len(each) for each in first.values()] == [2, 2, 2]
    assert {office.unit for person in seed.persons for office in person.offices} == {"08", "H074"}


def test_the_founding_article_cites_its_documents(seed: Facts) -> None:
    full = [one for one in seed.documents if one.refers_to is None]
    assert [one.full_number for one in full] == ["03-ĐA/TU", "21", "16", "19", "02", "02"]
    assert [one.date for one in full][:5] == [
        "2021-06-12", "2022-06-16", "2020-01-03", "2023-08-29", "2021-05-23",
    ]  # fmt: skip
    assert all(one.issuer for one in full)
    short = [one for one in seed.documents if one.refers_to is not None]
    assert {one.full_number for one in short} == {"03-ĐA/TU"}


def test_the_founding_article_is_about_its_district(seed: Facts) -> None:
    assert {one.unit for one in seed.places} == {"08", "H074"}


def test_an_office_apart_from_a_name_is_not_its_own() -> None:
    assert read("Lý Văn Tấn thăm Bí thư Huyện ủy.").persons == ()
