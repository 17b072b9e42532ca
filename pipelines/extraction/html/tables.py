"""Data tables in a body: their rows, the first of which may be the header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipelines.blocks import Table
from pipelines.extraction.html.blocks import Block, Box, Outline
from pipelines.extraction.html.elements import CELLS

TABLE = frozenset({"table"})
_ROW = frozenset({"tr"})
_TABLE_PARTS = frozenset({"table", "thead", "tbody"})

MAX_MEAN_CELL_CHARS = 200
"""Mean length of the cells of a data table. Tables with longer cells lay out prose."""

MAX_COLUMNS = 50
"""Columns of a data table. Tables with more are not made for readers."""


def find_data_tables(outline: Outline, body: Box) -> dict[int, int]:
    """Return the index of the table for each block in a data table inside the body.

    A table around another one is layout, so that each block is checked once at any depth. The body
    may be a part of a table.
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
    """Return the index of the table of which the body is a part, else of the next box."""
    table = outline.enclosing(body.index, TABLE) if body.tag in _TABLE_PARTS else None
    return body.index + 1 if table is None else table.index


def is_data_table(outline: Outline, table: Box) -> bool:
    """Whether a table has two rows of two filled cells, short cells, few columns and no photo."""
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


def read_table(outline: Outline, table: Box, blocks: Sequence[Block]) -> Table:
    """Return a data table.

    ``blocks`` are the blocks to show. A cell that spans several columns or rows is written in the
    first one, and the others are empty, so that every cell stays in its column. Empty columns and
    rows are left out.
    """
    grid = [row for row in _rows(outline, table, blocks) if any(row)]
    width = max(map(len, grid), default=0)
    columns = zip(*(row + [""] * (width - len(row)) for row in grid), strict=True)
    rows = tuple(zip(*filter(any, columns), strict=True))
    if _has_header(outline, table, blocks):
        return Table(rows[0], rows[1:])
    return Table(None, rows)


def _has_header(outline: Outline, table: Box, blocks: Sequence[Block]) -> bool:
    """Whether the first row is a header by its elements, or by being bold unlike the others."""
    row = outline.enclosing(blocks[0].box, _ROW)
    if row is None or row.index <= table.index:
        return False
    first = [block for block in blocks if block.index < row.end_block]
    cells = [outline.enclosing(block.box, CELLS) for block in first]
    if all(cell is not None and cell.tag == "th" for cell in cells):
        return True
    around = outline.within(row.index, table.index)
    if any(box.tag == "thead" for box in around):
        return True
    is_bold = len({cell.index for cell in cells if cell}) > 1 and all(map(_is_bold, first))
    return is_bold and not all(map(_is_bold, blocks[len(first) :]))


def _is_bold(block: Block) -> bool:
    return block.is_bold


def _rows(outline: Outline, table: Box, blocks: Iterable[Block]) -> list[list[str]]:
    """Return the cells of each row by column, with empty ones. Text outside of cells is a row."""
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
    """Return the cells of one row and remove their texts from ``shown``.

    ``spanned`` holds for each column the number of rows that a cell above still spans. Columns
    beyond ``MAX_COLUMNS`` are not spanned.
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
    """Yield the cells of a row, without nested ones."""
    index = row.index + 1
    while index <= row.last:
        box = outline.boxes[index]
        if box.tag in CELLS:
            yield box
        index = box.last + 1
