"""The paragraphs of a cleaned body, each with the blocks of the page that it was made of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pipelines.blocks import Table, table_text
from pipelines.extraction.cleaning_rules import SENTENCE_ENDS
from pipelines.extraction.context import PageContext
from pipelines.extraction.document_urls import links_to_document
from pipelines.extraction.html.blocks import Block, Outline
from pipelines.extraction.html.tables import read_table

MIN_VERSE, MAX_VERSE = 4, 60
"""A poem or form has at least this many lines in one box, of at most so many characters each. The
lines of prose are longer."""

_LINE_STARTS = ("-", "–", "—", "+", "*", "•")


@dataclass(slots=True)
class Passage:
    """A paragraph, and the lines of the page that it joins. ``table`` is its data table, if any."""

    text: str
    lines: list[Block]
    table: Table | None = None

    @property
    def first(self) -> int:
        """The index of its first block on the page."""
        return self.lines[0].index

    @property
    def last(self) -> int:
        """The index of its last block on the page."""
        return self.lines[-1].index

    def add_line(self, line: Block, separator: str) -> None:
        """Continue the paragraph with a line."""
        self.text += separator + line.text
        self.lines.append(line)


def join_lines(context: PageContext, kept: list[Block]) -> list[Passage]:
    """Join the kept lines of the body to paragraphs; a data table becomes one paragraph."""
    passages: list[Passage] = []
    before: Block | None = None
    outline, tables, verse = context.outline, context.tables, _verse_boxes(kept)
    cells: defaultdict[int, list[Block]] = defaultdict(list)
    for block in kept:
        if block.index in tables:
            cells[tables[block.index]].append(block)
    for block in kept:
        table = tables.get(block.index)
        if table is not None:
            if table in cells:
                own = cells.pop(table)
                data = read_table(outline, outline.boxes[table], own)
                passages.append(Passage(table_text(data), own, data))
        elif before is not None and _continues(outline, before, block):
            passages[-1].add_line(block, "\n" if block.box in verse else " ")
        else:
            passages.append(Passage(block.text, [block]))
        before = block if table is None else None
    return passages


def _verse_boxes(kept: list[Block]) -> set[int]:
    """Return the boxes that hold several short lines, which keep their line ends: poems."""
    sizes: defaultdict[int, list[int]] = defaultdict(list)
    for block in kept:
        sizes[block.box].append(len(block.text))
    return {box for box, each in sizes.items() if len(each) >= MIN_VERSE and max(each) <= MAX_VERSE}


def _continues(outline: Outline, before: Block, block: Block) -> bool:
    """Whether a line continues a sentence that one ``<br>`` broke. A linked file begins a line."""
    return (
        block.box == before.box
        and block.breaks == 1
        and block.index == before.index + 1
        and not before.text.endswith(SENTENCE_ENDS)
        and not block.text.startswith(_LINE_STARTS)
        and not before.is_bold
        and not (block.link_share > 0.8 and links_to_document(outline, block))
    )
