"""The parts of a written document. A string is a paragraph."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of items, numbered or not."""

    items: tuple[str, ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with rules around its cells."""

    rows: tuple[tuple[str, ...], ...]


Part = str | Heading | Bullets | Table
