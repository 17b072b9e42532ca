"""CSV as Datasette makes it of tables and queries, with no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

from scraper.transfer.exporting import without_formula

csv.field_size_limit(2**31 - 1)  # the whole process: a cell may be as long as an article


def escape_formulas(chunk: bytes) -> bytes:
    """Whole lines of CSV with every formula in them made text. Datasette sends a line a message."""
    out = io.StringIO()
    rows = csv.reader(io.StringIO(chunk.decode(), newline=""))
    csv.writer(out).writerows([without_formula(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
