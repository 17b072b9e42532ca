"""Export of articles, and of what belongs to them, in memory that does not grow with them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from sqlite_utils import Database

from scraper.store.article_rows import Selection, read_selection
from scraper.store.exported_files import add_file_facts
from scraper.store.exported_tables import read_table
from scraper.transfer.export_columns import ARTICLES, NAMES, TABLES, Column, cell_names
from scraper.transfer.export_report import ExportReport
from scraper.transfer.formulas import without_formula
from scraper.transfer.parquet_files import write_parquet
from scraper.transfer.workbooks import write_workbook

KEYS = NAMES[ARTICLES]
CSV_KEYS = cell_names(ARTICLES)

WITHOUT_TEXTS = {"csv", "xlsx"}
"""The formats whose cells are too small for the text of an attachment."""

Row = dict[str, Any]


def export(
    db: Database, selection: Selection, form: str, out: BinaryIO, table: str = ARTICLES
) -> ExportReport:
    """Write the selected articles to ``out``, oldest row first, or the rows of a table of theirs.

    ``form`` is one of WRITERS. Raises OSError, and UsageError if a library is missing.
    """
    if table == ARTICLES:
        rows = _articles(db, selection, form)
    else:
        rows = read_table(db, table, selection, with_text=form not in WITHOUT_TEXTS)
    report = ExportReport()
    WRITERS[form](rows, TABLES[table], out, report, table)
    return report


def _articles(db: Database, selection: Selection, form: str) -> Iterator[Row]:
    """Return articles with their files. Only JSON lines have the text of attachments."""
    for row in read_selection(db, selection):
        yield add_file_facts(db, row, with_text=form == "jsonl")


def csv_header(*added: str, names: Sequence[str] = CSV_KEYS) -> str:
    """Return the first line of CSV, with further columns.

    It has a byte order mark, without which Excel garbles Vietnamese.
    """
    return "\ufeff" + ",".join((*names, *added)) + "\r\n"


def csv_text(rows: Iterable[Row], *added: str, names: Sequence[str] = CSV_KEYS) -> str:
    """Return rows as the lines of CSV that `export` writes, with further columns."""
    text = io.StringIO(newline="")
    keys = (*names, *added)
    csv.writer(text).writerows([_cell(row[key]) for key in keys] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """A value that no spreadsheet runs; lists are JSON."""
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    return without_formula(value) if isinstance(value, str) else value


def _write_jsonl(
    rows: Iterator[Row], columns: Sequence[Column], out: BinaryIO, report: ExportReport, table: str
) -> None:
    names = [column.name for column in columns]
    for row in rows:
        line = json.dumps({name: row[name] for name in names}, ensure_ascii=False)
        out.write(line.encode("utf-8", "replace") + b"\n")
        report.rows += 1


def _write_csv(
    rows: Iterator[Row], columns: Sequence[Column], out: BinaryIO, report: ExportReport, table: str
) -> None:
    names = cell_names(table)
    out.write(csv_header(names=names).encode())
    for row in rows:
        out.write(csv_text([row], names=names).encode("utf-8", "replace"))
        report.rows += 1


def _write_parquet(
    rows: Iterator[Row], columns: Sequence[Column], out: BinaryIO, report: ExportReport, table: str
) -> None:
    write_parquet(rows, columns, out, report)


Write = Callable[[Iterator[Row], Sequence[Column], BinaryIO, ExportReport, str], None]

WRITERS: dict[str, Write] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
    "xlsx": write_workbook,
}
