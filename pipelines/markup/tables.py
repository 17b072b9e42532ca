"""Data tables in a body: one paragraph each, a line a row and a tab between cells."""

from __future__ import annotations

from pipelines.markup.blocks import Block, Box, Outline

MAX_CELL = 200
"""Mean length of a cell from which a table is a layout with prose in it."""

_TABLE = frozenset({"table"})
_ROW = frozenset({"tr"})
_CELL = frozenset({"td", "th"})


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
    rows = _rows(outline, blocks)
    filled = [row for row in rows if len(row) >= 2]
    cells = [cell for row in rows for cell in row]
    return len(filled) >= 2 and sum(map(len, cells)) / len(cells) <= MAX_CELL


def table_text(outline: Outline, blocks: list[Block]) -> str:
    """The rows of a table as lines, cells parted by a tab."""
    return "\n".join("\t".join(row) for row in _rows(outline, blocks))


def _rows(outline: Outline, blocks: list[Block]) -> list[list[str]]:
    rows: dict[int, dict[int, str]] = {}
    for block in blocks:
        row = outline.enclosing(block.box, _ROW)
        cell = outline.enclosing(block.box, _CELL)
        if row is None or cell is None:
            rows.setdefault(-block.index - 1, {})[block.box] = block.text
            continue
        cells = rows.setdefault(row.index, {})
        cells[cell.index] = f"{cells.get(cell.index, '')} {block.text}".strip()
    return [list(cells.values()) for cells in rows.values()]
