"""XLS: each sheet is a page, each row a line, numbers and dates as a reader sees them."""

from __future__ import annotations

import io

import xlrd

from pipelines.documents.cells import show_value
from pipelines.documents.document import MAX_PAGES, Document, UnreadableError
from pipelines.documents.lines import Lines
from pipelines.documents.media_types import XLS

MAX_BYTES = 20_000_000
"""Bytes of a workbook in this format."""

_MAX_EMPTY_CELLS = 50
"""Empty cells that are written between two others."""


def read_xls(body: bytes) -> Document:
    """Return the workbook, each sheet with its name as its first line."""
    if len(body) > MAX_BYTES:
        raise UnreadableError("too_large")
    try:
        workbook = xlrd.open_workbook(
            file_contents=body, logfile=io.StringIO(), on_demand=True, ragged_rows=True
        )
        return _read(workbook)
    except MemoryError:
        raise
    except xlrd.XLRDError as error:
        is_encrypted = "encrypted" in str(error).casefold()
        raise UnreadableError("encrypted" if is_encrypted else "broken_file") from None
    except Exception:  # xlrd raises many kinds of errors on broken files
        raise UnreadableError("broken_file") from None


def _read(workbook: xlrd.Book) -> Document:
    document = Document(XLS)
    for number, name in enumerate(workbook.sheet_names()[:MAX_PAGES]):
        lines = Lines()
        lines.add(name)
        lines.end_paragraph()
        try:
            sheet = workbook.sheet_by_index(number)
        except MemoryError:
            raise
        except Exception:  # as above; other sheets may be whole
            document.problem = "broken_pages"
        else:
            for row in range(sheet.nrows):
                _add_row(lines, sheet.row(row), workbook.datemode)
            workbook.unload_sheet(number)
        document.pages.append(lines.finish())
        if lines.is_cut:
            document.problem = "too_large"
    if workbook.nsheets > MAX_PAGES:
        document.problem = "too_many_pages"
    return document


def _add_row(lines: Lines, cells: list[xlrd.sheet.Cell], date_mode: int) -> None:
    lines.start_row()
    empty = 0
    for cell in cells:
        shown = _shown(cell, date_mode)
        if not shown:
            empty += 1
            continue
        for _ in range(min(empty, _MAX_EMPTY_CELLS)):
            lines.start_cell()
        empty = 0
        lines.start_cell()
        lines.start_paragraph()
        lines.add(shown)
        lines.end_paragraph()
    lines.end_row()


def _shown(cell: xlrd.sheet.Cell, date_mode: int) -> str:
    """Return the value of a cell as the sheet shows it."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate.xldate_as_datetime(cell.value, date_mode)
        except (xlrd.xldate.XLDateError, OverflowError, ValueError):
            return show_value(cell.value)
        return show_value(moment.time() if cell.value < 1 else moment)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return show_value(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    return show_value(cell.value)
