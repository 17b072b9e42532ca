"""The shape of an article's text: headings, paragraphs, lists, tables, photos, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from pipelines.text import normalise

MAX_LEVEL = 6
"""The lowest level of a heading, as in HTML."""

PARAGRAPH_END = "\n\n"
"""Separates the paragraphs within one list item or quotation, as in the body."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the text. ``level`` is 1 to 6, as the page writes it."""

    type: ClassVar[str] = "heading"
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    type: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list. The items of lists inside it are among its own, in their order."""

    type: ClassVar[str] = "list"
    ordered: bool
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A data table. A cell that spans several is the first of them; the others are empty."""

    type: ClassVar[str] = "table"
    header: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Quoted text, set off from the text around it."""

    type: ClassVar[str] = "quotation"
    text: str


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """The place of a photo; ``photo`` is its index among the photos of the article."""

    type: ClassVar[str] = "photo"
    photo: int


@dataclass(frozen=True, slots=True)
class AttachmentPlace:
    """The place of a file; ``attachment`` is its index among the attachments of the article."""

    type: ClassVar[str] = "attachment"
    attachment: int


@dataclass(frozen=True, slots=True)
class Separator:
    """A line across the text."""

    type: ClassVar[str] = "separator"


Block = (
    Heading | Paragraph | ItemList | Table | Quotation | PhotoPlace | AttachmentPlace | Separator
)


def paragraphs_of(blocks: Iterable[Block]) -> list[str]:
    """Return the paragraphs that blocks hold: each item of a list is one, and so is a table."""
    return [text for block in blocks for text in _paragraphs(block)]


def paragraph_blocks(paragraphs: Iterable[str]) -> list[Block]:
    """Return the blocks of a text of which only the paragraphs are known."""
    return [Paragraph(text) for text in paragraphs]


def as_json(block: Block) -> dict[str, Any]:
    """Return a block as JSON values."""
    values = {each.name: getattr(block, each.name) for each in fields(block)}
    return {"type": block.type} | {name: _plain(value) for name, value in values.items()}


def read_blocks(value: object) -> list[Block]:
    """Return the blocks in JSON values from outside. Raises ValueError if they are no blocks."""
    if not isinstance(value, list):
        raise ValueError("blocks are not a list")
    return [_read_block(number, each) for number, each in enumerate(value, 1)]


def with_every_file(blocks: Iterable[Block], photos: int, attachments: int) -> list[Block]:
    """Return blocks in which each photo and each attachment has exactly one place.

    Files without a place come at the end. Places of files that do not exist, or that have a place
    already, are left out.
    """
    files: list[Block] = [
        *map(PhotoPlace, range(photos)),
        *map(AttachmentPlace, range(attachments)),
    ]
    missing = dict.fromkeys(files)
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, (PhotoPlace, AttachmentPlace)):
            if block not in missing:
                continue
            del missing[block]
        kept.append(block)
    return [*kept, *missing]


def table_text(table: Table) -> str:
    """Return the rows of a table as lines, with cells separated by a tab."""
    rows = table.rows if table.header is None else (table.header, *table.rows)
    return "\n".join("\t".join(row).rstrip() for row in rows)


def _paragraphs(block: Block) -> Sequence[str]:
    match block:
        case Heading() | Paragraph():
            return [block.text]
        case Quotation():
            return block.text.split(PARAGRAPH_END)
        case ItemList():
            return [text for item in block.items for text in item.split(PARAGRAPH_END)]
        case Table():
            return [table_text(block)]
    return []


def _plain(value: Any) -> Any:
    """Return nested tuples as lists."""
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _read_block(number: int, value: object) -> Block:
    try:
        if isinstance(value, dict):
            return _READERS[value["type"]](value)
    except (KeyError, TypeError, ValueError):
        pass
    raise ValueError(f"block {number} is none of {', '.join(_READERS)}, or a value of it is wrong")


def _read_heading(value: dict[str, Any]) -> Heading:
    return Heading(_whole(value["level"], 1, MAX_LEVEL), _text(value["text"]))


def _read_list(value: dict[str, Any]) -> ItemList:
    if not isinstance(value["ordered"], bool):
        raise TypeError
    items = tuple(_text(item) for item in _list(value["items"]))
    if not items:
        raise ValueError
    return ItemList(value["ordered"], items)


def _read_table(value: dict[str, Any]) -> Table:
    header = value.get("header")
    rows = tuple(tuple(_cells(row)) for row in _list(value["rows"]))
    table = Table(None if header is None else tuple(_cells(header)), rows)
    if not table_text(table).strip():
        raise ValueError
    return table


def _cells(value: object) -> Iterator[str]:
    for cell in _list(value):
        if not isinstance(cell, str):
            raise TypeError
        yield normalise(cell)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _whole(value: object, least: int, most: int | None = None) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    if value < least or (most is not None and value > most):
        raise ValueError
    return value


def _text(value: object) -> str:
    """Return a text with its line ends, each line normalised; it must not be empty."""
    if not isinstance(value, str):
        raise TypeError
    text = "\n".join(map(normalise, value.split("\n"))).strip()
    if not text:
        raise ValueError
    return text


_READERS: dict[str, Callable[[dict[str, Any]], Block]] = {
    "heading": _read_heading,
    "paragraph": lambda value: Paragraph(_text(value["text"])),
    "list": _read_list,
    "table": _read_table,
    "quotation": lambda value: Quotation(_text(value["text"])),
    "photo": lambda value: PhotoPlace(_whole(value["photo"], 0)),
    "attachment": lambda value: AttachmentPlace(_whole(value["attachment"], 0)),
    "separator": lambda value: Separator(),
}
