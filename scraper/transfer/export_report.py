"""What an export wrote, and what the format could not hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ExportReport:
    """Counts of an export.

    ``cut_cells`` are those that were longer than a spreadsheet can hold, ``sheets`` the sheets that
    a workbook has, ``unread_times`` those that are no ISO 8601 and were left out.
    """

    rows: int = 0
    cut_cells: int = 0
    sheets: int = 1
    unread_times: int = 0
