"""How the pages write: two languages, numbers, dates, differences, charts."""

from __future__ import annotations

import re
import string
from datetime import date
from enum import StrEnum
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from pipelines.article import Kind as ArticleKind
from pipelines.items import Outcome
from scraper.base.messages import LANGUAGES
from scraper.base.source import Level
from scraper.browse.charts import year_of_bars, year_of_cells
from scraper.browse.diff import Budget, Kind, changes, words
from scraper.browse.language import METADATA, TEXTS, Translator, chosen_language
from scraper.browse.serving import FOLDER, is_loopback
from scraper.store.database import open_database
from scraper.store.source_record import Verdict as HealthVerdict

VIETNAMESE, ENGLISH = Translator("vi"), Translator("en")


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_stands_in_both_languages_with_the_same_gaps(key: str) -> None:
    texts = TEXTS[key]
    gaps = [{name for _, name, _, _ in string.Formatter().parse(texts[it])} for it in LANGUAGES]
    assert texts.keys() == set(LANGUAGES)
    assert gaps[0] - {None} == gaps[1] - {None}


def test_templates_ask_for_texts_that_exist() -> None:
    templates = "".join(path.read_text() for path in (FOLDER / "templates").glob("*.html"))
    asked = set(re.findall(r"""\bt\(["']([\w-]+)["'][,)]""", templates))
    assert asked <= TEXTS.keys()


@pytest.mark.parametrize(
    ("prefix", "values"),
    [
        ("verdict_", HealthVerdict),
        ("meaning_", HealthVerdict),
        ("outcome_", Outcome),
        ("kind_", ArticleKind),
        ("level_", Level),
    ],
)
def test_every_value_that_a_page_names_has_its_text(prefix: str, values: type[StrEnum]) -> None:
    assert {f"{prefix}{value}" for value in values} <= TEXTS.keys()


def test_descriptions_are_of_tables_and_columns_that_exist(tmp_path: Path) -> None:
    db: Database = open_database(tmp_path / "empty.db")
    for name, told in METADATA["database"]["tables"].items():
        columns = {row[1] for row in db.execute(f"PRAGMA table_xinfo({name})")}
        assert told.get("columns", {}).keys() <= columns


def test_every_table_is_described_or_hidden(tmp_path: Path) -> None:
    db: Database = open_database(tmp_path / "empty.db")
    indexes = ("articles_fts", "file_texts_fts")
    tables = {name for name in db.table_names() if not name.startswith(indexes)}
    described = {
        name
        for name, told in METADATA["database"]["tables"].items()
        if told.get("hidden") or {"title", "description"} <= told.keys()
    }
    assert tables <= described


@pytest.mark.parametrize(
    ("moment", "vietnamese", "english"),
    [
        ("2023-11-21T14:25:00+07:00", "14:25, 21/11/2023", "14:25, 21 Nov 2023"),
        ("2023-11-21", "21/11/2023", "21 Nov 2023"),
        ("2026-11-22T19:00:00Z", "02:00, 23/11/2026", "02:00, 23 Nov 2026"),
        ("hôm qua", "hôm qua", "hôm qua"),
        (None, "", ""),
    ],
)
def test_times_are_written_as_people_there_write_them(
    moment: str | None, vietnamese: str, english: str
) -> None:
    assert (VIETNAMESE.date(moment), ENGLISH.date(moment)) == (vietnamese, english)


def test_numbers_are_parted_as_each_language_does() -> None:
    assert (VIETNAMESE.number(1234567), ENGLISH.number(1234567)) == ("1.234.567", "1,234,567")


def test_the_address_rules_over_the_cookie() -> None:
    cookies = {"tinhuyen_language": "en"}
    assert chosen_language({}, {}) == "vi"
    assert chosen_language({}, cookies) == "en"
    assert chosen_language({"lang": "vi"}, cookies) == "vi"
    assert chosen_language({"lang": "xx"}, {}) == "vi"


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_both_texts_whole(old: str, new: str) -> None:
    pieces = words(old, new, Budget())
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.REMOVED) == new


def test_a_difference_marks_the_words_that_changed() -> None:
    found = changes(
        ["Giữ nguyên.", "Giá 12.000 đồng."],
        ["Giữ nguyên.", "Giá 15.000 đồng.", "Mới."],
        Budget(),
    )
    marked = [[(piece.kind, piece.text) for piece in pieces] for pieces in found]
    assert marked == [
        [("same", "Giữ nguyên.")],
        [("same", "Giá "), ("removed", "12"), ("added", "15"), ("same", ".000 đồng.")],
        [("added", "Mới.")],
    ]


@pytest.mark.parametrize("same", [True, False])
def test_two_long_versions_are_compared_in_bounded_time(same: bool) -> None:
    texts = [f"Đoạn {n} " + "của một bài rất dài " * 30 for n in range(4000)]
    other = texts[1:] if same else [text.upper() for text in texts]
    began = process_time()
    budget = Budget()
    found = changes(texts, other, budget)
    assert process_time() - began < 5
    kept = [piece.text for pieces in found for piece in pieces if piece.kind != Kind.ADDED]
    assert kept == texts
    assert budget.is_spent is not same


def test_a_chart_spans_the_year_to_its_last_day() -> None:
    counts = {"2026-11-23": 8, "2025-11-24": 2}
    bars = year_of_bars(counts, date(2026, 11, 23))
    assert (len(bars), bars[0].count, bars[-1].height) == (365, 2, 100)


def test_the_calendar_has_a_row_a_weekday_and_a_column_a_week() -> None:
    cells = year_of_cells({"2026-11-23": 8, "2026-11-22": 1}, date(2026, 11, 23))
    sunday, monday = cells[-2], cells[-1]
    assert (sunday.weekday, sunday.level) == (6, 1)
    assert (monday.weekday, monday.level) == (0, 4)
    assert monday.week == sunday.week + 1


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_only_this_machine_reaches_a_loopback_address(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone
