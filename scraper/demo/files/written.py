"""The documents that the portals publish, from their text in ``attachments/``.

A file there is named like the document, with ``.txt`` behind. It has the notation of an article's
body. A line ``@`` begins the next page, with ``@ name`` the next sheet. The document ``.scan.pdf``
is a PDF of photographed pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from scraper.demo.dates import with_years
from scraper.demo.files import Bullets, Heading, Part, Table, docx, pdf, scan, xlsx
from scraper.demo.notation import Block, read_blocks

_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
}
SCAN = ".scan.pdf"


def media_type(name: str) -> str:
    """Return the media type of a document by its name."""
    return MEDIA_TYPES[name[name.rindex(".") :]]


@cache
def written_text(name: str, years: int = 0) -> str:
    """Return the text that a document is written from, with its years moved by so many."""
    text = (files("scraper.demo") / "attachments" / f"{name}.txt").read_text("utf-8")
    return with_years(text, years)


@cache
def document(name: str, years: int = 0) -> bytes:
    """Return the document of a name, with its years moved by so many; always the same bytes."""
    pages = list(_pages(written_text(name, years)))
    if name.endswith(".xlsx"):
        return xlsx({title: _rows(blocks) for title, blocks in pages})
    parts = [[_part(block) for block in blocks] for _, blocks in pages]
    if name.endswith(".docx"):
        return docx([part for page in parts for part in page])
    return scan(parts) if name.endswith(SCAN) else pdf(parts)


def _pages(text: str) -> Iterator[tuple[str, list[Block]]]:
    """Yield the pages or sheets of a text, each with its name."""
    first, *others = f"\n{text}".split("\n@")
    if first.strip():
        yield "", list(read_blocks(first))
    for page in others:
        name, _, body = page.partition("\n")
        yield name.strip(), list(read_blocks(body))


def _part(block: Block) -> Part:
    """Return a block as a part of a document."""
    if block.kind == "heading":
        return Heading(block.text, 2)
    if block.kind in ("list", "numbers"):
        return Bullets(tuple(item for (item,) in block.rows), block.kind == "numbers")
    if block.kind == "table":
        return Table(block.rows if block.header is None else (block.header, *block.rows))
    return block.text


def _rows(blocks: Sequence[Block]) -> list[list[str | float]]:
    """Return the cells of a sheet; text beside the tables is a row of one cell."""
    rows: list[list[str | float]] = []
    for block in blocks:
        table = (block.header or (), *block.rows) if block.kind == "table" else ((block.text,),)
        rows += [[_cell(cell) for cell in row] for row in table if row]
    return rows


def _cell(text: str) -> str | float:
    """Return a number if the text is a whole one without a leading zero."""
    return int(text) if text.isdecimal() and not text.startswith("0") else text
