"""Data tables in a body: one paragraph each, a line a row and a tab between cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.extraction.html.blocks import Block, Box, Outline
from pipelines.extraction.html.elements import CELLS

TABLE = frozenset({"table"})
_TABLE_PARTS = frozenset({"table", "thead", "tbody"})

MAX_MEAN_CELL_CHARS = 200
"""Mean length of a cell from which a table is a layout with prose in it."""

MAX_COLUMNS = 50
"""Columns from which a table is none that somebody wrote to be read."""


def find_data_tables(outline: Outline, body: Box) -> dict[int, int]:
    """For each block in a data table inside the body, the box of that table.

    A table around another one is a layout: so each block is looked at once, however deep. A body
    may be the inside of a table.
    """
    innermost: list[Box] = []
    first = _enclosing_table(outline, body)
    for box in outline.boxes[first : body.last + 1]:
        if box.tag == "table":
            if innermost and innermost[-1].last >= box.index:
                innermost.pop()
            innermost.append(box)
    return {
        index: table.index
        for table in innermost
        if is_data_table(outline, table)
        for index in range(table.first_block, table.end_block)
    }


def _enclosing_table(outline: Outline, body: Box) -> int:
    """The index of the table that a body is, or is the inside of; else that of the next box."""
    table = outline.enclosing(body.index, TABLE) if body.tag in _TABLE_PARTS else None
    return body.index + 1 if table is None else table.index


def is_data_table(outline: Outline, table: Box) -> bool:
    """At least two rows of two filled cells, cells short and not too many in a row, no photo."""
    blocks = outline.blocks[table.first_block : table.end_block]
    if not blocks or any(block.image for block in blocks):
        return False
    grid = _rows(outline, table, blocks)
    if any(len(row) > MAX_COLUMNS for row in grid):
        return False
    rows = [list(filter(None, row)) for row in grid]
    cells = [cell for row in rows for cell in row]
    filled = sum(len(row) >= 2 for row in rows)
    return filled >= 2 and sum(map(len, cells)) <= MAX_MEAN_CELL_CHARS * len(cells)


def table_text(outline: Outline, table: Box, blocks: Iterable[Block]) -> str:
    """The rows of a table as lines, cells parted by a tab; ``blocks`` are those to be shown.

    A cell that spans several columns or rows stands in the first one, the others are empty, so
    that every cell stays below its heading. Columns and rows without text are left out.
    """
    rows = [row for row in _rows(outline, table, blocks) if any(row)]
    width = max(map(len, rows), default=0)
    columns = zip(*(row + [""] * (width - len(row)) for row in rows), strict=True)
    filled = zip(*filter(any, columns), strict=True)
    return "\n".join("\t".join(row).rstrip() for row in filled)


def _rows(outline: Outline, table: Box, blocks: Iterable[Block]) -> list[list[str]]:
    """The cells of each row by column, with the empty ones; a text in no cell is its own row."""
    shown = {block.index: block.text for block in blocks}
    spanned: dict[int, int] = {}
    rows = [
        (box.first_block, _row(outline, box, shown, spanned))
        for box in outline.boxes[table.index : table.last + 1]
        if box.tag == "tr"
    ]
    loose = [(index, [text]) for index, text in shown.items()]
    return [cells for _, cells in sorted(rows + loose, key=lambda row: row[0])]


def _row(outline: Outline, row: Box, shown: dict[int, str], spanned: dict[int, int]) -> list[str]:
    """One row; takes the texts of its cells out of ``shown``.

    ``spanned`` counts for each column the rows that a cell above still covers; beyond
    ``MAX_COLUMNS`` nothing spans.
    """
    cells: list[str] = []

    def skip_covered() -> None:
        while spanned.get(len(cells), 0) > 0:
            spanned[len(cells)] -= 1
            cells.append("")

    for cell in _cells(outline, row):
        skip_covered()
        texts = (shown.pop(index, "") for index in range(cell.first_block, cell.end_block))
        text = " ".join(filter(None, texts))
        columns, rows = cell.span
        start = len(cells)
        width = min(columns, max(1, MAX_COLUMNS - start))
        cells += [text, *[""] * (width - 1)]
        spanned |= dict.fromkeys(range(start, min(start + width, MAX_COLUMNS)), rows - 1)
    skip_covered()
    return cells


def _cells(outline: Outline, row: Box) -> Iterator[Box]:
    """The cells of a row, from one to the next without a look inside."""
    index = row.index + 1
    while index <= row.last:
        box = outline.boxes[index]
        if box.tag in CELLS:
            yield box
        index = box.last + 1
