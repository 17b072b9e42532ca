"""The notation of the bodies of the demo's articles and documents.

It is plain text, with blocks separated by blank lines::

    An ordinary paragraph on one line.

    ## A subheading

    - a list item whose dash is part of the text

    * an item of an HTML list

    # an item of a numbered list

    | the | header |
    | --- |
    | a | data table, with or without a header |

    > A quotation

    ---

    photo: file name | caption as printed | credit

    file: file name | name as printed
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal[
    "paragraph",
    "heading",
    "list",
    "numbers",
    "table",
    "quotation",
    "separator",
    "photo",
    "file",
]

_LISTS: dict[str, BlockKind] = {"* ": "list", "# ": "numbers"}


@dataclass(frozen=True, slots=True)
class StoryPhoto:
    """A photo: file name, caption as printed (with the credit), and credit.

    Without an extension, the file is a PNG.
    """

    file: str
    caption: str | None = None
    credit: str | None = None

    @property
    def file_name(self) -> str:
        """The name with its extension."""
        return self.file if "." in self.file else f"{self.file}.png"


@dataclass(frozen=True, slots=True)
class StoryFile:
    """An attachment: file name, and its name as printed if that is another."""

    file: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a body. ``rows`` are the rows of a table, or list items as rows of one cell."""

    kind: BlockKind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    header: tuple[str, ...] | None = None
    photo: StoryPhoto | None = None
    file: StoryFile | None = None


def read_blocks(body: str) -> Iterator[Block]:
    """Yield the blocks of a text in the notation above."""
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = [line.strip() for line in chunk.splitlines()]
        if lines[0].startswith("|"):
            yield _read_table([_read_row(line) for line in lines])
        elif kind := _LISTS.get(lines[0][:2]):
            yield Block(kind, rows=tuple((line[2:],) for line in lines))
        else:
            yield from (_read_line(line) for line in lines)


def _read_table(rows: list[tuple[str, ...]]) -> Block:
    if rows[1:] and rows[1] == ("---",):
        return Block("table", rows=tuple(rows[2:]), header=rows[0])
    return Block("table", rows=tuple(rows))


def _read_row(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))


def _read_line(line: str) -> Block:
    if line.startswith("## "):
        return Block("heading", text=line[3:])
    if line.startswith("> "):
        return Block("quotation", text=line[2:])
    if line == "---":
        return Block("separator")
    if line.startswith("photo: "):
        return Block("photo", photo=StoryPhoto(*_read_row(line.removeprefix("photo: "))))
    if line.startswith("file: "):
        return Block("file", file=StoryFile(*_read_row(line.removeprefix("file: "))))
    return Block("paragraph", text=line)
