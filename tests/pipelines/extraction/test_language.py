"""The language rules, each case a line of data under ``tests/corpus``."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.vietnamese.boilerplate import boilerplate_line, strip_end_mark
from pipelines.extraction.vietnamese.bylines import read_byline
from pipelines.extraction.vietnamese.captions import read_credit
from pipelines.extraction.vietnamese.ledes import clean_lede
from tests.linear.test_loops import assert_linear

CORPUS = Path(__file__).parents[2] / "corpus"
KINDS = ("related", "interaction", "tools", "meta", "boilerplate")


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((CORPUS / name / "cases.toml").read_text(encoding="utf-8"))


def cases(name: str, key: str) -> list[Any]:
    return [pytest.param(case, id=case[key]) for case in load(name)["case"]]


@pytest.mark.parametrize("case", cases("bylines", "line"))
def test_a_byline_names_whom_it_names(case: dict[str, Any]) -> None:
    byline = read_byline(case["line"])
    if case.get("none"):
        assert byline is None
    else:
        assert byline is not None
        assert (byline.author, byline.agency) == (case.get("author"), case.get("agency"))


@pytest.mark.parametrize(
    ("line", "kind"), [(line, kind) for kind in KINDS for line in load("boilerplate")[kind]]
)
def test_a_boilerplate_line_has_its_kind(line: str, kind: str) -> None:
    assert boilerplate_line(line) == kind


@pytest.mark.parametrize("line", load("boilerplate")["prose"])
def test_prose_that_contains_the_words_survives(line: str) -> None:
    assert boilerplate_line(line) is None


@pytest.mark.parametrize("case", cases("ledes", "given"))
def test_a_lede_loses_the_prefix_of_its_paper_only(case: dict[str, str]) -> None:
    assert clean_lede(case["given"]) == case["expected"]


def test_a_lede_loses_the_prefix_of_a_paper_that_is_named() -> None:
    assert clean_lede("Tin Bản Lềnh - Sáng nay trời rét.", ["Tin Bản Lềnh"]) == "Sáng nay trời rét."
    assert clean_lede("TBL - Sáng nay trời rét.", ["Tin Bản Lềnh"]) == "Sáng nay trời rét."
    assert clean_lede("BLT - Sáng nay trời rét.", ["Báo Bản Lềnh Tin"]) == "Sáng nay trời rét."
    assert clean_lede("HĐND - Hội đồng họp.", ["Tin Bản Lềnh"]) == "HĐND - Hội đồng họp."


@pytest.mark.parametrize("case", cases("endmarks", "given"))
def test_an_end_mark_goes_and_the_full_stop_stays(case: dict[str, Any]) -> None:
    assert strip_end_mark(case["given"]) == (case["expected"], case["marked"])


@pytest.mark.parametrize("case", cases("captions", "caption"))
def test_a_caption_tells_who_took_the_photo(case: dict[str, str]) -> None:
    assert read_credit(case["caption"]) == case.get("credit")


@pytest.mark.parametrize(
    "line", [line for kind in KINDS for line in load("boilerplate")[kind]][::3]
)
def test_decomposed_letters_read_the_same(line: str) -> None:
    assert boilerplate_line(unicodedata.normalize("NFD", line)) == boilerplate_line(line)


@given(st.text(max_size=400))
def test_no_text_makes_a_rule_raise(text: str) -> None:
    boilerplate_line(text)
    read_byline(text)
    read_credit(text)
    clean_lede(text)
    body, _ = strip_end_mark(text)
    assert strip_end_mark(body)[0].count("/") <= text.count("/")


def read_all(text: str) -> None:
    boilerplate_line(text)
    read_byline(text)
    read_credit(text)
    clean_lede(text)
    strip_end_mark(text)


@pytest.mark.fault(45)
@pytest.mark.parametrize("bait", [" ", "./", "a ", "1", "(", "Ảnh: ", ", và "])
def test_bait_takes_time_in_proportion_to_its_size(bait: str) -> None:
    assert_linear(read_all, bait)
