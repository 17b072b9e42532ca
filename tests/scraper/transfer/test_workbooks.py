"""Exports as Excel workbooks, read as XML: every text is text, and nothing is cut unsaid."""

from __future__ import annotations

import gc
import io
import sys
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from sqlite_utils import Database

from pipelines.article import Article
from scraper.store.article_rows import Selection
from scraper.transfer import workbooks
from scraper.transfer.export_report import ExportReport
from scraper.transfer.exporting import CSV_KEYS, export
from tests.scraper.stores import keep_article, new_database

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


def workbook(
    db: Database, table: str = "articles"
) -> tuple[list[list[etree._Element]], ExportReport]:
    """Return the cells of each sheet, without its head, and the report."""
    out = io.BytesIO()
    report = export(db, Selection(), "xlsx", out, table)
    with zipfile.ZipFile(out) as book:
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/"))
        trees = [etree.fromstring(book.read(name)) for name in names]
    return [list(tree.iter(f"{MAIN}row"))[1:] for tree in trees], report


def cells_of(row: etree._Element) -> dict[str, etree._Element]:
    """Return the cells of a row by the name of their column."""
    letters = [workbook_column(number) for number in range(len(CSV_KEYS))]
    places = {cell.get("r", "").rstrip("0123456789"): cell for cell in row}
    return {
        name: places[letter]
        for name, letter in zip(CSV_KEYS, letters, strict=True)
        if letter in places
    }


def workbook_column(number: int) -> str:
    first, second = divmod(number, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def text_of(cell: etree._Element) -> str:
    return "".join(cell.itertext())


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "{=1+1}", "https://huyen.localhost/",
        "mailto:a@example.org", "0123", "1e5", "<b>&amp;</b>", " hai ", "_x0041_", "a\x01b\ufffe",
    ],
)  # fmt: skip
def test_a_text_stays_a_text(db: Database, text: str) -> None:
    keep_article(db, Article(title=text, paragraphs=[text]))
    [[row]], _ = workbook(db)
    cell = cells_of(row)["title"]
    assert cell.get("t") == "inlineStr"
    assert not list(row.iter(f"{MAIN}f"))
    escaped = {"_x0041_": "_x005F_x0041_", "a\x01b\ufffe": "a_x0001_b_xFFFE_"}
    assert text_of(cell) == escaped.get(text, text)


def test_a_text_is_never_markup_of_the_workbook(db: Database) -> None:
    text = "<r><t>x</t></is></c></row></r>"
    keep_article(db, Article(title=text, paragraphs=[text]))
    [[row]], _ = workbook(db)
    assert text_of(cells_of(row)["title"]).strip() == text


def test_a_formula_stays_text_if_the_cell_is_edited(db: Database) -> None:
    keep_article(db, Article(title="=1+1", paragraphs=["Chè."]))
    [[row]], _ = workbook(db)
    cells = cells_of(row)
    assert cells["title"].get("s") != cells["body"].get("s")


def test_times_are_times_in_vietnam_and_days_are_days(db: Database) -> None:
    for time in ("2023-11-21T14:25:00+07:00", "2023-11-21", "1858-11-17", None):
        keep_article(db, Article(paragraphs=[f"Đoạn {time}."], published_at=time))
    [rows], _ = workbook(db)
    moment, day, old, unknown = (cells_of(row).get("published_at") for row in rows)
    assert moment is not None
    assert day is not None
    assert old is not None
    assert float(text_of(moment)) == pytest.approx(45251 + (14 * 60 + 25) / 1440)
    assert text_of(day) == "45251"
    assert moment.get("s") != day.get("s")
    assert text_of(old) == "1858-11-17"
    assert unknown is None
    seen = cells_of(rows[0])["first_seen_at"]  # 02:00 in UTC
    assert float(text_of(seen)) % 1 == pytest.approx(9 / 24)


@pytest.mark.parametrize("letter", ["a", "ế", "𝒜"])
@pytest.mark.parametrize("units", [32_766, 32_767, 32_768, 70_000])
def test_a_text_that_is_too_long_is_cut_and_counted(db: Database, letter: str, units: int) -> None:
    size = len(letter.encode("utf-16-le")) // 2
    text = letter * (units // size) + "b" * (units % size)
    keep_article(db, Article(title="Chè", paragraphs=[text]))
    [[row]], report = workbook(db)
    found = text_of(cells_of(row)["body"])
    is_cut = units > 32_767
    assert report.cut_cells == is_cut
    assert len(found.encode("utf-16-le")) // 2 <= 32_767
    assert found.endswith("…") if is_cut else found == text
    assert text.startswith(found.removesuffix("…"))


def test_rows_beyond_a_sheet_are_on_another(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_SHEET_ROWS", 3)
    for number in range(5):
        keep_article(db, Article(title=f"Tin {number}", paragraphs=[f"Tin {number}"]))
    sheets, report = workbook(db)
    assert [len(rows) for rows in sheets] == [2, 2, 1]
    assert (report.rows, report.sheets) == (5, 3)


@pytest.mark.parametrize("table", ["revisions", "photos", "attachments"])
def test_an_empty_table_has_a_head(db: Database, table: str) -> None:
    assert workbook(db, table) == ([[]], ExportReport())


def test_a_full_disk_is_one_error_of_the_system(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_article(db, Article(title="Chè", paragraphs=["Chè."]))
    gc.collect()  # what other tests left open is not meant
    ignored: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    with Path("/dev/full").open("wb", buffering=0) as out, pytest.raises(OSError, match="space"):
        export(db, Selection(), "xlsx", out)
    gc.collect()
    assert not ignored
