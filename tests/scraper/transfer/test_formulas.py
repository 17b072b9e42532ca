"""Cells of CSV: a formula is no formula, wherever a spreadsheet sees a cell begin."""

from __future__ import annotations

import csv
import io

import pytest

from scraper.transfer.formulas import is_formula, without_formula


@pytest.mark.parametrize(
    "formula",
    ["=HYPERLINK(1)", "@SUM(1)", "+cmd|'/c calc'!A0", "-SUM(A1)", " =1", "＝1", "＠SUM(1)"],
)
@pytest.mark.parametrize("separator", [";", "\n", "\t", "\r\n", "|"])
def test_a_formula_after_another_separator_is_none(formula: str, separator: str) -> None:
    cell = without_formula(f"Giá chè{separator}{formula}")
    if separator in ";|\t":
        [cells] = csv.reader(io.StringIO(cell), delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        cells = cell.splitlines()
    assert not any(map(is_formula, cells[1:2]))


@pytest.mark.parametrize(
    "text",
    [
        "Nhiệm vụ:\n- Về kinh tế (quý I)\n+ Thu ngân sách 5 tỷ; - chi 3 tỷ",
        "a = b",
        "https://huyen.localhost/?a=1;b=2",
        "",
    ],
)
def test_prose_is_left_as_it_is(text: str) -> None:
    assert without_formula(text) == text
