"""Exports as an Excel workbook, in memory that does not grow with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.base.clock import VIETNAM
from scraper.transfer.export_columns import Column, Value
from scraper.transfer.export_report import ExportReport
from scraper.transfer.formulas import is_formula
from scraper.transfer.site_times import read_our_time, read_site_time

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MAX_SHEET_ROWS = 1_048_576
"""Rows of a sheet, the head included: further ones are on another sheet."""

MAX_CELL_UNITS = 32_767
"""UTF-16 units of a cell. A longer text is cut, which is counted."""

CUT = "…"
FIRST_YEAR = 1900
"""The first year that Excel knows."""

WIDTHS = {Value.NUMBER: 10, Value.SITE_TIME: 19, Value.OUR_TIME: 19}
TEXT_WIDTH = 24

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "use_zip64": True,
}

Row = dict[str, Any]


def write_workbook(
    rows: Iterable[Row], columns: Sequence[Column], out: BinaryIO, report: ExportReport, table: str
) -> None:
    """Write rows to ``out``, on as many sheets as they need. Raises OSError.

    Times are in Vietnam's zone, since Excel knows none; days are days, without a clock.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    book = Workbook(_FailingOnce(out), OPTIONS)
    writer = _Writer(book, columns, report, table)
    writer.start_sheet()
    for row in rows:
        writer.write(row)
        report.rows += 1
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error


class _FailingOnce:
    """A file that takes no more after an error.

    A ZIP archive that could not be written tries again when it is deleted; Python would print that
    second error for the user.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._has_failed = False

    def write(self, data: bytes) -> int:
        """Write bytes. Raises OSError once."""
        if self._has_failed:
            return len(data)
        try:
            return self._out.write(data)
        except OSError:
            self._has_failed = True
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


class _Writer:
    """Writes rows to the sheets of a workbook."""

    def __init__(
        self, book: Any, columns: Sequence[Column], report: ExportReport, table: str
    ) -> None:
        self._book = book
        self._columns = [column for column in columns if column.in_cells]
        self._report = report
        self._table = table
        self._head = book.add_format({"bold": True})
        self._text = book.add_format({"quote_prefix": True})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheet: Worksheet
        self._next = 0
        self._report.sheets = 0

    def start_sheet(self) -> None:
        """Begin a sheet with a head."""
        self._report.sheets += 1
        number = self._report.sheets
        self._sheet = self._book.add_worksheet(
            f"{self._table} {number}" if number > 1 else self._table
        )
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, WIDTHS.get(column.value, TEXT_WIDTH))
            self._sheet.write_string(0, place, column.name, self._head)
        self._next = 1

    def write(self, row: Row) -> None:
        """Add a row, on a new sheet if the present one is full."""
        if self._next == MAX_SHEET_ROWS:
            self.start_sheet()
        for place, column in enumerate(self._columns):
            value = row[column.name]
            if value is not None:
                self._write_cell(place, column.value, value)
        self._next += 1

    def _write_cell(self, place: int, kind: Value, value: Any) -> None:
        if kind is Value.NUMBER:
            self._sheet.write_number(self._next, place, value)
            return
        time = _read_time(kind, value)
        if isinstance(time, datetime):
            self._sheet.write_datetime(self._next, place, time, self._moment)
        elif time is not None:
            self._sheet.write_datetime(self._next, place, time, self._day)
        else:
            self._write_text(place, value)

    def _write_text(self, place: int, value: Any) -> None:
        """Write a text, which stays one even if somebody edits the cell; lists are JSON."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        fitting = fit(text)
        self._report.cut_cells += fitting != text
        form: Format | None = self._text if is_formula(text) else None
        self._sheet.write_string(self._next, place, _not_rich(fitting), form)


def fit(text: str) -> str:
    """Return a text that a cell can hold; one that was cut ends with an ellipsis."""
    if len(text) <= MAX_CELL_UNITS // 2:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * MAX_CELL_UNITS:
        return text
    return units[: 2 * (MAX_CELL_UNITS - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _not_rich(text: str) -> str:
    """Return a text that xlsxwriter does not take for markup of its own, which it never escapes."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _read_time(kind: Value, value: Any) -> datetime | date | None:
    """Return a time in Vietnam without its zone, or a day; None if the value is neither."""
    try:
        if kind is Value.SITE_TIME:
            moment, day = read_site_time(value)
        elif kind is Value.OUR_TIME:
            moment, day = read_our_time(value), None
        else:
            return None
    except ValueError:
        return None
    local = moment.astimezone(VIETNAM).replace(tzinfo=None) if moment else day
    return local if local and local.year >= FIRST_YEAR else None
