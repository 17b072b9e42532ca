"""Data tables in a body: one paragraph each, a line a row and a tab between cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.markup.blocks import Block, Box, Outline
from pipelines.markup.elements import CELLS

MAX_CELL = 200
"""Mean length of a cell from which a table is a layout with prose in it."""

MAX_COLUMNS = 50
"""Columns of a table that are told apart; those who write by hand use far fewer."""

_PARTS = CELLS | {"caption"}


def find_data_tables(outline: Outline, body: Box) -> dict[int, int]:
    """For each block in a data table inside the body, the box of that table."""
    found: dict[int, int] = {}
    for box in outline.boxes[body.index + 1 : body.last + 1]:
        if box.tag == "table" and _is_data(outline, box):
            for index in range(box.first_block, box.end_block):
                found.setdefault(index, box.index)
    return found


def _is_data(outline: Outline, table: Box) -> bool:
    """At least two rows of two filled cells, cells short, no photo."""
    blocks = outline.blocks[table.first_block : table.end_block]
    if not blocks or any(block.image for block in blocks):
        return False
    rows = [list(filter(None, row)) for row in _rows(outline, table, blocks)]
    cells = [cell for row in rows for cell in row]
    filled = sum(len(row) >= 2 for row in rows)
    return filled >= 2 and sum(map(len, cells)) <= MAX_CELL * len(cells)


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


def _rows(outline: Outline, table: Box, blocks: Iterable[Block]) -> Iterator[list[str]]:
    """The cells of each row by column, the empty ones, too; a caption is a row by itself."""
    texts = _texts(outline, blocks)
    spanned: dict[int, int] = {}
    for box in outline.boxes[table.index : table.last + 1]:
        if box.tag == "tr":
            yield _row(outline, box, texts, spanned)
        elif box.index in texts and not _is_cell(outline, box):
            yield [texts[box.index]]


def _texts(outline: Outline, blocks: Iterable[Block]) -> dict[int, str]:
    """The texts by the box of the cell that holds them, or of their own where none does."""
    texts: dict[int, str] = {}
    for block in blocks:
        part = outline.enclosing(block.box, _PARTS) or outline.boxes[block.box]
        texts[part.index] = f"{texts.get(part.index, '')} {block.text}".strip()
    return texts


def _is_cell(outline: Outline, box: Box) -> bool:
    return box.tag in CELLS and box.parent >= 0 and outline.boxes[box.parent].tag == "tr"


def _row(outline: Outline, row: Box, texts: dict[int, str], spanned: dict[int, int]) -> list[str]:
    """One row; ``spanned`` counts for each column the rows that a cell above still covers."""
    cells: list[str] = []

    def pass_covered() -> None:
        while spanned.get(len(cells), 0) > 0:
            spanned[len(cells)] -= 1
            cells.append("")

    for cell in outline.boxes[row.index + 1 : row.last + 1]:
        if cell.parent != row.index or not _is_cell(outline, cell):
            continue
        pass_covered()
        columns, rows = cell.span
        for column in range(min(columns, MAX_COLUMNS - len(cells))):
            spanned[len(cells)] = rows - 1
            cells.append(texts.get(cell.index, "") if column == 0 else "")
    pass_covered()
    return cells
